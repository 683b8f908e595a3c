//! What outsiders pin: origin, log key, and the hash of entry 0.

use serde::{Deserialize, Serialize};
use tlog::{Hash, Verifier};

use super::{NodeError, genesis_envelope};
use crate::store::LedgerReader;

/// The roots of trust in a ledger, as genesis states them. Pinned by whoever verifies.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    /// The name of the ledger, and of its log key.
    pub origin: String,
    /// The key that signs checkpoints.
    pub log_key: Verifier,
    /// The key that signs refusal notes.
    pub refusal_key: Verifier,
    /// The leaf hash of entry 0.
    pub genesis: Hash,
}

/// The same in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    origin: String,
    log_key: String,
    refusal_key: String,
    genesis: String,
}

impl Trust {
    /// Reads what genesis states, from a store.
    ///
    /// # Errors
    /// [`NodeError::NoGenesis`], or the store's.
    pub fn read(reader: &dyn LedgerReader) -> Result<Trust, NodeError> {
        let (envelope, genesis) = genesis_envelope(reader)?;
        let key = |member: &str| {
            let text = envelope.payload.data.get(member).and_then(|value| value.as_str()).unwrap_or_default();
            text.parse::<Verifier>().map_err(|error| NodeError::NoGenesis(format!("{member}: {error}")))
        };
        Ok(Trust { origin: envelope.payload.ledger.clone(), log_key: key("log_key")?, refusal_key: key("refusal_key")?, genesis })
    }

    /// As JSON, for a file that outsiders pin.
    pub fn to_json(&self) -> String {
        let written = Written {
            origin: self.origin.clone(),
            log_key: self.log_key.to_string(),
            refusal_key: self.refusal_key.to_string(),
            genesis: self.genesis.to_string(),
        };
        serde_json::to_string_pretty(&written).unwrap_or_default() + "\n"
    }

    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(text: &str) -> Result<Trust, String> {
        let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let key = |text: &str| text.parse::<Verifier>().map_err(|error| error.to_string());
        Ok(Trust {
            log_key: key(&written.log_key)?,
            refusal_key: key(&written.refusal_key)?,
            genesis: written.genesis.parse().map_err(|_| "genesis is not a hash".to_owned())?,
            origin: written.origin,
        })
    }
}
