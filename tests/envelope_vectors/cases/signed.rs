//! Defects of the protected headers and the payload.

use serde_json::{Value, json};

use super::valid::full_payload;
use super::{pad, paid};
use crate::parts::{Parts, Vector};

pub fn protected() -> Vec<Vector> {
    let case = |code: &str, member: &str, description: &str, change: fn(&mut Value)| {
        let mut parts = Parts::base();
        change(&mut parts.protected[0]);
        let pointer = format!("/signatures/0/protected/{member}");
        Vector::refused(code, &pointer, description, &parts.keys, parts.body().to_string())
    };
    vec![
        case("protected_wrong_type", "kid", "The kid is a number.", |header| header["kid"] = json!(7)),
        case("protected_member_unknown", "b64", "The protected header has a member of its own.", |header| header["b64"] = json!(true)),
        case("protected_member_missing", "typ", "The protected header has no typ.", |header| {
            drop(header.as_object_mut().unwrap().remove("typ"))
        }),
        case("algorithm_not_allowed", "alg", "The alg is EdDSA, the name that RFC 9864 replaced.", |header| header["alg"] = json!("EdDSA")),
        case("typ_not_allowed", "typ", "The typ is JWT.", |header| header["typ"] = json!("JWT")),
        case("kid_malformed", "kid", "The kid is padded.", |header| pad(&mut header["kid"])),
    ]
}

pub fn payload() -> Vec<Vector> {
    let case =
        |code: &str, pointer: &str, description: &str, change: fn(&mut Value)| paid(Parts::base(), code, pointer, description, change);
    vec![
        paid(full_payload(), "payload_too_large", "/payload", "valid_full_payload with one more byte.", |payload| {
            let note = payload["data"]["note"].as_str().unwrap();
            payload["data"]["note"] = json!(format!("{note}x"));
        }),
        case("payload_wrong_type", "/issued_at", "The time of issue is a number.", |payload| payload["issued_at"] = json!(1_795_428_930)),
        case("payload_member_unknown", "/nonce", "The payload has a member of its own.", |payload| payload["nonce"] = json!("x")),
        case("payload_member_missing", "/id", "The payload has no id.", |payload| drop(payload.as_object_mut().unwrap().remove("id"))),
        case("id_malformed", "/id", "The id is in upper case.", |payload| {
            payload["id"] = json!(payload["id"].as_str().unwrap().to_uppercase())
        }),
        case("issued_at_malformed", "/issued_at", "The time of issue has an offset.", |payload| {
            payload["issued_at"] = json!("2026-11-23T12:15:30.123+02:00")
        }),
        case("signers_count", "/signers", "The second signer is missing.", |payload| {
            drop(payload["signers"].as_array_mut().unwrap().pop())
        }),
        case("signer_kid_mismatch", "/signers/0/kid", "The signers are in another order than the signatures.", |payload| {
            payload["signers"].as_array_mut().unwrap().reverse()
        }),
        case("role_unknown", "/signers/1/as", "A signer's role does not exist.", |payload| payload["signers"][1]["as"] = json!("minister")),
        case("of_missing", "/signers/1/of", "An owner does not say in whose right he acts.", |payload| {
            drop(payload["signers"][1].as_object_mut().unwrap().remove("of"))
        }),
        case("of_not_allowed", "/signers/0/of", "The role is operator, which has no of.", |payload| {
            payload["signers"][0]["as"] = json!("operator")
        }),
        case("of_malformed", "/signers/0/of", "A stream's id is in upper case.", |payload| {
            payload["signers"][0]["of"] = json!("mis/01970000-0000-7000-8000-00000000000C")
        }),
        case("of_wrong_stream", "/signers/0/of", "A MIS acts in the right of a patient.", |payload| {
            payload["signers"][0]["of"] = json!("patient/01970000-0000-7000-8000-00000000000c")
        }),
        case("expect_stream_malformed", "/expect/stream", "The expected stream has no id.", |payload| {
            payload["expect"]["stream"] = json!("legal_entity")
        }),
        case("expect_version_negative", "/expect/version", "The expected version is −1.", |payload| {
            payload["expect"]["version"] = json!(-1)
        }),
        case("seen_size_negative", "/seen/size", "The size seen is −1.", |payload| payload["seen"]["size"] = json!(-1)),
        case("seen_root_malformed", "/seen/root", "The root seen is in base64url, not in standard base64.", |payload| {
            payload["seen"]["root"] = json!(payload["seen"]["root"].as_str().unwrap().replace('+', "-").replace('/', "_"))
        }),
    ]
}
