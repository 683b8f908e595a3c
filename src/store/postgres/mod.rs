//! The engine for production: PostgreSQL, the ledger and the vault each in a schema of its own, on one database or on two.
//!
//! Two roles. The **owner** makes the tables and migrates them, and no server runs under it. The **server's role** may add to the
//! ledger's tables and take the next step with its head, and could not change an entry if it wanted to; a store that is opened for
//! writing under a role that could is refused.
//!
//! A commit is one transaction, of which the compare-and-swap of the head is the first statement. What follows it goes out
//! without waiting for answers in between (pipelining), and COMMIT when all have come. `synchronous_commit` is on: a commit is durable when it
//! returns, and nobody sees it before.
//!
//! Who leads is held by an advisory lock (see [`Leadership`]), which only avoids quarrels; what makes two writers safe is the
//! epoch that each compares.

mod access_log;
mod copy_in;
mod deletion;
mod disclosed;
mod failure;
mod fold;
mod leadership;
mod ledger;
mod live;
mod migrate;
mod packed;
mod reader;
mod rebuild;
mod rights;
mod row_tables;
mod rows;
mod session;
mod snapshot;
mod store;
mod target;
mod vault;
mod vault_reader;
mod writer;

pub use access_log::PostgresAccessLog;
pub use leadership::Leadership;
pub use ledger::PostgresLedger;
pub use migrate::{Migrated, Place};
pub use reader::PostgresLedgerReader;
pub use rebuild::PostgresRebuild;
pub use store::PostgresStore;
pub use target::Target;
pub use vault::PostgresVault;
pub use vault_reader::PostgresVaultReader;

/// The text of a statement, from its file.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("sql/", $name, ".sql"))
    };
}
use sql;
