//! The access log in a file of its own.
//!
//! An answer waits for one row at the end of one table and its sync. By whom rows are found, their subjects, is sorted later, many rows
//! at a time: in the order of the subjects, so that each page of the index is written for many of them.

use std::path::{Path, PathBuf};

use aggregates::words::{Instant, Stream};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, params};
use tokio::sync::oneshot;

use super::super::access_queue::{AccessQueue, Keep};
use super::super::access_rows::{Records, after, before, records, subjects};
use super::super::{AccessLog, AccessRecord, QueueFull, Shown, StoreError, Who};
use super::connection::{self, Access, Place};
use super::failure::{bound, number, page, stored};
use super::{create, sql};

/// How many rows are sorted at once.
const SORTED: i64 = 256;

/// After how many transactions it is looked whether the WAL is to be moved.
const LOOKED: u32 = 32;

/// The access log of one ledger. When it is dropped, what is queued is written first.
pub struct SqliteAccessLog {
    path: PathBuf,
    queue: AccessQueue,
}

impl SqliteAccessLog {
    /// Opens the log, which is made if it is not there.
    ///
    /// # Errors
    /// The store's: also where the file is something else.
    pub fn open(path: &Path) -> Result<SqliteAccessLog, StoreError> {
        if !path.try_exists()? {
            create::make(path, Place::AccessLog, |connection| connection.execute(sql!("access_sorted_insert"), []))?;
        }
        let connection = connection::open(path, Place::AccessLog, Access::Write)?;
        Ok(SqliteAccessLog { path: path.to_owned(), queue: AccessQueue::start(Writer { connection, since: 0 })? })
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        connection::open(&self.path, Place::AccessLog, Access::Read)
    }
}

impl AccessLog for SqliteAccessLog {
    fn record(&self, shown: Vec<Shown>) -> Result<oneshot::Receiver<Result<(), StoreError>>, QueueFull> {
        self.queue.record(shown)
    }

    fn after(&self, number: u64, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        let reader = self.reader()?;
        let mut statement = reader.prepare(sql!("access_list_after"))?;
        let rows = statement.query_map(params![bound(number), page(limit)], read)?.collect::<Result<_, _>>()?;
        Ok(after(rows, number, page(limit) as usize))
    }

    fn page(&self, subject: Option<&Stream>, last: Option<u64>, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        let (reader, last) = (self.reader()?, last.unwrap_or(u64::MAX));
        // The row of the record before which the page ends may have no other.
        let (end, rows) = (bound(last), page(limit) + 1);
        let rows: Vec<Records> = match subject {
            Some(subject) => {
                let mut statement = reader.prepare(sql!("access_list_subject"))?;
                statement.query_map(params![end, rows, subject.to_string()], read)?.collect::<Result<_, _>>()?
            }
            None => reader.prepare(sql!("access_list"))?.query_map(params![end, rows], read)?.collect::<Result<_, _>>()?,
        };
        Ok(before(rows, subject, last, page(limit) as usize))
    }
}

fn read(row: &rusqlite::Row<'_>) -> Result<Records, Error> {
    let time = row.get(1)?;
    let shown = AccessRecord {
        time: Instant::from_ms(time).ok_or(Error::IntegralValueOutOfRange(1, time))?,
        who: Who { role: row.get(2)?, of: row.get(3)?, kid: row.get(4)?, mis: row.get(5)? }.into(),
        resource: row.get::<_, String>(6)?.into(),
        subject: (),
        size: number(row, 8)?,
    };
    let wrong = || Error::InvalidColumnType(7, "subjects".into(), Type::Text);
    records(number(row, 0)?, &shown, row.get_ref(7)?.as_str()?).ok_or_else(wrong)
}

/// What writes the log.
struct Writer {
    connection: Connection,
    /// How many transactions since it was looked whether the WAL is to be moved.
    since: u32,
}

impl Keep for Writer {
    fn write(&mut self, shown: &[&Shown]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        {
            let mut last: i64 = transaction.prepare_cached(sql!("access_last"))?.query_row([], |row| row.get(0))?;
            let mut insert = transaction.prepare_cached(sql!("access_insert"))?;
            for AccessRecord { time, who, resource, subject, size } in shown {
                let Who { role, of, kid, mis } = &**who;
                last += subject.count() as i64;
                insert.execute(params![last, time.ms(), role, of, kid, mis, resource, subject.as_str(), stored(*size)?])?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn unsorted(&mut self) -> Result<u64, StoreError> {
        let one = |sql| self.connection.prepare_cached(sql)?.query_row([], |row| number(row, 0));
        Ok(one(sql!("access_last"))?.saturating_sub(one(sql!("access_sorted_read"))?))
    }

    fn sort(&mut self) -> Result<u64, StoreError> {
        let transaction = self.connection.transaction()?;
        let sorted = {
            let mut next = transaction.prepare_cached(sql!("access_sorted_next"))?;
            let rows = next.query_map([SORTED], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let rows: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
            let Some((last, _)) = rows.last() else { return Ok(0) };
            let mut found: Vec<(&str, i64)> =
                rows.iter().flat_map(|(number, text)| subjects(text).map(|subject| (subject, *number))).collect();
            found.sort_unstable();
            let mut insert = transaction.prepare_cached(sql!("access_subject_insert"))?;
            for (subject, number) in &found {
                insert.execute(params![subject, number])?;
            }
            transaction.prepare_cached(sql!("access_sorted_move"))?.execute([last])?;
            found.len() as u64
        };
        transaction.commit()?;
        Ok(sorted)
    }

    fn tidy(&mut self) -> Result<(), StoreError> {
        self.since += 1;
        if self.since < LOOKED {
            return Ok(());
        }
        self.since = 0;
        super::wal::tidy(&self.connection)
    }
}
