//! Payloads of the present system become commands: each fault of a payload is refused by name, corrected, and the last
//! version accepted and read back member for member.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../common/mod.rs"]
mod common;
mod walk;
mod world;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aggregates::form::Place;
use litopys::intake::{self, Source, TABLE, To, leaves, place};
use serde_json::{Value, json};

use walk::{Payloads, fault, walk};

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn ours(file: &str) -> Value {
    read(&common::shared::root().join("tests/data").join(format!("ehealth_{file}")))
}

/// Our own payloads, with faults of our own.
#[tokio::test]
async fn our_own_payloads_are_corrected_and_taken() {
    let payloads = Payloads {
        legal_entity: ours("legal_entity.json"),
        owner_faults: vec![
            vec![fault("/owner/tax_id", json!("2911513566"), "bad_check_digit", "/data/practitioner/tax_id")],
            vec![fault("/owner/documents/0/number", json!("КА118200"), "bad_format", "/data/practitioner/documents/0/number")],
        ],
        legal_entity_faults: vec![
            vec![
                fault("/legal_form", json!("150"), "not_in_list", "/data/legal_form"),
                fault("/edrpou", json!("21560766"), "bad_check_digit", "/data/edrpou"),
                fault("/addresses/0/zip", json!("82400"), "bad_format", "/data/addresses/0/zip"),
            ],
            vec![fault("/medical_service_provider/licenses/0/expiry_date", json!("2028-05-31"), "date_order", "/data/licence/expiry_date")],
        ],
        edrpou: "21560766",
        request: ours("declaration_request.json"),
        patient_faults: vec![
            vec![
                fault("/process_disclosure_data_consent", json!(true), "must_be_true", "/data/data_processing_consent"),
                fault("/tax_id", json!("4396412344"), "bad_check_digit", "/data/tax_id"),
                fault("/addresses/0/settlement_type", json!("VILLAGE"), "not_in_list", "/data/addresses/0/settlement_type"),
                fault("/authentication_methods/0/phone_number", json!("+380671234567"), "bad_format", "/data/code_phone"),
                fault("/secret", json!("маківка"), "too_short", "/data/secret"),
            ],
            vec![fault("/confidant_person/0/relation_type", json!("PRIMARY"), "exactly_one", "/data/representatives")],
            vec![fault("/documents/0/type", json!("BIRTH_CERTIFICATE"), "birth_certificate_needed", "/data/documents")],
        ],
    };
    let mut with_another_document = payloads;
    // A certificate that is none, of a form that both kinds have.
    with_another_document.request["declaration_request"]["person"]["documents"][0]["type"] = json!("TEMPORARY_PASSPORT");
    walk(with_another_document).await;
}

/// The payloads that the real system's own tests send.
#[tokio::test]
async fn the_real_systems_own_payloads_are_corrected_and_taken() {
    let files = ["legal_entity.json", "declaration_request.json"].map(|file| common::shared::file(&format!("data/ehealth/{file}")));
    let [Some(legal_entity), Some(request)] = files else { return };
    let payloads = Payloads {
        legal_entity: read(&legal_entity),
        owner_faults: vec![vec![fault(
            "/owner/documents/0/number",
            json!("АЯ120518"),
            "bad_format",
            "/data/practitioner/documents/0/number",
        )]],
        legal_entity_faults: vec![vec![
            fault("/legal_form", json!("140"), "not_in_list", "/data/legal_form"),
            fault("/edrpou", json!("37367380"), "bad_check_digit", "/data/edrpou"),
            fault("/medical_service_provider/accreditation/category", json!("SECOND"), "not_in_list", "/data/accreditation/category"),
        ]],
        edrpou: "37367380",
        request: read(&request),
        patient_faults: vec![],
    };
    walk(payloads).await;
}

#[test]
fn the_page_says_what_the_table_says() {
    let path = common::shared::root().join("docs/intake.md");
    let page = intake::document();
    if std::env::var_os("LITOPYS_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, &page).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == page, "docs/intake.md: LITOPYS_BLESS=1 writes it anew");
}

#[test]
fn every_row_leads_to_a_member_of_the_law_and_none_is_said_twice() {
    let mut seen = BTreeSet::new();
    for row in TABLE {
        if let To::Member(command, member, _) = row.to {
            assert!(place(command, &format!("/data/{member}")).is_some(), "{command} has no member {member}");
            assert!(seen.insert((row.source.file(), command, member)), "{} leads to {member} a second time", row.path);
        }
    }
    assert_eq!(place("patient.register", "/data/phones/0/number"), Some(Place::Disclosed));
    assert_eq!(place("legal_entity.register", "/data/phones/*/number"), Some(Place::Clear));
    for nowhere in ["/data/none", "/data/name/x", "/data", "name"] {
        assert_eq!(place("legal_entity.register", nowhere), None, "{nowhere}");
    }
}

#[test]
fn every_member_of_a_payload_is_mapped_or_listed() {
    let ids = [uuid(1), uuid(2), uuid(3)];
    for source in [Source::LegalEntity, Source::DeclarationRequest] {
        let payload = ours(source.file());
        let all = leaves(&payload);
        for (path, _) in &all {
            assert!(TABLE.iter().any(|row| row.source == source && row.speaks_of(path)), "{path:?}");
        }
        // A member more is an error, wherever it stands.
        for (path, _) in all {
            let mut more = payload.clone();
            let object = &path[..path.len() - 1];
            let pointer: String = object.iter().map(|step| format!("/{step}")).collect();
            let Some(Value::Object(members)) = more.pointer_mut(&pointer) else { continue };
            members.insert("color".into(), json!("green"));
            let taken = match source {
                Source::LegalEntity => intake::legal_entity(&more, ids[0], ids[1]),
                Source::DeclarationRequest => intake::declaration_request(&more, ids[0], ids[1], ids[2]),
            };
            // Below a list that is left as a whole everything is left.
            let below_left = TABLE.iter().any(|row| matches!(row.to, To::Left(_)) && row.path.ends_with("**") && row.speaks_of(&path));
            match taken {
                Err(intake::IntakeError::Unknown(unknown)) => assert_eq!(unknown, [format!("{pointer}/color")]),
                Ok(taken) => assert!(below_left && taken.left.iter().any(|left| left.pointer == format!("{pointer}/color")), "{pointer}"),
            }
        }
    }
}

#[test]
fn a_sole_proprietors_code_is_his_tax_number_and_a_community_is_told_from_the_state() {
    let taken = |form: &str| {
        let mut payload = ours("legal_entity.json");
        payload["legal_form"] = json!(form);
        intake::legal_entity(&payload, uuid(1), uuid(2)).unwrap_or_else(|error| panic!("{error}"))
    };
    let sole = taken("910");
    assert_eq!(
        (&sole.data["ownership"], &sole.data["tax_id"], sole.data.get("edrpou")),
        (&json!("sole_proprietor"), &json!("21560765"), None)
    );
    assert_eq!(sole.disclose, ["/data/tax_id"]);
    for (form, ownership) in [("150", "communal"), ("430", "communal"), ("140", "state"), ("ПІДПРИЄМЕЦЬ", "state")] {
        let company = taken(form);
        assert_eq!(
            (&company.data["ownership"], &company.data["edrpou"], company.data.get("tax_id")),
            (&json!(ownership), &json!("21560765"), None)
        );
        assert_eq!(company.data["legal_form"], form, "passed on as it is");
        assert!(company.disclose.is_empty());
    }
}

fn uuid(last: u8) -> uuid::Uuid {
    let mut bytes = [0; 16];
    bytes[15] = last;
    uuid::Uuid::from_bytes(bytes)
}
