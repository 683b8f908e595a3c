//! Envelopes as a sender composes them and as others read them.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]

use aggregates::words::{Role, Stream};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use litopys::envelope::{ComposeFault, Composed, Draft, Envelope, EnvelopeCode, Expect, Seen, compose, digest, member_pointers};
use litopys::keys::SecretKey;
use proptest::prelude::*;
use serde_json::{Value, json};

const DISCLOSED: [&str; 4] = ["/data/owner/tax_number", "/data/owner/phones/0/number", "/data/owner/phones/1/number", "/data/a~1b"];

fn keys() -> [SecretKey; 2] {
    [1, 2].map(|byte| SecretKey::from_seed(&[byte; 32]))
}

fn stream(text: &str) -> Stream {
    text.parse().unwrap()
}

fn draft() -> Draft {
    Draft {
        id: "01970000-0000-7000-8000-000000000001".parse().unwrap(),
        ledger: "litopys.example/test".to_owned(),
        kind: "legal_entity.register".to_owned(),
        issued_at: "2026-11-23T10:15:30.123Z".parse().unwrap(),
        expect: Some(Expect { stream: stream("legal_entity/01970000-0000-7000-8000-000000000003"), version: 0 }),
        seen: Some(Seen { size: 7, root: [9; 32] }),
        data: json!({
            "name": "Амбулаторія «Здоров’я»",
            "a/b": "slash",
            "owner": {
                "tax_number": "3126509816",
                "phones": [{"type": "mobile", "number": "+380501234567"}, {"type": "work", "number": "+380441234567"}],
            },
        }),
        disclose: DISCLOSED.map(str::to_owned).to_vec(),
    }
}

fn salts() -> impl FnMut(&mut [u8]) {
    let mut next = 0;
    move |salt| {
        next += 1;
        salt.fill(next);
    }
}

fn composed(draft: &Draft) -> Result<Composed, ComposeFault> {
    let [mis, owner] = keys();
    let right = stream("practitioner/01970000-0000-7000-8000-000000000002");
    let system = stream("mis/01970000-0000-7000-8000-000000000004");
    compose(draft, &[(&mis, Role::Mis, Some(system)), (&owner, Role::Owner, Some(right))], salts())
}

#[test]
fn what_is_composed_is_read_back_whole() {
    let draft = draft();
    let composed = composed(&draft).unwrap();
    let envelope = Envelope::parse(composed.body.as_bytes()).unwrap();
    let payload = &envelope.payload;
    assert_eq!(payload.id, draft.id);
    assert_eq!(payload.ledger, draft.ledger);
    assert_eq!(payload.kind, draft.kind);
    assert_eq!(payload.issued_at, draft.issued_at);
    assert_eq!(payload.expect, draft.expect);
    assert_eq!(payload.seen, draft.seen);
    let roles: Vec<_> = payload.signers.iter().map(|one| (one.kid, one.as_)).collect();
    let [mis, owner] = keys();
    assert_eq!(roles, [(mis.kid(), Role::Mis), (owner.kid(), Role::Owner)]);
    assert_eq!(Value::Object(envelope.full_data()), draft.data);
    assert_eq!(
        Value::Object(payload.clear_data()),
        json!({
            "name": "Амбулаторія «Здоров’я»",
            "owner": {"phones": [{"type": "mobile"}, {"type": "work"}]},
        })
    );
    assert_eq!(envelope.disclosures, composed.disclosures);
    for (ordinal, (disclosure, pointer)) in envelope.disclosures.iter().zip(DISCLOSED).enumerate() {
        assert_eq!(disclosure.pointer(), pointer);
        assert_eq!(disclosure.ordinal, ordinal);
        assert_eq!(disclosure.digest, digest(&disclosure.text));
        assert_eq!(draft.data.pointer(&pointer["/data".len()..]), Some(&disclosure.value));
        assert!(envelope.digests.iter().any(|place| place.digest == disclosure.digest && place.object == disclosure.object));
    }
    assert_eq!(envelope.digests.len(), DISCLOSED.len());
}

#[test]
fn an_entry_keeps_the_strings_and_not_the_disclosures() {
    let body = composed(&draft()).unwrap().body;
    let sent = Envelope::parse(body.as_bytes()).unwrap();
    let entry = sent.to_entry();
    for secret in ["3126509816", "+380501234567", "disclosures"] {
        assert!(!entry.to_string().contains(secret));
    }
    let kept = Envelope::from_entry(&entry).unwrap();
    assert_eq!(kept.to_entry(), entry);
    assert!(kept.disclosures.is_empty());
    let [mis, owner] = keys();
    kept.verify_signatures(|kid| [&mis, &owner].into_iter().find(|key| key.kid() == *kid).map(SecretKey::admitted)).unwrap();
    // Whoever was given some of the disclosures can open them.
    let given = [sent.disclosures[2].text.as_str(), sent.disclosures[0].text.as_str()];
    let opened = kept.open(&given).unwrap();
    assert_eq!(opened[0].pointer(), DISCLOSED[2]);
    assert_eq!(opened[1].value, json!("3126509816"));
    let strange = ["W10"];
    let fault = kept.open(&strange).unwrap_err();
    assert_eq!((fault.code, fault.pointer.as_str()), (EnvelopeCode::DisclosureMalformed, "/0"));
    assert_eq!(Envelope { disclosures: sent.disclosures.clone(), ..kept }, sent);

    // As sent it is no entry: the header does not belong there.
    let sent: Value = serde_json::from_str(&body).unwrap();
    let fault = Envelope::from_entry(&sent).unwrap_err();
    assert_eq!((fault.code, fault.pointer.as_str()), (EnvelopeCode::BodyMemberUnknown, "/signatures/0/header"));
}

#[test]
fn the_failing_signature_and_the_unknown_key_are_named() {
    let body = composed(&draft()).unwrap().body;
    let envelope = Envelope::parse(body.as_bytes()).unwrap();
    let [mis, owner] = keys();
    assert_eq!(envelope.unknown_kids(|kid| *kid == mis.kid()), [owner.kid()]);
    let fault = envelope.verify_signatures(|kid| (*kid == mis.kid()).then(|| mis.admitted())).unwrap_err();
    assert_eq!((fault.code, fault.pointer.as_str()), (EnvelopeCode::KeyUnknown, "/signatures/1/protected/kid"));
    assert_eq!(fault.params["kid"], json!(owner.kid()));
    // A lookup that answers with another key is not believed.
    let fault = envelope.verify_signatures(|_| Some(owner.admitted())).unwrap_err();
    assert_eq!((fault.code, &fault.params["index"]), (EnvelopeCode::KeyUnknown, &json!(0)));
}

#[test]
fn a_draft_that_would_be_refused_is_not_composed() {
    let fault = |change: fn(&mut Draft)| {
        let mut draft = draft();
        change(&mut draft);
        composed(&draft).unwrap_err()
    };
    for pointer in ["/data/none", "/data", "/id", "", "/data/owner/phones/0", "/data/owner/tax_number/x"] {
        let mut draft = draft();
        draft.disclose = vec![pointer.to_owned()];
        assert_eq!(composed(&draft), Err(ComposeFault::NoSuchMember(pointer.to_owned())));
    }
    let nested = fault(|draft| draft.disclose.push("/data/owner".to_owned()));
    let ComposeFault::Envelope(nested) = nested else { panic!("{nested}") };
    assert_eq!(nested.code, EnvelopeCode::DisclosureNested);
    assert_eq!(nested.pointer, "/signatures/0/header/disclosures/4/2/_sd");
    let float = fault(|draft| draft.data["rate"] = json!(1.5));
    let ComposeFault::Envelope(float) = float else { panic!("{float}") };
    assert_eq!((float.code, float.pointer.as_str()), (EnvelopeCode::JsonNotInteger, "/data/rate"));
    assert_eq!((&float.params["document"], float.params["offset"].is_u64()), (&json!("payload"), true));
    let list = fault(|draft| {
        draft.data = json!([]);
        draft.disclose.clear();
    });
    let ComposeFault::Envelope(list) = list else { panic!("{list}") };
    assert_eq!((list.code, list.pointer.as_str()), (EnvelopeCode::PayloadWrongType, "/data"));
}

#[test]
fn members_are_listed_with_their_pointers() {
    assert_eq!(
        member_pointers(&json!({"a/b": 1, "list": [{"x": 1}, 2], "o": {"p": {}}})),
        ["/data/a~1b", "/data/list", "/data/list/0/x", "/data/o", "/data/o/p"]
    );
}

#[test]
fn debug_forms_show_no_personal_value() {
    let composed = composed(&draft()).unwrap();
    let envelope = Envelope::parse(composed.body.as_bytes()).unwrap();
    let shown = format!("{composed:?} {envelope:?}");
    assert!(shown.contains("/data/owner/tax_number"));
    for disclosure in &envelope.disclosures {
        assert!(!shown.contains(disclosure.value.as_str().unwrap()));
        assert!(!shown.contains(&disclosure.text));
    }
}

proptest! {
    /// No byte of a body can change without being noticed, save in ways that leave what is signed and disclosed alone.
    #[test]
    fn a_changed_byte_never_changes_what_is_signed(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let body = composed(&draft()).unwrap().body;
        let whole = Envelope::parse(body.as_bytes()).unwrap();
        let mut changed = body.clone().into_bytes();
        let place = place.index(changed.len());
        changed[place] = byte;
        let [mis, owner] = keys();
        let verified = Envelope::parse(&changed).and_then(|envelope| {
            envelope.verify_signatures(|kid| [&mis, &owner].into_iter().find(|key| key.kid() == *kid).map(SecretKey::admitted))?;
            Ok(envelope)
        });
        if let Ok(envelope) = verified {
            prop_assert_eq!(envelope, whole);
        } else {
            prop_assert_ne!(changed, body.into_bytes());
        }
    }
}

/// Defects are added from the last in the documented order to the first; each new one is the one answered.
#[test]
fn of_several_defects_the_first_in_the_documented_order_is_answered() {
    type Change = fn(&mut Value);
    fn in_payload(body: &mut Value, change: Change) {
        let bytes = URL_SAFE_NO_PAD.decode(body["payload"].as_str().unwrap());
        let mut payload = serde_json::from_slice(&bytes.unwrap()).unwrap();
        change(&mut payload);
        body["payload"] = json!(URL_SAFE_NO_PAD.encode(payload.to_string()));
    }
    let steps: [(EnvelopeCode, Change); 8] = [
        (EnvelopeCode::DisclosureMissing, |body| {
            let list = &mut body["signatures"][0]["header"]["disclosures"];
            list.as_array_mut().unwrap().remove(0);
        }),
        (EnvelopeCode::DisclosureNotBase64url, |body| {
            body["signatures"][0]["header"]["disclosures"][1] = json!("=");
        }),
        (EnvelopeCode::BodyWrongType, |body| {
            body["signatures"][0]["header"]["disclosures"][2] = json!(7);
        }),
        (EnvelopeCode::SdAlgUnsupported, |body| {
            in_payload(body, |payload| payload["_sd_alg"] = json!("sha-512"));
        }),
        (EnvelopeCode::SdEmpty, |body| {
            in_payload(body, |payload| payload["data"]["_sd"] = json!([]));
        }),
        (EnvelopeCode::IdMalformed, |body| {
            in_payload(body, |payload| payload["id"] = json!("7"));
        }),
        (EnvelopeCode::SignatureLength, |body| {
            body["signatures"][1]["signature"] = json!("");
        }),
        (EnvelopeCode::BodyMemberUnknown, |body| {
            body["note"] = json!(1);
        }),
    ];
    let mut body: Value = serde_json::from_str(&composed(&draft()).unwrap().body).unwrap();
    for (code, change) in steps {
        change(&mut body);
        let fault = Envelope::parse(body.to_string().as_bytes()).unwrap_err();
        assert_eq!(fault.code, code, "{fault}");
    }
}
