//! Which store a subcommand works on.

use std::path::Path;
use std::sync::Arc;

use clap::Args;

#[cfg(feature = "postgres")]
use super::failures::of_store;
use super::{Exit, Failure};
use crate::node::Paths;
use crate::store::Store;
#[cfg(feature = "postgres")]
use crate::store::postgres::{PostgresStore, Target};
use crate::store::sqlite::SqliteStore;

/// A store on PostgreSQL. Its URLs may hold passwords, so they are taken from the environment too.
#[derive(Args, Clone, Default)]
pub(super) struct DatabaseArgs {
    /// The ledger's database and the role to work under: postgresql://ROLE[:PASSWORD]@HOST/DATABASE[?sslmode=verify-full&sslrootcert=FILE]
    #[arg(long, value_name = "URL", env = "LITOPYS_STORE", hide_env_values = true)]
    pub(super) store: Option<String>,
    /// The vault's database, where that is another
    #[arg(long, value_name = "URL", env = "LITOPYS_VAULT_STORE", hide_env_values = true, requires = "store")]
    pub(super) vault_store: Option<String>,
}

/// The roles that own the tables, which only making and migrating them needs.
#[derive(Args, Clone, Default)]
pub(super) struct OwnerArgs {
    /// The ledger's database under the role that owns its tables
    #[arg(long, value_name = "URL", env = "LITOPYS_STORE_OWNER", hide_env_values = true, requires = "store")]
    pub(super) store_owner: Option<String>,
    /// The vault's database under the role that owns its tables, where that is another database
    #[arg(long, value_name = "URL", env = "LITOPYS_VAULT_STORE_OWNER", hide_env_values = true, requires = "store_owner")]
    pub(super) vault_store_owner: Option<String>,
}

impl DatabaseArgs {
    /// The store on PostgreSQL, if one was named.
    #[cfg(feature = "postgres")]
    pub(super) fn postgres(&self, owners: &OwnerArgs) -> Result<Option<PostgresStore>, Failure> {
        let Some(ledger) = &self.store else { return Ok(None) };
        let ledger = target(ledger)?;
        let vault = self.vault_store.as_deref().map_or_else(|| Ok(ledger.clone()), target)?;
        let store = PostgresStore::new(ledger, vault);
        let Some(owner) = &owners.store_owner else { return Ok(Some(store)) };
        let owner = target(owner)?;
        let vault_owner = owners.vault_store_owner.as_deref().map_or_else(|| Ok(owner.clone()), target)?;
        Ok(Some(store.owned(owner, vault_owner)))
    }

    /// The store that was named: on PostgreSQL, or in a file, or in a folder under the usual names.
    pub(super) fn open(&self, ledger: Option<&Path>, dir: Option<&Path>) -> Result<Arc<dyn Store>, Failure> {
        self.refuse_unless_built()?;
        #[cfg(feature = "postgres")]
        if let Some(store) = self.postgres(&OwnerArgs::default())? {
            return Ok(Arc::new(store));
        }
        match (ledger, dir) {
            (Some(file), _) => Ok(Arc::new(SqliteStore::beside(file))),
            (None, Some(dir)) => Ok(Arc::new(Paths::in_dir(dir).store())),
            (None, None) => Err(Failure::new(Exit::Usage, "give --dir, --ledger or --store")),
        }
    }

    /// Refuses a URL where this program was built without PostgreSQL.
    pub(super) fn refuse_unless_built(&self) -> Result<(), Failure> {
        if self.store.is_some() && cfg!(not(feature = "postgres")) {
            return Err(Failure::new(Exit::Configuration, "this program was built without PostgreSQL (feature postgres)"));
        }
        Ok(())
    }
}

#[cfg(feature = "postgres")]
pub(super) fn target(url: &str) -> Result<Target, Failure> {
    Target::parse(url).map_err(|error| Failure::new(of_store(&error), error))
}
