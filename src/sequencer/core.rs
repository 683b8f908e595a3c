//! The core: everything that a writer works with, in two halves, of which one decides and the other commits.

use aggregates::Registry;

use super::Answer;
use super::batch::{Batch, MAX_BATCH};
use super::commit::{Committer, Fatal};
use super::decider::Decider;
use crate::admission::Admitted;

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
