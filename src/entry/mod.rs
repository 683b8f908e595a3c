//! Entries: the leaves of the log, as bytes.
//!
//! **Invariant:** hashed bytes are the stored bytes. An entry's bytes are made once, by [`Entry::to_bytes`]; whoever
//! reads them back requires that they are the canonical form of what they say.

mod effects;
mod outline;

use aggregates::Event;
use aggregates::facts::Facts;
use aggregates::words::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use effects::{Effects, PayloadError};
pub use outline::{Outline, OutlineCause};

/// The version of this format.
pub const FORMAT: u32 = 1;

/// The version of the law's rules; it rises only by `law.adopt`.
pub const LAW: u32 = 1;

/// The longest entry, in bytes: what the length prefix of an entry bundle can say (c2sp.org/tlog-tiles).
pub const MAX_BYTES: usize = 65_535;

/// The most events that one entry holds; a command with more goes on in the entries that follow.
pub const MAX_EVENTS: usize = 64;

/// Room for what most entries have beside their payload, so that their bytes are not moved while they are written.
const BESIDE_PAYLOAD: usize = 1_600;

/// One leaf of the log: a cause, facts, and the events they had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The format's version, [`FORMAT`].
    pub v: u32,
    /// The version of the rules it was decided by.
    pub law: u32,
    /// Its place in the log, from 0.
    pub index: u64,
    /// When it was decided; never before the entry it follows.
    pub time: Instant,
    /// What caused it.
    pub cause: Cause,
    /// What the decision took from outside; continuations have none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub facts: Option<Facts>,
    /// What it caused, sorted by (bytes of the stream, version).
    pub events: Vec<Event>,
}

/// An entry with its members in the order of their names, so that the long strings in its cause are written where they are; those of a JSON
/// value are sorted by themselves.
#[derive(Serialize)]
struct Sorted<'a> {
    cause: &'a Cause,
    events: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<Value>,
    index: u64,
    law: u32,
    time: Instant,
    v: u32,
}

/// What caused an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Cause {
    /// A signed command: `payload` and `signatures` as they were received, without disclosures.
    Command(Value),
    /// The effects of the command of an earlier entry go on.
    Continues(u64),
}

/// Bytes that are not an entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// They are longer than an entry may be.
    #[error("the entry has {0} bytes; {MAX_BYTES} are allowed")]
    TooLong(usize),
    /// They are not the JSON of an entry.
    #[error("the bytes are not an entry: {0}")]
    Malformed(#[from] serde_json::Error),
    /// They say what an entry says in another way than the canonical one.
    #[error("the entry is not in canonical form")]
    NotCanonical,
}

impl Entry {
    /// The bytes: RFC 8785 canonical JSON.
    ///
    /// An entry consists of objects with ASCII names, strings, integers and booleans. For these the canonical form is
    /// what serde_json writes of a sorted map, which a test holds against an RFC 8785 library.
    ///
    /// # Errors
    /// [`EntryError::TooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        let sorted = Sorted {
            cause: &self.cause,
            events: self.events.iter().map(serde_json::to_value).collect::<Result<_, _>>()?,
            facts: self.facts.as_ref().map(serde_json::to_value).transpose()?,
            index: self.index,
            law: self.law,
            time: self.time,
            v: self.v,
        };
        let mut bytes = Vec::with_capacity(self.payload_bytes() + BESIDE_PAYLOAD);
        serde_json::to_writer(&mut bytes, &sorted)?;
        if bytes.len() > MAX_BYTES { Err(EntryError::TooLong(bytes.len())) } else { Ok(bytes) }
    }

    fn payload_bytes(&self) -> usize {
        self.command().and_then(|command| command.get("payload")?.as_str()).map_or(0, str::len)
    }

    /// Reads an entry and requires that the bytes are its canonical form.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Entry, EntryError> {
        if bytes.len() > MAX_BYTES {
            return Err(EntryError::TooLong(bytes.len()));
        }
        let entry: Entry = serde_json::from_slice(bytes)?;
        if entry.to_bytes()? == bytes { Ok(entry) } else { Err(EntryError::NotCanonical) }
    }

    /// The envelope of the command that caused this entry itself.
    pub fn command(&self) -> Option<&Value> {
        match &self.cause {
            Cause::Command(envelope) => Some(envelope),
            Cause::Continues(_) => None,
        }
    }
}

/// The entries of one decision: the first with the command, its facts and up to [`MAX_EVENTS`] events, the rest as
/// continuations with the same time and law.
pub fn chain(law: u32, index: u64, time: Instant, command: Value, facts: Facts, events: Vec<Event>) -> Vec<Entry> {
    let mut command = Some(command);
    let mut entries = Vec::with_capacity(events.len().div_ceil(MAX_EVENTS));
    let mut events = events.into_iter();
    loop {
        let some: Vec<Event> = events.by_ref().take(MAX_EVENTS).collect();
        let (cause, facts) = match command.take() {
            Some(command) => (Cause::Command(command), Some(facts)),
            None if some.is_empty() => return entries,
            None => (Cause::Continues(index), None),
        };
        let place = index + entries.len() as u64;
        entries.push(Entry { v: FORMAT, law, index: place, time, cause, facts, events: some });
    }
}
