//! The access log, in the vault's schema.
//!
//! An answer waits for one row at the end of one table. By whom rows are found is sorted later, as on SQLite: an index on the subjects would
//! be written in as many places as an answer has subjects.

use aggregates::words::{Instant, Stream};
use tokio::sync::oneshot;
use tokio::try_join;
use tokio_postgres::{Error, Row as SqlRow};

use super::super::access_queue::{AccessQueue, Keep};
use super::super::access_rows::{Records, after, before, records};
use super::super::{AccessLog, AccessRecord, QueueFull, Shown, StoreError, Who};
use super::failure::{bound, page, stored};
use super::session::{Parameters, Reading, number, value};
use super::writer::Writer;
use super::{Target, sql};

/// How many rows are sorted at once: whoever reads meanwhile waits for as long as that takes.
const SORTED: i64 = 64;

/// The access log of one ledger; several nodes may write to it. When it is dropped, what is queued is written first.
pub struct PostgresAccessLog {
    target: Target,
    queue: AccessQueue,
}

impl PostgresAccessLog {
    pub(super) fn open(target: &Target) -> Result<PostgresAccessLog, StoreError> {
        let open = Some(Writer::open(target, "litopys access log")?);
        Ok(PostgresAccessLog { target: target.clone(), queue: AccessQueue::start(Sessions { target: target.clone(), open })? })
    }
}

impl AccessLog for PostgresAccessLog {
    fn record(&self, shown: Vec<Shown>) -> Result<oneshot::Receiver<Result<(), StoreError>>, QueueFull> {
        self.queue.record(shown)
    }

    fn after(&self, number: u64, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        let rows = Reading::open(&self.target)?.many(sql!("access_list_after"), &[&bound(number), &page(limit)], read)?;
        Ok(after(rows, number, page(limit) as usize))
    }

    fn page(&self, subject: Option<&Stream>, last: Option<u64>, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError> {
        let (session, last) = (Reading::open(&self.target)?, last.unwrap_or(u64::MAX));
        // The row of the record before which the page ends may have no other.
        let (end, rows) = (bound(last), page(limit) + 1);
        let rows = match subject {
            Some(subject) => session.many(sql!("access_list_subject"), &[&end, &rows, &subject.to_string()], read)?,
            None => session.many(sql!("access_list"), &[&end, &rows], read)?,
        };
        Ok(before(rows, subject, last, page(limit) as usize))
    }
}

/// A session that writes the log, and where the next one is found after a failure.
struct Sessions {
    target: Target,
    open: Option<Writer>,
}

impl Sessions {
    /// A transaction of one statement; how many rows it changed. All goes out at once, as each answer of the database costs more than the
    /// statement. After a failure the session may be lost, and the next transaction finds another. Records that were written without our
    /// knowing stand there twice, which is better than not at all.
    fn transact(&mut self, statement: &'static str, parameters: Parameters<'_>) -> Result<u64, StoreError> {
        let open = self.opened()?;
        let session = open.session();
        let done = session.wait(async {
            // Prepared before, so that the statement does not go out behind its commit.
            session.prepared(statement, &[]).await?;
            let (begin, commit) = (session.client().batch_execute(sql!("access_turn")), session.client().batch_execute(sql!("commit")));
            let ((), changed, ()) = try_join!(begin, session.execute(statement, parameters), commit)?;
            Ok::<_, Error>(changed)
        })??;
        self.open = Some(open);
        Ok(done)
    }

    fn opened(&mut self) -> Result<Writer, StoreError> {
        self.open.take().map_or_else(|| Writer::open(&self.target, "litopys access log"), Ok)
    }
}

impl Keep for Sessions {
    fn write(&mut self, shown: &[&Shown]) -> Result<(), StoreError> {
        let mut last = 0;
        let mut further = |shown: &&Shown| {
            last += shown.subject.count() as i64;
            last
        };
        let further: Vec<i64> = shown.iter().map(&mut further).collect();
        let times: Vec<i64> = shown.iter().map(|shown| shown.time.ms()).collect();
        let roles: Vec<&str> = shown.iter().map(|shown| shown.who.role.as_str()).collect();
        let rights: Vec<Option<&str>> = shown.iter().map(|shown| shown.who.of.as_deref()).collect();
        let kids: Vec<&str> = shown.iter().map(|shown| shown.who.kid.as_str()).collect();
        let mis: Vec<Option<&str>> = shown.iter().map(|shown| shown.who.mis.as_deref()).collect();
        let resources: Vec<&str> = shown.iter().map(|shown| &*shown.resource).collect();
        let subjects: Vec<&str> = shown.iter().map(|shown| shown.subject.as_str()).collect();
        let sizes: Vec<i64> = shown.iter().map(|shown| stored(shown.size)).collect::<Result<_, _>>()?;
        self.transact(sql!("access_insert"), &[&further, &times, &roles, &rights, &kids, &mis, &resources, &subjects, &sizes])?;
        Ok(())
    }

    fn unsorted(&mut self) -> Result<u64, StoreError> {
        let open = self.opened()?;
        let rows = open.session().run(open.session().rows(sql!("access_ends"), &[]))?;
        self.open = Some(open);
        let ends = rows.first().map(|row| Ok::<_, StoreError>((number(row, 0)?, number(row, 1)?))).transpose()?;
        Ok(ends.map_or(0, |(last, sorted)| last.saturating_sub(sorted)))
    }

    fn sort(&mut self) -> Result<u64, StoreError> {
        self.transact(sql!("access_sort"), &[&SORTED])
    }

    fn tidy(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

fn read(row: &SqlRow) -> Result<Records, StoreError> {
    let (time, subjects): (i64, &str) = (value(row, 1)?, value(row, 7)?);
    let shown = AccessRecord {
        time: Instant::from_ms(time).ok_or_else(|| StoreError::corrupt(format!("a time of {time}")))?,
        who: Who { role: value(row, 2)?, of: value(row, 3)?, kid: value(row, 4)?, mis: value(row, 5)? }.into(),
        resource: value::<String>(row, 6)?.into(),
        subject: (),
        size: number(row, 8)?,
    };
    records(number(row, 0)?, &shown, subjects).ok_or_else(|| StoreError::corrupt(format!("{subjects:?} are no streams")))
}
