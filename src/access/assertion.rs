//! Assertions: by which a party, or a person through a MIS, asks for a token.
//!
//! JSON Web Tokens in compact form (RFC 7519, RFC 7515 §7.1) in a closed profile, used as RFC 7523 has it: one of a client
//! (`private_key_jwt`), and one of the person who acts. Everything here is judged without the registry.

use aggregates::words::{Kid, Stream};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::AccessFault;
use crate::json;
use crate::keys::{self, AdmittedKey, SecretKey};

/// `typ` of a client's assertion.
pub const CLIENT: &str = "litopys-client+jwt";

/// `typ` of a person's assertion.
pub const PERSON: &str = "litopys-person+jwt";

/// The longest time from `iat` to `exp`, in seconds.
pub const MAX_LIFETIME: i64 = 300;

/// How far `iat` may be ahead of this machine's clock, in seconds.
const MAX_AHEAD: i64 = 60;

/// The longest assertion, in bytes.
pub const MAX_BYTES: usize = 4096;

/// What an assertion says. Instants are in seconds since 1970 (RFC 7519 §2, NumericDate, whole).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Who speaks.
    pub iss: String,
    /// For whom: the same. `regulator`, `operator`, or a stream; of a person the one in whose right, a post or a patient.
    pub sub: String,
    /// The MIS through which the person reads: no other may use it. Of persons only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Stream>,
    /// The ledger's origin.
    pub aud: String,
    /// When it was made.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
    /// What makes it the only one of its kind: 1 to 64 characters.
    pub jti: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: Kid,
    typ: String,
}

/// An assertion whose form and signature are right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The key that signed it.
    pub kid: Kid,
    /// What it says.
    pub claims: Claims,
}

/// Reads an assertion of a type and checks all that needs no registry but the key's bytes. `now` is in seconds since 1970.
///
/// # Errors
/// The check that failed.
pub fn read(
    text: &str,
    typ: &str,
    origin: &str,
    now: i64,
    key: impl FnOnce(&Kid) -> Option<AdmittedKey>,
) -> Result<Assertion, AccessFault> {
    if text.len() > MAX_BYTES {
        return Err(AccessFault::Malformed);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(AccessFault::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(AccessFault::Malformed)?;
    let header: Header = member(header, AccessFault::Header)?;
    if header.typ != typ {
        return Err(AccessFault::Type);
    }
    if header.alg != "Ed25519" && header.alg != "EdDSA" {
        return Err(AccessFault::Algorithm);
    }
    let claims: Claims = member(payload, AccessFault::Claims)?;
    let signature: [u8; 64] = decoded(signature)?.try_into().map_err(|_| AccessFault::Malformed)?;
    check(&claims, typ, origin, now)?;
    let key = key(&header.kid).ok_or(AccessFault::UnknownKey)?;
    if !keys::verify(&key, signed.as_bytes(), &signature) {
        return Err(AccessFault::Signature);
    }
    Ok(Assertion { kid: header.kid, claims })
}

fn check(claims: &Claims, typ: &str, origin: &str, now: i64) -> Result<(), AccessFault> {
    if claims.client.is_some() != (typ == PERSON) || claims.jti.is_empty() || claims.jti.chars().count() > 64 {
        return Err(AccessFault::Claims);
    }
    if claims.iss != claims.sub {
        return Err(AccessFault::Issuer);
    }
    if claims.aud != origin {
        return Err(AccessFault::Audience);
    }
    // Both are integers of the JSON profile, so neither difference nor sum can overflow.
    if claims.exp <= claims.iat || claims.exp - claims.iat > MAX_LIFETIME {
        return Err(AccessFault::Lifetime);
    }
    if claims.iat > now + MAX_AHEAD {
        return Err(AccessFault::IssuedInFuture);
    }
    if claims.exp <= now {
        return Err(AccessFault::Expired);
    }
    Ok(())
}

/// Signs an assertion of a type, as a client library does.
pub fn sign(claims: &Claims, typ: &str, key: &SecretKey) -> String {
    let header = json!({ "alg": "Ed25519", "kid": key.kid(), "typ": typ });
    let signed = [header.to_string(), json!(claims).to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// A part that is JSON of the ledger's profile with exactly the members that it has.
fn member<T: for<'de> Deserialize<'de>>(part: &str, fault: AccessFault) -> Result<T, AccessFault> {
    let value: Value = json::parse(&decoded(part)?).map_err(|_| fault)?;
    serde_json::from_value(value).map_err(|_| fault)
}

/// Base64url in its one spelling: the engine takes neither padding nor stray bits.
fn decoded(part: &str) -> Result<Vec<u8>, AccessFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| AccessFault::Malformed)
}
