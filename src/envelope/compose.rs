//! Composing a signed command, as a sender does.

use std::fmt;

use aggregates::words::{Instant, Role, Stream};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ALG, Disclosure, Envelope, EnvelopeFault, Expect, SD_ALG, Seen, TYP, digest, signing_input};
use crate::json;
use crate::keys::SecretKey;

/// A command before it is signed. Not `Debug`, for it holds personal values.
#[derive(Clone)]
pub struct Draft {
    /// The command's identity.
    pub id: Uuid,
    /// The ledger's origin.
    pub ledger: String,
    /// The member `type`.
    pub kind: String,
    /// When it is made.
    pub issued_at: Instant,
    /// The version that a stream must still have.
    pub expect: Option<Expect>,
    /// The last checkpoint verified.
    pub seen: Option<Seen>,
    /// The full document, an object with every member in clear.
    pub data: Value,
    /// Pointers from the payload's root (`/data/…`) to the members of `data` that become disclosures, in their order.
    pub disclose: Vec<String>,
}

/// A signed command. Its debug form leaves out the body, which holds personal values.
#[derive(Clone, PartialEq, Eq)]
pub struct Composed {
    /// The body to send.
    pub body: String,
    /// The disclosures in it.
    pub disclosures: Vec<Disclosure>,
}

impl fmt::Debug for Composed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Composed").field("disclosures", &self.disclosures).finish_non_exhaustive()
    }
}

/// Why a command could not be composed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeFault {
    /// A pointer to disclose names no member of an object under `data`.
    #[error("{0:?} names no member under data that could be disclosed")]
    NoSuchMember(String),
    /// The result would be refused.
    #[error(transparent)]
    Envelope(#[from] EnvelopeFault),
}

/// Composes and signs a command; `fill` supplies the randomness of the salts.
///
/// What comes out has passed [`Envelope::parse`].
pub fn compose(
    draft: &Draft,
    signers: &[(&SecretKey, Role, Option<Stream>)],
    mut fill: impl FnMut(&mut [u8]),
) -> Result<Composed, ComposeFault> {
    let mut root = json!({"data": draft.data});
    let mut texts = Vec::with_capacity(draft.disclose.len());
    for pointer in &draft.disclose {
        let mut salt = [0; 16];
        fill(&mut salt);
        let text = disclose(&mut root, pointer, salt).ok_or_else(|| ComposeFault::NoSuchMember(pointer.clone()))?;
        texts.push(text);
    }
    let payload = URL_SAFE_NO_PAD.encode(payload(draft, signers, root).to_string());
    let mut signatures: Vec<_> = signers.iter().map(|(key, ..)| sign(key, &payload)).collect();
    if let Some(first) = signatures.first_mut().filter(|_| !texts.is_empty()) {
        first["header"] = json!({"disclosures": texts});
    }
    let body = json!({"payload": payload, "signatures": signatures}).to_string();
    let disclosures = Envelope::parse(body.as_bytes())?.disclosures;
    Ok(Composed { body, disclosures })
}

/// Pointers to every member of every object under `data`, outer ones first: what a predicate can choose from.
pub fn member_pointers(data: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, out: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let here = at.to_owned() + &json::pointer_token(name);
                    out.push(here.clone());
                    walk(member, &here, out);
                }
            }
            Value::Array(elements) => {
                for (place, element) in elements.iter().enumerate() {
                    walk(element, &format!("{at}/{place}"), out);
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(data, "/data", &mut out);
    out
}

/// Moves the member at a pointer into a disclosure and puts its digest into its object.
fn disclose(root: &mut Value, pointer: &str, salt: [u8; 16]) -> Option<String> {
    let (object, name) = pointer.rsplit_once('/')?;
    let members = root.pointer_mut(object).filter(|_| !object.is_empty())?;
    let members = members.as_object_mut()?;
    let name = name.replace("~1", "/").replace("~0", "~");
    let value = members.remove(&name)?;
    let text = json!([URL_SAFE_NO_PAD.encode(salt), name, value]).to_string();
    let text = URL_SAFE_NO_PAD.encode(text);
    let digests = members.entry("_sd").or_insert_with(|| json!([]));
    let digests = digests.as_array_mut()?;
    digests.push(URL_SAFE_NO_PAD.encode(digest(&text)).into());
    digests.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Some(text)
}

fn payload(draft: &Draft, signers: &[(&SecretKey, Role, Option<Stream>)], mut root: Value) -> Value {
    let signer = |(key, role, of): &(&SecretKey, Role, Option<Stream>)| {
        let mut signer = json!({"kid": key.kid(), "as": role});
        if let Some(of) = of {
            signer["of"] = json!(of);
        }
        signer
    };
    root["id"] = json!(draft.id.to_string());
    root["ledger"] = json!(draft.ledger);
    root["type"] = json!(draft.kind);
    root["issued_at"] = json!(draft.issued_at);
    root["signers"] = signers.iter().map(signer).collect();
    if let Some(expect) = draft.expect {
        root["expect"] = json!({"stream": expect.stream, "version": expect.version});
    }
    if let Some(seen) = draft.seen {
        root["seen"] = json!({"size": seen.size, "root": STANDARD.encode(seen.root)});
    }
    if !draft.disclose.is_empty() {
        root["_sd_alg"] = json!(SD_ALG);
    }
    root
}

fn sign(key: &SecretKey, payload: &str) -> Value {
    let protected = json!({"alg": ALG, "kid": key.kid(), "typ": TYP}).to_string();
    let protected = URL_SAFE_NO_PAD.encode(protected);
    let signature = key.sign(signing_input(&protected, payload).as_bytes());
    json!({"protected": protected, "signature": URL_SAFE_NO_PAD.encode(signature)})
}
