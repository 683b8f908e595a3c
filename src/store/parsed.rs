//! Reading entries in order, parsed on all cores.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use super::{LedgerReader, MAX_PAGE_ROWS, StoreError, StoredEntry};

/// Reads entries one after the other. While a page is parsed on all cores, this thread reads the next one and takes what the one before says;
/// so three pages are held at most.
///
/// # Errors
/// The store's, those of `parse`, and those of `take`; an entry that is missing.
pub fn parsed<T: Send, E: From<StoreError> + Send>(
    reader: &dyn LedgerReader,
    entries: Range<u64>,
    parse: impl Fn(&StoredEntry) -> Result<T, E> + Sync,
    mut take: impl FnMut(u64, T) -> Result<(), E>,
) -> Result<(), E> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (mut next, mut taken, until) = (entries.start, entries.start, entries.end);
    let mut page = page_from(reader, &mut next, until)?;
    let mut ready: Vec<T> = Vec::new();
    let mut take_all = |ready: &mut Vec<T>| {
        ready.drain(..).try_for_each(|one| {
            taken += 1;
            take(taken - 1, one)
        })
    };
    while !page.is_empty() {
        let share = page.len().div_ceil(cores);
        let (parts, following) = thread::scope(|scope| {
            let parse = &parse;
            let part = |part| scope.spawn(move || <[StoredEntry]>::iter(part).map(parse).collect::<Result<Vec<T>, E>>());
            let parts: Vec<_> = page.chunks(share).map(part).collect();
            let following = take_all(&mut ready).and_then(|()| Ok(page_from(reader, &mut next, until)?));
            let parts: Vec<_> = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic))).collect();
            (parts, following)
        });
        page = following?;
        for part in parts {
            ready.extend(part?);
        }
    }
    take_all(&mut ready)
}

/// The entries from `next` on, as many as a page has; none at the end.
fn page_from(reader: &dyn LedgerReader, next: &mut u64, until: u64) -> Result<Vec<StoredEntry>, StoreError> {
    let first = *next;
    if first >= until {
        return Ok(Vec::new());
    }
    let page = reader.entries(first, usize::try_from(until - first).map_or(MAX_PAGE_ROWS, |left| left.min(MAX_PAGE_ROWS)))?;
    *next += page.len() as u64;
    match page.iter().zip(first..).find(|(entry, index)| entry.index != *index) {
        None if !page.is_empty() => Ok(page),
        None => Err(StoreError::corrupt(format!("entry {first} is missing"))),
        Some((_, missing)) => Err(StoreError::corrupt(format!("entry {missing} is missing"))),
    }
}
