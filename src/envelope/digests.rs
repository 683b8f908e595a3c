//! The digests in a payload: the `_sd` lists of RFC 9901 §4.2.4.1, in a closed form.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{EnvelopeCode, EnvelopeFault};
use crate::json::pointer_token;

/// The one digest algorithm, as `_sd_alg` writes it.
pub const SD_ALG: &str = "sha-256";

/// Names with a meaning of their own in RFC 9901; no member of a command has them.
pub(super) const RESERVED: [&str; 3] = ["_sd", "_sd_alg", "..."];

/// A digest and the object whose member it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestPlace {
    /// The digest.
    pub digest: [u8; 32],
    /// The object, as a pointer from the payload's root: `/data` or below.
    pub object: String,
    /// The digest's place in that object's `_sd`.
    pub place: usize,
}

impl DigestPlace {
    /// Where the digest itself stands.
    pub fn pointer(&self) -> String {
        format!("{}/_sd/{}", self.object, self.place)
    }
}

/// Collects the digests of `data` in document order and checks their form, then `_sd_alg`.
pub(super) fn read(data: &Map<String, Value>, sd_alg: Option<&str>) -> Result<Vec<DigestPlace>, EnvelopeFault> {
    let mut walk = Walk::default();
    walk.object(data, "/data")?;
    let fault = |code| EnvelopeFault::new(code, "/_sd_alg").with("allowed", SD_ALG);
    match sd_alg {
        Some(alg) if alg != SD_ALG => Err(fault(EnvelopeCode::SdAlgUnsupported)),
        Some(_) if walk.found.is_empty() => Err(EnvelopeFault::new(EnvelopeCode::SdAlgNeedless, "/_sd_alg")),
        None if !walk.found.is_empty() => Err(fault(EnvelopeCode::SdAlgMissing)),
        _ => Ok(walk.found),
    }
}

/// Digests found so far. The walk is as deep as the JSON profile allows.
#[derive(Default)]
struct Walk {
    found: Vec<DigestPlace>,
    known: BTreeSet<[u8; 32]>,
}

impl Walk {
    fn object(&mut self, members: &Map<String, Value>, at: &str) -> Result<(), EnvelopeFault> {
        for (name, value) in members {
            let here = || at.to_owned() + &pointer_token(name);
            match name.as_str() {
                "_sd" => self.list(value, at)?,
                "_sd_alg" => return Err(EnvelopeFault::new(EnvelopeCode::SdAlgMisplaced, here())),
                "..." => return Err(EnvelopeFault::new(EnvelopeCode::SdArrayElement, here())),
                _ => self.value(value, &here)?,
            }
        }
        Ok(())
    }

    /// Where the value stands is only worked out for what has something in it.
    fn value(&mut self, value: &Value, at: &dyn Fn() -> String) -> Result<(), EnvelopeFault> {
        match value {
            Value::Object(members) => self.object(members, &at()),
            Value::Array(elements) => {
                let at = at();
                elements.iter().enumerate().try_for_each(|(place, element)| self.value(element, &|| format!("{at}/{place}")))
            }
            _ => Ok(()),
        }
    }

    fn list(&mut self, value: &Value, object: &str) -> Result<(), EnvelopeFault> {
        let at = format!("{object}/_sd");
        let Value::Array(list) = value else {
            return Err(EnvelopeFault::new(EnvelopeCode::SdNotArray, at));
        };
        if list.is_empty() {
            return Err(EnvelopeFault::new(EnvelopeCode::SdEmpty, at));
        }
        let mut last = "";
        for (place, element) in list.iter().enumerate() {
            let fault = |code| EnvelopeFault::new(code, format!("{at}/{place}"));
            let text = element.as_str().unwrap_or_default();
            let digest: [u8; 32] = URL_SAFE_NO_PAD
                .decode(text)
                .ok()
                .and_then(|digest| digest.try_into().ok())
                .ok_or_else(|| fault(EnvelopeCode::SdDigestMalformed))?;
            if !self.known.insert(digest) {
                return Err(fault(EnvelopeCode::SdDigestRepeated));
            }
            // As strings, by their ASCII bytes.
            if text < last {
                return Err(fault(EnvelopeCode::SdNotSorted));
            }
            last = text;
            self.found.push(DigestPlace { digest, object: object.to_owned(), place });
        }
        Ok(())
    }
}
