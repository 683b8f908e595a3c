//! Numbers of identity documents.

/// The document types of the real system's dictionary, in our spelling.
pub const DOCUMENT_TYPES: &[&str] = &[
    "passport",
    "national_id",
    "birth_certificate",
    "temporary_passport",
    "temporary_certificate",
    "permanent_residence_permit",
    "refugee_certificate",
    "complementary_protection_certificate",
];

/// Whether `number` is of the form that documents of this type have (domain.md 1.5); types outside [`DOCUMENT_TYPES`] have none.
pub fn document_number(kind: &str, number: &str) -> bool {
    let letters = |count: usize| number.chars().take(count).filter(|c| ukrainian_capital(*c)).count() == count;
    let rest = |count: usize| {
        number.chars().skip(count).all(|c| c.is_ascii_digit()).then(|| number.chars().count() - count.min(number.chars().count()))
    };
    let digits = |count: usize| rest(0) == Some(count);
    match kind {
        "passport" => letters(2) && rest(2) == Some(6),
        "national_id" => digits(9),
        "birth_certificate" | "temporary_passport" => {
            (2..=25).contains(&number.chars().count())
                && number
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || ukrainian_capital(c) || "№\\/ -«»()".contains(c) || ('а'..='ї').contains(&c))
        }
        "temporary_certificate" | "permanent_residence_permit" | "refugee_certificate" | "complementary_protection_certificate" => {
            let five = |part: &str| part.len() == 5 && part.bytes().all(|b| b.is_ascii_digit());
            let after: String = number.chars().skip(2).collect();
            let halves = after.split_once('/').is_some_and(|(left, right)| five(left) && five(right));
            digits(9) || (letters(2) && (matches!(rest(2), Some(4..=6)) || halves))
        }
        _ => false,
    }
}

fn ukrainian_capital(letter: char) -> bool {
    "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_type() {
        for (kind, good) in [
            ("passport", "АЯ120518"),
            ("national_id", "123456789"),
            ("birth_certificate", "І-АМ №123456"),
            ("temporary_certificate", "АБ1234"),
            ("refugee_certificate", "АБ12345/12345"),
        ] {
            assert!(document_number(kind, good), "{kind} {good}");
        }
        for (kind, bad) in [
            ("passport", "120518"),
            ("passport", "AЯ120518"),
            ("passport", "АЯ12051"),
            ("national_id", "12345678"),
            ("birth_certificate", "1"),
            ("temporary_certificate", "АБ123"),
            ("refugee_certificate", "АБ1234512345"),
            ("refugee_certificate", "АБ12345/1234/5"),
            ("charter", "АЯ120518"),
            ("national_id", ""),
        ] {
            assert!(!document_number(kind, bad), "{kind} {bad}");
        }
    }
}
