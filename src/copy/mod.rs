//! Copying a registry from one store to another, of whatever engines: entry by entry, verified.
//!
//! What entries determine is made anew and held against the source: tiles, streams, outcomes and read models. Checkpoints, refusals and the
//! vault's rows are taken over. So a copy has the same root and gives the same receipts, byte for byte.
//!
//! **Invariant:** a copy that was broken off cannot pass for the whole: the vault comes last, and no server opens a ledger whose
//! vault is behind it.

mod compare;
mod ledger;
mod vault;

use tlog::{CheckpointError, Hash};

use crate::audit::Pinned;
use crate::node::{NodeError, Trust};
use crate::store::{Store, StoreError};

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Copied {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: String,
    /// How many signed checkpoints, each verified.
    pub checkpoints: u64,
    /// How many final refusals.
    pub refusals: u64,
    /// How many rows of the vault.
    pub vault_rows: u64,
    /// How many records of the access log.
    pub accesses: u64,
}

/// Why a registry was not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source's store failed.
    #[error("the source: {0}")]
    Source(#[source] StoreError),
    /// The target's store failed.
    #[error("the target: {0}")]
    Target(#[source] StoreError),
    /// The source holds no genesis that can be read.
    #[error("the source: {0}")]
    Genesis(#[from] NodeError),
    /// The source is another ledger than the one that is pinned.
    #[error("the source is not the ledger that is pinned: its {0} is another")]
    OtherLedger(&'static str),
    /// An entry of the source cannot be read.
    #[error("entry {index} of the source: {why}")]
    Entry {
        /// Its index.
        index: u64,
        /// Why.
        why: String,
    },
    /// A checkpoint of the source is not one of its log's.
    #[error("the source's checkpoint of size {size}: {source}")]
    Checkpoint {
        /// Its size.
        size: u64,
        /// Why.
        source: CheckpointError,
    },
    /// The entries between two checkpoints are not those that the later one was signed for.
    #[error("the source's {} not what the checkpoint of size {size} was signed for: root {computed} instead of {signed}", spanned(*.first, *.size))]
    OtherRoot {
        /// The first of them: all before it are what was signed.
        first: u64,
        /// The size that they end at.
        size: u64,
        /// The root of the entries.
        computed: Hash,
        /// The checkpoint's.
        signed: Hash,
    },
    /// A row of the source is not what its entries say; what the copy has is.
    #[error("the source's {table} {key} is not what its entries or its signed note say")]
    Differs {
        /// The table.
        table: &'static str,
        /// The row.
        key: String,
    },
    /// The source's vault was restored from an older copy and lacks rows; its server would not start either.
    #[error("the source's vault goes to size {vault}, its ledger to {ledger}")]
    VaultBehind {
        /// The vault's size.
        vault: u64,
        /// The ledger's.
        ledger: u64,
    },
}

/// Entries from one on, below a size.
fn spanned(first: u64, size: u64) -> String {
    if first.saturating_add(1) == size { format!("entry {first} is") } else { format!("entries {first} to {} are", size.saturating_sub(1)) }
}

impl CopyError {
    fn entry(index: u64, why: impl std::fmt::Display) -> CopyError {
        CopyError::Entry { index, why: why.to_string() }
    }
}

/// Copies a registry into a store that does not exist yet, and holds the one against the other. No server may be running on the source;
/// `told` hears how many entries of how many are copied.
///
/// # Errors
/// [`CopyError`]; what there is of the target then is incomplete, and is to be thrown away.
pub fn copy(from: &dyn Store, to: &dyn Store, pinned: Option<&Pinned>, told: &mut dyn FnMut(u64, u64)) -> Result<Copied, CopyError> {
    // Held until the end, so that nobody else writes.
    let (source, secrets) = from.open().map_err(CopyError::Source)?;
    let reader = source.reader().map_err(CopyError::Source)?;
    let (covered, size) = (secrets.head().map_err(CopyError::Source)?.size, source.head().map_err(CopyError::Source)?.size);
    // A copy whose vault ends where its ledger does would hide what is missing.
    if covered < size {
        return Err(CopyError::VaultBehind { vault: covered, ledger: size });
    }
    let trust = Trust::read(&*reader)?;
    if let Some(pinned) = pinned {
        check_pinned(pinned, &trust)?;
    }
    let mut alive = from.peers().map_err(CopyError::Source)?;
    // On a store of several nodes silence would count as death.
    let mut beat = || alive.as_mut().map_or(Ok(()), |peers| peers.beat()).map_err(CopyError::Source);

    to.create_with(secrets.index_key()).map_err(CopyError::Target)?;
    let (mut ledger, mut vault) = to.open().map_err(CopyError::Target)?;
    let mut copied = ledger::copy(&*reader, &mut *ledger, &trust, &mut |done, of| {
        told(done, of);
        beat()
    })?;
    compare::compare(&*reader, &*ledger.reader().map_err(CopyError::Target)?)?;
    copied.accesses = vault::copy_accesses(from, to, &mut beat)?;
    copied.vault_rows = vault::copy(&*secrets, &mut *vault, copied.size, &mut beat)?;
    Ok(copied)
}

fn check_pinned(pinned: &Pinned, trust: &Trust) -> Result<(), CopyError> {
    let differs = [
        ("origin", pinned.origin != trust.origin),
        ("log key", pinned.log_key != trust.log_key),
        ("refusal key", pinned.refusal_key.as_ref().is_some_and(|key| *key != trust.refusal_key)),
        ("first entry", pinned.genesis.is_some_and(|genesis| genesis != trust.genesis)),
    ];
    differs.iter().find(|(_, differs)| *differs).map_or(Ok(()), |(what, _)| Err(CopyError::OtherLedger(what)))
}
