//! Requests, signatures, replacements, ends.

use aggregates::patient::DeclarationStatus;
use aggregates::refusal::Code;
use serde_json::json;

use crate::support::*;

// scenarios 28, 49
#[test]
fn from_registration_to_a_declaration_in_force() {
    let mut world = World::practice();
    world.patient("maria", "1990-01-02");
    let signed = world.declared("r1", "maria", "doctor");
    assert_eq!(signed.kinds(), ["declaration.signed"]);
    assert_eq!(
        signed.data(0),
        json!({
            "declaration": id("r1 declaration"), "request": id("r1"), "employee": id("doctor post"), "practitioner": id("doctor"),
            "legal_entity": id("clinic"), "division": id("clinic division"), "start": "2026-03-01", "term": {"last_day": "2066-03-01"},
            "status": "active",
        })
    );
    assert_eq!(world.registry.declarations_total(world.now.date()), (1, 1));
    // scenario 55: again is no second declaration
    refused(world.sign("r1", "maria", "doctor"), Code::RequestState, "/data/request");
}

// scenario 53
#[test]
fn a_new_declaration_ends_the_old_one_first() {
    let mut world = World::practice();
    world.doctor("colleague", "clinic", &["therapist"]);
    world.patient("maria", "1990-01-02");
    world.declared("r1", "maria", "doctor");
    let signed = world.declared("r2", "maria", "colleague");
    assert_eq!(signed.kinds(), ["declaration.terminated", "declaration.signed"]);
    assert_eq!(signed.events[0].version + 1, signed.events[1].version);
    let by = json!({"as": "doctor", "of": format!("employee/{}", id("colleague post"))});
    assert_eq!(signed.data(0), json!({"declaration": id("r1 declaration"), "reason": "replaced", "by": by, "on": "2026-03-01"}));
    assert_eq!(world.registry.declarations_total(world.now.date()), (2, 1));
    let ended = world.send("declaration.terminate", terminate("r1", "maria", "fraud"), &[regulator("regulator")]);
    refused(ended, Code::DeclarationState, "/data/declaration");
}

// scenario 54
#[test]
fn a_signature_refused_leaves_the_old_declaration() {
    let mut world = World::practice();
    world.doctor("colleague", "clinic", &["therapist"]);
    world.patient("maria", "1990-01-02");
    world.declared("r1", "maria", "doctor");
    world.confirmed("r2", "maria", "colleague");
    let digest = world.registry.digest();
    // Only the doctor named signs.
    let content = declaration_sign("r2", "maria", "colleague post", "clinic division");
    refused(world.send("declaration.sign", content, &[mis("mis"), doctor("doctor")]), Code::NotNamedDoctor, "/signers");
    let mut content = declaration_sign("r2", "maria", "colleague post", "clinic division");
    content["declaration"] = json!(id("another"));
    refused(world.send("declaration.sign", content, &[mis("mis"), doctor("colleague")]), Code::ContentMismatch, "/data/declaration");
    let mut content = declaration_sign("r2", "maria", "colleague post", "clinic division");
    content["patient_signed"] = json!(false);
    refused(world.send("declaration.sign", content, &[mis("mis"), doctor("colleague")]), Code::FormInvalid, "/data/patient_signed");
    assert_eq!(world.registry.digest(), digest);
}

// scenarios 31, 38
#[test]
fn age_is_taken_anew_at_the_signature() {
    let mut world = World::practice();
    world.doctor("paediatrician", "clinic", &["paediatrician"]);
    world.doctor("therapist", "clinic", &["therapist"]);
    // 17 on 1 March 2026, 18 on the next day
    world.must("patient.register", patient_register("youth", "2008-03-02"), &[mis("mis"), doctor("doctor")]);
    let create = |name: &str, who: &str| request_create(name, "youth", &format!("{who} post"), "clinic division");
    let to_therapist = world.send("declaration_request.create", create("r0", "therapist"), &[mis("mis"), doctor("therapist")]);
    refused(to_therapist, Code::AgeAgainstSpeciality, "/data/employee");
    world.confirmed("r1", "youth", "paediatrician");
    let mut later = world.clone();
    let signed = world.sign("r1", "youth", "paediatrician").unwrap();
    // The day of majority would tell the birth date, so the entry says only that there is one.
    assert_eq!(signed.data(0)["term"], json!({"last_day": "2066-03-01", "at_majority": true}));
    later.now = at("2026-03-02T00:00:00Z");
    refused(later.sign("r1", "youth", "paediatrician"), Code::AgeAgainstSpeciality, "/data/employee");
    later.confirmed("r2", "youth", "therapist");
    assert_eq!(later.sign("r2", "youth", "therapist").unwrap().data(0)["term"], json!({"last_day": "2066-03-02"}));
}

#[test]
fn somebody_born_on_a_leap_day_is_of_age_on_1_march() {
    let mut world = World::practice_at("2026-02-28T23:59:59.999Z");
    world.doctor("therapist", "clinic", &["therapist"]);
    world.must("patient.register", patient_register("leap", "2008-02-29"), &[mis("mis"), doctor("doctor")]);
    let create = || request_create("r1", "leap", "therapist post", "clinic division");
    let early = world.send("declaration_request.create", create(), &[mis("mis"), doctor("therapist")]);
    refused(early, Code::AgeAgainstSpeciality, "/data/employee");
    world.now = at("2026-03-01T00:00:00Z");
    world.must("declaration_request.create", create(), &[mis("mis"), doctor("therapist")]);
}

// scenario 47
#[test]
fn a_request_lapses_with_its_term_confirmed_or_not() {
    let mut world = World::practice();
    world.patient("maria", "1990-01-02");
    let made = world.now;
    world.confirmed("r1", "maria", "doctor");
    world.now = made.plus_seconds(86_400);
    refused(world.sign("r1", "maria", "doctor"), Code::RequestState, "/data/request");
    // What has lapsed is not cancelled as well.
    let next = request_create("r2", "maria", "doctor post", "clinic division");
    let created = world.must("declaration_request.create", next, &[mis("mis"), doctor("doctor")]);
    assert_eq!(created.kinds(), ["declaration_request.created"]);
}

// scenario 61
#[test]
fn past_its_last_day_a_declaration_counts_as_closed() {
    let mut world = World::practice_with(|policy| {
        policy.declaration_term_days = 2;
        policy.limits.family_doctor = 1;
    });
    world.patient("maria", "1990-01-02");
    world.patient("oksana", "1991-01-02");
    world.declared("r1", "maria", "doctor");
    world.now = at("2026-03-03T23:00:00Z");
    let declaration = |world: &World| world.registry.patient(id("maria")).state.declaration(id("r1 declaration")).unwrap().clone();
    assert_eq!(declaration(&world).status_on(world.now.date()), DeclarationStatus::Active, "the last day is one of force");
    world.now = at("2026-03-04T00:00:00Z");
    assert_eq!(declaration(&world).status_on(world.now.date()), DeclarationStatus::Closed);
    let late = world.send("declaration.terminate", terminate("r1", "maria", "fraud"), &[regulator("regulator")]);
    assert_eq!(late.as_ref().unwrap_err().params["status"], "closed");
    refused(late, Code::DeclarationState, "/data/declaration");
    // It takes no place at the doctor, and what follows it does not replace it.
    assert_eq!(world.declared("r2", "maria", "doctor").kinds(), ["declaration.signed"]);
    // Nor does the end of the post end it again; the patient's stream has one event.
    let dismissed = world.must("employee.dismiss", dismiss("doctor post"), &[mis("mis"), world.head("clinic")]);
    assert_eq!(dismissed.kinds(), ["employee.dismissed", "declaration.terminated"]);
    assert_eq!(dismissed.data(1)["declaration"], json!(id("r2 declaration")));
}

// scenarios 58, 75
#[test]
fn ends_by_patient_doctor_and_regulator() {
    let base = {
        let mut world = World::practice();
        world.doctor("colleague", "clinic", &["family_doctor"]);
        world.patient("maria", "1990-01-02");
        world.patient("oksana", "1990-01-02");
        for name in ["maria", "oksana"] {
            world.must("key.enrol", enrol_patient(name, name, "1990-01-02"), &[trust("trust"), holder(name)]);
        }
        world.declared("r1", "maria", "doctor");
        world
    };
    let applied = |reason: &str| {
        let mut data = terminate("r1", "maria", reason);
        data["application"] = json!("Прошу припинити декларацію");
        data
    };
    let bare = |reason: &str| terminate("r1", "maria", reason);
    let own = vec![mis("mis"), patient("maria")];
    let named = vec![mis("mis"), doctor("doctor")];
    for (data, signers, by) in [
        (bare("patient_application"), own.clone(), "patient"),
        (bare("moved_away"), own.clone(), "patient"),
        (applied("patient_application"), named.clone(), "doctor"),
        (bare("regulator_decision"), vec![regulator("regulator")], "regulator"),
        (bare("fraud"), vec![regulator("regulator")], "regulator"),
    ] {
        let mut world = base.clone();
        let (reason, attached) = (data["reason"].clone(), data.get("application").is_some());
        let ended = world.must("declaration.terminate", data, &signers);
        assert_eq!((ended.kinds(), &ended.data(0)["reason"]), (vec!["declaration.terminated".into()], &reason));
        assert_eq!(ended.data(0)["by"]["as"], by);
        assert_eq!(ended.facts().application_attached, Some(attached));
    }
    for (data, signers, code, pointer) in [
        (bare("fraud"), own, Code::ReasonNotAllowed, "/data/reason"),
        (bare("patient_application"), vec![mis("mis"), patient("oksana")], Code::SignerNotEntitled, "/signers"),
        (bare("patient_application"), named.clone(), Code::ApplicationNeeded, "/data/application"),
        (applied("fraud"), named, Code::ReasonNotAllowed, "/data/reason"),
        (applied("moved_away"), vec![mis("mis"), doctor("colleague")], Code::NotNamedDoctor, "/signers"),
        (bare("moved_away"), vec![regulator("regulator")], Code::ReasonNotAllowed, "/data/reason"),
        (bare("fraud"), vec![mis("mis"), regulator("regulator")], Code::AuthorityMissing, "/signers"),
    ] {
        refused(base.clone().send("declaration.terminate", data, &signers), code, pointer);
    }
}

#[test]
fn a_patient_with_a_key_does_it_all_himself() {
    let mut world = World::practice();
    world.patient("oksana", "1990-01-02");
    world.must("key.enrol", enrol_patient("maria", "maria", "1990-01-02"), &[trust("trust"), holder("maria")]);
    let own = [mis("mis 2"), patient("maria")];
    world.must("patient.register", patient_register("maria", "1990-01-02"), &own);
    let foreign = request_create("r1", "oksana", "doctor post", "clinic division");
    refused(world.send("declaration_request.create", foreign, &own), Code::SignerNotEntitled, "/signers");
    world.must("declaration_request.create", request_create("r1", "maria", "doctor post", "clinic division"), &own);
    refused(world.send("declaration_request.confirm_by_key", request("r1", "oksana"), &own), Code::SignerNotEntitled, "/signers");
    world.must("declaration_request.confirm_by_key", request("r1", "maria"), &own);
    world.sign("r1", "maria", "doctor").unwrap();
}

#[test]
fn what_is_not_there_is_not_found() {
    let mut world = World::practice();
    world.patient("maria", "1990-01-02");
    let staff = [mis("mis"), doctor("doctor")];
    let create = |patient: &str, employee: &str, division: &str| request_create("r1", patient, employee, division);
    for (data, pointer) in [
        (create("nobody", "doctor post", "clinic division"), "/data/patient"),
        (create("maria", "nobody", "clinic division"), "/data/employee"),
        (create("maria", "doctor post", "nowhere"), "/data/division"),
    ] {
        refused(world.send("declaration_request.create", data, &staff), Code::NotFound, pointer);
    }
    let none = world.send("declaration.sign", declaration_sign("r1", "maria", "doctor post", "clinic division"), &staff);
    refused(none, Code::NotFound, "/data/request");
    let none = world.send("declaration.sign", declaration_sign("r1", "nobody", "doctor post", "clinic division"), &staff);
    refused(none, Code::NotFound, "/data/patient");
    let none = world.send("declaration.terminate", terminate("r1", "maria", "fraud"), &[regulator("regulator")]);
    refused(none, Code::NotFound, "/data/declaration");
    refused(world.send("mis.record_test", mis_record_test("nobody", true), &[regulator("regulator")]), Code::NotFound, "/data/mis");
    refused(world.send("no.such", json!({}), &staff), Code::UnknownCommand, "/type");
}
