//! Coefficients: decimal numbers without the rounding of binary fractions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Defect;

/// A number from 0 to 999.999 with three decimals at most, exactly; a string on the wire (design §3: no floats).
///
/// It is kept as an integer of thousandths, by which amounts are multiplied: the product of an amount and two
/// coefficients is exact in millionths, and whoever needs whole units rounds once, at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coefficient(u32);

impl Coefficient {
    /// What [`Coefficient::thousandths`] of the coefficient 1 are.
    pub const SCALE: u32 = 1_000;

    pub(crate) const fn of_thousandths(thousandths: u32) -> Coefficient {
        Coefficient(thousandths)
    }

    /// How many thousandths it is.
    pub const fn thousandths(self) -> u32 {
        self.0
    }
}

impl FromStr for Coefficient {
    type Err = Defect;

    /// Reads `^(0|[1-9][0-9]{0,2})(\.[0-9]{1,3})?$`.
    fn from_str(text: &str) -> Result<Coefficient, Defect> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (whole != "0" && whole.starts_with('0')) {
            return Err(Defect::Format);
        }
        format!("{whole}{fraction:0<3}").parse().map(Coefficient).map_err(|_| Defect::Format)
    }
}

impl fmt::Display for Coefficient {
    /// Writes it in the fewest digits: `1.2`, and `4` for 4.0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / Self::SCALE, self.0 % Self::SCALE);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{fraction:03}").trim_end_matches('0'))
    }
}

impl Serialize for Coefficient {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Coefficient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Coefficient, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| de::Error::custom(format!("{text:?} is no coefficient")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples() {
        for (text, thousandths, written) in [
            ("0", 0, "0"),
            ("4", 4_000, "4"),
            ("2.2", 2_200, "2.2"),
            ("1.250", 1_250, "1.25"),
            ("0.001", 1, "0.001"),
            ("999.999", 999_999, "999.999"),
        ] {
            let read: Coefficient = text.parse().expect(text);
            assert_eq!((read.thousandths(), read.to_string().as_str()), (thousandths, written));
        }
        for bad in ["", ".", "1.", ".5", "01", "00.1", "1000", "1.0000", "-1", "+1", "1e2", "1,2", "1.2.3", " 1", "١"] {
            assert_eq!(bad.parse::<Coefficient>(), Err(Defect::Format), "{bad}");
        }
    }

    #[test]
    fn a_product_is_exact() {
        // A child in the mountains by the default policy: 370.00 × 4 × 1.25 = 1,850.00 hryvnias.
        let (age, mountain): (Coefficient, Coefficient) = ("4".parse().unwrap(), "1.25".parse().unwrap());
        let millionths = 37_000 * u64::from(age.thousandths()) * u64::from(mountain.thousandths());
        assert_eq!(millionths, 185_000 * u64::from(Coefficient::SCALE).pow(2));
    }
}
