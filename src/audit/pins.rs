//! What the auditor brings: heads and entries that were published before.

use std::fs;
use std::path::Path;

use tlog::{Checkpoint, Hash};

use super::report::Findings;
use super::{AuditError, Options, Pinned};
use crate::receipt;
use crate::store::{Head, HighWater, HighWaterError, Missing};

/// A published head.
pub(super) struct PinnedHead {
    pub(super) size: u64,
    pub(super) root: Hash,
    /// Where it is known from.
    pub(super) from: String,
}

/// A published entry.
pub(super) struct PinnedEntry {
    pub(super) index: u64,
    pub(super) leaf: Hash,
    /// Where it is known from.
    pub(super) from: String,
}

/// All of it.
#[derive(Default)]
pub(super) struct Pins {
    pub(super) heads: Vec<PinnedHead>,
    pub(super) entries: Vec<PinnedEntry>,
}

/// Reads the files. A receipt or checkpoint that does not verify is a finding, for somebody was given it.
pub(super) fn read(options: &Options, findings: &mut Findings) -> Result<Pins, AuditError> {
    let mut pins = Pins::default();
    let Pinned { origin, log_key, genesis, .. } = &options.pinned;
    let keys = [log_key.clone()];
    if let Some(leaf) = genesis {
        pins.entries.push(PinnedEntry { index: 0, leaf: *leaf, from: "genesis".into() });
    }
    if let Some(path) = &options.high_water {
        pins.heads.push(high_water(path, origin)?);
    }
    for path in &options.receipts {
        let from = path.display().to_string();
        match receipt::verify(&read_file(path)?, &keys, origin, genesis.as_ref()) {
            Ok(proven) => {
                let Checkpoint { size, root, .. } = proven.checkpoint;
                pins.heads.push(PinnedHead { size, root, from: from.clone() });
                pins.entries.push(PinnedEntry { index: proven.entry.index, leaf: proven.leaf, from });
            }
            Err(error) => findings.add("pinned", from, "", "receipt_invalid", error),
        }
    }
    for path in &options.checkpoints {
        let from = path.display().to_string();
        let note = String::from_utf8(read_file(path)?).unwrap_or_default();
        match Checkpoint::open(&note, &keys, origin) {
            Ok((checkpoint, _)) => pins.heads.push(PinnedHead { size: checkpoint.size, root: checkpoint.root, from }),
            Err(error) => findings.add("pinned", from, "", "checkpoint_invalid", error),
        }
    }
    Ok(pins)
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, AuditError> {
    fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => AuditError::NotFound(path.into()),
        _ => AuditError::Io(format!("{}: {error}", path.display())),
    })
}

fn high_water(path: &Path, origin: &str) -> Result<PinnedHead, AuditError> {
    // Asked first, for an empty ledger may begin a mark and an audit must not.
    read_file(path)?;
    // The mark is held against the entries, not against what the head says of itself.
    let beyond = Head { size: u64::MAX, root: [0; 32], epoch: 0, checkpoint: String::new() };
    match HighWater::open(path, origin, &beyond, Missing::Refuse) {
        Ok(mark) => Ok(PinnedHead { size: mark.size(), root: Hash(mark.root()), from: "the high-water mark".into() }),
        Err(HighWaterError::Missing { .. }) => Err(AuditError::NotFound(path.into())),
        Err(error @ HighWaterError::Io { .. }) => Err(AuditError::Io(error.to_string())),
        Err(error) => Err(AuditError::Configuration(error.to_string())),
    }
}
