//! Defects of digests and disclosures.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use litopys::envelope::MAX_DISCLOSURES;
use serde_json::{Value, json};

use super::valid::{large, many};
use super::{bodied, pad, paid, redisclosed, swap};
use crate::parts::{Parts, Vector};

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
    let text = URL_SAFE_NO_PAD.encode(json!([SALT, "more", value]).to_string());
    let digest = URL_SAFE_NO_PAD.encode(litopys::envelope::digest(&text));
    let list = parts.payload["data"]["_sd"].as_array_mut().unwrap();
    list.push(json!(digest));
    list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    parts.disclosures.push(text);
    parts
}
