//! The access log, in the vault's schema.

use aggregates::words::{Instant, Stream};
use tokio::sync::oneshot;
use tokio_postgres::Row as SqlRow;

use super::super::access_queue::{AccessQueue, Keep};
use super::super::{AccessLog, AccessRecord, QueueFull, Shown, StoreError};
use super::failure::{bound, page, stored};
use super::session::{Reading, number, value};
use super::writer::Writer;
use super::{Target, sql};

/// The access log of one ledger; several nodes may write to it. When it is dropped, what is queued is written first.
pub struct PostgresAccessLog {
    target: Target,
    queue: AccessQueue,
}

impl PostgresAccessLog {
    pub(super) fn open(target: &Target) -> Result<PostgresAccessLog, StoreError> {
        let writer = Some(Writer::open(target, "litopys access log")?);
        let queue = AccessQueue::start(Sessions { target: target.clone(), writer })?;
        Ok(PostgresAccessLog { target: target.clone(), queue })
    }
}

impl AccessLog for PostgresAccessLog {
    fn record(&self, shown: Vec<Shown>) -> Result<oneshot::Receiver<Result<(), StoreError>>, QueueFull> {
        self.queue.record(shown)
    }

    fn after(&self, number: u64, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        Reading::open(&self.target)?.many(sql!("access_list_after"), &[&bound(number), &page(limit)], read)
    }

    fn page(&self, subject: Option<&Stream>, before: Option<u64>, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        let subject = subject.map(Stream::to_string);
        let session = Reading::open(&self.target)?;
        session.many(sql!("access_list"), &[&bound(before.unwrap_or(u64::MAX)), &page(limit), &subject], read)
    }
}

/// A session that writes the log, and where the next one is found after a failure.
struct Sessions {
    target: Target,
    writer: Option<Writer>,
}

impl Keep for Sessions {
    fn write(&mut self, shown: &[&Shown]) -> Result<(), StoreError> {
        let mut open = match self.writer.take() {
            Some(open) => open,
            None => Writer::open(&self.target, "litopys access log")?,
        };
        // After a failure the session may be lost; the next records find another. Records that were written without our
        // knowing stand there twice, which is better than not at all.
        write(&mut open, shown)?;
        self.writer = Some(open);
        Ok(())
    }

    fn tidy(&mut self, _idle: bool) -> Result<bool, StoreError> {
        Ok(false)
    }
}

fn write(writer: &mut Writer, shown: &[&Shown]) -> Result<(), StoreError> {
    let records: Vec<(&Shown, &Stream)> = shown.iter().flat_map(|shown| shown.subject.iter().map(|subject| (*shown, subject))).collect();
    let times: Vec<i64> = records.iter().map(|(shown, _)| shown.time.ms()).collect();
    let roles: Vec<&str> = records.iter().map(|(shown, _)| shown.role.as_str()).collect();
    let rights: Vec<Option<&str>> = records.iter().map(|(shown, _)| shown.of.as_deref()).collect();
    let kids: Vec<&str> = records.iter().map(|(shown, _)| shown.kid.as_str()).collect();
    let mis: Vec<Option<&str>> = records.iter().map(|(shown, _)| shown.mis.as_deref()).collect();
    let resources: Vec<&str> = records.iter().map(|(shown, _)| shown.resource.as_str()).collect();
    let subjects: Vec<String> = records.iter().map(|(_, subject)| subject.to_string()).collect();
    let sizes: Vec<i64> = records.iter().map(|(shown, _)| stored(shown.size)).collect::<Result<_, _>>()?;
    writer.transact(async |session| {
        session.execute(sql!("access_insert"), &[&times, &roles, &rights, &kids, &mis, &resources, &subjects, &sizes]).await?;
        Ok(())
    })
}

fn read(row: &SqlRow) -> Result<(u64, AccessRecord), StoreError> {
    let (time, subject): (i64, &str) = (value(row, 1)?, value(row, 7)?);
    let record = AccessRecord {
        time: Instant::from_ms(time).ok_or_else(|| StoreError::corrupt(format!("a time of {time}")))?,
        role: value(row, 2)?,
        of: value(row, 3)?,
        kid: value(row, 4)?,
        mis: value(row, 5)?,
        resource: value(row, 6)?,
        subject: subject.parse().map_err(|_| StoreError::corrupt(format!("{subject:?} is no stream")))?,
        size: number(row, 8)?,
    };
    Ok((number(row, 0)?, record))
}
