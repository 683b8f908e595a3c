//! A command's data as a whole: clear against disclosed, strangers, order and number of faults.

use aggregates::commands::{self, Spec};
use aggregates::form::{Disclosed, Need, Place, merged};
use aggregates::refusal::{Code, Refusal};
use serde_json::{Map, Value, json};

use super::{faults, listed};
use crate::support::*;

fn read(kind: &str, data: &Map<String, Value>, disclosed: &[Disclosed]) -> Vec<(String, Code)> {
    listed(commands::read(kind, data, Some(disclosed)).map(|_| ()))
}

fn disclosed(object: &str, name: &str, value: Value) -> Disclosed {
    Disclosed { object: object.into(), name: name.into(), value, digest: hash(name) }
}

#[test]
fn the_reverse_of_what_the_table_says_is_refused() {
    let (data, hidden) = split("patient.register", patient_register("maria", "1990-01-02"), 0);
    let mut told = data.clone();
    told.insert("last_name".into(), json!("Шевченко"));
    assert_eq!(read("patient.register", &told, &hidden), [("/data/last_name".into(), Code::MustBeDisclosed)]);
    let without: Vec<Disclosed> = hidden.iter().filter(|one| one.name != "last_name").cloned().collect();
    assert_eq!(read("patient.register", &told, &without), [("/data/last_name".into(), Code::MustBeDisclosed)]);
    assert_eq!(read("patient.register", &data, &without), [("/data/last_name".into(), Code::Required)]);
    let mut secret = hidden.clone();
    secret.push(disclosed("/data", "authentication", json!("code")));
    assert_eq!(read("patient.register", &data, &secret), [("/data/authentication".into(), Code::MustBeClear)]);
    let mut bare = data.clone();
    bare.remove("authentication");
    assert_eq!(read("patient.register", &bare, &secret), [("/data/authentication".into(), Code::MustBeClear)]);
}

#[test]
fn every_disclosed_member_is_refused_in_clear_and_every_clear_one_in_a_disclosure() {
    for (kind, whole) in examples() {
        let (data, hidden) = split(kind, whole.clone(), 0);
        for member in Spec::named(kind).unwrap().members {
            let Some(value) = whole.get(member.name) else { continue };
            let (mut data, mut hidden) = (data.clone(), hidden.clone());
            let expected = if member.place == Place::Disclosed {
                hidden.retain(|one| one.name != member.name || one.object != "/data");
                data.insert(member.name.into(), value.clone());
                Code::MustBeDisclosed
            } else {
                data.remove(member.name);
                // What is hidden whole takes nothing hidden below it along.
                hidden.retain(|one| !one.object.starts_with(&format!("/data/{}", member.name)));
                hidden.push(disclosed("/data", member.name, value.clone()));
                Code::MustBeClear
            };
            assert_eq!(read(kind, &data, &hidden), [(format!("/data/{}", member.name), expected)], "{kind}");
        }
    }
}

#[test]
fn every_required_member_is_missed() {
    for (kind, whole) in examples() {
        for member in Spec::named(kind).unwrap().members.iter().filter(|member| member.need == Need::Required) {
            let mut less = whole.clone();
            less.as_object_mut().unwrap().remove(member.name);
            assert_eq!(faults(kind, &less), [(format!("/data/{}", member.name), Code::Required)], "{kind}");
        }
    }
}

#[test]
fn strangers_and_repetitions_are_refused_clear_or_disclosed() {
    for (kind, whole) in examples() {
        let (mut data, mut hidden) = split(kind, whole, 0);
        hidden.push(disclosed("/data", "hidden", json!(1)));
        data.insert("extra".into(), json!(1));
        let expected = [("/data/extra".into(), Code::UnknownMember), ("/data/hidden".into(), Code::UnknownMember)];
        assert_eq!(read(kind, &data, &hidden), expected, "{kind}");
    }
    let (data, mut hidden) = split("patient.register", patient_register("maria", "1990-01-02"), 0);
    hidden.push(disclosed("/data", "last_name", json!("Інша")));
    assert_eq!(read("patient.register", &data, &hidden), [("/data/last_name".into(), Code::Duplicate)]);
}

#[test]
fn faults_stand_in_the_order_of_the_table_and_are_32_at_most() {
    let mut data = patient_register("maria", "1990-01-02");
    data["secret"] = json!("x");
    data["patient"] = json!("x");
    data["birth_date"] = json!("x");
    let found: Vec<String> = faults("patient.register", &data).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(found, ["/data/patient", "/data/birth_date", "/data/secret"]);

    let mut many = legal_entity("clinic");
    many["kveds"] = json!(vec!["x"; 50]);
    let found = faults("legal_entity.register", &many);
    assert_eq!(found.len(), Refusal::MAX_FAULTS);
    assert_eq!(found[31], ("/data/kveds/31".into(), Code::BadFormat));

    // The faults of rules across members are as many at most.
    let mut phones = enrol_patient("k", "maria", "1990-01-02");
    phones["patient"]["documents"] = json!(vec![json!({"type": "passport", "number": "1"}); 8]);
    let found = faults("key.enrol", &phones);
    assert_eq!(found.len(), 15, "eight numbers and seven repeated types");
    let mut names = genesis(&["one"]);
    names["policy"]["regulator_quorum"]["commands"] = json!(vec!["no.such"; 50]);
    assert_eq!(faults("genesis", &names).len(), Refusal::MAX_FAULTS);
}

#[test]
fn a_payload_alone_is_read_without_its_disclosures() {
    for (kind, whole) in examples() {
        let (data, hidden) = split(kind, whole.clone(), 0);
        let read = commands::read(kind, &data, Some(&hidden)).unwrap();
        assert_eq!(commands::read(kind, &data, None).unwrap(), read, "{kind}");
        assert_eq!(merged(&data, &hidden), whole, "{kind}: what was taken out is put back");
    }
}

/// Good data of every command.
pub fn examples() -> Vec<(&'static str, Value)> {
    let all = vec![
        ("genesis", genesis(&["one", "two"])),
        ("policy.set", json!({"policy": genesis(&["one"])["policy"]})),
        ("auditor.admit", auditor_admit("auditor")),
        ("trust_provider.accredit", trust_provider_accredit("trust")),
        ("mis.apply", mis_apply("mis")),
        ("mis.record_test", mis_record_test("mis", true)),
        ("mis.accredit", mis_accredit("mis")),
        ("mis.suspend", mis_suspend("mis")),
        ("mis.reinstate", mis_reinstate("mis")),
        ("key.enrol", enrol_patient("k", "maria", "1990-01-02")),
        ("key.revoke", key_revoke("k")),
        ("legal_entity.register", legal_entity("clinic")),
        ("legal_entity.verify", legal_entity_verify("clinic")),
        ("division.open", division_open("division")),
        ("employee.invite", invite_doctor("post", "doctor", "division", &["therapist"])),
        ("employee.accept", accept("post")),
        ("employee.dismiss", dismiss("post")),
        ("patient.register", patient_register("maria", "1990-01-02")),
        ("declaration_request.create", request_create("r", "maria", "post", "division")),
        ("declaration_request.send_code", request("r", "maria")),
        ("declaration_request.confirm_by_code", confirm_by_code("r", "maria", "123456")),
        ("declaration_request.confirm_by_key", request("r", "maria")),
        ("declaration.sign", declaration_sign("r", "maria", "post", "division")),
        ("declaration.terminate", terminate("r", "maria", "fraud")),
    ];
    assert_eq!(all.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), Spec::ALL.iter().map(|spec| spec.name).collect::<Vec<_>>());
    all
}
