//! The core: everything that a writer works with, in two halves, of which one decides and the other commits.

use std::time::{SystemTime, UNIX_EPOCH};

use aggregates::Registry;
use tlog::Signer;

use super::Answer;
use super::batch::{Batch, MAX_BATCH};
use super::commit::{Committer, Fatal};
use super::decider::Decider;
use crate::admission::Admitted;

/// Milliseconds since 1970, by the wall.
pub type Clock = Box<dyn Fn() -> i64 + Send>;

/// The machine's clock.
pub fn system_clock() -> Clock {
    Box::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64))
}

/// The keys that the ledger itself signs with.
pub struct Keys {
    /// Signs checkpoints; its name is the origin.
    pub log: Signer,
    /// Signs refusal notes.
    pub refusal: Signer,
}

/// The writing half of a ledger. Everything in it is derived from the store and agrees with it between batches.
pub struct Core {
    pub(super) decider: Decider,
    pub(super) committer: Committer,
}

impl Core {
    /// The registry after the last published entry.
    pub fn registry(&self) -> &Registry {
        &self.decider.registry
    }

    /// The origin of this ledger.
    pub fn origin(&self) -> &str {
        &self.decider.origin
    }

    /// Takes up to [`MAX_BATCH`] commands through the whole order of the fourth invariant, on this thread, and answers each.
    ///
    /// # Errors
    /// [`Fatal`]: nobody may be answered as if anything had happened.
    ///
    /// # Panics
    /// If given more than [`MAX_BATCH`] commands.
    pub fn process(&mut self, commands: &[Admitted]) -> Result<Vec<Answer>, Fatal> {
        assert!(commands.len() <= MAX_BATCH, "a batch is bounded");
        let mut batch = Batch::default();
        let pending = self.decider.decide_all(commands, &mut batch)?;
        let writes = self.decider.close(batch);
        let sealed = self.committer.commit(writes)?;
        self.committer.tidy()?;
        self.decider.committed();
        Ok(pending.into_iter().map(|pending| pending.after(&sealed)).collect())
    }
}
