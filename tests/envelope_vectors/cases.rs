//! Every vector: what is valid, and one change for each code.

use litopys::envelope::{MAX_BODY, MAX_DISCLOSURE, MAX_DISCLOSURES, MAX_PAYLOAD};
use serde_json::{Value, json};

use super::parts::{Parts, Vector};

/// Replaces what occurs exactly once.
fn swap(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old}");
    text.replace(old, new)
}

/// The valid envelope whose payload is as large as may be.
fn full_payload() -> Parts {
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
fn padded(length: usize) -> String {
    let body = Parts::base().body().to_string();
    let padding = " ".repeat(length - body.len());
    body + &padding
}

fn many(count: usize) -> Parts {
    Parts::disclosing((0..count).map(|place| place.to_string()))
}

fn large(count: usize) -> Parts {
    Parts::disclosing((0..count).map(|_| full_value(0)))
}

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

/// Changes the base's body after it is signed.
fn bodied(code: &str, pointer: &str, description: &str, change: fn(&mut Value)) -> Vector {
    let parts = Parts::base();
    let mut body = parts.body();
    change(&mut body);
    Vector::refused(code, pointer, description, &parts.keys, body.to_string())
}

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

fn pad(text: &mut Value) {
    *text = json!(format!("{}=", text.as_str().unwrap()));
}

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

/// Changes a payload and signs it.
fn paid(mut parts: Parts, code: &str, pointer: &str, description: &str, change: fn(&mut Value)) -> Vector {
    change(&mut parts.payload);
    Vector::refused(code, pointer, description, &parts.keys, parts.body().to_string())
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

pub fn digests() -> Vec<Vector> {
    let case =
        |code: &str, pointer: &str, description: &str, change: fn(&mut Value)| paid(Parts::base(), code, pointer, description, change);
    vec![
        case("sd_not_array", "/data/owner/_sd", "A list _sd is a string.", |payload| {
            payload["data"]["owner"]["_sd"] = payload["data"]["owner"]["_sd"][0].clone()
        }),
        case("sd_empty", "/data/licence/_sd", "An object has an empty list _sd.", |payload| {
            payload["data"]["licence"] = json!({"_sd": []})
        }),
        case("sd_digest_malformed", "/data/owner/_sd/0", "A digest is padded.", |payload| pad(&mut payload["data"]["owner"]["_sd"][0])),
        case("sd_digest_repeated", "/data/phones/0/_sd/0", "A digest of one object stands in another, too.", |payload| {
            payload["data"]["phones"][0]["_sd"][0] = payload["data"]["owner"]["_sd"][0].clone()
        }),
        case("sd_not_sorted", "/data/owner/_sd/1", "The digests are in descending order.", |payload| {
            payload["data"]["owner"]["_sd"].as_array_mut().unwrap().reverse()
        }),
        case("sd_array_element", "/data/licences/1/...", "An element of a list is hidden.", |payload| {
            payload["data"]["licences"][1] = json!({"...": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
        }),
        case("sd_alg_misplaced", "/data/owner/_sd_alg", "The digest algorithm is named within data, too.", |payload| {
            payload["data"]["owner"]["_sd_alg"] = json!("sha-256")
        }),
        case("sd_alg_unsupported", "/_sd_alg", "The digest algorithm is SHA-512.", |payload| payload["_sd_alg"] = json!("sha-512")),
        case("sd_alg_missing", "/_sd_alg", "The digest algorithm is not named.", |payload| {
            drop(payload.as_object_mut().unwrap().remove("_sd_alg"))
        }),
        paid(Parts::minimal(), "sd_alg_needless", "/_sd_alg", "valid_minimal names a digest algorithm and has no digest.", |payload| {
            payload["_sd_alg"] = json!("sha-256")
        }),
        case("disclosure_unreferenced", "/signatures/0/header/disclosures/2", "The digest of the last disclosure is missing.", |payload| {
            drop(payload["data"]["phones"][0].as_object_mut().unwrap().remove("_sd"))
        }),
        case("disclosure_name_in_clear", "/signatures/0/header/disclosures/0", "A disclosed member stands in clear, too.", |payload| {
            payload["data"]["owner"]["tax_number"] = json!("3126509816")
        }),
    ]
}

/// Changes the JSON text of the base's first disclosure, replaces its digest and signs.
fn redisclosed(code: &str, tail: &str, description: &str, old: &str, new: &str) -> Vector {
    let parts = Parts::base();
    let text = swap(&parts.disclosed(0), old, new);
    let parts = parts.redisclose(0, text.as_bytes());
    let pointer = format!("/signatures/0/header/disclosures/0{tail}");
    Vector::refused(code, &pointer, description, &parts.keys, parts.body().to_string())
}

const SALT: &str = "AQEBAQEBAQEBAQEBAQEBAQ";

pub fn disclosures() -> Vec<Vector> {
    let at = "/signatures/0/header/disclosures";
    let refused = |code: &str, tail: &str, description: &str, parts: &Parts| {
        Vector::refused(code, &format!("{at}{tail}"), description, &parts.keys, parts.body().to_string())
    };
    let minimal = Parts::minimal();
    let mut empty = minimal.body();
    empty["signatures"][0]["header"] = json!({"disclosures": []});

    let grown = {
        let full = large(1);
        let text = swap(&full.disclosed(0), "\"m00\"", "\"m000\"");
        full.redisclose(0, text.as_bytes())
    };
    let mut padded = Parts::base();
    let text = padded.disclosures[0].clone() + "=";
    padded.redisclose_text(0, &text);

    let renamed = Parts::base();
    let text = swap(&renamed.disclosed(1), "birth_date", "tax_number");
    let renamed = renamed.redisclose(1, text.as_bytes());

    vec![
        Vector::refused(
            "disclosures_empty",
            at,
            "valid_minimal with a header whose list of disclosures is empty.",
            &minimal.keys,
            empty.to_string(),
        ),
        refused("disclosures_too_many", "", "valid_many_disclosures with one more.", &over(many(MAX_DISCLOSURES), "65")),
        refused("disclosures_too_large", "", "valid_full_disclosures with one more, a small one.", &over(large(24), "x")),
        refused("disclosure_too_large", "/0", "A disclosure of exactly 4 KiB has a name longer by one byte.", &grown),
        refused("disclosure_not_base64url", "/0", "A disclosure is padded; its digest is of the padded text.", &padded),
        redisclosed("disclosure_malformed", "", "A disclosure has no name, as those of elements of lists.", "\"tax_number\",", ""),
        redisclosed("salt_not_base64url", "/0", "A salt is padded.", SALT, "AQEBAQEBAQEBAQEBAQEBAQ=="),
        redisclosed("salt_length", "/0", "A salt has 15 bytes.", SALT, "AQEBAQEBAQEBAQEBAQEB"),
        redisclosed("disclosure_name_reserved", "/1", "A disclosed member is named _sd.", "tax_number", "_sd"),
        redisclosed(
            "disclosure_nested",
            "/2/_sd",
            "A disclosed value has digests of its own.",
            "\"3126509816\"",
            "{\"_sd\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"]}",
        ),
        bodied(
            "disclosure_repeated",
            "/signatures/0/header/disclosures/3",
            "The first disclosure is sent once more after the last.",
            |body| {
                let list = body["signatures"][0]["header"]["disclosures"].as_array_mut().unwrap();
                list.push(list[0].clone());
            },
        ),
        refused("disclosure_name_repeated", "/1", "Two disclosures in one object have the same name.", &renamed),
        bodied("disclosure_missing", "/data/phones/0/_sd/0", "The last disclosure is not sent.", |body| {
            drop(body["signatures"][0]["header"]["disclosures"].as_array_mut().unwrap().pop());
        }),
    ]
}

/// One disclosure more, with its digest.
fn over(mut parts: Parts, value: &str) -> Parts {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let text = URL_SAFE_NO_PAD.encode(json!([SALT, "more", value]).to_string());
    let digest = URL_SAFE_NO_PAD.encode(litopys::envelope::digest(&text));
    let list = parts.payload["data"]["_sd"].as_array_mut().unwrap();
    list.push(json!(digest));
    list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    parts.disclosures.push(text);
    parts
}

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

pub fn keys() -> Vec<Vector> {
    let parts = Parts::base();
    let mut forged = parts.body();
    let first = parts.keys[0].sign(b"something else");
    {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        forged["signatures"][0]["signature"] = json!(URL_SAFE_NO_PAD.encode(first));
    }
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
