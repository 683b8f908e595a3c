//! Receipts: an entry with the proof that it stands in the log.
//!
//! A receipt proves that the entry exists, not that its effect still holds, and it never vouches for itself: who checks it
//! brings the log's verifier key, and pins the hash of entry 0.

mod make;
mod verify;

use aggregates::words::Stream;
use serde::{Deserialize, Serialize};

pub use make::{MakeError, StoreTiles, make, proof, write_now};
pub use verify::{Proven, ReceiptError, verify};

/// A receipt as it is written (design §6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The entry's bytes, in standard padded base64.
    pub entry: String,
    /// A c2sp.org/tlog-proof@v1 under the checkpoint of the entry's own commit.
    pub proof: String,
    /// What the entry caused, in order.
    pub outcome: Vec<Caused>,
    /// The tlog-proof of entry 0 under the same checkpoint, on request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub genesis_proof: Option<String>,
}

/// One event, without its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caused {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The stream it changed.
    pub stream: Stream,
    /// The stream's version after it.
    pub version: u64,
}
