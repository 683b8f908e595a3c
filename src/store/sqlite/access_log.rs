//! The access log in a file of its own, with a thread of its own that writes what is queued together.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use aggregates::words::{Instant, Stream};
use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use super::super::StoreError;
use super::connection::{self, Access, Place};
use super::failure::{bound, number, page, stored};
use super::{create, sql};
use crate::store::{AccessLog, AccessRecord, QueueFull};

/// How many reads may wait for their records to be durable.
const QUEUE: usize = 256;

type Done = oneshot::Sender<Result<(), StoreError>>;

/// The access log of one ledger. When it is dropped, what is queued is written first.
pub struct SqliteAccessLog {
    path: PathBuf,
    // Before the thread: it ends when no more can come.
    queue: Option<SyncSender<(Vec<AccessRecord>, Done)>>,
    thread: Option<JoinHandle<()>>,
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
        let connection = connection::open(path, Place::AccessLog, Access::Write)?;
        let (queue, queued) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("access-log".to_owned()).spawn(move || run(connection, &queued))?;
        Ok(SqliteAccessLog { path: path.to_owned(), queue: Some(queue), thread: Some(thread) })
    }
}

impl Drop for SqliteAccessLog {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been told by whoever waited for an answer.
            let _ = thread.join();
        }
    }
}

impl AccessLog for SqliteAccessLog {
    fn record(&self, records: Vec<AccessRecord>) -> Result<oneshot::Receiver<Result<(), StoreError>>, QueueFull> {
        let (done, waits) = oneshot::channel();
        match self.queue.as_ref().map(|queue| queue.try_send((records, done))) {
            Some(Ok(())) => Ok(waits),
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => Err(QueueFull),
        }
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

/// Writes what is queued, each time all of it in one transaction, until no more can come.
fn run(mut connection: Connection, queued: &Receiver<(Vec<AccessRecord>, Done)>) {
    while let Ok(first) = queued.recv() {
        let batch: Vec<_> = std::iter::once(first).chain(queued.try_iter().take(QUEUE)).collect();
        let written = write(&mut connection, batch.iter().flat_map(|(records, _)| records));
        if let Err(error) = &written {
            tracing::error!(%error, "the access log cannot be written; nothing personal is shown");
        }
        for (_, done) in batch {
            let told = written.as_ref().copied().map_err(|error| StoreError::Io(error.to_string().into()));
            // Whoever went away needs no answer.
            let _ = done.send(told);
        }
    }
}

fn write<'a>(connection: &mut Connection, records: impl Iterator<Item = &'a AccessRecord>) -> Result<(), StoreError> {
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
