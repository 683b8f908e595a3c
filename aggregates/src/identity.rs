//! Identity: the keys under which the vault's matching index knows a person.

use serde_json::Value;

use crate::values::normalised;

/// A patient's identity keys: tax number with birth date, number of the demographic register, each identity document
/// with birth date. Two records that share one are the same person.
pub fn patient_keys(person: &Value) -> Vec<String> {
    let birth_date = text(person, "birth_date");
    let mut keys = Vec::new();
    if let Some(tax_id) = person["tax_id"].as_str() {
        keys.push(format!("patient:tax:{tax_id}:{birth_date}"));
    }
    if let Some(unzr) = person["unzr"].as_str() {
        keys.push(format!("patient:unzr:{unzr}"));
    }
    for document in person["documents"].as_array().into_iter().flatten() {
        let (kind, number) = (text(document, "type"), normalised(text(document, "number")));
        keys.push(format!("patient:document:{kind}:{number}:{birth_date}"));
    }
    keys
}

/// A practitioner's identity key: the tax number.
pub fn practitioner_keys(person: &Value) -> Vec<String> {
    vec![practitioner_key(text(person, "tax_id"))]
}

/// The identity key of the practitioner with this tax number.
pub fn practitioner_key(tax_id: &str) -> String {
    format!("practitioner:tax:{tax_id}")
}

/// The key under which the patients of a phone for codes are counted.
pub fn phone_key(phone: &str) -> String {
    format!("patient:phone:{phone}")
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_document_in_another_spelling_is_the_same_key() {
        let keys = |number: &str| {
            patient_keys(&serde_json::json!({"birth_date": "1990-01-02", "documents": [{"type": "passport", "number": number}]}))
        };
        assert_eq!(keys("АЯ120518"), keys("ая 120518"));
        assert_ne!(keys("АЯ120518"), keys("АЯ120519"));
        assert_eq!(keys("АЯ120518").len(), 1);
    }
}
