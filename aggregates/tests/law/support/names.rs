//! Names stand for ids, keys and numbers: the same name always for the same.

use aggregates::commands::{Jwk, Signer};
use aggregates::values;
use aggregates::words::{Instant, Kid, PublicKey, Role, Stream, StreamType};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// An id of version 7.
pub fn id(name: &str) -> Uuid {
    let mut bytes: [u8; 16] = hash(name)[..16].try_into().unwrap();
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    Uuid::from_bytes(bytes)
}

pub fn public_key(name: &str) -> PublicKey {
    PublicKey(hash(&format!("key of {name}")))
}

pub fn kid(name: &str) -> Kid {
    public_key(name).kid()
}

pub fn jwk(name: &str) -> Value {
    json!(Jwk::from(public_key(name)))
}

pub fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub fn stream(kind: StreamType, name: &str) -> Stream {
    Stream::Of(kind, id(name))
}

fn number(name: &str) -> u32 {
    u32::from_be_bytes(hash(name)[..4].try_into().unwrap())
}

/// A company's code with its check digit.
pub fn edrpou(name: &str) -> String {
    let base = number(name) % 1_000_000;
    let all = (0..10).map(|digit| format!("4{base:06}{digit}"));
    all.into_iter().find(|code| values::edrpou(code).is_ok()).unwrap()
}

/// A tax number with its check digit.
pub fn rnokpp(name: &str) -> String {
    let base = number(name) % 100_000_000;
    (0..10).map(|digit| format!("2{base:08}{digit}")).find(|code| values::rnokpp(code).is_ok()).unwrap()
}

/// The number of a paper passport.
pub fn passport(name: &str) -> String {
    format!("АЯ{:06}", number(name) % 1_000_000)
}

pub fn phone(name: &str) -> String {
    format!("+38050{:07}", number(name) % 10_000_000)
}

fn signer(key: &str, role: Role, of: Option<Stream>) -> Signer {
    Signer { kid: kid(key), role, of }
}

pub fn regulator(key: &str) -> Signer {
    signer(key, Role::Regulator, None)
}

pub fn operator() -> Signer {
    signer("operator", Role::Operator, None)
}

pub fn holder(key: &str) -> Signer {
    signer(key, Role::Holder, None)
}

pub fn trust(name: &str) -> Signer {
    signer(name, Role::TrustProvider, Some(stream(StreamType::TrustProvider, name)))
}

pub fn mis(name: &str) -> Signer {
    signer(name, Role::Mis, Some(stream(StreamType::Mis, name)))
}

pub fn practitioner(name: &str) -> Signer {
    signer(name, Role::Practitioner, Some(stream(StreamType::Practitioner, name)))
}

pub fn owner_to_be(name: &str) -> Signer {
    signer(name, Role::Owner, Some(stream(StreamType::Practitioner, name)))
}

pub fn patient(name: &str) -> Signer {
    signer(name, Role::Patient, Some(stream(StreamType::Patient, name)))
}

/// The practitioner of this name in his post.
pub fn post(role: Role, name: &str, employee: &str) -> Signer {
    signer(name, role, Some(stream(StreamType::Employee, employee)))
}
