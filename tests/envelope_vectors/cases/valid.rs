//! What is accepted: the bases of the changes, and every limit reached.

use litopys::envelope::{MAX_BODY, MAX_DISCLOSURE, MAX_DISCLOSURES, MAX_PAYLOAD};
use serde_json::json;

use crate::parts::{Parts, Vector};

pub fn valid() -> Vec<Vector> {
    let base = Parts::base();
    let ok = Vector::valid;
    vec![
        ok("base", "Two signatures, three disclosures, every optional member. Most refused vectors change one thing of it.", &base),
        ok("minimal", "One signature, no optional member.", &Parts::minimal()),
        ok("four_signatures", "As many signatures as there may be.", &Parts::four()),
        ok("full_payload", "A decoded payload of exactly 16 KiB.", &full_payload()),
        ok("full_disclosures", "24 disclosures of exactly 4 KiB each as received, so exactly 96 KiB together.", &large(24)),
        ok("many_disclosures", "As many disclosures as there may be: 64.", &many(MAX_DISCLOSURES)),
        Vector::valid_body("full_body", "The base with white space after it, 128 KiB in all.", &base, padded(MAX_BODY)),
    ]
}

/// The valid envelope whose payload is as large as may be.
pub(super) fn full_payload() -> Parts {
    let mut parts = Parts::minimal();
    parts.payload["data"]["note"] = json!("");
    let room = MAX_PAYLOAD - parts.payload.to_string().len();
    parts.payload["data"]["note"] = json!("x".repeat(room));
    parts
}

/// A value whose disclosure is exactly as large as may be, or `more` bytes larger before encoding.
fn full_value(more: usize) -> String {
    let around = r#"["AQEBAQEBAQEBAQEBAQEBAQ","m00",""]"#.len();
    "x".repeat(MAX_DISCLOSURE / 4 * 3 - around + more)
}

/// The base's body, padded with white space to this length.
pub(super) fn padded(length: usize) -> String {
    let body = Parts::base().body().to_string();
    let padding = " ".repeat(length - body.len());
    body + &padding
}

pub(super) fn many(count: usize) -> Parts {
    Parts::disclosing((0..count).map(|place| place.to_string()))
}

pub(super) fn large(count: usize) -> Parts {
    Parts::disclosing((0..count).map(|_| full_value(0)))
}
