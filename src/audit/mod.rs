//! The audit: whether a ledger is what it says, found out without trusting anything in it.
//!
//! It reads the file by a connection of its own, recomputes every hash, verifies every signature, decides every command anew by
//! the law, folds every read model anew, and holds all of it against what is stored and against what the auditor has pinned:
//! origin, log key, hash of entry 0, and what was published before (high-water mark, receipts, checkpoints). Only the pins can
//! show that a whole history was replaced by another one in order.
//!
//! **Invariant:** a damaged or hostile file is a finding, never a panic. Nothing is written.
//!
//! A ledger may be in use while it is audited: the head is read first, and what comes later is left to the next audit.

mod chain;
mod codes;
mod facts;
mod follow;
mod found;
mod item;
mod pins;
mod report;
mod row_tables;
mod rows;
mod scan;
mod source;
mod tables;
mod vault;

use std::path::PathBuf;
use std::sync::Arc;

use tlog::{Hash, Verifier};

pub use report::{FactCounts, Finding, MAX_FINDINGS, Report, Verdict};

use crate::node::Trust;
use crate::store::Store;

/// What the auditor trusts, from elsewhere than the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Pinned {
    /// The name of the ledger.
    pub origin: String,
    /// The key that signs checkpoints.
    pub log_key: Verifier,
    /// The key that signs refusal notes; if none is pinned, the one that genesis names.
    pub refusal_key: Option<Verifier>,
    /// The leaf hash of entry 0. Without it nothing says whose ledger this is.
    pub genesis: Option<Hash>,
}

impl From<Trust> for Pinned {
    fn from(trust: Trust) -> Pinned {
        Pinned { origin: trust.origin, log_key: trust.log_key, refusal_key: Some(trust.refusal_key), genesis: Some(trust.genesis) }
    }
}

/// What to audit, against what.
#[derive(Clone)]
pub struct Options {
    /// A store that is not a file, in place of `ledger`; with its vault in place of `vault` if that is to be compared too.
    pub database: Option<(Arc<dyn Store>, WithVault)>,
    /// The ledger's file.
    pub ledger: PathBuf,
    /// The vault's file, if facts and disclosures are to be compared too.
    pub vault: Option<PathBuf>,
    /// The high-water mark's file.
    pub high_water: Option<PathBuf>,
    /// Receipts that were given out.
    pub receipts: Vec<PathBuf>,
    /// Checkpoints that were published.
    pub checkpoints: Vec<PathBuf>,
    /// What is trusted.
    pub pinned: Pinned,
    /// How the registry's maps scatter; drawn where none is given.
    pub seed: Option<u64>,
}

impl Options {
    /// An audit of the ledger alone.
    pub fn new(ledger: impl Into<PathBuf>, pinned: impl Into<Pinned>) -> Options {
        let (receipts, checkpoints) = (Vec::new(), Vec::new());
        Options {
            database: None,
            ledger: ledger.into(),
            vault: None,
            high_water: None,
            receipts,
            checkpoints,
            pinned: pinned.into(),
            seed: None,
        }
    }
}

/// Whether facts and disclosures are compared too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithVault {
    /// With the vault that belongs to the ledger.
    Yes,
    /// The ledger alone.
    No,
}

impl Options {
    /// An audit of a store that is not a file.
    pub fn of_store(store: Arc<dyn Store>, vault: WithVault, pinned: impl Into<Pinned>) -> Options {
        Options { database: Some((store, vault)), ..Options::new("", pinned) }
    }
}

/// Why an audit could not be made. It says nothing about the ledger.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A file is not there.
    #[error("there is no {}", .0.display())]
    NotFound(PathBuf),
    /// A file could not be read.
    #[error("{0}")]
    Io(String),
    /// A file that the auditor brought is not what it should be.
    #[error("{0}")]
    Configuration(String),
}

/// Audits a ledger.
///
/// # Errors
/// [`AuditError`]; whatever is wrong with the ledger is in the report.
pub fn audit(options: &Options) -> Result<Report, AuditError> {
    scan::Scan::new(options)?.run()
}
