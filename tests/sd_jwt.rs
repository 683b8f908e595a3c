//! Disclosures against the Python package `sd-jwt`, both ways, in the compact form of RFC 9901 §4.
//!
//! Its classes know alg `Ed25519` (RFC 9864), so our own signatures are what it verifies: one compact token for each.
//! It is more lenient than our profile about missing pairs, which the last test shows.

#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]

mod common;

use std::io::Write as _;
use std::process::{Command, Stdio};

use aggregates::words::Role;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::shared;
use litopys::envelope::{ALG, Draft, Envelope, EnvelopeCode, TYP, compose};
use litopys::keys::{SecretKey, to_jwk};
use serde_json::{Value, json};

const DISCLOSED: [&str; 4] = ["/data/person/tax_number", "/data/person/phones", "/data/documents/1/number", "/data/note"];

fn data() -> Value {
    json!({
        "note": "Лист з апострофом ’, «лапками», \"escapes\" \\ and 😀",
        "count": 9_007_199_254_740_991_i64,
        "person": {"name": "Їжакевич Ґанна", "tax_number": "3126509816", "phones": [{"type": "mobile", "number": "+380501234567"}]},
        "documents": [{"type": "passport"}, {"type": "birth_certificate", "number": "І-АБ 123456"}],
    })
}

/// Asks the package; `None` where it is not installed.
fn ask(requests: &[Value]) -> Option<Vec<Value>> {
    let python = shared::python("the comparison with the Python package sd-jwt")?;
    // Isolated, so that the script, which has the package's name, does not import itself.
    let mut child = Command::new(python)
        .arg("-I")
        .arg(shared::root().join("tests/sd_jwt.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = requests.iter().map(|request| format!("{request}\n")).collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers = std::str::from_utf8(&output.stdout).unwrap().lines();
    let answers: Vec<_> = answers.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), requests.len());
    Some(answers)
}

fn keys() -> [SecretKey; 2] {
    [1, 2].map(|byte| SecretKey::from_seed(&[byte; 32]))
}

fn composed() -> Envelope {
    let draft = Draft {
        id: "01970000-0000-7000-8000-000000000001".parse().unwrap(),
        ledger: "litopys.example/test".to_owned(),
        kind: "register.upload".to_owned(),
        issued_at: "2026-11-23T10:15:30Z".parse().unwrap(),
        expect: None,
        seen: None,
        data: data(),
        disclose: DISCLOSED.map(str::to_owned).to_vec(),
    };
    let [first, second] = keys();
    let mut next = 0;
    let composed = compose(&draft, &[(&first, Role::Regulator, None), (&second, Role::Operator, None)], |salt| {
        next += 1;
        salt.fill(next);
    });
    Envelope::parse(composed.unwrap().body.as_bytes()).unwrap()
}

/// One signature of an envelope with some of its disclosures, in compact form.
fn compact(envelope: &Envelope, place: usize, disclosures: &[&str]) -> String {
    let signature = &envelope.signatures[place];
    let token = format!("{}.{}.{}", signature.protected, envelope.payload_b64, signature.signature);
    let mut parts = vec![token.as_str()];
    parts.extend(disclosures);
    parts.push("");
    parts.join("~")
}

fn verify(token: String, key: &SecretKey) -> Value {
    json!({"verify": token, "key": to_jwk(&key.public())})
}

/// The claims that a verifier ends with: the payload with the full document and without `_sd_alg`.
fn claims(envelope: &Envelope) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(&envelope.payload_b64).unwrap();
    let mut claims: Value = serde_json::from_slice(&bytes).unwrap();
    claims["data"] = Value::Object(envelope.full_data());
    claims.as_object_mut().unwrap().remove("_sd_alg");
    claims
}

#[test]
fn its_verifier_accepts_ours_and_gives_the_same_claims() {
    let envelope = composed();
    let texts: Vec<_> = envelope.disclosures.iter().map(|one| one.text.as_str()).collect();
    let mut requests = Vec::new();
    for (place, key) in keys().iter().enumerate() {
        requests.push(verify(compact(&envelope, place, &texts), key));
    }
    // The same token under the other's key, so that accepting means something.
    requests.push(verify(compact(&envelope, 0, &texts), &keys()[1]));
    let Some(answers) = ask(&requests) else {
        return;
    };
    assert_eq!(claims(&envelope)["data"], data());
    for answer in &answers[..2] {
        assert_eq!(answer["claims"], claims(&envelope), "{answer}");
    }
    assert!(answers[2]["refused"].as_str().unwrap().contains("Signature"), "{}", answers[2]);
}

#[test]
fn we_accept_its_issuers_and_read_the_same_claims() {
    let [key, _] = keys();
    let mut private = to_jwk(&key.public());
    private["d"] = json!(URL_SAFE_NO_PAD.encode(&key.seed()[..]));
    let claims_in = json!({
        "id": "01970000-0000-7000-8000-000000000001",
        "ledger": "litopys.example/test",
        "type": "register.upload",
        "issued_at": "2026-11-23T10:15:30Z",
        "signers": [{"kid": key.kid(), "as": "regulator"}],
        "data": data(),
    });
    let header = json!({"alg": ALG, "kid": key.kid(), "typ": TYP});
    let request = json!({"issue": claims_in, "disclose": DISCLOSED, "key": private, "header": header});
    let Some(answers) = ask(&[request]) else {
        return;
    };
    let compact = answers[0]["compact"].as_str().unwrap();
    let (token, disclosures) = compact.split_once('~').unwrap();
    let [protected, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("{token}");
    };
    let disclosures: Vec<_> = disclosures.split('~').filter(|text| !text.is_empty()).collect();
    let body = json!({"payload": payload, "signatures": [{
        "protected": protected,
        "signature": signature,
        "header": {"disclosures": disclosures},
    }]});
    let envelope = Envelope::parse(body.to_string().as_bytes()).unwrap();
    envelope.verify_signatures(|_| Some(key.admitted())).unwrap();
    assert_eq!(claims(&envelope), claims_in);
    let mut pointers: Vec<_> = envelope.disclosures.iter().map(|one| one.pointer()).collect();
    pointers.sort();
    let mut expected = DISCLOSED;
    expected.sort();
    assert_eq!(pointers, expected);
}

#[test]
fn missing_pairs_are_refused_by_us_alone() {
    let envelope = composed();
    let [key, _] = keys();
    let texts: Vec<_> = envelope.disclosures.iter().map(|one| one.text.as_str()).collect();
    let stranger = URL_SAFE_NO_PAD.encode(json!(["AAAAAAAAAAAAAAAAAAAAAA", "x", 1]).to_string());
    let more = [&texts[..], &[stranger.as_str()]].concat();
    let twice = [&texts[..], &texts[..1]].concat();
    let cases = [
        (&texts[1..], EnvelopeCode::DisclosureMissing, true),
        (&more, EnvelopeCode::DisclosureUnreferenced, true),
        (&twice, EnvelopeCode::DisclosureRepeated, false),
    ];
    for (given, code, _) in cases {
        let mut body = envelope.to_entry();
        body["signatures"][0]["header"] = json!({"disclosures": given});
        let fault = Envelope::parse(body.to_string().as_bytes()).unwrap_err();
        assert_eq!(fault.code, code);
    }
    let requests = cases.map(|(given, ..)| verify(compact(&envelope, 0, given), &key));
    let Some(answers) = ask(&requests) else {
        return;
    };
    for ((_, code, accepted), answer) in cases.iter().zip(answers) {
        assert_eq!(answer.get("claims").is_some(), *accepted, "{code}: {answer}");
    }
}
