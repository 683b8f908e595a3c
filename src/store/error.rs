//! What can go wrong with a store, told apart by what the caller must do.

use std::error::Error;
use std::io;
use std::path::Path;

use projections::{ChangeError, FoldError};

/// A failed call of a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store at this place; creating one is a separate act.
    #[error("there is no store at {place}")]
    NotFound {
        /// Where it was looked for: a file, or a database without its password.
        place: String,
    },
    /// A store was to be created where something is already.
    #[error("{place} exists already")]
    Exists {
        /// What is in the way.
        place: String,
    },
    /// What is there is something else, of another version, altered in its structure, or belongs to another ledger.
    #[error("{place} cannot serve as this store: {why}")]
    NotALedger {
        /// The file or database.
        place: String,
        /// What was found.
        why: String,
    },
    /// What was given to reach the store by, or the rights that it has there, will not do. The operator's to mend.
    #[error("{place}: {why}")]
    Misconfigured {
        /// The address or database, without its password.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// Another process writes to this store.
    #[error("another process writes here: {what}")]
    Locked {
        /// What is held.
        what: String,
    },
    /// The head is not the one the caller acted on: another process leads, or the caller's memory is stale. Stop and
    /// reload.
    #[error("fenced: the head in the store is not the one acted on")]
    Fenced,
    /// The caller's rows contradict each other or what is stored. A defect of the caller.
    #[error("refused by the store: {what}")]
    Invalid {
        /// The contradiction.
        what: String,
    },
    /// There is no room left on the disk, or the store has reached the size it may have.
    #[error("no room left: the disk is full or the store has reached its limit")]
    Full,
    /// Stored data is not what a store writes.
    #[error("the store is damaged: {what}")]
    Corrupt {
        /// What was found.
        what: String,
    },
    /// Reading or writing failed before anything was committed.
    #[error("the store could not read or write")]
    Io(#[source] Box<dyn Error + Send + Sync>),
    /// The commit failed in a way that leaves open whether it is durable. Only opening the store anew tells.
    #[error("it is not known whether the last commit took place; the store must be opened anew")]
    Unknown(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// Whether the failed call is known to have changed nothing.
    ///
    /// False only for [`StoreError::Unknown`]: the writer must end, and the next one believe what it then finds in
    /// the store.
    pub fn rolled_back(&self) -> bool {
        !matches!(self, StoreError::Unknown(_))
    }

    pub(crate) fn not_found(path: &Path) -> Self {
        StoreError::NotFound { place: path.display().to_string() }
    }

    pub(crate) fn exists(path: &Path) -> Self {
        StoreError::Exists { place: path.display().to_string() }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        StoreError::Invalid { what: what.into() }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        StoreError::Corrupt { what: what.into() }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => StoreError::Full,
            _ => StoreError::Io(Box::new(error)),
        }
    }
}

impl From<ChangeError> for StoreError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Beyond(..) => StoreError::invalid(error.to_string()),
            ChangeError::Unreadable { .. } => StoreError::corrupt(error.to_string()),
        }
    }
}

impl From<FoldError<StoreError>> for StoreError {
    fn from(error: FoldError<StoreError>) -> Self {
        match error {
            FoldError::Store(error) => error,
            FoldError::Change(error) => error.into(),
        }
    }
}
