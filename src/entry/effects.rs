//! What entries do to the read models, read from the entries alone.

use aggregates::words::Stream;
use projections::{Change, Link};
use serde_json::{Map, Value};

use super::{Cause, Entry};
use crate::envelope::{Envelope, EnvelopeFault};

/// What a chain's continuations need of the command that began it.
#[derive(Debug, Default)]
pub struct Effects {
    data: Map<String, Value>,
    rights: Vec<Stream>,
}

impl Effects {
    /// What continues after this command, as an entry holds it.
    ///
    /// # Errors
    /// The command is no envelope.
    pub fn begun(command: &Value) -> Result<Effects, EnvelopeFault> {
        let payload = Envelope::from_entry(command)?.payload;
        Ok(Effects { rights: payload.rights(), data: payload.data })
    }

    /// The changes and links of an entry of this chain.
    pub fn within(&self, entry: &Entry) -> (Vec<Change>, Vec<Link>) {
        let links = projections::links(entry.index, &self.rights, &entry.events);
        (projections::changes(entry.index, &self.data, &entry.events), links.into_iter().collect())
    }

    /// The changes and links of the next entry. Entries come in their order, from the first of a chain on.
    ///
    /// The entry is believed: whoever doubts it recomputes the root over all of them first.
    ///
    /// # Errors
    /// The command in it is no envelope.
    pub fn of(&mut self, entry: &Entry) -> Result<(Vec<Change>, Vec<Link>), EnvelopeFault> {
        if let Cause::Command(command) = &entry.cause {
            *self = Effects::begun(command)?;
        }
        Ok(self.within(entry))
    }
}
