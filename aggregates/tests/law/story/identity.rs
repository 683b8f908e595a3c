//! Who a patient is.

use aggregates::commands::Signer;
use aggregates::facts::Match;
use aggregates::identity::patient_keys;
use aggregates::refusal::Code;
use aggregates::words::StreamType;
use serde_json::json;

use crate::support::*;

fn staff() -> [Signer; 2] {
    [mis("mis"), doctor("doctor")]
}

#[test]
fn a_known_patient_is_recognised_and_nothing_on_file_changes() {
    let mut world = World::practice();
    world.patient("maria", "1990-01-02");
    let before = world.registry.patient(id("maria")).state;
    let mut data = patient_register("maria", "1990-01-02");
    data["patient"] = json!(id("another id"));
    data["code_phone"] = json!(phone("fraudster"));
    data["documents"] = json!([{"type": "passport", "number": passport("fraudster")}]);
    let recognised = world.must("patient.register", data, &staff());
    assert_eq!(recognised.kinds(), ["patient.recognised"]);
    assert_eq!(recognised.events[0].stream, stream(StreamType::Patient, "maria"));
    assert_eq!(recognised.facts().patient_match, Some(Match::One(id("maria"))));
    assert_eq!(world.registry.patient(id("maria")).state, before);
    assert_eq!(world.value(stream(StreamType::Patient, "maria"), "code_phone"), Some(json!(phone("maria"))));
    // The document of another is not tied to her: its holder becomes a patient of his own.
    let other = world.must("patient.register", patient_register("fraudster", "1990-01-02"), &staff());
    assert_eq!(other.kinds(), ["patient.registered"]);
}

#[test]
fn several_patients_of_one_identity_are_the_regulators_case() {
    let mut world = World::practice();
    world.patient("maria", "1990-01-02");
    world.patient("oksana", "1990-01-02");
    let mut data = patient_register("maria", "1990-01-02");
    data["patient"] = json!(id("third"));
    data["documents"] = json!([{"type": "passport", "number": passport("oksana")}]);
    refused(world.send("patient.register", data, &staff()), Code::PatientAmbiguous, "/data");
    let mut enrol = enrol_patient("k", "maria", "1990-01-02");
    enrol["patient"]["documents"] = json!([{"type": "passport", "number": passport("oksana")}]);
    let result = world.send("key.enrol", enrol, &[trust("trust"), holder("k")]);
    refused(result, Code::PatientAmbiguous, "/data/patient");
}

#[test]
fn an_id_is_used_once() {
    let mut world = World::practice();
    world.patient("maria", "1990-01-02");
    let mut data = patient_register("oksana", "1990-01-02");
    data["patient"] = json!(id("maria"));
    refused(world.send("patient.register", data, &staff()), Code::IdTaken, "/data/patient");
    let mut enrol = enrol_patient("k", "oksana", "1990-01-02");
    enrol["patient"]["id"] = json!(id("maria"));
    refused(world.send("key.enrol", enrol, &[trust("trust"), holder("k")]), Code::IdTaken, "/data/patient/id");
}

#[test]
fn a_key_is_bound_to_the_patient_registered_before() {
    let mut world = World::practice();
    world.patient("maria", "1990-01-02");
    let mut enrol = enrol_patient("maria", "maria", "1990-01-02");
    enrol["patient"]["id"] = json!(id("another id"));
    let bound = world.must("key.enrol", enrol, &[trust("trust"), holder("maria")]);
    assert_eq!(bound.kinds(), ["key.enrolled", "patient.recognised"]);
    assert_eq!(bound.data(0)["holder"], json!(format!("patient/{}", id("maria"))));
    let own = world.send("patient.register", patient_register("maria", "1990-01-02"), &[mis("mis"), patient("maria")]);
    refused(own, Code::IdTaken, "/data/patient");
}

#[test]
fn an_enrolled_patient_completes_his_own_registration() {
    let mut world = World::practice();
    let enrolled = world.must("key.enrol", enrol_patient("maria", "maria", "1990-01-02"), &[trust("trust"), holder("maria")]);
    assert_eq!(enrolled.kinds(), ["key.enrolled", "patient.created"]);
    // Neither consent nor residence is on file yet.
    let create = || request_create("r1", "maria", "doctor post", "clinic division");
    let own = [mis("mis"), patient("maria")];
    refused(world.send("declaration_request.create", create(), &own), Code::PatientState, "/data/patient");
    // Staff who know the identity recognise him; what is his to complete stays so.
    let recognised = world.must("patient.register", patient_register("maria", "1990-01-02"), &staff());
    assert_eq!(recognised.kinds(), ["patient.recognised"]);
    let other = world.send("patient.register", patient_register("oksana", "1990-01-02"), &own);
    refused(other, Code::SignerNotEntitled, "/signers");
    let registered = world.must("patient.register", patient_register("maria", "1990-01-02"), &own);
    assert_eq!(registered.kinds(), ["patient.registered"]);
    world.must("declaration_request.create", create(), &own);
}

#[test]
fn his_own_registration_is_of_the_identity_he_was_enrolled_with() {
    let mut world = World::practice();
    world.patient("oksana", "1990-01-02");
    world.must("key.enrol", enrol_patient("maria", "maria", "1990-01-02"), &[trust("trust"), holder("maria")]);
    let own = [mis("mis"), patient("maria")];
    for identity in ["oksana", "nobody yet"] {
        let mut data = patient_register(identity, "1990-01-02");
        data["patient"] = json!(id("maria"));
        refused(world.send("patient.register", data, &own), Code::IdentityMismatch, "/data");
    }
    let mut mixed = patient_register("maria", "1990-01-02");
    mixed["tax_id"] = json!(rnokpp("oksana"));
    refused(world.send("patient.register", mixed, &own), Code::PatientAmbiguous, "/data");
}

// scenario 34
#[test]
fn a_phone_serves_as_many_patients_as_policy_lets() {
    let mut world = World::practice_with(|policy| policy.patients_per_phone = 2);
    let on_one_phone = |name: &str| {
        let mut data = patient_register(name, "1990-01-02");
        data["code_phone"] = json!(phone("family"));
        data
    };
    world.must("patient.register", on_one_phone("one"), &staff());
    world.must("patient.register", on_one_phone("two"), &staff());
    // Recognition counts nobody twice.
    world.must("patient.register", on_one_phone("two"), &staff());
    let third = world.send("patient.register", on_one_phone("three"), &staff());
    refused(third, Code::PhoneReused, "/data/code_phone");
    world.must("key.enrol", enrol_patient("three", "three", "1990-01-02"), &[trust("trust"), holder("three")]);
    let third = world.send("patient.register", on_one_phone("three"), &[mis("mis"), patient("three")]);
    refused(third, Code::PhoneReused, "/data/code_phone");
}

// scenarios 30, 32
#[test]
fn a_child_has_a_representative_and_a_birth_certificate() {
    let mut world = World::practice();
    let born = "2012-03-02"; // 13 on the day, 14 on the next
    world.must("patient.register", child_register("child", born), &staff());
    let mut alone = child_register("alone", born);
    alone.as_object_mut().unwrap().remove("representatives");
    refused(world.send("patient.register", alone.clone(), &staff()), Code::RepresentativeNeeded, "/data/representatives");
    let mut passport_only = child_register("passport", born);
    passport_only["documents"] = patient_register("passport", born)["documents"].clone();
    refused(world.send("patient.register", passport_only, &staff()), Code::BirthCertificateNeeded, "/data/documents");
    world.now = world.now.plus_seconds(86_400);
    world.must("patient.register", alone, &staff());
}

#[test]
fn under_14_nobody_acts_for_himself() {
    let mut world = World::practice();
    world.must("patient.register", child_register("child", "2012-03-02"), &staff());
    let mut enrol = enrol_patient("child", "child", "2012-03-02");
    enrol["patient"]["documents"] = child_register("child", "2012-03-02")["documents"].clone();
    world.must("key.enrol", enrol, &[trust("trust"), holder("child")]);
    let own = [mis("mis"), patient("child")];
    let create = || request_create("r1", "child", "doctor post", "clinic division");
    refused(world.send("declaration_request.create", create(), &own), Code::SignerNotEntitled, "/signers");
    world.must("declaration_request.create", create(), &staff());
    refused(world.send("declaration_request.confirm_by_key", request("r1", "child"), &own), Code::SignerNotEntitled, "/signers");
    world.must("declaration_request.send_code", request("r1", "child"), &staff());
    let code = world.code("r1").digits;
    world.must("declaration_request.confirm_by_code", confirm_by_code("r1", "child", &code), &staff());
    world.sign("r1", "child", "doctor").unwrap();
    let end = || terminate("r1", "child", "moved_away");
    refused(world.send("declaration.terminate", end(), &own), Code::SignerNotEntitled, "/signers");
    world.now = world.now.plus_seconds(86_400);
    world.must("declaration.terminate", end(), &own);
}

// V30
#[test]
fn birth_dates_are_of_the_living() {
    let mut world = World::practice();
    for (born, good) in [("2026-03-01", true), ("2026-03-02", false), ("1875-03-02", true), ("1875-03-01", false)] {
        let result = world.send("patient.register", child_register(&format!("born {born}"), born), &staff());
        if good {
            // 150 completed years are the limit.
            assert!(result.is_ok(), "{born}: {result:?}");
        } else {
            refused(result, Code::BirthDateImplausible, "/data/birth_date");
        }
    }
    let mut data = child_register("c", "2020-01-01");
    data["representatives"][0]["birth_date"] = json!("2030-01-01");
    refused(world.send("patient.register", data, &staff()), Code::BirthDateImplausible, "/data/representatives/0/birth_date");
    for (who, data) in [
        ("patient", enrol_patient("k", "k", "2026-03-02")),
        ("practitioner", {
            let mut data = enrol_practitioner("k", "k", &[]);
            data["practitioner"]["birth_date"] = json!("2026-03-02");
            data
        }),
    ] {
        let result = world.send("key.enrol", data, &[trust("trust"), holder("k")]);
        refused(result, Code::BirthDateImplausible, &format!("/data/{who}/birth_date"));
    }
}

#[test]
fn identity_keys_are_of_one_person_only() {
    let person = patient_register("maria", "1990-01-02");
    let keys = patient_keys(&person);
    assert_eq!(keys.len(), 2);
    let mut twin = person.clone();
    twin["birth_date"] = json!("1990-01-03");
    assert!(patient_keys(&twin).iter().all(|key| !keys.contains(key)));
}

#[test]
fn without_a_birth_date_on_file_nobody_can_tell_the_age() {
    let mut world = World::practice();
    world.patient("maria", "1990-01-02");
    world.confirmed("r1", "maria", "doctor");
    world.forget_values(stream(StreamType::Patient, "maria"));
    refused(world.sign("r1", "maria", "doctor"), Code::PatientUnidentified, "/data/patient");
    let create = request_create("r2", "maria", "doctor post", "clinic division");
    refused(world.send("declaration_request.create", create, &staff()), Code::PatientUnidentified, "/data/patient");
}
