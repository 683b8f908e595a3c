//! Why an envelope was refused, and where.

use std::fmt;

use serde_json::{Map, Value};

use super::EnvelopeCode;
use crate::json::JsonFault;

/// One defect of an envelope: the first in the order that [`super`] documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopeFault {
    /// What is wrong.
    pub code: EnvelopeCode,
    /// Where, as an RFC 6901 pointer.
    ///
    /// In the payload it starts at the payload's root (`/issued_at`, `/data/owner`). Elsewhere it starts at the body's
    /// root and goes on into what is encoded there (`/signatures/0/protected/alg`,
    /// `/signatures/0/header/disclosures/3/2`). The root itself is the empty string.
    pub pointer: String,
    /// Details: limits, allowed values, byte offsets, kids. Never a personal value.
    pub params: Map<String, Value>,
}

impl EnvelopeFault {
    pub(super) fn new(code: EnvelopeCode, pointer: impl Into<String>) -> EnvelopeFault {
        EnvelopeFault { code, pointer: pointer.into(), params: Map::new() }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> EnvelopeFault {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// A fault of the JSON text that stands at `pointer`.
    pub(super) fn json(document: &str, pointer: &str, fault: JsonFault) -> EnvelopeFault {
        EnvelopeFault::new(fault.code.into(), pointer.to_owned() + &fault.pointer).with("document", document).with("offset", fault.offset)
    }
}

impl fmt::Display for EnvelopeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EnvelopeFault { code, pointer, .. } = self;
        write!(f, "{code} at {pointer:?}: {}", code.en())
    }
}

impl std::error::Error for EnvelopeFault {}
