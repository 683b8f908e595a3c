//! What commits: the order in which a batch becomes durable and published.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use aggregates::event::Body;
use aggregates::key_ring::KeyEvent;
use aggregates::words::Instant;
use projections::Change;
use tlog::{Checkpoint, CheckpointError, Hash, Tree, leaf_hash};
use tokio::sync::watch;

use super::batch::Writes;
use super::keys::Keys;
use super::{Probe, Published, Sealed, Step};
use crate::admission::KeyDirectory;
use crate::store::{
    FullTile, Head, HighWater, HighWaterError, Ledger, LedgerBatch, LedgerReader, StoreError, Vault, VaultBatch, VaultEdit, VaultHead,
};

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

/// After how many entries without an edit the vault notes that there was none: what a start looks through is bounded by it.
const NOTED_ENTRIES: u64 = 4_096;

/// For how long at most what was deleted may stay in the vault's files while commits follow each other. To empty its WAL takes three syncs, as
/// many as a commit, and under load every other batch ends one-time codes.
const FORGET_WITHIN: Duration = Duration::from_secs(1);

/// The half of a core that commits: it alone writes to the store.
pub(super) struct Committer {
    pub(super) origin: String,
    pub(super) keys: Arc<Keys>,
    pub(super) ledger: Box<dyn Ledger>,
    /// For reading back.
    pub(super) reader: Box<dyn LedgerReader>,
    pub(super) vault: Box<dyn Vault>,
    pub(super) high_water: HighWater,
    pub(super) tree: Arc<Tree>,
    pub(super) head: Head,
    /// The last commit, for whoever is answered by it.
    pub(super) sealed: Arc<Sealed>,
    pub(super) vault_head: VaultHead,
    /// What the vault must forget after the last commit.
    pub(super) edits: Vec<VaultEdit>,
    /// Since when the vault's files may hold what was deleted.
    pub(super) stale: Option<Moment>,
    /// The last committed entry's.
    pub(super) time: Instant,
    pub(super) directory: KeyDirectory,
    pub(super) published: watch::Sender<Arc<Published>>,
    pub(super) probe: Box<dyn Probe>,
}

impl Committer {
    /// Makes a batch durable and publishes it.
    ///
    /// # Errors
    /// [`Fatal`].
    pub(super) fn commit(&mut self, mut batch: Writes) -> Result<Arc<Sealed>, Fatal> {
        if batch.is_empty() {
            return Ok(Arc::clone(&self.sealed));
        }
        let (edits, enrolled) = (std::mem::take(&mut batch.edits), std::mem::take(&mut batch.enrolled));
        let (tree, full, ledger) = self.seal(&mut batch)?;
        let grows = !ledger.entries.is_empty();
        self.probe.at(Step::Signed);
        let Writes { disclosures, index, codes, outbox, .. } = batch;
        let gained = VaultBatch { old: self.vault_head, size: ledger.new.size, disclosures, index, codes, outbox };
        let (vault, vault_head, probe) = (&mut self.vault, &mut self.vault_head, &mut self.probe);
        let mut gain = || {
            if grows {
                *vault_head = vault.gain(&gained)?;
            }
            probe.at(Step::VaultCommitted);
            Ok(())
        };
        self.ledger.commit_behind(&mut gain, &ledger)?;
        self.probe.at(Step::LedgerCommitted);
        self.read_back(&ledger)?;
        self.probe.at(Step::ReadBack);
        self.high_water.raise(&ledger.new)?;
        self.probe.at(Step::Marked);
        metrics::histogram!("entries_per_commit").record(ledger.entries.len() as f64);
        self.tree = Arc::new(tree);
        self.head = ledger.new;
        self.sealed = Arc::new(Sealed::new(&self.head.checkpoint, Arc::clone(&self.tree), full));
        self.time = ledger.entries.last().and_then(|entry| Instant::from_ms(entry.time)).unwrap_or(self.time);
        let enrolled = enrolled.iter().filter_map(|event| match &event.body {
            Body::Key(KeyEvent::Enrolled { x, .. }) => Some((x.kid(), *x)),
            _ => None,
        });
        self.directory.add(enrolled);
        self.show(true, ledger.old.size, ledger.changes);
        self.probe.at(Step::Published);
        self.edits = edits;
        Ok(Arc::clone(&self.sealed))
    }

    /// What is left to do of the last commit once its senders have been answered: edits of the vault, and housekeeping.
    ///
    /// # Errors
    /// [`Fatal`]; a start does the edits again.
    pub(super) fn tidy(&mut self) -> Result<(), Fatal> {
        let edits = std::mem::take(&mut self.edits);
        // Without edits nothing is noted in the vault for a while: at a start those entries are looked through once more, in vain.
        if !edits.is_empty() || self.head.size - self.vault_head.edited > NOTED_ENTRIES {
            self.vault_head = self.vault.edit(self.head.size, &edits)?;
        }
        self.ledger.maintain()?;
        if self.forgets_in().is_zero() {
            return self.forget();
        }
        let stale = !self.vault.tidy()?;
        self.stale = stale.then(|| self.stale.unwrap_or_else(Moment::now));
        Ok(())
    }

    /// In what time the vault's files must be rid of what was deleted; far off while they hold nothing of it.
    pub(super) fn forgets_in(&self) -> Duration {
        self.stale.map_or(Duration::MAX, |since| FORGET_WITHIN.saturating_sub(since.elapsed()))
    }

    /// Rids the vault's files of what was deleted. Where a reader is in the way, it is tried again in as long a time.
    ///
    /// # Errors
    /// [`Fatal`].
    pub(super) fn forget(&mut self) -> Result<(), Fatal> {
        let done = self.vault.maintain()?;
        self.stale = (!done).then(Moment::now);
        Ok(())
    }

    /// Hashes and signs: the tree after the batch with the tiles that it fills, and what the ledger will write.
    fn seal(&self, batch: &mut Writes) -> Result<(Tree, Vec<tlog::FullTile>, LedgerBatch), Fatal> {
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
            old: self.head.clone(),
            new,
            tiles: tiles.collect(),
            outcomes: batch.outcomes(size),
            entries: std::mem::take(&mut batch.entries),
            streams: std::mem::take(&mut batch.streams),
            refusals: std::mem::take(&mut batch.refusals),
            changes: std::mem::take(&mut batch.changes),
            links: std::mem::take(&mut batch.links),
        };
        Ok((tree, full, ledger))
    }

    /// What the store now holds is what was hashed and signed, byte for byte.
    fn read_back(&self, written: &LedgerBatch) -> Result<(), Fatal> {
        let mut expected = written.entries.iter();
        let mut same = true;
        // No more than were written: another leader may have added some since.
        let head = self.reader.head_and_entries(written.old.size, written.entries.len(), &mut |entry| {
            let meant = expected.next();
            same &= meant.is_some_and(|meant| (meant.index, meant.time, meant.bytes.as_slice()) == (entry.index, entry.time, entry.bytes));
        })?;
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
        if !same {
            return Err(Fatal::ReadBack("an entry"));
        }
        if expected.next().is_some() {
            return Err(Fatal::ReadBack("entries are missing"));
        }
        Ok(())
    }

    /// Shows the head to the world, of which it is not known what led to it.
    pub(super) fn publish(&self, ready: bool) {
        self.show(ready, self.head.size, Vec::new());
    }

    /// The same with all that changed since a size.
    fn show(&self, ready: bool, since: u64, changes: Vec<Change>) {
        let lately = self.published.borrow().lately.clone();
        lately.tell(since..self.head.size, changes);
        let published = Published {
            size: self.head.size,
            root: Hash(self.head.root),
            checkpoint: self.head.checkpoint.as_str().into(),
            tree: Arc::clone(&self.tree),
            time: self.time,
            ready,
            lately,
        };
        let before = self.published.send_replace(Arc::new(published));
        assert!(before.size <= self.head.size, "the published size never goes back");
    }
}
