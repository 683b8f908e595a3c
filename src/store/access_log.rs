//! The access log: who read what about whom.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use aggregates::words::{Instant, Stream};
use tokio::sync::oneshot;

use super::StoreError;

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// In what role.
    pub role: String,
    /// In whose right; none for regulator and operator.
    pub of: Option<String>,
    /// By which key: the person's, or the client's where no person acts.
    pub kid: String,
    /// Through which MIS, if through one.
    pub mis: Option<String>,
}

/// One read of what is personal, about one subject; of a whole answer, see [`Shown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRecord<About = Stream> {
    /// When.
    pub time: Instant,
    /// Who.
    pub who: Arc<Who>,
    /// Which list was read.
    pub resource: Cow<'static, str>,
    /// About whom.
    pub subject: About,
    /// As of which size.
    pub size: u64,
}

/// What one answer showed: a record for each of its subjects, which are kept and numbered in their order.
pub type Shown = AccessRecord<Subjects>;

/// About whom an answer is, each of them once, as the log's rows have them: parted by spaces. Cheap to clone, as many answers are given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subjects {
    text: Arc<str>,
    count: u64,
}

impl Subjects {
    /// Their names, parted by spaces.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many they are.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl FromIterator<Stream> for Subjects {
    fn from_iter<All: IntoIterator<Item = Stream>>(all: All) -> Subjects {
        let once: BTreeSet<Stream> = all.into_iter().collect();
        let names: Vec<String> = once.iter().map(Stream::to_string).collect();
        Subjects { text: names.join(" ").into(), count: names.len() as u64 }
    }
}

impl<About> AccessRecord<About> {
    /// The same about another.
    pub fn about<Other>(self, subject: Other) -> AccessRecord<Other> {
        let AccessRecord { time, who, resource, size, .. } = self;
        AccessRecord { time, who, resource, subject, size }
    }
}

impl From<AccessRecord> for Shown {
    fn from(record: AccessRecord) -> Shown {
        let subject = record.subject;
        record.about([subject].into_iter().collect())
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
