//! Ed25519 keys: which are admitted, how signatures are judged, how keys are written and kept.
//!
//! The rule is one everywhere: `verify_strict` under a key that passed [`admit`]. It is cofactorless verification
//! (RFC 8032 §5.1.7) that also refuses a small-order `R`, so no signature is true for one verifier and false for the
//! next; batch verification has no such guarantee and is not used. An outside verifier with plain RFC 8032 rules accepts
//! at most what a signer crafted on purpose, and such a signature is refused before anything is recorded.

mod file;
mod jwk;
mod multiples;
mod secret;
mod verifier;

pub use file::{KeyFileError, read_key_file, write_key_file};
pub use jwk::{admit_jwk, from_jwk, to_jwk};
pub use secret::SecretKey;
pub use verifier::{Begun, Verifier, verdicts};

use std::fmt;

use aggregates::words::{Kid, PublicKey};
use ed25519_dalek::{Signature, VerifyingKey};

use crate::json::codes;

codes! {
    /// Why a key is not admitted.
    KeyFault {
        JwkMembers "jwk_members" 400
            "Ключ JWK повинен мати рівно три текстові поля: crv, kty та x."
            "A JWK must have exactly three text members: crv, kty and x."
        JwkKind "jwk_kind" 400
            "Приймаються лише ключі з kty «OKP» та crv «Ed25519»."
            "Only keys with kty “OKP” and crv “Ed25519” are accepted."
        JwkX "jwk_x" 400
            "Поле x повинно містити 32 байти, записані як base64url без доповнення."
            "The member x must be 32 bytes written as base64url without padding."
        NotOnCurve "key_not_on_curve" 400
            "Ключ не є точкою кривої Ed25519."
            "The key is not a point of the Ed25519 curve."
        NotCanonical "key_not_canonical" 400
            "Ключ закодовано неканонічно: та сама точка має інший, єдиний дозволений запис."
            "The key is encoded in a non-canonical way: the same point has another, only permitted spelling."
        SmallOrder "key_small_order" 400
            "Ключ є точкою малого порядку, тож підпис під ним нічого не доводить."
            "The key is a point of small order, so a signature under it proves nothing."
        MixedOrder "key_mixed_order" 400
            "Ключ має домішок малого порядку й не належить до підгрупи простого порядку."
            "The key has a small-order component and is not in the prime-order subgroup."
    }
}

impl std::error::Error for KeyFault {}

/// A public key that passed [`admit`], decompressed and ready to verify.
#[derive(Clone)]
pub struct AdmittedKey {
    kid: Kid,
    verifier: Verifier,
}

impl PartialEq for AdmittedKey {
    fn eq(&self, other: &AdmittedKey) -> bool {
        self.verifier.key() == other.verifier.key()
    }
}

impl Eq for AdmittedKey {}

impl AdmittedKey {
    fn new(kid: Kid, point: VerifyingKey) -> AdmittedKey {
        AdmittedKey { kid, verifier: Verifier::new(point) }
    }

    /// The same key for who signs now and then: see [`Verifier::with_few_multiples`].
    #[must_use]
    pub fn quickened(&self) -> AdmittedKey {
        AdmittedKey { kid: self.kid, verifier: self.verifier.with_few_multiples() }
    }

    /// The same key for who signs all the time: see [`Verifier::with_many_multiples`].
    #[must_use]
    pub fn quickest(&self) -> AdmittedKey {
        AdmittedKey { kid: self.kid, verifier: self.verifier.with_many_multiples() }
    }

    /// The key's identifier.
    pub fn kid(&self) -> Kid {
        self.kid
    }

    /// The key as it is written.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.verifier.key().to_bytes())
    }
}

impl fmt::Debug for AdmittedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AdmittedKey({})", self.kid)
    }
}

/// Admits a key if it is a curve point in its one canonical encoding and of prime order.
///
/// Possession is proved elsewhere, by a signature in the role `holder`.
pub fn admit(key: PublicKey) -> Result<AdmittedKey, KeyFault> {
    let point = VerifyingKey::from_bytes(&key.0).map_err(|_| KeyFault::NotOnCurve)?;
    let edwards = point.to_edwards();
    if edwards.compress().to_bytes() != key.0 {
        return Err(KeyFault::NotCanonical);
    }
    if edwards.is_small_order() {
        return Err(KeyFault::SmallOrder);
    }
    if !edwards.is_torsion_free() {
        return Err(KeyFault::MixedOrder);
    }
    Ok(AdmittedKey::new(key.kid(), point))
}

/// A key that passed [`admit`] before, as every enrolled one did; none if it is no point at all.
#[must_use]
pub(crate) fn admitted_before(key: PublicKey) -> Option<AdmittedKey> {
    VerifyingKey::from_bytes(&key.0).ok().map(|point| AdmittedKey::new(key.kid(), point))
}

/// Whether this is the key's signature over the message, by the strict rule.
#[must_use]
pub fn verify(key: &AdmittedKey, message: &[u8], signature: &[u8; 64]) -> bool {
    verdicts(&[begin(key, &[message], signature)]).contains(&true)
}

/// All of a signature's verification but the last step, which [`verdicts`] takes for several together; the message may come in pieces.
#[must_use]
pub fn begin(key: &AdmittedKey, message: &[&[u8]], signature: &[u8; 64]) -> Begun {
    key.verifier.begin(message, signature)
}

/// The same by the library's `verify_strict` alone: what faster ways are held against.
#[must_use]
pub fn verify_plainly(key: &AdmittedKey, message: &[u8], signature: &[u8; 64]) -> bool {
    key.verifier.key().verify_strict(message, &Signature::from_bytes(signature)).is_ok()
}
