//! A store as a whole: how its places are created and opened, whatever the engine.

use std::path::Path;
use std::sync::Arc;

use super::{AccessLog, IndexKey, Ledger, LedgerReader, Peers, Rebuild, StoreError, Vault, VaultReader};

/// The one writer of each place.
pub type Writers = (Box<dyn Ledger>, Box<dyn Vault>);

/// What was seen when a ledger was copied for an audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The guards that are not in force, as `schema.table guard`.
    pub faults: Vec<String>,
    /// What the vault says to which ledger it belongs.
    pub vault_pair: Option<Vec<u8>>,
}

/// A ledger, its vault and its access log on one engine, open or not. Everything that is opened has connections of its own.
pub trait Store: Send + Sync {
    /// Creates an empty ledger and its vault, durably. Nothing that exists is overwritten.
    fn create(&self) -> Result<(), StoreError> {
        self.create_with(&IndexKey::draw()?)
    }

    /// The same with this key of the matching index.
    fn create_with(&self, key: &IndexKey) -> Result<(), StoreError>;

    /// Opens ledger and vault for the one writer. The vault must be the one created with the ledger.
    fn open(&self) -> Result<Writers, StoreError>;

    /// Opens the ledger for reading; another process may be writing to it.
    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError>;

    /// Opens the vault for reading; another process may be writing to it.
    fn vault_reader(&self) -> Result<Box<dyn VaultReader>, StoreError>;

    /// Opens the access log for writing and reading.
    fn access_log(&self) -> Result<Arc<dyn AccessLog>, StoreError>;

    /// Whether every question goes over a wire, and waits on a runtime of its own.
    fn is_far(&self) -> bool {
        false
    }

    /// Copies the ledger's tables, as they are at one instant, into a new SQLite file without rules of its own: for an audit of
    /// what is not such a file already. None where it is.
    fn snapshot(&self, _into: &Path) -> Result<Option<Snapshot>, StoreError> {
        Ok(None)
    }

    /// A way to the other nodes; none where a store has only one.
    fn peers(&self) -> Result<Option<Box<dyn Peers>>, StoreError> {
        Ok(None)
    }

    /// Opens the ledger to make its rows anew; another process must not be writing to it.
    fn rebuild(&self) -> Result<Box<dyn Rebuild>, StoreError>;
}
