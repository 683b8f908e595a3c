//! What entries do to the read models, read from the entries alone.

use std::cell::LazyCell;

use aggregates::Event;
use aggregates::words::Stream;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use projections::{Change, Link};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Cause, Entry};

/// What a chain's continuations need of the command that began it.
#[derive(Debug)]
pub struct Effects {
    /// The payload's data as they are written; most events ask for nothing in them.
    data: Box<RawValue>,
    rights: Vec<Stream>,
}

/// A payload that is none.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// There is none.
    #[error("the command has no payload")]
    Missing,
    /// It is not base64url.
    #[error("the payload: {0}")]
    Encoding(#[from] base64::DecodeError),
    /// Its data are no object.
    #[error("the payload: its data are no object")]
    Data,
    /// It is not the JSON of a payload.
    #[error("the payload: {0}")]
    Json(#[from] serde_json::Error),
}

impl Default for Effects {
    fn default() -> Effects {
        Effects { data: RawValue::NULL.to_owned(), rights: Vec::new() }
    }
}

impl Effects {
    /// What continues after a command with this payload.
    ///
    /// # Errors
    /// [`PayloadError`].
    pub fn begun(payload: &str) -> Result<Effects, PayloadError> {
        #[derive(Deserialize)]
        struct Payload {
            signers: Vec<Signer>,
            data: Box<RawValue>,
        }
        #[derive(Deserialize)]
        struct Signer {
            of: Option<Stream>,
        }
        let Payload { signers, data } = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
        if !data.get().starts_with('{') {
            return Err(PayloadError::Data);
        }
        Ok(Effects { rights: signers.into_iter().filter_map(|signer| signer.of).collect(), data })
    }

    /// The changes and links of an entry of this chain.
    pub fn within(&self, index: u64, events: &[Event]) -> (Vec<Change>, Vec<Link>) {
        let data = LazyCell::new(|| serde_json::from_str(self.data.get()).unwrap_or_default());
        (projections::changes(index, data, events), projections::links(index, &self.rights, events))
    }

    /// The changes and links of the next entry. Entries come in their order, from the first of a chain on.
    ///
    /// # Errors
    /// [`PayloadError`].
    pub fn of(&mut self, entry: &Entry) -> Result<(Vec<Change>, Vec<Link>), PayloadError> {
        if let Cause::Command(command) = &entry.cause {
            *self = Effects::begun(command.get("payload").and_then(Value::as_str).ok_or(PayloadError::Missing)?)?;
        }
        Ok(self.within(entry.index, &entry.events))
    }
}
