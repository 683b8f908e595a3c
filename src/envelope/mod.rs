//! The signed envelope of a command: read, checked, verified, composed.
//!
//! JWS General JSON Serialization (RFC 7515 §7.2.1) in a closed profile, with personal members as SD-JWT disclosures
//! (RFC 9901). Everything here is judged without the registry: form, signatures, and that digests and disclosures
//! match both ways. The strings are kept as received, for they are what is signed, hashed and stored.
//!
//! An envelope with several defects is answered with one, the first in this order:
//! 1. the body: size, JSON, members (strange ones by name, then missing ones), number of signatures;
//! 2. each signature in turn: a misplaced header, members, protected header (encoding, JSON, members, `alg`, `typ`,
//!    `kid`), signature (encoding, length), a repeated kid;
//! 3. the payload: encoding, size, JSON, members, then `id`, `ledger`, `type`, `issued_at`, `signers`, `expect`, `seen`,
//!    `data`, `_sd_alg`;
//! 4. the digests in `data` in lexical order of the names, then `_sd_alg` against them;
//! 5. the header's members, then disclosures: number, size together, each one's form in turn, each one's digest and name
//!    in turn;
//! 6. the first digest without a disclosure.
//!
//! Signatures are verified last, by [`Envelope::verify_signatures`].

mod code;
mod compose;
mod digests;
mod disclosure;
mod fault;
mod hide;
mod members;
mod payload;
mod signature;

pub use code::EnvelopeCode;
pub use compose::{ComposeFault, Composed, Draft, compose, member_pointers};
pub use digests::{DigestPlace, SD_ALG};
pub use disclosure::{Disclosure, digest, opened};
pub use fault::EnvelopeFault;
pub use hide::disclosed_members;
pub use payload::{Expect, Payload, Seen, Signer};
pub use signature::{ALG, Signature, TYP};

use aggregates::words::Kid;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::json;
use crate::keys::{self, AdmittedKey, Begun};
use members::{BODY, Members};

/// The largest body, in bytes.
pub const MAX_BODY: usize = 128 * 1024;
/// The largest decoded payload, in bytes.
pub const MAX_PAYLOAD: usize = 16 * 1024;
/// The most signatures of one command.
pub const MAX_SIGNATURES: usize = 4;
/// The most disclosures of one command.
pub const MAX_DISCLOSURES: usize = 64;
/// The largest disclosure as received, in bytes.
pub const MAX_DISCLOSURE: usize = 4 * 1024;
/// The largest sum of all disclosures as received, in bytes.
pub const MAX_DISCLOSURES_BYTES: usize = 96 * 1024;

/// Where an envelope's disclosures stand.
const DISCLOSURES: &str = "/signatures/0/header/disclosures";

/// An envelope whose form has been checked. Its signatures may not have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The payload: base64url as received.
    pub payload_b64: String,
    /// The signatures, one to four.
    pub signatures: Vec<Signature>,
    /// The payload, read.
    pub payload: Payload,
    /// The SHA-256 of the decoded payload.
    pub payload_hash: [u8; 32],
    /// The digests in the payload's data.
    pub digests: Vec<DigestPlace>,
    /// The disclosures, in the order received; none in an envelope taken from an entry.
    pub disclosures: Vec<Disclosure>,
}

impl Envelope {
    /// Reads a command as it is sent: every digest has its disclosure and every disclosure its digest.
    pub fn parse(body: &[u8]) -> Result<Envelope, EnvelopeFault> {
        if body.len() > MAX_BODY {
            return Err(EnvelopeFault::new(EnvelopeCode::BodyTooLarge, "").with("limit", MAX_BODY).with("actual", body.len()));
        }
        let body = json::parse(body).map_err(|fault| EnvelopeFault::json("body", "", fault))?;
        let mut envelope = Envelope::read(&body, true)?;
        let texts = disclosure_texts(&body)?;
        envelope.disclosures = envelope.open_at(&texts, DISCLOSURES)?;
        let undisclosed = |place: &&DigestPlace| !envelope.disclosures.iter().any(|disclosure| disclosure.digest == place.digest);
        match envelope.digests.iter().find(undisclosed) {
            Some(place) => Err(EnvelopeFault::new(EnvelopeCode::DisclosureMissing, place.pointer())),
            None => Ok(envelope),
        }
    }

    /// Reads a command as an entry holds it, in its cause: the same checks, without header and disclosures.
    pub fn from_entry(command: &Value) -> Result<Envelope, EnvelopeFault> {
        Envelope::read(command, false)
    }

    /// The command as an entry holds it; [`Envelope::from_entry`] reads it back.
    pub fn to_entry(&self) -> Value {
        let signatures: Vec<_> =
            self.signatures.iter().map(|one| json!({"protected": one.protected, "signature": one.signature})).collect();
        json!({"payload": self.payload_b64, "signatures": signatures})
    }

    fn read(value: &Value, header: bool) -> Result<Envelope, EnvelopeFault> {
        let members = Members::new(value, "", &BODY, &["payload", "signatures"], &[])?;
        let payload_b64 = members.text("payload")?;
        let signatures = signature::read_all(members.list("signatures")?, header)?;
        let bytes = payload::decode(payload_b64)?;
        let (payload, sd_alg) = payload::read(&bytes, &signatures)?;
        let digests = digests::read(&payload.data, sd_alg.as_deref())?;
        Ok(Envelope {
            payload_b64: payload_b64.to_owned(),
            signatures,
            payload,
            payload_hash: Sha256::digest(&bytes).into(),
            digests,
            disclosures: Vec::new(),
        })
    }

    /// Opens some of the disclosures of an envelope taken from an entry, for whoever was given them.
    ///
    /// Each must have its digest; digests may be left over. Pointers of faults start at the list given.
    pub fn open(&self, texts: &[&str]) -> Result<Vec<Disclosure>, EnvelopeFault> {
        self.open_at(texts, "")
    }

    fn open_at(&self, texts: &[&str], at: &str) -> Result<Vec<Disclosure>, EnvelopeFault> {
        disclosure::open(texts, at, &self.digests, &self.payload.data)
    }

    /// The whole document that the sender composed: the members in clear and the disclosed ones.
    pub fn full_data(&self) -> Map<String, Value> {
        let mut root = json!({"data": self.payload.clear_data()});
        for disclosure in &self.disclosures {
            if let Some(Value::Object(object)) = root.pointer_mut(&disclosure.object) {
                object.insert(disclosure.name.clone(), disclosure.value.clone());
            }
        }
        match root.get_mut("data").map(Value::take) {
            Some(Value::Object(data)) => data,
            _ => Map::new(),
        }
    }

    /// The keys that `is_known` does not know, in the order of the signatures.
    pub fn unknown_kids(&self, is_known: impl Fn(&Kid) -> bool) -> Vec<Kid> {
        let kids = self.signatures.iter().map(|signature| signature.kid);
        kids.filter(|kid| !is_known(kid)).collect()
    }

    /// What one of its signatures is over.
    pub fn signing_input(&self, signature: &Signature) -> String {
        signing_input(&signature.protected, &self.payload_b64)
    }

    /// Verifies every signature by the strict rule, over the strings as received (RFC 7515 §5.2).
    ///
    /// The fault names the first signature that fails, in `index`, and its key, in `kid`.
    pub fn verify_signatures(&self, key_of: impl Fn(&Kid) -> Option<AdmittedKey>) -> Result<(), EnvelopeFault> {
        self.judged(&keys::verdicts(&self.begin_under(key_of)))
    }

    /// Begins to verify as far as keys are known, for [`Envelope::judged`].
    pub fn begin_under(&self, key_of: impl Fn(&Kid) -> Option<AdmittedKey>) -> Vec<Begun> {
        let keys = self.signatures.iter().map_while(|signature| key_of(&signature.kid).filter(|key| key.kid() == signature.kid));
        self.begin_signatures(keys)
    }

    /// All of verifying but the last step, which [`keys::verdicts`] takes for many together: under these keys, in the order of the signatures.
    pub fn begin_signatures(&self, keys: impl IntoIterator<Item = AdmittedKey>) -> Vec<Begun> {
        let payload = self.payload_b64.as_bytes();
        let begin = |(key, signature): (AdmittedKey, &Signature)| {
            keys::begin(&key, &[signature.protected.as_bytes(), b".", payload], &signature.bytes)
        };
        keys.into_iter().zip(&self.signatures).map(begin).collect()
    }

    /// What verdicts on the first of its signatures come to; there is none on a signature whose key is unknown, nor on those after it.
    ///
    /// The fault names the first signature that fails, in `index`, and its key, in `kid`.
    pub fn judged(&self, verdicts: &[bool]) -> Result<(), EnvelopeFault> {
        for (index, signature) in self.signatures.iter().enumerate() {
            let (code, member) = match verdicts.get(index) {
                Some(true) => continue,
                Some(false) => (EnvelopeCode::SignatureInvalid, "signature"),
                None => (EnvelopeCode::KeyUnknown, "protected/kid"),
            };
            let fault = EnvelopeFault::new(code, format!("/signatures/{index}/{member}"));
            return Err(fault.with("index", index).with("kid", signature.kid.to_string()));
        }
        Ok(())
    }
}

/// What a signature is over (RFC 7515 §5.1): protected header, a full stop, payload.
fn signing_input(protected: &str, payload: &str) -> String {
    format!("{protected}.{payload}")
}

/// The disclosures of a body whose signatures have been read.
fn disclosure_texts(body: &Value) -> Result<Vec<&str>, EnvelopeFault> {
    let Some(header) = body.pointer("/signatures/0/header") else {
        return Ok(Vec::new());
    };
    let at = "/signatures/0/header";
    let header = Members::new(header, at, &BODY, &["disclosures"], &[])?;
    let list = header.list("disclosures")?;
    if list.is_empty() {
        return Err(EnvelopeFault::new(EnvelopeCode::DisclosuresEmpty, DISCLOSURES));
    }
    list.iter()
        .enumerate()
        .map(|(place, value)| {
            value
                .as_str()
                .ok_or_else(|| EnvelopeFault::new(EnvelopeCode::BodyWrongType, format!("{DISCLOSURES}/{place}")).with("expected", "string"))
        })
        .collect()
}
