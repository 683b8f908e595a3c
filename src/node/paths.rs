//! Where a ledger's files lie.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::Store;
use crate::store::sqlite::SqliteStore;

/// What a node works with: its store, and the files that lie apart from it.
#[derive(Clone)]
pub struct Place {
    /// Ledger, vault and access log.
    pub store: Arc<dyn Store>,
    /// The high-water mark; better on another volume than the ledger.
    pub high_water: PathBuf,
    /// The key that signs checkpoints.
    pub log_key: PathBuf,
    /// The key that signs refusal notes.
    pub refusal_key: PathBuf,
}

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

    /// The files of the store among these.
    pub fn store(&self) -> SqliteStore {
        SqliteStore { ledger: self.ledger.clone(), vault: self.vault.clone(), access_log: self.access_log.clone() }
    }
}

impl From<Paths> for Place {
    fn from(paths: Paths) -> Place {
        let store = Arc::new(paths.store());
        Place { store, high_water: paths.high_water, log_key: paths.log_key, refusal_key: paths.refusal_key }
    }
}

impl From<&Paths> for Place {
    fn from(paths: &Paths) -> Place {
        paths.clone().into()
    }
}
