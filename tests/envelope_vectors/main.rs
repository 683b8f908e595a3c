//! The test vectors of `clients/vectors/`: written by `LITOPYS_BLESS=1`, otherwise compared byte for byte and judged.

#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]

mod cases;
mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use litopys::envelope::{Envelope, EnvelopeCode};
use litopys::keys::admit_jwk;
use parts::Vector;
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients/vectors")
}

fn all() -> Vec<Vector> {
    let mut all = cases::valid();
    all.extend(cases::body());
    all.extend(cases::protected());
    all.extend(cases::payload());
    all.extend(cases::digests());
    all.extend(cases::disclosures());
    all.extend(cases::json());
    all.extend(cases::keys());
    all
}

/// What a file's envelope gets: `ok`, or the fault's code, and its pointer.
fn judge(file: &Value) -> (String, Option<String>) {
    let body = match file.get("envelope") {
        Some(text) => text.as_str().unwrap().as_bytes().to_vec(),
        None => STANDARD.decode(file["envelope_base64"].as_str().unwrap()).unwrap(),
    };
    let keys: BTreeMap<_, _> =
        file["keys"].as_array().unwrap().iter().map(|jwk| admit_jwk(jwk).unwrap()).map(|key| (key.kid(), key)).collect();
    let verdict = Envelope::parse(&body).and_then(|envelope| envelope.verify_signatures(|kid| keys.get(kid).cloned()));
    match verdict {
        Ok(()) => ("ok".to_owned(), None),
        Err(fault) => (fault.code.name().to_owned(), Some(fault.pointer)),
    }
}

#[test]
fn the_files_are_those_that_the_code_makes() {
    let bless = std::env::var_os("LITOPYS_BLESS").is_some_and(|value| value == "1");
    let mut names = BTreeSet::from(["README.md".to_owned()]);
    for vector in all() {
        let name = format!("{}.json", vector.name);
        let path = folder().join(&name);
        let made = vector.file();
        if bless {
            fs::write(&path, &made).unwrap();
        }
        assert!(fs::read_to_string(&path).unwrap() == made, "{name} differs from what LITOPYS_BLESS=1 would write");
        assert!(names.insert(name), "{} twice", vector.name);
    }
    let found: BTreeSet<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, names);
}

#[test]
fn each_vector_gets_the_verdict_it_names() {
    let mut refused = BTreeSet::new();
    for vector in all() {
        let file: Value = serde_json::from_str(&vector.file()).unwrap();
        let expected =
            (file["expect"].as_str().unwrap().to_owned(), file.get("pointer").map(|pointer| pointer.as_str().unwrap().to_owned()));
        assert_eq!(judge(&file), expected, "{}", vector.name);
        if expected.0 != "ok" {
            assert!(refused.insert(expected.0), "{}", vector.name);
        }
    }
    let codes: BTreeSet<_> = EnvelopeCode::ALL.iter().map(|code| code.name().to_owned()).collect();
    assert_eq!(refused, codes, "every code has exactly one vector");
}
