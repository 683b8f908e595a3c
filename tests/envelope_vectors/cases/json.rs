//! Defects of JSON: of the body, and of what is encoded in it.

use super::{redisclosed, swap};
use crate::parts::{Parts, Vector};

pub fn json() -> Vec<Vector> {
    let base = Parts::base();
    let sent = base.body().to_string();
    let refused = |code: &str, description: &str, body: Vec<u8>| Vector::refused(code, "", description, &base.keys, body);
    // Changes the payload's text and signs it.
    let paid = |code: &str, pointer: &str, description: &str, old: &str, new: &str| {
        let payload = swap(&base.payload.to_string(), old, new);
        let body = base.body_of(payload.as_bytes()).to_string();
        Vector::refused(code, pointer, description, &base.keys, body)
    };
    let mut not_utf8 = sent.clone().into_bytes();
    not_utf8.push(0xff);
    vec![
        refused("json_not_utf8", "A byte that is not UTF-8 follows the body.", not_utf8),
        refused("json_byte_order_mark", "A byte order mark precedes the body.", format!("\u{feff}{sent}").into()),
        refused("json_incomplete", "The body's last brace is missing.", sent[..sent.len() - 1].into()),
        refused("json_trailing", "The body is followed by a second value.", format!("{sent}{{}}").into()),
        refused("json_syntax", "The body's last member is followed by a comma.", format!("{},}}", &sent[..sent.len() - 1]).into()),
        paid("json_control_character", "/type", "A tab stands unescaped in a string.", "legal_entity.register", "legal_entity.\tregister"),
        paid("json_too_deep", "/data/licences/0/0/0/0/0/0", "Lists nest nine levels deep.", "\"A-1\"", "[[[[[[\"A-1\"]]]]]]"),
        paid(
            "json_duplicate_name",
            "/type",
            "A member occurs twice, once with an escape in its name.",
            "\"type\":\"legal_entity",
            "\"t\\u0079pe\":\"x\",\"type\":\"legal_entity",
        ),
        paid("json_not_integer", "/seen/size", "An integer is written as a decimal fraction.", "\"size\":7", "\"size\":7.0"),
        paid("json_out_of_range", "/seen/size", "An integer is 2⁵³.", "\"size\":7", "\"size\":9007199254740992"),
        paid("json_negative_zero", "/expect/version", "Zero has a minus sign.", "\"version\":0", "\"version\":-0"),
        paid("json_leading_zero", "/seen/size", "An integer has a leading zero.", "\"size\":7", "\"size\":07"),
        redisclosed("json_lone_surrogate", "/2", "A disclosed string has half a surrogate pair.", "3126509816", "\\ud83d"),
        redisclosed("json_nul", "/2", "A disclosed string has an escaped U+0000.", "3126509816", "3126509816\\u0000"),
        paid(
            "json_not_nfc",
            "/data/owner/name",
            "A letter is written as a base letter and a combining mark.",
            "Олена Бойко",
            "Олена Бои\u{306}ко",
        ),
        paid("json_null", "/expect", "An optional member is null.", &format!("\"expect\":{}", base.payload["expect"]), "\"expect\":null"),
    ]
}
