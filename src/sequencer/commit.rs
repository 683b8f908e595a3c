//! The ledger's part of a commit: its transaction, and what it holds read back.

use std::sync::Arc;

use tlog::{Checkpoint, CheckpointError, Hash};

use super::Step;
use super::batch::MAX_BATCH;
use super::keys::Keys;
use super::probe::Probing;
use super::seal::{Prepared, Sealing};
use crate::store::{HighWaterError, Ledger, LedgerBatch, LedgerReader, StoreError};

/// The core cannot go on: it must be dropped and loaded again. What it had signed is never signed again; whether the
/// batch was committed, the store will say.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The store failed, or its outcome is unknown, or somebody else leads.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    /// The high-water mark refuses the head or could not be written.
    #[error("the high-water mark: {0}")]
    HighWater(#[from] HighWaterError),
    /// The checkpoint could not be signed, or what was read back is not signed by us.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// What was read back is not what was written.
    #[error("read back other than written: {0}")]
    ReadBack(&'static str),
}

impl Fatal {
    /// Whether loading again may help; if not, the process must end, for another one leads or history has changed.
    pub fn may_recover(&self) -> bool {
        !matches!(
            self,
            Fatal::Store(StoreError::Fenced | StoreError::Locked { .. } | StoreError::Corrupt { .. })
                | Fatal::HighWater(HighWaterError::RolledBack { .. } | HighWaterError::OtherRoot { .. })
                | Fatal::ReadBack(_)
        )
    }
}

/// The second part of a core: it alone writes to the ledger.
pub(super) struct Committer {
    pub(super) origin: String,
    pub(super) keys: Arc<Keys>,
    pub(super) ledger: Box<dyn Ledger>,
    /// For reading back.
    pub(super) reader: Box<dyn LedgerReader>,
    pub(super) probe: Probing,
}

impl Committer {
    /// Makes a batch durable in the ledger.
    ///
    /// # Errors
    /// [`Fatal`].
    pub(super) fn commit(&mut self, prepared: Prepared) -> Result<Option<Sealing>, Fatal> {
        let Some((ledger, sealing)) = prepared else { return Ok(None) };
        self.ledger.commit(&ledger)?;
        self.probe.at(Step::LedgerCommitted);
        self.read_back(&ledger)?;
        self.probe.at(Step::ReadBack);
        metrics::histogram!("entries_per_commit").record(ledger.entries.len() as f64);
        Ok(Some(Sealing { changes: ledger.changes, ..sealing }))
    }

    /// Housekeeping, once the batch has gone on.
    ///
    /// # Errors
    /// [`Fatal`].
    pub(super) fn tidy(&mut self) -> Result<(), Fatal> {
        Ok(self.ledger.maintain()?)
    }

    /// What the store now holds is what was hashed and signed, byte for byte.
    fn read_back(&self, written: &LedgerBatch) -> Result<(), Fatal> {
        let head = self.reader.head()?;
        if head.epoch != written.new.epoch {
            // Another took the lead since the commit, and answers for what it finds.
            return Err(StoreError::Fenced.into());
        }
        if head != written.new {
            return Err(Fatal::ReadBack("head"));
        }
        if head.size > 0 {
            let (checkpoint, _) = Checkpoint::open(&head.checkpoint, &[self.keys.log.verifier()], &self.origin)?;
            if checkpoint.size != head.size || checkpoint.root != Hash(head.root) {
                return Err(Fatal::ReadBack("checkpoint"));
            }
        }
        let mut next = written.old.size;
        while next < written.new.size {
            let page = self.reader.entries(next, MAX_BATCH)?;
            if page.is_empty() {
                return Err(Fatal::ReadBack("entries are missing"));
            }
            for entry in page {
                let place = (entry.index.saturating_sub(written.old.size)) as usize;
                if entry.index != next || written.entries.get(place) != Some(&entry) {
                    return Err(Fatal::ReadBack("an entry"));
                }
                next += 1;
            }
        }
        Ok(())
    }
}
