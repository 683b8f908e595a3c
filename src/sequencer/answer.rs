//! What the sequencer answers.

use std::sync::Arc;

use aggregates::Refusal;

use super::Sealed;
use crate::envelope::EnvelopeFault;
use crate::service::ServiceCode;

/// The answer to one command.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It stands in the log, durable and published.
    Accepted(Accepted),
    /// The law turned it down.
    Refused(Refused),
    /// A signature is wrong that only the sequencer could verify. Nothing is bound.
    Unsigned(EnvelopeFault),
    /// The service turned it away. Nothing is bound.
    Turned(ServiceCode),
}

/// A command in the log.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The index of its first entry.
    pub index: u64,
    /// The size of its commit's checkpoint.
    pub size: u64,
    /// The bytes of its first entry.
    pub entry: Arc<[u8]>,
    /// Whether this is the answer to an earlier copy.
    pub replayed: bool,
    /// What proves it, if it was committed just now.
    pub sealed: Option<Arc<Sealed>>,
}

/// A command that the law turned down.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The signed note, if the refusal is final.
    pub note: Option<String>,
    /// Whether this is the answer to an earlier copy.
    pub replayed: bool,
}
