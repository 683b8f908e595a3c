//! SQLite, held to the contract and to what it promises besides.

mod child;
mod crash;
mod files;
mod guards;
mod room;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use litopys::store::sqlite::{self, SqliteAccessLog, SqliteLedger, SqliteVault};
use litopys::store::{AccessLog, Ledger, LedgerReader, StoreError, Vault, VaultReader};
use tempfile::TempDir;

use crate::engine::{Both, Engine, contract};

/// A store in a directory of its own.
pub struct Sqlite {
    directory: TempDir,
}

impl Sqlite {
    pub fn ledger(&self) -> PathBuf {
        self.directory.path().join("ledger.sqlite")
    }

    pub fn vault(&self) -> PathBuf {
        self.directory.path().join("vault.sqlite")
    }

    pub fn open_both(&self) -> (SqliteLedger, SqliteVault) {
        let (mut ledger, mut vault) = sqlite::open(&self.ledger(), &self.vault()).unwrap();
        ledger.lead().unwrap();
        vault.lead().unwrap();
        (ledger, vault)
    }
}

impl Engine for Sqlite {
    fn fresh() -> Self {
        let store = Sqlite { directory: tempfile::tempdir().unwrap() };
        sqlite::create(&store.ledger(), &store.vault()).unwrap();
        store
    }

    fn open(&self) -> Result<Both, StoreError> {
        let (ledger, vault) = sqlite::open(&self.ledger(), &self.vault())?;
        Ok((Box::new(ledger), Box::new(vault)))
    }

    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        Ok(Box::new(sqlite::open_reader(&self.ledger())?))
    }

    fn vault_reader(&self) -> Result<Box<dyn VaultReader>, StoreError> {
        Ok(Box::new(sqlite::open_vault_reader(&self.vault())?))
    }

    fn access_log(&self) -> Result<Arc<dyn AccessLog>, StoreError> {
        Ok(Arc::new(SqliteAccessLog::open(&self.directory.path().join("access.sqlite"))?))
    }

    fn open_with_vault_of(&self, other: &Self) -> Result<Both, StoreError> {
        let (ledger, vault) = sqlite::open(&self.ledger(), &other.vault())?;
        Ok((Box::new(ledger), Box::new(vault)))
    }

    fn vault_bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(self.directory.path()).unwrap().map(|file| file.unwrap());
        let vault = files.filter(|file| file.file_name().to_string_lossy().starts_with("vault"));
        vault.flat_map(|file| fs::read(file.path()).unwrap()).collect()
    }
}

contract! { Sqlite }
