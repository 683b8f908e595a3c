//! What a writer wrote or read lately and is likely to need again, so that it does not ask the store.
//!
//! It belongs to one writer, who alone changes what is remembered. It is dropped whole when a transaction fails, for then nobody knows
//! which of it the store has.

use std::collections::HashMap;
use std::hash::Hash;

use projections::{Folded, Open, Resource};

/// How many open rows and how many streams are remembered at least, and at most twice as many: some tens of megabytes.
const KEPT: usize = 1 << 14;

/// A map that forgets what was not used for long: of two halves the older is dropped when the younger is full.
#[derive(Debug)]
struct Lately<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash, V> Lately<K, V> {
    fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    #[cfg(feature = "postgres")]
    fn has(&self, key: &K) -> bool {
        self.young.contains_key(key) || self.old.contains_key(key)
    }

    fn take(&mut self, key: &K) -> Option<V> {
        let old = self.old.remove(key);
        self.young.remove(key).or(old)
    }
}

impl<K, V> Default for Lately<K, V> {
    fn default() -> Lately<K, V> {
        Lately { young: HashMap::new(), old: HashMap::new() }
    }
}

/// Open versions of rows, and the numbers of streams.
#[derive(Debug, Default)]
pub(super) struct Recent {
    rows: Lately<(Resource, String), Open>,
    streams: Lately<String, i64>,
    /// The number of the next new stream, if it is known.
    #[cfg(feature = "postgres")]
    next_stream: Option<i64>,
}

impl Recent {
    /// Whether the open version of a row is remembered.
    #[cfg(feature = "postgres")]
    pub(super) fn has_row(&self, row: &(Resource, String)) -> bool {
        self.rows.has(row)
    }

    /// The open version of a row, for who will give it back changed.
    pub(super) fn take_row(&mut self, row: &(Resource, String)) -> Option<Open> {
        self.rows.take(row)
    }

    /// Remembers the open version of each row that was written.
    pub(super) fn keep_rows(&mut self, folded: Folded) {
        for (row, versions) in folded.versions {
            if let Some(last) = versions.into_iter().next_back() {
                self.rows.insert(row, (last.from_size, last.body));
            }
        }
    }

    /// A stream's number, if it is remembered.
    #[cfg(feature = "postgres")]
    pub(super) fn known_stream(&mut self, name: &str) -> Option<i64> {
        self.stream(name, |_| Err(())).ok()
    }

    /// Remembers a stream's number.
    #[cfg(feature = "postgres")]
    pub(super) fn keep_stream(&mut self, name: String, number: i64) {
        self.streams.insert(name, number);
    }

    /// Whether the number of the next new stream is known.
    #[cfg(feature = "postgres")]
    pub(super) fn knows_next_stream(&self) -> bool {
        self.next_stream.is_some()
    }

    /// Remembers it.
    #[cfg(feature = "postgres")]
    pub(super) fn keep_next_stream(&mut self, number: i64) {
        self.next_stream = Some(number);
    }

    /// Numbers new streams, in their order; the number of the first, if there is one.
    #[cfg(feature = "postgres")]
    pub(super) fn number_streams(&mut self, names: &[String]) -> Option<i64> {
        let first = self.next_stream.filter(|_| !names.is_empty())?;
        names.iter().zip(first..).for_each(|(name, number)| self.keep_stream(name.clone(), number));
        self.next_stream = Some(first + names.len() as i64);
        Some(first)
    }

    /// A stream's number, or what `ask` says.
    pub(super) fn stream<E>(&mut self, name: &str, ask: impl FnOnce(&str) -> Result<i64, E>) -> Result<i64, E> {
        if let Some(number) = self.streams.young.get(name) {
            return Ok(*number);
        }
        let number = self.streams.old.remove(name).map_or_else(|| ask(name), Ok)?;
        self.streams.insert(name.to_owned(), number);
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_is_forgotten_in_bounds() {
        let mut recent = Recent::default();
        let mut asked = 0;
        let mut ask = |recent: &mut Recent, number: usize| {
            let told = recent.stream(&number.to_string(), |_| {
                asked += 1;
                Ok::<_, ()>(number as i64)
            });
            assert_eq!(told, Ok(number as i64));
            asked
        };
        for number in 1..4 * KEPT {
            ask(&mut recent, number);
            ask(&mut recent, 0);
        }
        assert_eq!(ask(&mut recent, 0), 4 * KEPT, "each was asked for once");
        assert_eq!(ask(&mut recent, 4 * KEPT - 1), 4 * KEPT);
        assert_eq!(ask(&mut recent, 1), 4 * KEPT + 1, "the first was forgotten");
        assert!(recent.streams.young.len() + recent.streams.old.len() <= 2 * KEPT);
    }
}
