//! The demo's gateway for one-time codes: it reads the vault's outbox and, where a real one would send a message to the
//! patient's phone, writes a log line.

use std::sync::{Mutex, PoisonError};

use serde_json::json;
use uuid::Uuid;

use crate::sequencer::CODE_MESSAGE;
use crate::store::{Store, StoreError, VaultReader};

/// How many messages are read at a time.
const PAGE: usize = 1000;

/// Reads one vault's outbox.
pub struct Gateway {
    vault: Mutex<Box<dyn VaultReader>>,
}

impl Gateway {
    /// A gateway beside this store's vault.
    ///
    /// # Errors
    /// The store's.
    pub fn open(store: &dyn Store) -> Result<Gateway, StoreError> {
        Ok(Gateway { vault: Mutex::new(store.vault_reader()?) })
    }

    /// The code on its way for a request, if there is one among the messages of the published entries.
    ///
    /// # Errors
    /// The store's.
    pub fn code(&self, request: Uuid, published: u64) -> Result<Option<String>, StoreError> {
        let vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = vault.outbox(published, PAGE)?;
        let waiting = messages.iter().any(|message| message.kind == CODE_MESSAGE && message.body["request"] == json!(request));
        let code = if waiting { vault.code(&request)? } else { None };
        if let Some(code) = &code {
            tracing::info!(%request, code = code.code, "one-time code");
        }
        Ok(code.map(|row| row.code))
    }

    /// Logs the codes on their way that entries from one size until another sent.
    ///
    /// # Errors
    /// The store's.
    pub fn announce(&self, from: u64, published: u64) -> Result<(), StoreError> {
        let vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        for message in vault.outbox(published, PAGE)?.iter().filter(|message| message.entry >= from && message.kind == CODE_MESSAGE) {
            let request = message.body["request"].as_str().and_then(|request| request.parse().ok());
            if let Some(row) = request.map(|request| vault.code(&request)).transpose()?.flatten() {
                tracing::info!(request = %row.request, code = row.code, "one-time code");
            }
        }
        Ok(())
    }
}
