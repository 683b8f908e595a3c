//! Admitting several together.

use aggregates::words::{Role, Stream, StreamType};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::envelope::{Draft, EnvelopeCode, compose};
use crate::keys::SecretKey;

const ORIGIN: &str = "example.org/registry";

/// A command that a MIS and a patient sign.
fn command(number: u128, mis: &SecretKey, patient: &SecretKey) -> String {
    let id = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 | number);
    let draft = Draft {
        id,
        ledger: ORIGIN.into(),
        kind: "declaration_request.confirm_by_key".into(),
        issued_at: "2026-01-01T00:00:00.000Z".parse().unwrap(),
        expect: None,
        seen: None,
        data: json!({ "patient": id, "request": id }),
        disclose: Vec::new(),
    };
    let mis = (mis, Role::Mis, Some(Stream::Of(StreamType::Mis, id)));
    compose(&draft, &[mis, (patient, Role::Patient, Some(Stream::Of(StreamType::Patient, id)))], |_| {}).unwrap().body
}

/// What came of a command, in short.
fn told(admitted: &Result<Admitted, NotAdmitted>) -> Result<bool, (EnvelopeCode, String)> {
    match admitted {
        Ok(admitted) => Ok(admitted.verified),
        Err(NotAdmitted::Envelope(fault)) => Err((fault.code, fault.pointer.clone())),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn each_of_several_is_admitted_as_if_it_had_come_alone() {
    let [mis, patient, stranger] = [1, 2, 3].map(|seed| SecretKey::from_seed(&[seed; 32]));
    let known = KeyDirectory::default();
    known.add([&mis, &patient].map(|key| (key.kid(), key.public())));
    let good = |number| command(number, &mis, &patient);
    // The signatures of another command, by the same keys.
    let forged = |number, which: usize| {
        let (body, other) = (good(number), good(number + 100));
        let read = |body: &str| Envelope::parse(body.as_bytes()).unwrap().signatures[which].signature.clone();
        body.replace(&read(&body), &read(&other))
    };
    let bodies =
        [good(1), forged(2, 0), good(3), "{}".into(), command(4, &mis, &stranger), forged(5, 1), command(6, &stranger, &patient), good(7)];
    let together = admit_all(bodies.iter().map(String::as_bytes), ORIGIN, &known);
    let invalid = |which| Err((EnvelopeCode::SignatureInvalid, format!("/signatures/{which}/signature")));
    let missing = Err((EnvelopeCode::BodyMemberMissing, "/payload".into()));
    assert_eq!(
        together.iter().map(told).collect::<Vec<_>>(),
        [Ok(true), invalid(0), Ok(true), missing, Ok(false), invalid(1), Ok(false), Ok(true)]
    );
    for (body, one) in bodies.iter().zip(&together) {
        assert_eq!(told(&admit(body.as_bytes(), ORIGIN, &known)), told(one));
        // Whoever was let through is who came in this place.
        let Ok(one) = one else { continue };
        assert_eq!(one.envelope, Envelope::parse(body.as_bytes()).unwrap());
    }
}
