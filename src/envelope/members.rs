//! Closed objects: exactly the members that the profile names.

use serde_json::{Map, Value};

use super::{EnvelopeCode, EnvelopeFault};
use crate::json::pointer_token;

/// A document within the envelope, by the codes that its closed objects answer with.
pub(super) struct Document {
    wrong_type: EnvelopeCode,
    unknown: EnvelopeCode,
    missing: EnvelopeCode,
}

pub(super) const BODY: Document = Document {
    wrong_type: EnvelopeCode::BodyWrongType,
    unknown: EnvelopeCode::BodyMemberUnknown,
    missing: EnvelopeCode::BodyMemberMissing,
};

pub(super) const PROTECTED: Document = Document {
    wrong_type: EnvelopeCode::ProtectedWrongType,
    unknown: EnvelopeCode::ProtectedMemberUnknown,
    missing: EnvelopeCode::ProtectedMemberMissing,
};

pub(super) const PAYLOAD: Document = Document {
    wrong_type: EnvelopeCode::PayloadWrongType,
    unknown: EnvelopeCode::PayloadMemberUnknown,
    missing: EnvelopeCode::PayloadMemberMissing,
};

/// An object known to have its required members and no strange ones.
pub(super) struct Members<'a> {
    map: &'a Map<String, Value>,
    at: String,
    document: &'static Document,
}

impl<'a> Members<'a> {
    /// Checks, in this order: the type, strange members (by name), missing members (in the order given).
    pub(super) fn new(
        value: &'a Value,
        at: impl Into<String>,
        document: &'static Document,
        required: &[&str],
        optional: &[&str],
    ) -> Result<Members<'a>, EnvelopeFault> {
        let at = at.into();
        let Value::Object(map) = value else {
            return Err(EnvelopeFault::new(document.wrong_type, at).with("expected", "object"));
        };
        let fault = |code, name: &str| EnvelopeFault::new(code, at.clone() + &pointer_token(name));
        let strange = |name: &&String| !required.contains(&name.as_str()) && !optional.contains(&name.as_str());
        if let Some(name) = map.keys().find(strange) {
            return Err(fault(document.unknown, name));
        }
        if let Some(name) = required.iter().find(|name| !map.contains_key(**name)) {
            return Err(fault(document.missing, name));
        }
        Ok(Members { map, at, document })
    }

    /// Where a member stands.
    pub(super) fn at(&self, name: &str) -> String {
        self.at.clone() + &pointer_token(name)
    }

    /// A fault at a member.
    pub(super) fn fault(&self, code: EnvelopeCode, name: &str) -> EnvelopeFault {
        EnvelopeFault::new(code, self.at(name))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name)
    }

    fn typed<T>(&self, name: &str, expected: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Result<T, EnvelopeFault> {
        self.get(name).and_then(read).ok_or_else(|| self.fault(self.document.wrong_type, name).with("expected", expected))
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, EnvelopeFault> {
        self.typed(name, "string", Value::as_str)
    }

    pub(super) fn integer(&self, name: &str) -> Result<i64, EnvelopeFault> {
        self.typed(name, "integer", Value::as_i64)
    }

    pub(super) fn list(&self, name: &str) -> Result<&'a Vec<Value>, EnvelopeFault> {
        self.typed(name, "array", Value::as_array)
    }

    pub(super) fn object(&self, name: &str) -> Result<&'a Map<String, Value>, EnvelopeFault> {
        self.typed(name, "object", Value::as_object)
    }

    /// Reads a string member that must be one word.
    pub(super) fn word<T: std::str::FromStr>(&self, name: &str, code: EnvelopeCode) -> Result<T, EnvelopeFault> {
        self.text(name)?.parse().map_err(|_| self.fault(code, name))
    }

    /// Reads an integer member that must not be negative.
    pub(super) fn count(&self, name: &str, code: EnvelopeCode) -> Result<u64, EnvelopeFault> {
        self.integer(name)?.try_into().map_err(|_| self.fault(code, name))
    }
}
