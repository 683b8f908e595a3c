//! Verification under a key that signs often: multiples of the key are kept, so that no point is doubled.
//!
//! The verdict is `verify_strict`'s, for every key and signature. Both take `s` only in its canonical form, and both accept if and only if
//! the encoding of `[s]B - [k]A` is `R`, byte for byte, and the point is not of small order, nor is `A`. `verify_strict` asks for the order
//! of the decoded `R`, here it is asked of the computed point: where the two are not the same point, both refuse. The sums below are exact
//! whatever the order of the points, and `k` is the same integer. `tests/crypto_vectors.rs` holds one against the other on every vector.

use std::sync::LazyLock;

use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity as _, IsIdentity as _};
use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha512};

/// Bits of a digit of `k`: a table for a key takes 215 KiB and 0.4 ms to make.
const KEY_BITS: usize = 6;

/// Bits of a digit of `s`: there is one base point, so its table may be larger.
const BASE_BITS: usize = 8;

/// Multiples of the base point (RFC 8032 §5.1), made at the first use.
static BASE: LazyLock<Multiples<BASE_BITS>> = LazyLock::new(|| Multiples::of(ED25519_BASEPOINT_POINT));

/// Multiples of one key.
pub struct Table {
    key: [u8; 32],
    small_order: bool,
    /// Of the key's negative.
    multiples: Multiples<KEY_BITS>,
}

impl Table {
    /// For a key.
    pub fn new(key: &VerifyingKey) -> Table {
        let point = key.to_edwards();
        Table { key: key.to_bytes(), small_order: point.is_small_order(), multiples: Multiples::of(-point) }
    }

    /// Whether this is the key's signature over the message, as `verify_strict` would say.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        r.copy_from_slice(&signature[..32]);
        s.copy_from_slice(&signature[32..]);
        let Some(s) = Option::<Scalar>::from(Scalar::from_canonical_bytes(s)) else { return false };
        let k = Sha512::new().chain_update(r).chain_update(self.key).chain_update(message).finalize();
        let k = Scalar::from_bytes_mod_order_wide(&k.into());
        let expected = BASE.times(&s, EdwardsPoint::identity());
        let expected = self.multiples.times(&k, expected);
        // Eight times a point of small order is the identity.
        !self.small_order && expected.compress().as_bytes() == &r && !expected.mul_by_cofactor().is_identity()
    }
}

/// A point's multiples `d · 2^(BITS · row)` for digits `d` from 1 to half the radix; negative digits take the negative.
struct Multiples<const BITS: usize>(Vec<EdwardsPoint>);

impl<const BITS: usize> Multiples<BITS> {
    const HALF: usize = 1 << (BITS - 1);
    const ROWS: usize = 256usize.div_ceil(BITS);

    fn of(mut point: EdwardsPoint) -> Multiples<BITS> {
        let mut multiples = Vec::with_capacity(Self::ROWS * Self::HALF);
        for _ in 0..Self::ROWS {
            let mut multiple = point;
            for _ in 1..Self::HALF {
                multiples.push(multiple);
                multiple += point;
            }
            multiples.push(multiple);
            // Twice half the radix is the next row's first.
            point = multiple + multiple;
        }
        Multiples(multiples)
    }

    /// The point times a scalar, on top of `sum`. Not in constant time: nothing here is secret.
    fn times(&self, scalar: &Scalar, mut sum: EdwardsPoint) -> EdwardsPoint {
        for (row, digit) in digits::<BITS>(scalar.as_bytes()).take(Self::ROWS).enumerate() {
            let place = row * Self::HALF + digit.unsigned_abs() as usize;
            match digit {
                0 => {}
                1.. => sum += &self.0[place - 1],
                _ => sum -= &self.0[place - 1],
            }
        }
        sum
    }
}

/// The digits of a number below 2²⁵⁵ in radix 2^BITS, the least first, each from -2^(BITS-1) + 1 to 2^(BITS-1).
fn digits<const BITS: usize>(bytes: &[u8; 32]) -> impl Iterator<Item = i32> {
    let (mut at, mut carry) = (0, 0);
    std::iter::from_fn(move || {
        let (byte, shift) = (at / 8, at % 8);
        let two = u32::from(*bytes.get(byte)?) | u32::from(bytes.get(byte + 1).copied().unwrap_or(0)) << 8;
        let digit = (two >> shift & ((1 << BITS) - 1)) as i32 + carry;
        at += BITS;
        carry = i32::from(digit > 1 << (BITS - 1));
        Some(digit - (carry << BITS))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::SecretKey;

    #[test]
    fn digits_make_up_the_number() {
        for bytes in [[0; 32], [1; 32], [0x7f; 32], {
            let mut one = [0; 32];
            one[31] = 0x10;
            one
        }] {
            let sum = digits::<6>(&bytes).enumerate().fold(Scalar::ZERO, |sum, (row, digit)| {
                let power = (0..6 * row).fold(Scalar::ONE, |power, _| power + power);
                let size = Scalar::from(digit.unsigned_abs()) * power;
                if digit < 0 { sum - size } else { sum + size }
            });
            assert_eq!(sum, Scalar::from_bytes_mod_order(bytes));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_table_says_what_strict_verification_says(seed: [u8; 32], message: Vec<u8>, flip in 0usize..64 * 8 * 2) {
            let secret = SecretKey::from_seed(&seed);
            let key = VerifyingKey::from_bytes(&secret.public().0).unwrap();
            let mut signature = secret.sign(&message);
            // Half of them are left as they are.
            if let Some(byte) = signature.get_mut(flip / 8) {
                *byte ^= 1 << (flip % 8);
            }
            let strict = key.verify_strict(&message, &ed25519_dalek::Signature::from_bytes(&signature)).is_ok();
            prop_assert_eq!(strict, flip >= 64 * 8);
            prop_assert_eq!(Table::new(&key).verify(&message, &signature), strict);
        }
    }
}
