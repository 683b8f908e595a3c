//! A patient's declaration requests and their codes.

use aggregates::facts::AgeClass::{self, Adult, From14To17, Under14};
use aggregates::patient::{Confirmation, NewRequest, Patient, PatientCommand, PatientEvent};
use aggregates::refusal::Code;
use aggregates::words::{Bytes32, Instant};

use super::patient::{confirmed, created, now, registered};
use super::{accepts, ask};
use crate::support::*;

const COMMITMENT: Bytes32 = Bytes32([9; 32]);

fn request(name: &str, employee: &str, division: &str, age: AgeClass) -> PatientCommand {
    let (request, declaration) = (id(name), id(&format!("{name} declaration")));
    PatientCommand::Request { new: NewRequest { request, declaration, employee: id(employee), division: id(division) }, age, at: now() }
}

fn sent(at: Instant) -> PatientEvent {
    PatientEvent::CodeSent { request: id("r1"), commitment: COMMITMENT, at }
}

fn send() -> PatientCommand {
    PatientCommand::SendCode { request: id("r1"), commitment: COMMITMENT, at: now() }
}

fn failed(tries_left: u32) -> PatientEvent {
    PatientEvent::CodeFailed { request: id("r1"), tries_left }
}

fn guess(matches: Option<bool>, at: Instant) -> PatientCommand {
    PatientCommand::TryCode { request: id("r1"), matches, at }
}

fn cancelled(name: &str) -> PatientEvent {
    PatientEvent::RequestCancelled { request: id(name) }
}

// scenarios 28, 37
#[test]
fn a_newer_request_for_the_same_doctor_takes_the_place_of_an_open_one() {
    let registry = World::practice().registry;
    let next = || request("r2", "doctor post", "clinic division", Adult);
    accepts::<Patient>(&registry, &[registered()], next(), &[created("r2")]);
    accepts::<Patient>(&registry, &[registered(), created("r1")], next(), &[cancelled("r1"), created("r2")]);
    accepts::<Patient>(&registry, &[registered(), created("r1"), confirmed("r1")], next(), &[cancelled("r1"), created("r2")]);
    accepts::<Patient>(&registry, &[registered(), created("r1"), cancelled("r1")], next(), &[created("r2")]);
}

// scenarios 31, 39
#[test]
fn a_request_names_a_doctor_for_this_age_and_a_division_of_his_provider() {
    let mut world = World::practice();
    world.clinic("rival");
    world.staff("clerk", "clinic", "receptionist");
    for speciality in ["therapist", "paediatrician"] {
        world.doctor(speciality, "clinic", &[speciality]);
    }
    world.practitioner("invitee", &[]);
    world.must(
        "employee.invite",
        invite_doctor("invitee post", "invitee", "clinic division", &["therapist"]),
        &[mis("mis"), world.head("clinic")],
    );
    let given = [registered()];
    let asked = |employee: &str, division: &str, age| ask::<Patient>(&world.registry, &given, request("r1", employee, division, age));
    for (doctor, takes) in [
        ("doctor post", vec![Under14, From14To17, Adult]),
        ("therapist post", vec![Adult]),
        ("paediatrician post", vec![Under14, From14To17]),
    ] {
        for age in [Under14, From14To17, Adult] {
            let result = asked(doctor, "clinic division", age);
            if takes.contains(&age) {
                assert!(result.is_ok(), "{doctor} {age:?} {result:?}");
            } else {
                refused(result, Code::AgeAgainstSpeciality, "/data/employee");
            }
        }
    }
    refused(asked("nobody", "clinic division", Adult), Code::NotFound, "/data/employee");
    refused(asked("clerk post", "clinic division", Adult), Code::NotADoctor, "/data/employee");
    refused(asked("invitee post", "clinic division", Adult), Code::EmployeeState, "/data/employee");
    refused(asked("doctor post", "rival division", Adult), Code::DivisionForeign, "/data/division");
    refused(asked("doctor post", "no division", Adult), Code::NotFound, "/data/division");
}

#[test]
fn a_request_needs_a_registered_patient_and_ids_that_nobody_has() {
    let mut world = World::practice();
    world.patient("other", "1990-01-02");
    let other = request_create("taken", "other", "doctor post", "clinic division");
    world.must("declaration_request.create", other, &[mis("mis"), doctor("doctor")]);
    let registry = &world.registry;
    let asked =
        |given: &[PatientEvent], name: &str| ask::<Patient>(registry, given, request(name, "doctor post", "clinic division", Adult));
    refused(asked(&[], "r1"), Code::NotFound, "/data/patient");
    refused(asked(&[PatientEvent::Created {}], "r1"), Code::PatientState, "/data/patient");
    refused(asked(&[registered()], "taken"), Code::IdTaken, "/data/request");
    let new = NewRequest {
        request: id("r1"),
        declaration: id("taken declaration"),
        employee: id("doctor post"),
        division: id("clinic division"),
    };
    let same = ask::<Patient>(registry, &[registered()], PatientCommand::Request { new, age: Adult, at: now() });
    refused(same, Code::IdTaken, "/data/declaration");
}

// scenarios 48, 76
#[test]
fn codes_are_sent_to_a_phone_a_few_times() {
    let registry = World::practice().registry;
    let open = [registered(), created("r1")];
    accepts::<Patient>(&registry, &open, send(), &[sent(now())]);
    let without = PatientEvent::Registered { authentication: aggregates::commands::Authentication::Documents, phone_disclosure: None };
    refused(ask::<Patient>(&registry, &[without, created("r1")], send()), Code::NoPhone, "/data/patient");
    refused(ask::<Patient>(&registry, &[registered()], send()), Code::NotFound, "/data/request");
    refused(ask::<Patient>(&registry, &[], send()), Code::NotFound, "/data/patient");
    let done = [registered(), created("r1"), confirmed("r1")];
    refused(ask::<Patient>(&registry, &done, send()), Code::RequestState, "/data/request");
    let mut given = open.to_vec();
    given.extend(std::iter::repeat_n(sent(now()), registry.policy().codes.per_request as usize));
    refused(ask::<Patient>(&registry, &given, send()), Code::TooManyCodes, "/data/request");
}

// scenarios 42, 76
#[test]
fn a_code_is_tried_in_time_and_three_times_at_most() {
    let registry = World::practice().registry;
    let given = [registered(), created("r1"), sent(now())];
    accepts::<Patient>(&registry, &given, guess(Some(true), now()), &[confirmed("r1")]);
    accepts::<Patient>(&registry, &given, guess(Some(false), now()), &[failed(2)]);
    let second = [&given[..], &[failed(2)]].concat();
    accepts::<Patient>(&registry, &second, guess(Some(false), now()), &[failed(1)]);
    let third = [&second[..], &[failed(1)]].concat();
    accepts::<Patient>(&registry, &third, guess(Some(false), now()), &[failed(0)]);
    let spent = [&third[..], &[failed(0)]].concat();
    refused(ask::<Patient>(&registry, &spent, guess(Some(true), now())), Code::CodeNotSent, "/data/request");
    let newer = [&spent[..], &[sent(now())]].concat();
    accepts::<Patient>(&registry, &newer, guess(Some(false), now()), &[failed(2)]);

    refused(ask::<Patient>(&registry, &given[..2], guess(Some(true), now())), Code::CodeNotSent, "/data/request");
    refused(ask::<Patient>(&registry, &given, guess(None, now())), Code::CodeNotSent, "/data/request");
    let term = registry.policy().codes.term_seconds;
    let last = Instant::from_ms(now().plus_seconds(term).ms() - 1).unwrap();
    accepts::<Patient>(&registry, &given, guess(Some(true), last), &[confirmed("r1")]);
    refused(ask::<Patient>(&registry, &given, guess(Some(true), now().plus_seconds(term))), Code::CodeExpired, "/data/code");
}

// scenarios 46, 47
#[test]
fn a_request_lapses_at_its_term() {
    let registry = World::practice().registry;
    let end = now().plus_seconds(registry.policy().request_term_days * 86_400);
    let last = Instant::from_ms(end.ms() - 1).unwrap();
    let given = [registered(), created("r1")];
    let by_key = |at| PatientCommand::ConfirmByKey { request: id("r1"), at };
    let by_key_event = PatientEvent::RequestConfirmed { request: id("r1"), confirmation: Confirmation::Key };
    accepts::<Patient>(&registry, &given, by_key(last), &[by_key_event]);
    refused(ask::<Patient>(&registry, &given, by_key(end)), Code::RequestState, "/data/request");
    refused(ask::<Patient>(&registry, &given, guess(Some(true), end)), Code::RequestState, "/data/request");
    let closed = [registered(), created("r1"), cancelled("r1")];
    refused(ask::<Patient>(&registry, &closed, by_key(last)), Code::RequestState, "/data/request");
}
