//! The few text encodings that the specifications share, each with exactly one text per value.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Standard base64 with padding (RFC 4648 §4).
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64; refuses missing or surplus padding, line breaks and stray bits in the last character, so that
/// two different texts never mean the same bytes.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads an ASCII decimal without sign and without leading zeroes; `None` above `u64::MAX`.
pub(crate) fn from_decimal(text: &str) -> Option<u64> {
    // `u64::from_str` would take a plus sign and leading zeroes.
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !plain || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_one_form() {
        assert_eq!(from_decimal("0"), Some(0));
        assert_eq!(from_decimal("18446744073709551615"), Some(u64::MAX));
        for bad in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "٣", "18446744073709551616"] {
            assert_eq!(from_decimal(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn base64_has_one_form() {
        assert_eq!(from_base64("AAE=").as_deref(), Some([0, 1].as_slice()));
        for bad in ["AAE", "AAF=", "AAE==", "AA E=", "AAE=\n", "AA-_", "A"] {
            assert_eq!(from_base64(bad), None, "{bad:?}");
        }
    }
}
