//! A store as a whole: how its places are created and opened, whatever the engine.

use std::sync::Arc;

use super::{AccessLog, Ledger, LedgerReader, Peers, Rebuild, StoreError, Vault, VaultReader};

/// A ledger, its vault and its access log on one engine, open or not. Everything that is opened has connections of its own.
pub trait Store: Send + Sync {
    /// Creates an empty ledger and its vault, durably. Nothing that exists is overwritten.
    fn create(&self) -> Result<(), StoreError>;

    /// Opens ledger and vault for the one writer. The vault must be the one created with the ledger.
    fn open(&self) -> Result<(Box<dyn Ledger>, Box<dyn Vault>), StoreError>;

    /// Opens the ledger for reading; another process may be writing to it.
    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError>;

    /// Opens the vault for reading; another process may be writing to it.
    fn vault_reader(&self) -> Result<Box<dyn VaultReader>, StoreError>;

    /// Opens the access log for writing and reading.
    fn access_log(&self) -> Result<Arc<dyn AccessLog>, StoreError>;

    /// A way to the other nodes; none where a store has only one.
    fn peers(&self) -> Result<Option<Box<dyn Peers>>, StoreError> {
        Ok(None)
    }

    /// Opens the ledger to make its rows anew; another process must not be writing to it.
    fn rebuild(&self) -> Result<Box<dyn Rebuild>, StoreError>;
}
