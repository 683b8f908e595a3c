//! Reading connections, kept for the next request.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::store::{LedgerReader, StoreError, sqlite};

/// How many idle connections are kept; more may be open for a moment.
pub const MAX_READERS: usize = 8;

/// Readers of one ledger. Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    ledger: Arc<PathBuf>,
    idle: Arc<Mutex<Vec<Box<dyn LedgerReader>>>>,
}

impl Readers {
    pub(super) fn new(ledger: &Path) -> Readers {
        Readers { ledger: Arc::new(ledger.to_owned()), idle: Arc::default() }
    }

    /// Runs `read` on a connection. It blocks: never call it on a thread that serves others.
    ///
    /// # Errors
    /// Opening's, or whatever `read` says.
    pub fn with<T, E: From<StoreError>>(&self, read: impl FnOnce(&dyn LedgerReader) -> Result<T, E>) -> Result<T, E> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => Box::new(sqlite::open_reader(&self.ledger)?),
        };
        let result = read(&*reader);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // After an error the connection may be in a state that nobody expects.
        if result.is_ok() && idle.len() < MAX_READERS {
            idle.push(reader);
        }
        result
    }
}
