//! Verification of signatures, each by `verify_strict`'s rule, for less than it costs one by one.
//!
//! The verdict is `verify_strict`'s, for every key and signature. Both take `s` only in its canonical form, and both accept if and only if
//! the encoding of `[s]B - [k]A` is `R`, byte for byte, and neither `R` nor `A` is of small order. `verify_strict` decodes `R` to ask for
//! its order; here `R` is compared with the eight encodings that points of small order have: what is spelled otherwise is no point's
//! encoding, and refused by the comparison with the computed point. `k` is the same integer, and sums are exact whatever the order of the
//! points. `tests/crypto_vectors.rs` holds one against the other on every vector.
//!
//! What is saved: decoding `R`; multiplying where multiples are kept; and all but one of the field inversions where several points are
//! encoded together. This is no batch verification, whose verdict is another: each signature has its own point and its own comparison.

use std::sync::{Arc, LazyLock};

use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity as _;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha512};

use super::multiples::Multiples;

/// Multiples of the base point (RFC 8032 §5.1), made at the first use: 3.6 MiB, as there is only one.
static BASE: LazyLock<Multiples<11>> = LazyLock::new(|| Multiples::of(ED25519_BASEPOINT_POINT));

/// How the points of small order are encoded.
static SMALL_ORDER: LazyLock<[[u8; 32]; 8]> = LazyLock::new(|| EIGHT_TORSION.map(|point| point.compress().to_bytes()));

/// A key as signatures are verified under it, with as many of its multiples as its use is worth.
#[derive(Clone)]
pub struct Verifier {
    key: VerifyingKey,
    small_order: bool,
    multiples: Kept,
}

/// Multiples of the key's negative.
#[derive(Clone)]
enum Kept {
    Nothing,
    Few(Arc<Multiples<5>>),
    Many(Arc<Multiples<9>>),
}

impl Verifier {
    /// For any key; [`super::admit`] says which should be.
    pub fn new(key: VerifyingKey) -> Verifier {
        Verifier { small_order: key.is_weak(), key, multiples: Kept::Nothing }
    }

    /// With a few multiples, 128 KiB: verifying costs little more than half, making them as much as five verifications.
    #[must_use]
    pub fn with_few_multiples(&self) -> Verifier {
        Verifier { multiples: Kept::Few(Arc::new(Multiples::of(-self.key.to_edwards()))), ..self.clone() }
    }

    /// With many, 1.2 MiB: verifying costs a third, making them as much as forty verifications.
    #[must_use]
    pub fn with_many_multiples(&self) -> Verifier {
        Verifier { multiples: Kept::Many(Arc::new(Multiples::of(-self.key.to_edwards()))), ..self.clone() }
    }

    /// The key.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// All of a signature's verification but the last step, over the pieces of a message, one after the other.
    pub fn begin(&self, message: &[&[u8]], signature: &[u8; 64]) -> Begun {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        r.copy_from_slice(&signature[..32]);
        s.copy_from_slice(&signature[32..]);
        let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(s));
        let s = s.filter(|_| !self.small_order && !SMALL_ORDER.contains(&r));
        Begun { r, expected: s.map(|s| self.expected(&r, &s, message)) }
    }

    /// `[s]B - [k]A` (RFC 8032 §5.1.7).
    fn expected(&self, r: &[u8; 32], s: &Scalar, message: &[&[u8]]) -> EdwardsPoint {
        let hash = Sha512::new().chain_update(r).chain_update(self.key.as_bytes());
        let hash = message.iter().fold(hash, |hash, piece| hash.chain_update(piece));
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        let of_base = || BASE.times(s, EdwardsPoint::identity());
        match &self.multiples {
            Kept::Nothing => EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &-self.key.to_edwards(), s),
            Kept::Few(multiples) => multiples.times(&k, of_base()),
            Kept::Many(multiples) => multiples.times(&k, of_base()),
        }
    }
}

/// A signature on its way: what its `R` says, and the point that it must be the encoding of, unless it is refused already.
pub struct Begun {
    r: [u8; 32],
    expected: Option<EdwardsPoint>,
}

/// Whether each is its key's signature over its message, as `verify_strict` would say.
#[must_use]
pub fn verdicts(all: &[Begun]) -> Vec<bool> {
    let points: Vec<EdwardsPoint> = all.iter().filter_map(|one| one.expected).collect();
    let mut encoded = EdwardsPoint::compress_batch_alloc(&points).into_iter();
    let verdict = |one: &Begun| one.expected.is_some() && encoded.next().is_some_and(|encoded| encoded.to_bytes() == one.r);
    all.iter().map(verdict).collect()
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::Signature;
    use proptest::prelude::*;

    use super::*;
    use crate::keys::SecretKey;

    fn verifiers(key: VerifyingKey) -> [Verifier; 3] {
        let plain = Verifier::new(key);
        [plain.with_few_multiples(), plain.with_many_multiples(), plain]
    }

    #[test]
    fn what_is_of_small_order_is_known_by_its_bytes() {
        use curve25519_dalek::edwards::CompressedEdwardsY;
        for bytes in *SMALL_ORDER {
            let point = CompressedEdwardsY(bytes).decompress().unwrap();
            assert!(point.is_small_order());
            assert_eq!(point.compress().to_bytes(), bytes);
        }
        // Other spellings of the same numbers modulo p are decoded too, but no computed point is encoded so.
        let mut spelled = 0;
        for first in 0..=255u8 {
            for (middle, last) in [(0, 0), (0, 0x80), (0xff, 0x7f), (0xff, 0xff)] {
                let mut bytes = [middle; 32];
                (bytes[0], bytes[31]) = (first, last);
                let point = CompressedEdwardsY(bytes).decompress();
                let Some(point) = point.filter(EdwardsPoint::is_small_order) else { continue };
                let canonical = point.compress().to_bytes() == bytes;
                assert_eq!(SMALL_ORDER.contains(&bytes), canonical);
                spelled += usize::from(!canonical);
            }
        }
        assert!(spelled > 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn verdicts_are_those_of_strict_verification(
            some in prop::collection::vec((any::<[u8; 32]>(), any::<Vec<u8>>(), any::<prop::sample::Index>(), 0usize..64 * 8 * 2), 0..4),
        ) {
            let (mut begun, mut strict) = (Vec::new(), Vec::new());
            for (seed, message, cut, flip) in some {
                let secret = SecretKey::from_seed(&seed);
                let key = VerifyingKey::from_bytes(&secret.public().0).unwrap();
                let mut signature = secret.sign(&message);
                // Half of them are left as they are.
                if let Some(byte) = signature.get_mut(flip / 8) {
                    *byte ^= 1 << (flip % 8);
                }
                let (front, back) = message.split_at(cut.index(message.len() + 1));
                for verifier in verifiers(key) {
                    begun.push(verifier.begin(&[front, back], &signature));
                    strict.push(key.verify_strict(&message, &Signature::from_bytes(&signature)).is_ok());
                }
                prop_assert_eq!(*strict.last().unwrap(), flip >= 64 * 8);
            }
            prop_assert_eq!(verdicts(&begun), strict);
        }
    }
}
