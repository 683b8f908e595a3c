//! The first part of a commit: hash, sign, and the vault's transaction.

use std::sync::Arc;

use aggregates::Event;
use aggregates::words::Instant;
use projections::Change;
use tlog::{Checkpoint, Tree, leaf_hash};

use super::batch::Writes;
use super::keys::Keys;
use super::probe::Probing;
use super::{Fatal, Step};
use crate::store::{FullTile, Head, LedgerBatch, Vault, VaultBatch, VaultEdit, VaultHead};

/// After how many entries without an edit the vault notes that there was none: what a start looks through is bounded by it.
pub(super) const NOTED_ENTRIES: u64 = 4_096;

/// The first part of a core: it alone writes to the vault.
pub(super) struct Sealer {
    pub(super) origin: String,
    pub(super) keys: Arc<Keys>,
    pub(super) vault: Box<dyn Vault>,
    pub(super) vault_head: VaultHead,
    /// Over all entries that were hashed, committed or not.
    pub(super) tree: Arc<Tree>,
    /// The head of the last batch that was signed, committed or not.
    pub(super) head: Head,
    /// The last hashed entry's.
    pub(super) time: Instant,
    pub(super) probe: Probing,
}

/// What the ledger is to commit, and what is published after it; none where nothing was written.
pub(super) type Prepared = Option<(LedgerBatch, Sealing)>;

/// What is published once a batch is committed.
pub(super) struct Sealing {
    pub(super) head: Head,
    pub(super) tree: Arc<Tree>,
    /// The tiles that the batch filled.
    pub(super) full: Vec<tlog::FullTile>,
    /// The last entry's.
    pub(super) time: Instant,
    pub(super) enrolled: Vec<Event>,
    /// What changed since which size; the ledger has it first.
    pub(super) since: u64,
    pub(super) changes: Vec<Change>,
    /// What the vault must forget afterwards.
    pub(super) edits: Vec<VaultEdit>,
}

impl Sealer {
    /// Hashes and signs a batch, and makes durable what the vault gains by it.
    ///
    /// # Errors
    /// [`Fatal`].
    pub(super) fn seal(&mut self, mut batch: Writes) -> Result<Prepared, Fatal> {
        if batch.is_empty() {
            return Ok(None);
        }
        let (edits, enrolled) = (std::mem::take(&mut batch.edits), std::mem::take(&mut batch.enrolled));
        let (full, ledger) = self.hash_and_sign(&mut batch)?;
        self.probe.at(Step::Signed);
        if !ledger.entries.is_empty() {
            let Writes { disclosures, index, codes, outbox, .. } = batch;
            let gained = VaultBatch { old: self.vault_head, size: ledger.new.size, disclosures, index, codes, outbox };
            self.vault_head = self.vault.gain(&gained)?;
        }
        self.probe.at(Step::VaultCommitted);
        let (head, tree, time) = (self.head.clone(), Arc::clone(&self.tree), self.time);
        let since = ledger.old.size;
        Ok(Some((ledger, Sealing { head, tree, full, time, enrolled, since, changes: Vec::new(), edits })))
    }

    /// Does the edits of a batch that is published with this size.
    ///
    /// # Errors
    /// [`Fatal`]; a start does the edits again.
    pub(super) fn edit(&mut self, size: u64, edits: &[VaultEdit]) -> Result<(), Fatal> {
        self.vault_head = self.vault.edit(size, edits)?;
        Ok(())
    }

    /// Housekeeping, once the batch has gone on.
    ///
    /// # Errors
    /// [`Fatal`].
    pub(super) fn tidy(&mut self) -> Result<(), Fatal> {
        Ok(self.vault.maintain().map(drop)?)
    }

    /// The tiles that the batch fills, and what the ledger will write.
    fn hash_and_sign(&mut self, batch: &mut Writes) -> Result<(Vec<tlog::FullTile>, LedgerBatch), Fatal> {
        let mut tree = Tree::clone(&self.tree);
        let mut full = Vec::new();
        for entry in &batch.entries {
            tree.push(leaf_hash(&entry.bytes), &mut full);
        }
        let (size, root) = (tree.size(), tree.root());
        assert_eq!(size, self.head.size + batch.entries.len() as u64, "indexes are dense");
        let new = if size == self.head.size {
            self.head.clone()
        } else {
            let checkpoint = Checkpoint { origin: self.origin.clone(), size, root }.sign(&self.keys.log)?;
            Head { size, root: root.0, epoch: self.head.epoch, checkpoint }
        };
        let tiles = full.iter().map(|tile| FullTile { level: tile.level, index: tile.index, hashes: tile.hashes.to_vec() });
        let ledger = LedgerBatch {
            old: std::mem::replace(&mut self.head, new.clone()),
            new,
            tiles: tiles.collect(),
            outcomes: batch.outcomes(size),
            entries: std::mem::take(&mut batch.entries),
            streams: std::mem::take(&mut batch.streams),
            refusals: std::mem::take(&mut batch.refusals),
            changes: std::mem::take(&mut batch.changes),
            links: std::mem::take(&mut batch.links),
        };
        self.tree = Arc::new(tree);
        self.time = ledger.entries.last().and_then(|entry| Instant::from_ms(entry.time)).unwrap_or(self.time);
        Ok((full, ledger))
    }
}
