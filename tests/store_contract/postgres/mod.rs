//! PostgreSQL, held to the contract and to what it promises besides.

mod nodes;
mod rights;
mod tls;

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use litopys::store::postgres::{PostgresStore, Target};
use litopys::store::{AccessLog, LedgerReader, Store, StoreError, VaultReader};

use crate::common::postgres::{ADMIN, Cluster, SERVER};
use crate::engine::{Both, Engine, contract};

/// A store in a database of its own.
pub struct Postgres {
    pub store: PostgresStore,
    pub database: String,
    // Dropped last.
    pub cluster: Rc<Cluster>,
}

thread_local! {
    /// The server of this test, which lives as long as a store on it.
    static CLUSTER: RefCell<Weak<Cluster>> = const { RefCell::new(Weak::new()) };
}

impl Engine for Postgres {
    fn fresh() -> Self {
        let cluster = CLUSTER.with_borrow_mut(|known| match known.upgrade() {
            Some(cluster) => cluster,
            None => {
                let cluster = Rc::new(Cluster::start().unwrap());
                *known = Rc::downgrade(&cluster);
                cluster
            }
        });
        let (database, store) = cluster.created();
        Postgres { store, database, cluster }
    }

    fn open(&self) -> Result<Both, StoreError> {
        self.store.open()
    }

    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        self.store.reader()
    }

    fn vault_reader(&self) -> Result<Box<dyn VaultReader>, StoreError> {
        self.store.vault_reader()
    }

    fn access_log(&self) -> Result<Arc<dyn AccessLog>, StoreError> {
        self.store.access_log()
    }

    /// The tables' files; what is only in the WAL goes with the WAL, which is kept for as long as backups are.
    fn vault_bytes(&self) -> Vec<u8> {
        // Deleted rows stay in their pages until a table is written anew.
        for step in ["VACUUM FULL", "CHECKPOINT"] {
            self.cluster.sql(ADMIN, &self.database, step);
        }
        let mut bytes = Vec::new();
        collect(&self.cluster.data().join("base"), &mut bytes);
        bytes
    }

    fn open_with_vault_of(&self, other: &Self) -> Result<Both, StoreError> {
        let target = |database: &str| Target::parse(&self.cluster.url(SERVER, database)).unwrap();
        PostgresStore::new(target(&self.database), target(&other.database)).open()
    }

    fn is_here() -> bool {
        crate::common::postgres::is_here()
    }
}

fn collect(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            collect(&entry.path(), bytes);
        } else {
            // A file may go while it is looked for.
            bytes.extend(fs::read(entry.path()).unwrap_or_default());
        }
    }
}

contract! { Postgres }
