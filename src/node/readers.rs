//! Reading connections, kept for the next request.

use std::sync::{Arc, Mutex, PoisonError};

use crate::store::{LedgerReader, Store, StoreError, VaultReader};

/// How many idle connections are kept; more may be open for a moment.
pub const MAX_READERS: usize = 8;

/// Readers of one ledger and its vault. Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    store: Arc<dyn Store>,
    idle: Arc<Mutex<Vec<Box<dyn LedgerReader>>>>,
    idle_vault: Arc<Mutex<Vec<Box<dyn VaultReader>>>>,
}

impl Readers {
    pub(super) fn new(store: Arc<dyn Store>) -> Readers {
        Readers { store, idle: Arc::default(), idle_vault: Arc::default() }
    }

    /// Whether a question for a row or two takes less than handing it to another thread; then alone may a thread that serves others
    /// ask it.
    pub fn are_near(&self) -> bool {
        !self.store.is_far()
    }

    /// Runs `read` on a connection. It blocks: never call it on a thread that serves others, but for what [`Readers::are_near`] allows.
    ///
    /// # Errors
    /// Opening's, or whatever `read` says.
    pub fn with<T, E: From<StoreError>>(&self, read: impl FnOnce(&dyn LedgerReader) -> Result<T, E>) -> Result<T, E> {
        on(&self.idle, || self.store.reader(), |reader| read(&**reader))
    }

    /// The same on a connection to the vault.
    ///
    /// # Errors
    /// Opening's, or whatever `read` says.
    pub fn with_vault<T, E: From<StoreError>>(&self, read: impl FnOnce(&dyn VaultReader) -> Result<T, E>) -> Result<T, E> {
        on(&self.idle_vault, || self.store.vault_reader(), |reader| read(&**reader))
    }
}

/// Runs `read` on an idle connection, or on one just opened, and keeps it for the next.
fn on<R, T, E: From<StoreError>>(
    idle: &Mutex<Vec<R>>,
    open: impl FnOnce() -> Result<R, StoreError>,
    read: impl FnOnce(&R) -> Result<T, E>,
) -> Result<T, E> {
    let known = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let reader = match known {
        Some(reader) => reader,
        None => open()?,
    };
    let result = read(&reader);
    let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
    // After an error the connection may be in a state that nobody expects.
    if result.is_ok() && idle.len() < MAX_READERS {
        idle.push(reader);
    }
    result
}
