//! Reading entries in order, read and parsed on all cores.

use std::collections::VecDeque;
use std::iter::repeat_with;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{LedgerReader, Lent, StoreError};
use crate::crew::{cores, with_crew};

/// How many entries are read and parsed at a time.
const PAGE: u64 = 512;

/// Reads entries one after the other: all cores read and parse pages ahead, each by a connection of its own, and this thread takes what they
/// say, in order.
///
/// # Errors
/// The store's, those of `parse`, and those of `take`; an entry that is missing. Each comes where its page would have been taken.
pub fn parsed<T: Send, E: From<StoreError> + Send>(
    reader: &dyn LedgerReader,
    entries: Range<u64>,
    parse: impl Fn(Lent<'_>) -> Result<T, E> + Sync,
    mut take: impl FnMut(u64, T) -> Result<(), E>,
) -> Result<(), E> {
    let (mut next, mut taken, until) = (entries.start, entries.start, entries.end);
    // What is soon read is not worth another connection.
    if until.saturating_sub(next) <= PAGE {
        return page(reader, entries, &parse)?.into_iter().zip(taken..).try_for_each(|(one, index)| take(index, one));
    }
    let readers: Vec<_> = repeat_with(|| reader.another()).take(cores()).collect::<Result<_, _>>()?;
    let (readers, parse, ahead) = (&Mutex::new(readers), &parse, 2 * cores());
    with_crew(|crew| {
        let mut pages = VecDeque::with_capacity(ahead);
        loop {
            while pages.len() < ahead && next < until {
                let some = next..until.min(next + PAGE);
                next = some.end;
                pages.push_back(crew.start(move || {
                    // There are as many as threads.
                    let reader = lock(readers).pop().ok_or_else(|| StoreError::Io("a reader is missing".into()))?;
                    let parsed = page(&*reader, some, parse);
                    lock(readers).push(reader);
                    parsed
                }));
            }
            let Some(page) = pages.pop_front() else { return Ok(()) };
            for one in page.wait()? {
                take(taken, one)?;
                taken += 1;
            }
        }
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What some entries say.
fn page<T, E: From<StoreError>>(
    reader: &dyn LedgerReader,
    entries: Range<u64>,
    parse: &impl Fn(Lent<'_>) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let Range { start, end } = entries;
    let limit = end.saturating_sub(start) as usize;
    let (mut all, mut next, mut failed) = (Vec::with_capacity(limit), start, None);
    if limit == 0 {
        return Ok(all);
    }
    reader.each_entry(start, limit, &mut |entry| {
        if failed.is_some() || entry.index != next {
            return;
        }
        next += 1;
        match parse(entry) {
            Ok(one) => all.push(one),
            Err(error) => failed = Some(error),
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None if next == end => Ok(all),
        None => Err(StoreError::corrupt(format!("entry {next} is missing")).into()),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;
    use crate::store::sqlite;

    /// A ledger of some pages, whose entries are no more than their numbers.
    fn ledger(size: u64) -> (TempDir, Box<dyn LedgerReader>) {
        let folder = tempfile::tempdir().unwrap();
        let (ledger, vault) = (folder.path().join("ledger"), folder.path().join("vault"));
        sqlite::create(&ledger, &vault).unwrap();
        let connection = Connection::open(&ledger).unwrap();
        let fill = format!(
            "UPDATE head SET size = {size}, root = zeroblob(32); INSERT INTO checkpoints VALUES ({size}, 'one');
            INSERT INTO entries WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {size})
            SELECT i, 7, CAST(i AS BLOB) FROM n;"
        );
        connection.execute_batch(&fill).unwrap();
        let reader = sqlite::open_reader(&ledger).unwrap();
        (folder, Box::new(reader))
    }

    /// Reads entries whose bytes are to be numbers below a limit: those that were taken, and how it ended.
    fn read(reader: &dyn LedgerReader, entries: Range<u64>, below: u64) -> (Vec<u64>, Result<(), StoreError>) {
        let mut taken = Vec::new();
        let parse = |entry: Lent<'_>| {
            let number: u64 = str::from_utf8(entry.bytes).unwrap().parse().unwrap();
            if number < below { Ok(number) } else { Err(StoreError::invalid(format!("{number} is too much"))) }
        };
        let ended = parsed(reader, entries, parse, |index, number| {
            assert_eq!(index, number);
            taken.push(number);
            Ok(())
        });
        (taken, ended)
    }

    #[test]
    fn entries_come_in_order_whoever_reads_them() {
        let size = 5 * PAGE + 7;
        let (_folder, reader) = ledger(size);
        for entries in [0..size, 3..size - 1, 0..PAGE, 5..5 + PAGE, 9..10, 7..7, size..size] {
            let (taken, ended) = read(&*reader, entries.clone(), u64::MAX);
            ended.unwrap();
            assert!(taken.into_iter().eq(entries.clone()), "{entries:?}");
        }
    }

    #[test]
    fn what_goes_wrong_is_told_after_the_pages_before_it() {
        let size = 3 * PAGE + 7;
        let (_folder, reader) = ledger(size);
        for (until, below, why) in
            [(size, 2 * PAGE + 5, format!("{} is too much", 2 * PAGE + 5)), (9 * PAGE, u64::MAX, format!("entry {size} is missing"))]
        {
            let (taken, ended) = read(&*reader, 0..until, below);
            let error = ended.unwrap_err().to_string();
            assert!(error.contains(&why), "{error}");
            assert!(taken.into_iter().eq(0..size.min(below) / PAGE * PAGE));
        }
        let (taken, ended) = read(&*reader, size..size + 2, u64::MAX);
        assert!(taken.is_empty() && ended.is_err());
    }
}
