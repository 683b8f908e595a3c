//! Where the next page begins.

use aggregates::words::Bytes32;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::http::problem::Problem;

/// Where the next page begins: at one size, for one question.
pub(in crate::http) struct Cursor {
    pub(in crate::http) size: u64,
    /// After which row.
    pub(in crate::http) after: String,
}

impl Cursor {
    /// `question` is all that a cursor is bound to: the list and its filters.
    pub(in crate::http) fn write(&self, question: &Value) -> String {
        URL_SAFE_NO_PAD.encode(json!([self.size, self.after, bound(question)]).to_string())
    }

    pub(in crate::http) fn read(text: &str, question: &Value, published: u64) -> Result<Cursor, Problem> {
        let wrong = || Problem::parameter("cursor", "bad_value", &[]);
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let (size, after, to): (u64, String, String) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if to != bound(question) {
            return Err(Problem::parameter("cursor", "not_of_these_filters", &[]));
        }
        if (1..=published).contains(&size) { Ok(Cursor { size, after }) } else { Err(wrong()) }
    }
}

fn bound(question: &Value) -> String {
    Bytes32(Sha256::digest(question.to_string()).into()).to_string()
}
