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
use super::super::{AccessLog, AccessRecord, QueueFull, Shown, StoreError};
use super::connection::{self, Access, Place};
use super::failure::{bound, number, page, stored};
use super::{create, sql};

/// How many rows are sorted at once.
const SORTED: usize = 256;

/// How many records may wait to be sorted while there are readers; a question about a subject looks through them.
const UNSORTED: u64 = 1 << 20;

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
        Ok(SqliteAccessLog { path: path.to_owned(), queue: AccessQueue::start(Writer(connection))? })
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
        let rows = statement.query_map(params![bound(number), page(limit)], read)?.collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().flatten().filter(|(later, _)| *later > number).take(page(limit) as usize).collect())
    }

    fn page(&self, subject: Option<&Stream>, before: Option<u64>, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        let (reader, before) = (self.reader()?, before.unwrap_or(u64::MAX));
        // The row of the record before which the page ends may have no other.
        let (end, rows) = (bound(before), page(limit) + 1);
        let rows: Vec<Vec<(u64, AccessRecord)>> = match subject {
            Some(subject) => {
                let mut statement = reader.prepare(sql!("access_list_subject"))?;
                statement.query_map(params![end, rows, subject.to_string()], read)?.collect::<Result<_, _>>()?
            }
            None => reader.prepare(sql!("access_list"))?.query_map(params![end, rows], read)?.collect::<Result<_, _>>()?,
        };
        let asked = |(number, record): &(u64, AccessRecord)| *number < before && subject.is_none_or(|subject| record.subject == *subject);
        Ok(rows.into_iter().flat_map(|records| records.into_iter().rev()).filter(asked).take(page(limit) as usize).collect())
    }
}

/// A row's records, in their order.
fn read(row: &rusqlite::Row<'_>) -> Result<Vec<(u64, AccessRecord)>, Error> {
    let (last, time) = (number(row, 0)?, row.get(1)?);
    let wrong = || Error::InvalidColumnType(7, "subjects".into(), Type::Text);
    let subjects: Vec<Stream> =
        subjects(row.get_ref(7)?.as_str()?).map(|text| text.parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    let shown = AccessRecord {
        time: Instant::from_ms(time).ok_or(Error::IntegralValueOutOfRange(1, time))?,
        role: row.get(2)?,
        of: row.get(3)?,
        kid: row.get(4)?,
        mis: row.get(5)?,
        resource: row.get(6)?,
        subject: (),
        size: number(row, 8)?,
    };
    let before = last.checked_sub(subjects.len() as u64).ok_or_else(wrong)?;
    Ok((before + 1..).zip(subjects.into_iter().map(|subject| shown.clone().about(subject))).collect())
}

/// The subjects of a row.
fn subjects(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ')
}

/// What writes the log.
struct Writer(Connection);

impl Keep for Writer {
    fn write(&mut self, shown: &[&Shown]) -> Result<(), StoreError> {
        let transaction = self.0.transaction()?;
        {
            let mut last: i64 = transaction.prepare_cached(sql!("access_last"))?.query_row([], |row| row.get(0))?;
            let mut insert = transaction.prepare_cached(sql!("access_insert"))?;
            let mut about = String::new();
            for AccessRecord { time, role, of, kid, mis, resource, subject, size } in shown {
                about.clear();
                for subject in subject.iter() {
                    about.push_str(if about.is_empty() { "" } else { " " });
                    about.push_str(&subject.to_string());
                }
                last += subject.len() as i64;
                insert.execute(params![last, time.ms(), role, of, kid, mis, resource, about, stored(*size)?])?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn tidy(&mut self, idle: bool) -> Result<bool, StoreError> {
        let one = |sql| self.0.prepare_cached(sql)?.query_row([], |row| number(row, 0));
        let (last, sorted) = (one(sql!("access_last"))?, one(sql!("access_sorted_read"))?);
        if idle && last > sorted || last - sorted > UNSORTED {
            self.sort(sorted)?;
        }
        super::wal::tidy(&self.0)?;
        Ok(last > sorted)
    }
}

impl Writer {
    /// Sorts some of the rows after one.
    fn sort(&mut self, after: u64) -> Result<(), StoreError> {
        let transaction = self.0.transaction()?;
        {
            let mut next = transaction.prepare_cached(sql!("access_sorted_next"))?;
            let rows = next.query_map(params![bound(after), SORTED as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let rows: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            let mut found: Vec<(&str, i64)> =
                rows.iter().flat_map(|(number, text)| subjects(text).map(|subject| (subject, *number))).collect();
            found.sort_unstable();
            let mut insert = transaction.prepare_cached(sql!("access_subject_insert"))?;
            for (subject, number) in &found {
                insert.execute(params![subject, number])?;
            }
            transaction.prepare_cached(sql!("access_sorted_move"))?.execute([last])?;
        }
        Ok(transaction.commit()?)
    }
}
