//! Where a ledger's files lie.

use std::path::{Path, PathBuf};

/// The files of one ledger on the embedded store.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The ledger: kept for ever.
    pub ledger: PathBuf,
    /// The vault: personal values.
    pub vault: PathBuf,
    /// Who read what is personal.
    pub access_log: PathBuf,
    /// The high-water mark; better on another volume.
    pub high_water: PathBuf,
    /// The key that signs checkpoints.
    pub log_key: PathBuf,
    /// The key that signs refusal notes.
    pub refusal_key: PathBuf,
}

impl Paths {
    /// The usual names in one folder.
    pub fn in_dir(dir: &Path) -> Paths {
        Paths {
            ledger: dir.join("ledger.sqlite"),
            vault: dir.join("vault.sqlite"),
            access_log: dir.join("access.sqlite"),
            high_water: dir.join("high-water"),
            log_key: dir.join("keys/log.json"),
            refusal_key: dir.join("keys/refusal.json"),
        }
    }
}
