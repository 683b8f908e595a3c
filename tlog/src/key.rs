//! Keys of signed notes: key ids, verifier keys as text, signers (<https://c2sp.org/signed-note>).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::encoding::{from_base64, to_base64};

/// What a signature line says, as the signature type byte of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureType {
    /// 0x01: Ed25519 over the note's text. Logs and plain notes.
    Ed25519,
    /// 0x04: timestamped Ed25519 cosignature of a checkpoint, `cosignature/v1`. Witnesses and mirrors.
    CosignatureV1,
}

impl SignatureType {
    /// The type's byte.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            SignatureType::Ed25519 => 0x01,
            SignatureType::CosignatureV1 => 0x04,
        }
    }

    fn from_byte(byte: u8) -> Option<SignatureType> {
        [SignatureType::Ed25519, SignatureType::CosignatureV1].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// What can be wrong with a key or its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `name+id+key` with an id of eight lower-case hex digits and canonical base64.
    #[error("not a verifier key of the form name+id+key")]
    Malformed,
    /// An empty name, or one with a space, a control character or a plus.
    #[error("a key name must not be empty nor contain spaces, control characters or a plus")]
    Name,
    /// Neither 0x01 nor 0x04.
    #[error("signature type {0:#04x} is not supported")]
    UnknownType(u8),
    /// Not the canonical encoding of a point of prime order.
    #[error("the public key is not a canonical Ed25519 point of prime order")]
    WeakKey,
    /// The id is not the one that name, type and key have.
    #[error("the key id does not belong to this name and key")]
    IdMismatch,
}

/// A public key with its name: what checks one signer's lines.
///
/// `Display` and `FromStr` are the verifier key text, `name+id+base64(type ‖ key)`.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: u32,
    kind: SignatureType,
    key: VerifyingKey,
}

/// A private key with its name. It is erased from memory when dropped and never shown.
#[derive(Clone)]
pub struct Signer {
    verifier: Verifier,
    key: SigningKey,
}

/// Whether this may stand as a key name in a signature line.
pub(crate) fn is_key_name(name: &str) -> bool {
    let allowed = |c: char| !c.is_whitespace() && c != '+' && c >= ' ';
    !name.is_empty() && name.chars().all(allowed)
}

impl Verifier {
    /// A verifier from the raw 32 bytes of an Ed25519 public key.
    ///
    /// # Errors
    ///
    /// [`KeyError::Name`]; [`KeyError::WeakKey`] unless the bytes are the only encoding of a point of prime order: with any
    /// other key there are signatures about which two implementations may disagree.
    pub fn new(kind: SignatureType, name: &str, key: &[u8; 32]) -> Result<Verifier, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let point = VerifyingKey::from_bytes(key).map_err(|_| KeyError::WeakKey)?;
        let edwards = point.to_edwards();
        let canonical = edwards.compress().to_bytes() == *key;
        if !canonical || point.is_weak() || !edwards.is_torsion_free() {
            return Err(KeyError::WeakKey);
        }
        let id = key_id(kind, name, key);
        Ok(Verifier { name: name.to_owned(), id, kind, key: point })
    }

    /// The key's name; for a log's own key this is its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id: a hint for finding the key, not a proof of it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What its signatures say.
    #[must_use]
    pub fn kind(&self) -> SignatureType {
        self.kind
    }

    /// The raw public key.
    #[must_use]
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Checks the 64 bytes of an Ed25519 signature, strictly: neither key nor nonce point of small order, one encoding.
    pub(crate) fn verify_raw(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// The key id that signed-note recommends and both our types use: the first four bytes of
/// SHA-256(name ‖ 0x0A ‖ type ‖ key), as a big-endian number.
fn key_id(kind: SignatureType, name: &str, key: &[u8; 32]) -> u32 {
    let sum = Sha256::new().chain_update(name).chain_update([b'\n', kind.byte()]).chain_update(key).finalize();
    u32::from_be_bytes([sum[0], sum[1], sum[2], sum[3]])
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.kind.byte()];
        key.extend_from_slice(self.public_key());
        write!(f, "{}+{:08x}+{}", self.name, self.id, to_base64(&key))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({self})")
    }
}

impl FromStr for Verifier {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Verifier, KeyError> {
        // The name has no plus; the base64 may have some.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Malformed);
        };
        let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if id.len() != 8 || !id.bytes().all(lower_hex) {
            return Err(KeyError::Malformed);
        }
        let key = from_base64(key).ok_or(KeyError::Malformed)?;
        let (kind, key) = key.split_first().ok_or(KeyError::Malformed)?;
        let kind = SignatureType::from_byte(*kind).ok_or(KeyError::UnknownType(*kind))?;
        let key: &[u8; 32] = key.try_into().map_err(|_| KeyError::Malformed)?;
        let verifier = Verifier::new(kind, name, key)?;
        if format!("{:08x}", verifier.id) != id {
            return Err(KeyError::IdMismatch);
        }
        Ok(verifier)
    }
}

impl Signer {
    /// A signer of type 0x01 from a 32-byte seed (RFC 8032's private key): for logs and plain notes.
    ///
    /// # Errors
    ///
    /// [`KeyError::Name`].
    pub fn ed25519(name: &str, seed: &[u8; 32]) -> Result<Signer, KeyError> {
        Signer::new(SignatureType::Ed25519, name, seed)
    }

    /// A signer of type 0x04 from a 32-byte seed: for witnesses. It signs through [`crate::Note::cosign`], which takes the
    /// time. C2SP wants a key of its own for every cosigner.
    ///
    /// # Errors
    ///
    /// [`KeyError::Name`].
    pub fn cosigner(name: &str, seed: &[u8; 32]) -> Result<Signer, KeyError> {
        Signer::new(SignatureType::CosignatureV1, name, seed)
    }

    fn new(kind: SignatureType, name: &str, seed: &[u8; 32]) -> Result<Signer, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = Verifier::new(kind, name, key.verifying_key().as_bytes())?;
        Ok(Signer { verifier, key })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        self.verifier.clone()
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// What its signatures say.
    #[must_use]
    pub fn kind(&self) -> SignatureType {
        self.verifier.kind()
    }

    /// The key id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.verifier.id()
    }

    /// The 64 bytes of the Ed25519 signature; the same for the same message (RFC 8032).
    pub(crate) fn sign_raw(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VKEY: &str = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

    #[test]
    fn text_form() {
        let verifier: Verifier = VKEY.parse().unwrap();
        assert_eq!(verifier.to_string(), VKEY);
        assert_eq!((verifier.name(), verifier.id()), ("example.com/log/testdata", 0x33d7_b496));
        assert_eq!(verifier.kind(), SignatureType::Ed25519);
    }

    #[test]
    fn refused_texts() {
        let bad = |text: &str| text.parse::<Verifier>().unwrap_err();
        for text in [
            "",
            "name",
            "name+33d7b496",
            &VKEY.replace("33d7b496", "33D7B496"),
            &VKEY.replace("33d7b496", "+3d7b496"),
            &VKEY.replace("33d7b496", "033d7b496"),
            &VKEY.replace("33d7b496", "3d7b496"),
            &VKEY[..VKEY.len() - 4],
            &format!("{VKEY}="),
            &format!("{VKEY}\n"),
        ] {
            assert_eq!(bad(text), KeyError::Malformed, "{text}");
        }
        assert_eq!(bad(&VKEY.replace("33d7b496", "33d7b497")), KeyError::IdMismatch);
        assert_eq!(bad(&VKEY.replace("testdata", "testdatA")), KeyError::IdMismatch);
        assert_eq!(bad(&VKEY.replace("+AeH", "+AuH")), KeyError::UnknownType(2));
        assert_eq!(bad(&VKEY.replace("example.com", "example com")), KeyError::Name);
        assert_eq!(bad(&VKEY.replace("example.com/log/testdata", "")), KeyError::Name);
    }

    #[test]
    fn names() {
        for bad in ["", "a b", "a+b", "a\nb", "a\tb", "a\u{a0}b", "a\u{2003}b", "a\u{1}b"] {
            assert_eq!(Signer::ed25519(bad, &[1; 32]).unwrap_err(), KeyError::Name, "{bad:?}");
        }
        assert!(Signer::ed25519("реєстр.example/літопис", &[1; 32]).is_ok());
    }

    #[test]
    fn weak_keys_are_not_admitted() {
        let verifier: Verifier = VKEY.parse().unwrap();
        // The neutral point; a point of order 8; y = p, a second spelling of y = 0; no point at all.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut order_two = [0xff; 32];
        (order_two[0], order_two[31]) = (0xec, 0x7f);
        let mut not_canonical = [0xff; 32];
        (not_canonical[0], not_canonical[31]) = (0xed, 0x7f);
        let mut no_point = [0; 32];
        no_point[0] = 2;
        // A good point plus the point of order two: (x, y) becomes (−x, −y), which has twice the prime order.
        let mixed = mixed_order(verifier.public_key());
        assert!(VerifyingKey::from_bytes(&mixed).is_ok_and(|point| !point.is_weak()));
        for key in [neutral, order_two, not_canonical, no_point, mixed] {
            let error = Verifier::new(SignatureType::Ed25519, "n", &key).unwrap_err();
            assert_eq!(error, KeyError::WeakKey, "{key:02x?}");
        }
    }

    #[test]
    fn second_spellings_of_a_key_are_not_admitted() {
        // y = p + k for every k that fits, with either sign: all the encodings that are not reduced.
        let mut points = 0;
        for (k, sign) in (0..19u8).flat_map(|k| [(k, 0x00), (k, 0x80)]) {
            let mut key = [0xff; 32];
            (key[0], key[31]) = (0xed + k, 0x7f | sign);
            points += u32::from(VerifyingKey::from_bytes(&key).is_ok());
            let error = Verifier::new(SignatureType::Ed25519, "n", &key).unwrap_err();
            assert_eq!(error, KeyError::WeakKey, "{key:02x?}");
        }
        assert!(points > 0);
    }

    /// p − y with the sign bit flipped: the encoding of the point plus (0, −1).
    fn mixed_order(key: &[u8; 32]) -> [u8; 32] {
        let mut prime = [0xffu8; 32];
        (prime[0], prime[31]) = (0xed, 0x7f);
        let mut y = *key;
        let sign = y[31] & 0x80;
        y[31] &= 0x7f;
        let mut difference = [0u8; 32];
        let mut borrow = 0i16;
        for (place, out) in difference.iter_mut().enumerate() {
            let value = i16::from(prime[place]) - i16::from(y[place]) - borrow;
            borrow = i16::from(value < 0);
            *out = value.rem_euclid(256) as u8;
        }
        difference[31] |= sign ^ 0x80;
        difference
    }

    #[test]
    fn the_type_is_part_of_the_id() {
        let log = Signer::ed25519("n", &[1; 32]).unwrap().verifier();
        let witness = Signer::cosigner("n", &[1; 32]).unwrap().verifier();
        assert_eq!(log.public_key(), witness.public_key());
        assert_ne!(log.id(), witness.id());
        assert_eq!(witness.to_string().parse(), Ok(witness));
    }

    #[test]
    fn a_signer_does_not_show_its_seed() {
        let signer = Signer::ed25519("n", &[0x5a; 32]).unwrap();
        let shown = format!("{signer:?}");
        assert_eq!(shown, format!("Signer({})", signer.verifier()));
    }
}
