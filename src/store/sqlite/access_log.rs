//! The access log in a file of its own.

use std::path::{Path, PathBuf};

use aggregates::words::{Instant, Stream};
use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use super::super::access_queue::AccessQueue;
use super::super::{AccessLog, AccessRecord, QueueFull, StoreError};
use super::connection::{self, Access, Place};
use super::failure::{bound, number, page, stored};
use super::{create, sql};

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
            create::make(path, Place::AccessLog, |_| Ok(0))?;
        }
        let mut connection = connection::open(path, Place::AccessLog, Access::Write)?;
        let queue = AccessQueue::start(move |records| write(&mut connection, records))?;
        Ok(SqliteAccessLog { path: path.to_owned(), queue })
    }
}

impl AccessLog for SqliteAccessLog {
    fn record(&self, records: Vec<AccessRecord>) -> Result<oneshot::Receiver<Result<(), StoreError>>, QueueFull> {
        self.queue.record(records)
    }

    fn after(&self, number: u64, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        let connection = connection::open(&self.path, Place::AccessLog, Access::Read)?;
        let mut statement = connection.prepare(sql!("access_list_after"))?;
        Ok(statement.query_map(params![bound(number), page(limit)], read)?.collect::<Result<_, _>>()?)
    }

    fn page(&self, subject: Option<&Stream>, before: Option<u64>, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        let connection = connection::open(&self.path, Place::AccessLog, Access::Read)?;
        let (before, limit) = (bound(before.unwrap_or(u64::MAX)), page(limit));
        let found = match subject {
            Some(subject) => {
                let mut statement = connection.prepare(sql!("access_list_subject"))?;
                statement.query_map(params![before, limit, subject.to_string()], read)?.collect::<Result<_, _>>()?
            }
            None => connection.prepare(sql!("access_list"))?.query_map(params![before, limit], read)?.collect::<Result<_, _>>()?,
        };
        Ok(found)
    }
}

fn read(row: &rusqlite::Row<'_>) -> Result<(u64, AccessRecord), rusqlite::Error> {
    let time: i64 = row.get(1)?;
    let subject: String = row.get(7)?;
    let subject = subject.parse().map_err(|_| rusqlite::Error::InvalidColumnType(7, "subject".into(), rusqlite::types::Type::Text))?;
    let record = AccessRecord {
        time: Instant::from_ms(time).ok_or(rusqlite::Error::IntegralValueOutOfRange(1, time))?,
        role: row.get(2)?,
        of: row.get(3)?,
        kid: row.get(4)?,
        mis: row.get(5)?,
        resource: row.get(6)?,
        subject,
        size: number(row, 8)?,
    };
    Ok((number(row, 0)?, record))
}

fn write(connection: &mut Connection, records: &[&AccessRecord]) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare_cached(sql!("access_insert"))?;
        for AccessRecord { time, role, of, kid, mis, resource, subject, size } in records {
            insert.execute(params![time.ms(), role, of, kid, mis, resource, subject.to_string(), stored(*size)?])?;
        }
    }
    transaction.commit()?;
    super::wal::tidy(connection)
}
