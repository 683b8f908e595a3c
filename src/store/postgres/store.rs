//! A store on PostgreSQL as a whole.

use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::super::{AccessLog, IndexKey, LedgerReader, Peers, Rebuild, Snapshot, Store, StoreError, VaultReader, Writers};
use super::leadership::session_name;
use super::migrate::{Migrated, Place, begin, make_role, migrate};
use super::snapshot::snapshot;
use super::{
    Leadership, PostgresAccessLog, PostgresLedger, PostgresLedgerReader, PostgresRebuild, PostgresVault, PostgresVaultReader, Target,
};

/// A ledger and its vault, on one database or on two, as one node reaches them.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    ledger: Target,
    vault: Target,
    owners: Option<(Target, Target)>,
    node: Uuid,
    address: String,
}

impl PostgresStore {
    /// The store under the roles that servers work under. Ledger and vault may be in one database.
    pub fn new(ledger: Target, vault: Target) -> PostgresStore {
        let mut random = [0; 16];
        // Nodes that took the same name would only end each other's sessions.
        let _ = getrandom::fill(&mut random);
        let node = uuid::Builder::from_random_bytes(random).into_uuid();
        PostgresStore { ledger, vault, owners: None, node, address: String::new() }
    }

    /// With the roles that own ledger and vault, which may create and migrate.
    #[must_use]
    pub fn owned(mut self, ledger: Target, vault: Target) -> PostgresStore {
        self.owners = Some((ledger, vault));
        self
    }

    /// With the address at which the other nodes reach this one.
    #[must_use]
    pub fn at(mut self, address: &str) -> PostgresStore {
        address.clone_into(&mut self.address);
        self
    }

    /// Brings the tables to this version, and gives the servers' roles their rights. Nothing else may be running.
    ///
    /// # Errors
    /// The store's; [`StoreError::Misconfigured`] where no owner was named.
    pub fn migrate(&self) -> Result<[Migrated; 2], StoreError> {
        let (ledger, vault) = self.owners()?;
        Ok([migrate(ledger, Place::Ledger, self.ledger.role())?, migrate(vault, Place::Vault, self.vault.role())?])
    }

    /// The store in the owner's database, under a role of this name that is made for it. The owner must be allowed to make roles.
    ///
    /// # Errors
    /// The store's.
    pub fn with_new_role(owner: Target, role: &str, password: &str) -> Result<PostgresStore, StoreError> {
        make_role(&owner, role, password)?;
        let server = owner.as_role(role, password);
        Ok(PostgresStore::new(server.clone(), server).owned(owner.clone(), owner))
    }

    fn owners(&self) -> Result<(&Target, &Target), StoreError> {
        let why = "its tables are made under the role that owns them, which was not named (--store-owner)".to_owned();
        let missing = || StoreError::Misconfigured { place: self.ledger.to_string(), why };
        self.owners.as_ref().map(|(ledger, vault)| (ledger, vault)).ok_or_else(missing)
    }
}

impl Store for PostgresStore {
    fn create_with(&self, key: &IndexKey) -> Result<(), StoreError> {
        self.migrate()?;
        let (ledger, vault) = self.owners()?;
        begin(ledger, vault, key)
    }

    fn open(&self) -> Result<Writers, StoreError> {
        let ledger = PostgresLedger::open(&self.ledger, self.node, &self.address)?;
        let vault = PostgresVault::open(&self.vault, &session_name(self.node))?;
        if ledger.pair()? != vault.pair() {
            return Err(StoreError::NotALedger { place: self.vault.to_string(), why: "it belongs to another ledger".into() });
        }
        Ok((Box::new(ledger), Box::new(vault)))
    }

    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        Ok(Box::new(PostgresLedgerReader::open(&self.ledger)?))
    }

    fn vault_reader(&self) -> Result<Box<dyn VaultReader>, StoreError> {
        Ok(Box::new(PostgresVaultReader::open(&self.vault)?))
    }

    fn is_far(&self) -> bool {
        true
    }

    fn access_log(&self) -> Result<Arc<dyn AccessLog>, StoreError> {
        Ok(Arc::new(PostgresAccessLog::open(&self.vault)?))
    }

    fn snapshot(&self, into: &Path) -> Result<Option<Snapshot>, StoreError> {
        snapshot(&self.ledger, &self.vault, into).map(Some)
    }

    fn peers(&self) -> Result<Option<Box<dyn Peers>>, StoreError> {
        Ok(Some(Box::new(Leadership::open(&self.ledger, &self.vault, self.node)?)))
    }

    fn rebuild(&self) -> Result<Box<dyn Rebuild>, StoreError> {
        let ledger = PostgresLedger::open(&self.ledger, self.node, &self.address)?;
        Ok(Box::new(PostgresRebuild::of(ledger, &self.ledger)?))
    }
}
