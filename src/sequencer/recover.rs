//! Loading: from what is stored to a core that may write.

use std::sync::Arc;

use aggregates::event::Event;
use aggregates::words::Instant;
use aggregates::{BrokenStream, Registry};
use tlog::{Checkpoint, CheckpointError, Hash, Tree, leaf_hash};
use tokio::sync::watch;

use super::clock::Clock;
use super::commit::Committer;
use super::core::Core;
use super::decider::Decider;
use super::edits::edits;
use super::keys::Keys;
use super::{Probe, Published, Sealed};
use crate::admission::KeyDirectory;
use crate::entry::{EntryError, Outline};
use crate::store::{Head, HighWater, HighWaterError, Ledger, LedgerReader, Lent, Missing, StoreError, Vault, VaultEdit, parsed};

/// What a core is loaded from.
pub struct Opened {
    /// The ledger's writing half.
    pub ledger: Box<dyn Ledger>,
    /// The vault's writing half.
    pub vault: Box<dyn Vault>,
    /// Where the high-water mark is kept.
    pub high_water: std::path::PathBuf,
    /// Whether a missing mark may be made anew.
    pub missing: Missing,
    /// What has been folded already of this ledger's entries, so that only the rest is; none to begin with the first.
    pub warm: Option<Replayed>,
}

/// Why a ledger could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The high-water mark refuses the head.
    #[error(transparent)]
    HighWater(#[from] HighWaterError),
    /// The head's checkpoint is not signed by the log key given.
    #[error("the head's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// An entry cannot be read.
    #[error("entry {index}: {source}")]
    Entry {
        /// Its index.
        index: u64,
        /// Why.
        source: EntryError,
    },
    /// An event does not follow its stream.
    #[error("entry {index}: {source}")]
    Stream {
        /// The entry's index.
        index: u64,
        /// Why.
        source: BrokenStream,
    },
    /// The entries are not those that the head was signed for.
    #[error("the entries give root {computed}, but the head is signed for {signed}")]
    OtherRoot {
        /// The root of the entries.
        computed: Hash,
        /// The head's.
        signed: Hash,
    },
    /// The vault lacks rows that the ledger's entries need; it was restored from an older copy.
    #[error("the vault goes to size {vault}, the ledger to {ledger}")]
    VaultBehind {
        /// The vault's size.
        vault: u64,
        /// The ledger's.
        ledger: u64,
    },
}

/// What replaying the entries gives.
pub struct Replayed {
    pub(super) registry: Registry,
    pub(super) tree: Tree,
    pub(super) last_time: Instant,
}

/// Loads a core: checks the mark, takes the lead, rebuilds registry and tree from the entries, compares the root with the
/// signed head, redoes the vault's edits, raises the mark to the head and publishes it.
///
/// # Errors
/// [`LoadError`]; nothing is written before the head has been checked against the mark.
pub fn load(
    opened: Opened,
    keys: Arc<Keys>,
    clock: Clock,
    probe: Box<dyn Probe>,
    directory: KeyDirectory,
    published: watch::Sender<Arc<Published>>,
) -> Result<Core, LoadError> {
    let Opened { mut ledger, mut vault, high_water, missing, warm } = opened;
    let origin = keys.log.name().to_owned();
    let mark = HighWater::open(&high_water, &origin, &ledger.head()?, missing)?;
    let head = ledger.lead()?;
    vault.lead()?;
    let reader = ledger.reader()?;
    follows_mark(&mark, &head, &*reader, &keys)?;
    let vault_head = vault.head()?;
    if vault_head.size < head.size {
        return Err(LoadError::VaultBehind { vault: vault_head.size, ledger: head.size });
    }
    let mut replayed = warm.unwrap_or_default();
    let mut vault_edits = edits_from(&*reader, vault_head.edited, replayed.tree.size())?;
    replayed.extend(&*reader, head.size, |index, events| {
        if index >= vault_head.edited {
            vault_edits.extend(edits(index, events));
        }
    })?;
    check_root(&replayed.tree, &head, &keys)?;
    let Replayed { registry, tree, last_time } = replayed;
    let mut vault_head = vault.truncate(head.size)?;
    if vault_head.edited < head.size {
        vault_head = vault.edit(head.size, &vault_edits)?;
    }
    directory.add(registry.keys().map(|(kid, key)| (*kid, key.x)));
    let decider = Decider {
        origin: origin.clone(),
        keys: Arc::clone(&keys),
        reader: ledger.reader()?,
        vault: vault.reader()?,
        registry,
        size: head.size,
        last_time,
        clock,
        published: published.subscribe(),
        closed: None,
    };
    let (time, tree) = (last_time, Arc::new(tree));
    let sealed = Arc::new(Sealed::new(&head.checkpoint, Arc::clone(&tree), []));
    let mut committer = Committer {
        origin,
        keys,
        ledger,
        reader,
        vault,
        high_water: mark,
        tree,
        head,
        sealed,
        vault_head,
        edits: Vec::new(),
        stale: None,
        time,
        directory,
        published,
        probe,
    };
    // A head that was committed and not published before the process ended is published now.
    committer.high_water.raise(&committer.head)?;
    committer.publish(true);
    Ok(Core { decider, committer })
}

/// The head continues the one that was marked: the checkpoint kept for the marked size has the marked root.
pub(super) fn follows_mark(mark: &HighWater, head: &Head, reader: &dyn LedgerReader, keys: &Keys) -> Result<(), LoadError> {
    if mark.size() == 0 || mark.size() == head.size {
        return Ok(());
    }
    let other = || LoadError::HighWater(HighWaterError::OtherRoot { size: mark.size() });
    let note = reader.checkpoint(mark.size())?.ok_or_else(other)?;
    let (checkpoint, _) = Checkpoint::open(&note, &[keys.log.verifier()], keys.log.name())?;
    if checkpoint.root == Hash(mark.root()) { Ok(()) } else { Err(other()) }
}

pub(super) fn check_root(tree: &Tree, head: &Head, keys: &Keys) -> Result<(), LoadError> {
    let (computed, signed) = (tree.root(), Hash(head.root));
    if head.size == 0 {
        return Ok(());
    }
    let (checkpoint, _) = Checkpoint::open(&head.checkpoint, &[keys.log.verifier()], keys.log.name())?;
    if computed == signed && checkpoint.root == signed && checkpoint.size == head.size {
        Ok(())
    } else {
        Err(LoadError::OtherRoot { computed, signed })
    }
}

impl Default for Replayed {
    /// Of the empty ledger.
    fn default() -> Replayed {
        Replayed { registry: Registry::new(seed()), tree: Tree::new(), last_time: Instant::EPOCH }
    }
}

impl Replayed {
    /// Folds on to a size, which is one of a batch. `each` hears of every entry's index and events.
    ///
    /// # Errors
    /// [`LoadError`]; a failure of the store leaves whole entries, any other leaves what is of no more use.
    pub(super) fn extend(&mut self, reader: &dyn LedgerReader, size: u64, mut each: impl FnMut(u64, &[Event])) -> Result<(), LoadError> {
        let mut full = Vec::new();
        parsed(reader, self.tree.size()..size, Read::from, |index, Read { leaf, time, events }| {
            for event in &events {
                self.registry.apply(event).map_err(|source| LoadError::Stream { index, source })?;
            }
            each(index, &events);
            self.last_time = time;
            self.tree.push(leaf, &mut full);
            full.clear();
            Ok(())
        })
    }
}

/// The edits of the vault that entries from one size until another make.
fn edits_from(reader: &dyn LedgerReader, from: u64, until: u64) -> Result<Vec<VaultEdit>, LoadError> {
    let mut all = Vec::new();
    parsed(reader, from..until, Read::from, |index, Read { events, .. }| {
        all.extend(edits(index, &events));
        Ok(())
    })?;
    Ok(all)
}

/// An entry as a start reads it. What is not read is covered by the leaf hash.
struct Read {
    leaf: Hash,
    time: Instant,
    events: Vec<Event>,
}

impl Read {
    fn from(lent: Lent<'_>) -> Result<Read, LoadError> {
        let outline = Outline::from(lent.bytes).map_err(|error| LoadError::Entry { index: lent.index, source: error.into() })?;
        Ok(Read { leaf: leaf_hash(lent.bytes), time: outline.time, events: outline.events })
    }
}

/// The seed of the registry's maps, so that nobody can choose ids that collide.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    // Without randomness the maps still work; only their scatter is known.
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
