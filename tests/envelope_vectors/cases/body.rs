//! Defects of the body and of its signatures.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use litopys::envelope::MAX_BODY;
use serde_json::json;

use super::valid::padded;
use super::{bodied, pad};
use crate::parts::{Parts, Vector};

pub fn body() -> Vec<Vector> {
    let mut five = Parts::four();
    five.add_signer();
    vec![
        Vector::refused("body_too_large", "", "valid_full_body with one more space after it.", &Parts::base().keys, padded(MAX_BODY + 1)),
        bodied("body_wrong_type", "/signatures/0/signature", "A signature is a number.", |body| {
            body["signatures"][0]["signature"] = json!(7)
        }),
        bodied("body_member_unknown", "/note", "The body has a member of its own.", |body| body["note"] = json!("x")),
        bodied("body_member_missing", "/payload", "The body has no payload.", |body| drop(body.as_object_mut().unwrap().remove("payload"))),
        bodied("signatures_empty", "/signatures", "The list of signatures is empty.", |body| body["signatures"] = json!([])),
        Vector::refused(
            "signatures_too_many",
            "/signatures",
            "valid_four_signatures with a fifth signer and signature.",
            &five.keys,
            five.body().to_string(),
        ),
        bodied("header_misplaced", "/signatures/1/header", "The header is moved from the first signature to the second.", |body| {
            let header = body["signatures"][0].as_object_mut().unwrap().remove("header").unwrap();
            body["signatures"][1]["header"] = header;
        }),
        bodied("protected_not_base64url", "/signatures/0/protected", "A protected header is padded.", |body| {
            pad(&mut body["signatures"][0]["protected"])
        }),
        bodied(
            "signature_not_base64url",
            "/signatures/0/signature",
            "A signature's last character has a stray bit: another spelling of the same bytes.",
            |body| {
                // The last of 86 characters carries two bits, so it is one of A, Q, g, w; the next letter has a stray bit.
                let text = body["signatures"][0]["signature"].as_str().unwrap();
                let (rest, last) = text.split_at(85);
                let stray = match last {
                    "A" => "B",
                    "Q" => "R",
                    "g" => "h",
                    "w" => "x",
                    _ => unreachable!(),
                };
                body["signatures"][0]["signature"] = json!(rest.to_owned() + stray);
            },
        ),
        bodied("signature_length", "/signatures/0/signature", "A signature is one byte short.", |body| {
            let text = body["signatures"][0]["signature"].as_str().unwrap();
            body["signatures"][0]["signature"] = json!(text[..84]);
        }),
        bodied("signature_kid_repeated", "/signatures/1/protected/kid", "The second signature is the first once more.", |body| {
            let mut first = body["signatures"][0].clone();
            first.as_object_mut().unwrap().remove("header");
            body["signatures"][1] = first;
        }),
        bodied("payload_not_base64url", "/payload", "The payload is padded.", |body| pad(&mut body["payload"])),
    ]
}

pub fn keys() -> Vec<Vector> {
    let parts = Parts::base();
    let mut forged = parts.body();
    let first = parts.keys[0].sign(b"something else");
    forged["signatures"][0]["signature"] = json!(URL_SAFE_NO_PAD.encode(first));
    vec![
        Vector::refused(
            "key_unknown",
            "/signatures/1/protected/kid",
            "The second signer's key is not among the keys.",
            &parts.keys[..1],
            parts.body().to_string(),
        ),
        Vector::refused(
            "signature_invalid",
            "/signatures/0/signature",
            "The first signature is the same key's over something else.",
            &parts.keys,
            forged.to_string(),
        ),
    ]
}
