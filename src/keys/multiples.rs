//! Multiples of a point that is multiplied often, kept so that no point is doubled.

use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity as _;

/// How many points are fetched at a time.
const AHEAD: usize = 16;

/// A point's multiples `d · 2^(BITS · row)` for digits `d` from 1 to half the radix; negative digits take the negative.
///
/// Each digit more costs an addition, each bit more of a digit doubles the room. Sums are exact whatever the order of the point, since the
/// library's addition is complete (RFC 8032 §5.1.4).
pub(super) struct Multiples<const BITS: usize>(Vec<EdwardsPoint>);

impl<const BITS: usize> Multiples<BITS> {
    const HALF: usize = 1 << (BITS - 1);
    /// A scalar is below 2²⁵³; one bit more takes the last carry.
    const ROWS: usize = 254usize.div_ceil(BITS);

    pub(super) fn of(mut point: EdwardsPoint) -> Multiples<BITS> {
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
    pub(super) fn times(&self, scalar: &Scalar, mut sum: EdwardsPoint) -> EdwardsPoint {
        let mut digits = digits::<BITS>(scalar.as_bytes()).take(Self::ROWS).enumerate().filter(|(_, digit)| *digit != 0);
        // Some are copied before the first is added: they lie far apart, and so the processor fetches them all at once.
        let mut near = [(false, EdwardsPoint::identity()); AHEAD];
        loop {
            let mut count = 0;
            for (near, (row, digit)) in near.iter_mut().zip(digits.by_ref().take(AHEAD)) {
                *near = (digit < 0, self.0[row * Self::HALF + digit.unsigned_abs() as usize - 1]);
                count += 1;
            }
            for (negative, point) in &near[..count] {
                if *negative { sum -= point } else { sum += point }
            }
            if count < AHEAD {
                return sum;
            }
        }
    }
}

/// The digits of a number in radix 2^BITS, the least first, each from -2^(BITS-1) + 1 to 2^(BITS-1).
fn digits<const BITS: usize>(bytes: &[u8; 32]) -> impl Iterator<Item = i32> {
    let (mut at, mut carry) = (0, 0);
    std::iter::from_fn(move || {
        let (byte, shift) = (at / 8, at % 8);
        // A digit lies within three bytes.
        let three = bytes.get(byte..)?.iter().take(3).rev().fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        let digit = (three >> shift & ((1 << BITS) - 1)) as i32 + carry;
        at += BITS;
        carry = i32::from(digit > 1 << (BITS - 1));
        Some(digit - (carry << BITS))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The greatest scalar, the order of the base point less one, among others.
    fn scalars() -> [Scalar; 5] {
        [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, Scalar::from_bytes_mod_order([0x7f; 32]), Scalar::from_bytes_mod_order([0x81; 32])]
    }

    fn digits_make_up_the_number<const BITS: usize>() {
        for scalar in scalars() {
            let digits: Vec<i32> = digits::<BITS>(scalar.as_bytes()).take(Multiples::<BITS>::ROWS).collect();
            let sum = digits.iter().rev().fold(Scalar::ZERO, |sum, digit| {
                let shifted = (0..BITS).fold(sum, |power, _| power + power);
                let size = Scalar::from(digit.unsigned_abs());
                if *digit < 0 { shifted - size } else { shifted + size }
            });
            assert_eq!(sum, scalar);
            assert!(digits.iter().all(|digit| digit.unsigned_abs() as usize <= Multiples::<BITS>::HALF));
        }
    }

    #[test]
    fn digits_of_every_size_make_up_the_number() {
        digits_make_up_the_number::<5>();
        digits_make_up_the_number::<9>();
        digits_make_up_the_number::<11>();
    }

    #[test]
    fn products_are_those_of_the_library_even_outside_the_prime_order_subgroup() {
        use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
        for point in [ED25519_BASEPOINT_POINT, ED25519_BASEPOINT_POINT + EIGHT_TORSION[1], EIGHT_TORSION[3]] {
            let (few, many) = (Multiples::<5>::of(point), Multiples::<9>::of(point));
            for scalar in scalars() {
                // The library's product is of the very integer too.
                assert_eq!(few.times(&scalar, point), point * scalar + point);
                assert_eq!(many.times(&scalar, point), point * scalar + point);
            }
        }
    }
}
