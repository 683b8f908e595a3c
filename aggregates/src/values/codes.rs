//! Ukrainian registration codes with check digits.

use super::Defect;

/// Checks an EDRPOU code: eight digits, the last a check digit.
///
/// Source: the rule of the State Statistics Service as python-stdnum's `ua.edrpou` states it: weights 1–7, or
/// 7, 1–6 for numbers from 30,000,000 to 60,000,000; the sum modulo 11; if that is 10, the same with weights two higher.
pub fn edrpou(text: &str) -> Result<(), Defect> {
    let digits = digits::<8>(text)?;
    let number = digits.iter().fold(0, |sum, digit| sum * 10 + digit);
    let weights: [u32; 7] = if (30_000_000..=60_000_000).contains(&number) { [7, 1, 2, 3, 4, 5, 6] } else { [1, 2, 3, 4, 5, 6, 7] };
    let sum = |more: u32| weights.iter().zip(digits).map(|(weight, digit)| (weight + more) * digit).sum::<u32>() % 11;
    let check = match sum(0) {
        10 => sum(2) % 10,
        rest => rest,
    };
    if check == digits[7] { Ok(()) } else { Err(Defect::CheckDigit) }
}

/// Checks an RNOKPP, a natural person's tax number: ten digits, not all zero, the last a check digit.
///
/// Source: the order of the State Tax Service: weights −1, 5, 7, 9, 4, 6, 10, 5, 7; the sum's non-negative remainder
/// modulo 11, then modulo 10.
pub fn rnokpp(text: &str) -> Result<(), Defect> {
    let digits = digits::<10>(text)?;
    if digits == [0; 10] {
        return Err(Defect::Format);
    }
    let weights = [-1, 5, 7, 9, 4, 6, 10, 5, 7];
    let sum: i32 = weights.iter().zip(digits).map(|(weight, digit)| weight * digit as i32).sum();
    if sum.rem_euclid(11) % 10 == digits[9] as i32 { Ok(()) } else { Err(Defect::CheckDigit) }
}

fn digits<const N: usize>(text: &str) -> Result<[u32; N], Defect> {
    let bytes: [u8; N] = text.as_bytes().try_into().map_err(|_| Defect::Format)?;
    if !bytes.iter().all(u8::is_ascii_digit) {
        return Err(Defect::Format);
    }
    Ok(bytes.map(|byte| u32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edrpou_examples() {
        for good in ["32855961", "00032129", "14360570"] {
            assert_eq!(edrpou(good), Ok(()), "{good}");
        }
        for wrong in ["32855962", "37367387"] {
            assert_eq!(edrpou(wrong), Err(Defect::CheckDigit), "{wrong}");
        }
        for bad in ["", "3285596", "328559611", "3285596a", "３2855961"] {
            assert_eq!(edrpou(bad), Err(Defect::Format), "{bad}");
        }
    }

    #[test]
    fn rnokpp_examples() {
        for good in ["2222222225", "1111111118", "3067305998"] {
            assert_eq!(rnokpp(good), Ok(()), "{good}");
        }
        assert_eq!(rnokpp("1111111119"), Err(Defect::CheckDigit));
        assert_eq!(rnokpp("0000000000"), Err(Defect::Format));
        // The sum of this one is negative: the remainder must not be.
        assert_eq!(rnokpp("9000000002"), Ok(()));
    }
}
