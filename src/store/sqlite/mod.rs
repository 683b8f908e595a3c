//! The embedded engine: SQLite, the ledger and the vault each in a file of its own.
//!
//! WAL with `synchronous=FULL`: a commit is durable when it returns. One process writes, held to it by a lock file
//! beside each database; any number read, whether it runs or not. The writer moves the WAL into the database between
//! batches, so a commit's cost is one sync of the WAL.
//!
//! A reader needs the right to create files in the database's directory while no writer runs (SQLite's shared index
//! of the WAL).

mod access_log;
mod body;
mod connection;
mod create;
mod deletion;
mod disclosed;
mod failure;
mod fold;
mod ledger;
mod lock;
mod packed;
mod reader;
mod rebuild;
mod rows;
mod sorted;
mod subject;
mod vault;
mod vault_reader;
mod wal;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use access_log::SqliteAccessLog;
pub use body::body_text;
pub use create::create;
pub use fold::RowFold;
pub use ledger::SqliteLedger;
pub use reader::SqliteLedgerReader;
pub use rebuild::SqliteRebuild;
pub use vault::SqliteVault;
pub use vault_reader::SqliteVaultReader;

use rusqlite::Connection;

use super::{AccessLog, IndexKey, LedgerReader, Rebuild, Store, StoreError, VaultReader, Writers};

/// The text of a statement, from its file.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("sql/", $name, ".sql"))
    };
}
use sql;

/// The files of a store.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    /// The ledger: kept for ever.
    pub ledger: PathBuf,
    /// The vault: personal values.
    pub vault: PathBuf,
    /// Who read what is personal; made when it is first opened.
    pub access_log: PathBuf,
}

impl SqliteStore {
    /// A ledger's file with the others beside it, under the usual names.
    pub fn beside(ledger: &Path) -> SqliteStore {
        SqliteStore {
            ledger: ledger.into(),
            vault: ledger.with_file_name("vault.sqlite"),
            access_log: ledger.with_file_name("access.sqlite"),
        }
    }
}

impl Store for SqliteStore {
    fn create_with(&self, key: &IndexKey) -> Result<(), StoreError> {
        // Records of another ledger's reads would be taken for this one's.
        if fs::symlink_metadata(&self.access_log).is_ok() {
            return Err(StoreError::exists(&self.access_log));
        }
        for path in [&self.ledger, &self.vault] {
            create::folder_of(path)?;
        }
        create::create_with(&self.ledger, &self.vault, key)
    }

    fn open(&self) -> Result<Writers, StoreError> {
        let (ledger, vault) = open(&self.ledger, &self.vault)?;
        Ok((Box::new(ledger), Box::new(vault)))
    }

    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        Ok(Box::new(open_reader(&self.ledger)?))
    }

    fn vault_reader(&self) -> Result<Box<dyn VaultReader>, StoreError> {
        Ok(Box::new(open_vault_reader(&self.vault)?))
    }

    fn access_log(&self) -> Result<Arc<dyn AccessLog>, StoreError> {
        Ok(Arc::new(SqliteAccessLog::open(&self.access_log)?))
    }

    fn rebuild(&self) -> Result<Box<dyn Rebuild>, StoreError> {
        Ok(Box::new(open_rebuild(&self.ledger)?))
    }
}

/// Opens both places for the one writer. Neither is created; the vault must be the one created with the ledger.
pub fn open(ledger: &Path, vault: &Path) -> Result<(SqliteLedger, SqliteVault), StoreError> {
    let ledger = SqliteLedger::open(ledger)?;
    let vault = SqliteVault::open(vault)?;
    if ledger.pair()? != vault.pair() {
        let why = "it belongs to another ledger".to_owned();
        return Err(StoreError::NotALedger { place: vault.path().display().to_string(), why });
    }
    Ok((ledger, vault))
}

/// Opens a ledger for reading; another process may be writing to it.
pub fn open_reader(ledger: &Path) -> Result<SqliteLedgerReader, StoreError> {
    SqliteLedgerReader::open(ledger)
}

/// Opens a vault for reading; another process may be writing to it.
pub fn open_vault_reader(vault: &Path) -> Result<SqliteVaultReader, StoreError> {
    SqliteVaultReader::open(vault)
}

/// Opens a ledger to make its rows anew; another process must not be writing to it.
pub fn open_rebuild(ledger: &Path) -> Result<SqliteRebuild, StoreError> {
    SqliteRebuild::open(ledger)
}

/// A database in a file that is thrown away unless it is finished: written fast, and not by steps that survive a crash.
pub(crate) fn scratch(file: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(file)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.execute_batch(include_str!("scratch.sql"))?;
    Ok(connection)
}
