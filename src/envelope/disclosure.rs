//! Disclosures (RFC 9901 §4.2): salted members whose digests a payload carries.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::digests::{DigestPlace, RESERVED};
use super::{EnvelopeCode, EnvelopeFault, MAX_DISCLOSURE, MAX_DISCLOSURES, MAX_DISCLOSURES_BYTES};
use crate::json;

/// A disclosed member, matched to its digest. Its debug form shows where it belongs, not what it says.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The disclosure: base64url as received.
    pub text: String,
    /// The SHA-256 of the text's ASCII.
    pub digest: [u8; 32],
    /// The object whose member it is, as a pointer from the payload's root: `/data` or below.
    pub object: String,
    /// The member's name.
    pub name: String,
    /// The member's value.
    pub value: Value,
    /// Its place in the list of disclosures, from 0.
    pub ordinal: usize,
}

impl Disclosure {
    /// Where the member would stand if it were in clear.
    pub fn pointer(&self) -> String {
        self.object.clone() + &json::pointer_token(&self.name)
    }
}

impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disclosure({} {})", self.ordinal, self.pointer())
    }
}

/// The digest of a disclosure.
pub fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// Name and value of a disclosure that was admitted once; none for anything else.
pub fn opened(text: &str) -> Option<(String, Value)> {
    read(text, "").ok()
}

/// Reads the texts, then matches each to its digest. Digests may be left over.
///
/// Limits are over the texts as received, since these are what is hashed, sent and stored.
pub(super) fn open(texts: &[&str], at: &str, digests: &[DigestPlace], data: &Map<String, Value>) -> Result<Vec<Disclosure>, EnvelopeFault> {
    let limits = [
        (texts.len(), MAX_DISCLOSURES, EnvelopeCode::DisclosuresTooMany),
        (texts.iter().map(|text| text.len()).sum(), MAX_DISCLOSURES_BYTES, EnvelopeCode::DisclosuresTooLarge),
    ];
    for (actual, limit, code) in limits {
        if actual > limit {
            return Err(EnvelopeFault::new(code, at).with("limit", limit).with("actual", actual));
        }
    }
    let read = |(place, text): (usize, &&str)| read(text, &format!("{at}/{place}"));
    let parts: Vec<_> = texts.iter().enumerate().map(read).collect::<Result<_, _>>()?;

    let objects: BTreeMap<_, _> = digests.iter().map(|place| (place.digest, place.object.as_str())).collect();
    let mut matched = BTreeSet::new();
    let mut named = BTreeSet::new();
    let mut all = Vec::with_capacity(texts.len());
    for (ordinal, (text, (name, value))) in texts.iter().zip(parts).enumerate() {
        let fault = |code| EnvelopeFault::new(code, format!("{at}/{ordinal}"));
        let digest = digest(text);
        let object = *objects.get(&digest).ok_or_else(|| fault(EnvelopeCode::DisclosureUnreferenced))?;
        if !matched.insert(digest) {
            return Err(fault(EnvelopeCode::DisclosureRepeated));
        }
        if object_at(data, object).is_some_and(|members| members.contains_key(&name)) {
            return Err(fault(EnvelopeCode::DisclosureNameInClear).with("object", object));
        }
        if !named.insert((object, name.clone())) {
            return Err(fault(EnvelopeCode::DisclosureNameRepeated).with("object", object));
        }
        all.push(Disclosure { text: (*text).to_owned(), digest, object: object.to_owned(), name, value, ordinal });
    }
    Ok(all)
}

/// Reads one disclosure: its name and value.
fn read(text: &str, at: &str) -> Result<(String, Value), EnvelopeFault> {
    let fault = |code, tail: &str| EnvelopeFault::new(code, format!("{at}{tail}"));
    if text.len() > MAX_DISCLOSURE {
        return Err(fault(EnvelopeCode::DisclosureTooLarge, "").with("limit", MAX_DISCLOSURE).with("actual", text.len()));
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| fault(EnvelopeCode::DisclosureNotBase64url, ""))?;
    let list = json::parse(&bytes).map_err(|inner| EnvelopeFault::json("disclosure", at, inner))?;
    let parts = match list {
        Value::Array(parts) => <[Value; 3]>::try_from(parts).ok(),
        _ => None,
    };
    let Some([Value::String(salt), Value::String(name), value]) = parts else {
        return Err(fault(EnvelopeCode::DisclosureMalformed, ""));
    };
    let salt = URL_SAFE_NO_PAD.decode(salt).map_err(|_| fault(EnvelopeCode::SaltNotBase64url, "/0"))?;
    if !(16..=64).contains(&salt.len()) {
        return Err(fault(EnvelopeCode::SaltLength, "/0").with("least", 16).with("limit", 64).with("actual", salt.len()));
    }
    if RESERVED.contains(&name.as_str()) {
        return Err(fault(EnvelopeCode::DisclosureNameReserved, "/1"));
    }
    if let Some(tail) = nested(&value) {
        return Err(fault(EnvelopeCode::DisclosureNested, &format!("/2{tail}")));
    }
    Ok((name, value))
}

/// Where a reserved name stands in a disclosed value, if anywhere. As deep as the JSON profile allows.
fn nested(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let token = json::pointer_token(name);
            if RESERVED.contains(&name.as_str()) {
                return Some(token);
            }
            nested(value).map(|tail| token + &tail)
        }),
        Value::Array(elements) => {
            elements.iter().enumerate().find_map(|(place, value)| nested(value).map(|tail| format!("/{place}{tail}")))
        }
        _ => None,
    }
}

/// The object at a pointer that the walk over the digests made.
fn object_at<'a>(data: &'a Map<String, Value>, pointer: &str) -> Option<&'a Map<String, Value>> {
    let mut tokens = pointer.strip_prefix("/data")?.split('/').skip(1);
    let Some(first) = tokens.next() else {
        return Some(data);
    };
    let unescape = |token: &str| token.replace("~1", "/").replace("~0", "~");
    let start = data.get(&unescape(first));
    let found = tokens.try_fold(start?, |value, token| match value {
        Value::Object(members) => members.get(&unescape(token)),
        Value::Array(elements) => elements.get(token.parse::<usize>().ok()?),
        _ => None,
    });
    found?.as_object()
}
