//! Which state is asked for: by size, by instant, or by day.

use std::str::FromStr;

use aggregates::words::{Date, Instant};

use super::ReplayError;
use super::walk::{parse, wrong};
use crate::entry::{Cause, Entry};
use crate::store::{LedgerReader, StoreError};

/// The state asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// After this many entries.
    Size(u64),
    /// After all entries of this time or an earlier one.
    Until(Instant),
}

impl FromStr for AsOf {
    type Err = String;

    /// A size, an instant, or a date, which means the end of that day in UTC.
    fn from_str(text: &str) -> Result<AsOf, String> {
        if let Ok(size) = text.parse() {
            return Ok(AsOf::Size(size));
        }
        if let Ok(instant) = text.parse() {
            return Ok(AsOf::Until(instant));
        }
        let day: Date = text.parse().map_err(|_| "it is neither a size nor YYYY-MM-DD nor YYYY-MM-DDTHH:MM:SSZ".to_owned())?;
        format!("{day}T23:59:59.999Z").parse().map(AsOf::Until).map_err(|_| "that day lies outside 1970 to 9999".to_owned())
    }
}

impl AsOf {
    /// The size meant. It ends inside no chain, and for an instant the entries around it say so themselves.
    ///
    /// # Errors
    /// [`ReplayError::Beyond`], [`ReplayError::InChain`], or what is wrong with the entries.
    pub fn size(self, reader: &dyn LedgerReader) -> Result<u64, ReplayError> {
        let end = reader.head()?.size;
        let size = match self {
            AsOf::Size(size) if size > end => return Err(ReplayError::Beyond { asked: size, size: end }),
            AsOf::Size(size) => size,
            AsOf::Until(time) => reader.size_at(time.ms())?.min(end),
        };
        let next = if size < end { Some(read(reader, size)?) } else { None };
        if let Some(Entry { cause: Cause::Continues(first), .. }) = next {
            return Err(ReplayError::InChain { asked: size, before: first, after: after(reader, first, size, end)? });
        }
        if let AsOf::Until(time) = self {
            // The store searched by a column of its own; what was hashed is the entry.
            if next.is_some_and(|next| next.time <= time) {
                return Err(wrong(size, "it is of another time than the store says"));
            }
            if size > 0 && read(reader, size - 1)?.time > time {
                return Err(wrong(size - 1, "it is of another time than the store says"));
            }
        }
        Ok(size)
    }
}

fn read(reader: &dyn LedgerReader, index: u64) -> Result<Entry, ReplayError> {
    let stored = reader.entry(index)?.ok_or_else(|| StoreError::corrupt(format!("entry {index} is missing")))?;
    parse(&stored)
}

/// The size at which the chain ends.
fn after(reader: &dyn LedgerReader, first: u64, from: u64, end: u64) -> Result<u64, ReplayError> {
    for index in from..end {
        if !matches!(read(reader, index)?.cause, Cause::Continues(of) if of == first) {
            return Ok(index);
        }
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_before_the_next_begins() {
        let until = |text: &str| AsOf::Until(text.parse().unwrap());
        assert_eq!("12".parse(), Ok(AsOf::Size(12)));
        assert_eq!("2026-11-23T10:15:30Z".parse(), Ok(until("2026-11-23T10:15:30.000Z")));
        assert_eq!("2026-11-23".parse(), Ok(until("2026-11-23T23:59:59.999Z")));
        assert_eq!("2024-02-28".parse(), Ok(until("2024-02-28T23:59:59.999Z")));
        for wrong in ["", "-1", "2026-11-31", "2026-11-23T10:15:30", "now", "2026-11-23 "] {
            assert!(wrong.parse::<AsOf>().is_err(), "{wrong}");
        }
    }
}
