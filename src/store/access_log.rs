//! The access log: who read what about whom.

use std::sync::Arc;

use aggregates::words::{Instant, Stream};
use tokio::sync::oneshot;

use super::StoreError;

/// One read of what is personal, about one subject; of a whole answer, see [`Shown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRecord<About = Stream> {
    /// When.
    pub time: Instant,
    /// In what role.
    pub role: String,
    /// In whose right; none for regulator and operator.
    pub of: Option<String>,
    /// By which key: the person's, or the client's where no person acts.
    pub kid: String,
    /// Through which MIS, if through one.
    pub mis: Option<String>,
    /// Which list was read.
    pub resource: String,
    /// About whom.
    pub subject: About,
    /// As of which size.
    pub size: u64,
}

/// What one answer showed: a record for each of its subjects, none twice, which are kept and numbered in this order.
pub type Shown = AccessRecord<Arc<[Stream]>>;

impl<About> AccessRecord<About> {
    /// The same about another.
    pub fn about<Other>(self, subject: Other) -> AccessRecord<Other> {
        let AccessRecord { time, role, of, kid, mis, resource, size, .. } = self;
        AccessRecord { time, role, of, kid, mis, resource, subject, size }
    }
}

impl From<AccessRecord> for Shown {
    fn from(record: AccessRecord) -> Shown {
        let subject = record.subject;
        record.about([subject].into())
    }
}

/// Keeps records for ever, and answers after they are durable.
pub trait AccessLog: Send + Sync {
    /// Keeps what is to be shown. The answer comes when all of it is durable.
    ///
    /// # Errors
    /// At once where the queue is full: then nothing was kept, and nothing may be shown.
    fn record(&self, shown: Vec<Shown>) -> Result<oneshot::Receiver<Result<(), StoreError>>, QueueFull>;

    /// A page of all records in the order of their numbers, after one of them; for copying the log.
    ///
    /// # Errors
    /// The store's.
    fn after(&self, number: u64, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError>;

    /// A page of records, latest first, with a lower number than `before`, of one subject or of all.
    ///
    /// # Errors
    /// The store's.
    fn page(&self, subject: Option<&Stream>, before: Option<u64>, limit: usize) -> Result<Vec<(u64, AccessRecord)>, StoreError>;
}

/// The queue of the access log is full.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the queue of the access log is full")]
pub struct QueueFull;
