//! Reading entries in order, parsed on all cores.

use std::collections::VecDeque;
use std::ops::Range;

use super::{LedgerReader, StoreError, StoredEntry};
use crate::crew::{cores, with_crew};

/// How many entries are read and parsed at a time.
const PAGE: usize = 256;

/// Reads entries one after the other: this thread reads some pages ahead, all cores parse them, and this thread takes what they say, in order.
///
/// # Errors
/// The store's, those of `parse`, and those of `take`; an entry that is missing. Each comes where the entry would have been taken.
pub fn parsed<T: Send, E: From<StoreError> + Send>(
    reader: &dyn LedgerReader,
    entries: Range<u64>,
    parse: impl Fn(&StoredEntry) -> Result<T, E> + Sync,
    mut take: impl FnMut(u64, T) -> Result<(), E>,
) -> Result<(), E> {
    let (mut next, mut taken, until) = (entries.start, entries.start, entries.end);
    let (parse, ahead) = (&parse, 2 * cores());
    with_crew(|crew| {
        let mut pages = VecDeque::with_capacity(ahead);
        loop {
            while pages.len() < ahead && next < until {
                let page = page_from(reader, next, until);
                next = page.as_ref().map_or(until, |page| next + page.len() as u64);
                pages.push_back(page.map(|page| crew.start(move || (page.iter().map(parse).collect::<Result<Vec<T>, E>>(), page))));
            }
            let Some(page) = pages.pop_front() else { return Ok(()) };
            // The bytes go where they came from, so that their memory is used again.
            let (parsed, _bytes) = page?.wait();
            for one in parsed? {
                take(taken, one)?;
                taken += 1;
            }
        }
    })
}

/// Some entries from `first` on.
fn page_from(reader: &dyn LedgerReader, first: u64, until: u64) -> Result<Vec<StoredEntry>, StoreError> {
    let page = reader.entries(first, usize::try_from(until - first).map_or(PAGE, |left| left.min(PAGE)))?;
    match page.iter().zip(first..).find(|(entry, index)| entry.index != *index) {
        None if !page.is_empty() => Ok(page),
        None => Err(StoreError::corrupt(format!("entry {first} is missing"))),
        Some((_, missing)) => Err(StoreError::corrupt(format!("entry {missing} is missing"))),
    }
}
