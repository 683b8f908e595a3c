//! The patient himself, and his declarations.

use aggregates::Registry;
use aggregates::commands::{Authentication, DeclarationSign, DeclarationTerminate, TerminationReason};
use aggregates::facts::AgeClass;
use aggregates::patient::{By, Confirmation, DeclarationStatus, EndReason, Patient, PatientCommand, PatientEvent, Term};
use aggregates::refusal::Code;
use aggregates::words::{Bytes32, Instant, Role, StreamType};

use super::{accepts, ask};
use crate::support::*;

pub fn now() -> Instant {
    at("2026-03-01T10:00:00Z")
}

pub fn registered() -> PatientEvent {
    PatientEvent::Registered { authentication: Authentication::Code, phone_disclosure: Some(Bytes32([7; 32])) }
}

pub fn created(name: &str) -> PatientEvent {
    let (request, declaration) = (id(name), id(&format!("{name} declaration")));
    PatientEvent::RequestCreated {
        request,
        declaration,
        employee: id("doctor post"),
        practitioner: id("doctor"),
        legal_entity: id("clinic"),
        division: id("clinic division"),
        at: now(),
    }
}

pub fn confirmed(name: &str) -> PatientEvent {
    PatientEvent::RequestConfirmed { request: id(name), confirmation: Confirmation::Code }
}

pub fn by_doctor() -> By {
    By { role: Role::Doctor, of: Some(stream(StreamType::Employee, "doctor post")) }
}

fn register(himself: bool, phone_reuse_ok: bool) -> PatientCommand {
    let (authentication, phone_disclosure) = (Authentication::Code, Some(Bytes32([7; 32])));
    PatientCommand::Register { authentication, phone_disclosure, phone_reuse_ok, himself }
}

fn content(request: &str) -> DeclarationSign {
    DeclarationSign {
        patient: id("patient"),
        request: id(request),
        declaration: id(&format!("{request} declaration")),
        employee: id("doctor post"),
        division: id("clinic division"),
    }
}

fn sign(content: DeclarationSign, signer: &str, age: AgeClass) -> PatientCommand {
    PatientCommand::Sign { content, signer: id(signer), by: by_doctor(), age, at: now() }
}

fn signed(registry: &Registry, request: &str) -> PatientEvent {
    let start = now().date();
    PatientEvent::DeclarationSigned {
        declaration: id(&format!("{request} declaration")),
        request: id(request),
        employee: id("doctor post"),
        practitioner: id("doctor"),
        legal_entity: id("clinic"),
        division: id("clinic division"),
        start,
        term: Term { last_day: start.plus_days(registry.policy().declaration_term_days), at_majority: false },
        status: DeclarationStatus::Active,
    }
}

#[test]
fn is_created_recognised_and_registered() {
    let none = Registry::default();
    accepts::<Patient>(&none, &[], PatientCommand::Create, &[PatientEvent::Created {}]);
    refused(ask::<Patient>(&none, &[PatientEvent::Created {}], PatientCommand::Create), Code::IdTaken, "/data/patient/id");
    accepts::<Patient>(&none, &[registered()], PatientCommand::Recognise, &[PatientEvent::Recognised {}]);
    refused(ask::<Patient>(&none, &[], PatientCommand::Recognise), Code::NotFound, "/data/patient");
    accepts::<Patient>(&none, &[], register(false, true), &[registered()]);
    accepts::<Patient>(&none, &[PatientEvent::Created {}], register(true, true), &[registered()]);
    refused(ask::<Patient>(&none, &[PatientEvent::Created {}], register(false, true)), Code::IdTaken, "/data/patient");
    refused(ask::<Patient>(&none, &[registered()], register(true, true)), Code::IdTaken, "/data/patient");
    // scenario 34
    refused(ask::<Patient>(&none, &[], register(false, false)), Code::PhoneReused, "/data/code_phone");
}

// scenarios 49, 53
#[test]
fn signs_and_ends_the_old_declaration_first() {
    let registry = World::practice().registry;
    let given = [registered(), created("r1"), confirmed("r1")];
    accepts::<Patient>(&registry, &given, sign(content("r1"), "doctor post", AgeClass::Adult), &[signed(&registry, "r1")]);
    let given = [&given[..], &[signed(&registry, "r1"), created("r2"), confirmed("r2")]].concat();
    let ended = PatientEvent::DeclarationTerminated {
        declaration: id("r1 declaration"),
        reason: EndReason::Replaced,
        by: by_doctor(),
        on: now().date(),
    };
    accepts::<Patient>(&registry, &given, sign(content("r2"), "doctor post", AgeClass::Adult), &[ended, signed(&registry, "r2")]);
}

// scenarios 46, 50, 52, 55
#[test]
fn signs_what_was_requested_and_confirmed_once() {
    let mut world = World::practice();
    world.clinic("rival");
    let registry = world.registry;
    let given = [registered(), created("r1"), confirmed("r1")];
    let adult = AgeClass::Adult;
    let unlike = |change: fn(&mut DeclarationSign)| {
        let mut content = content("r1");
        change(&mut content);
        sign(content, "doctor post", adult)
    };
    refused(ask::<Patient>(&registry, &given, unlike(|c| c.declaration = id("x"))), Code::ContentMismatch, "/data/declaration");
    refused(ask::<Patient>(&registry, &given, unlike(|c| c.employee = id("x"))), Code::ContentMismatch, "/data/employee");
    refused(ask::<Patient>(&registry, &given, unlike(|c| c.division = id("x"))), Code::ContentMismatch, "/data/division");
    refused(ask::<Patient>(&registry, &given, sign(content("r1"), "other post", adult)), Code::NotNamedDoctor, "/signers");
    refused(ask::<Patient>(&registry, &given, sign(content("r9"), "doctor post", adult)), Code::NotFound, "/data/request");
    refused(ask::<Patient>(&registry, &given[..2], sign(content("r1"), "doctor post", adult)), Code::RequestState, "/data/request");
    let done = [&given[..], &[signed(&registry, "r1")]].concat();
    refused(ask::<Patient>(&registry, &done, sign(content("r1"), "doctor post", adult)), Code::RequestState, "/data/request");
    refused(ask::<Patient>(&registry, &[], sign(content("r1"), "doctor post", adult)), Code::NotFound, "/data/patient");
    let mut away = content("r1");
    away.division = id("rival division");
    let elsewhere = PatientEvent::RequestCreated {
        request: away.request,
        declaration: away.declaration,
        employee: away.employee,
        practitioner: id("doctor"),
        legal_entity: id("clinic"),
        division: away.division,
        at: now(),
    };
    let given = [registered(), elsewhere, confirmed("r1")];
    refused(ask::<Patient>(&registry, &given, sign(away, "doctor post", adult)), Code::DivisionForeign, "/data/division");
}

fn terminate(reason: TerminationReason, doctor: Option<&str>, application: bool, by: By) -> PatientCommand {
    let content = DeclarationTerminate { patient: id("patient"), declaration: id("r1 declaration"), reason };
    PatientCommand::Terminate { content, doctor: doctor.map(id), application, by, on: now().date() }
}

// scenarios 58, 59
#[test]
fn ends_by_command_with_a_reason_that_the_signer_may_give() {
    use TerminationReason::{Fraud, MovedAway, PatientApplication, RegulatorDecision};
    let registry = World::practice().registry;
    let given = [registered(), created("r1"), confirmed("r1"), signed(&registry, "r1")];
    let (himself, regulator) = (By { role: Role::Patient, of: None }, By { role: Role::Regulator, of: None });
    let ends = |reason, by| PatientEvent::DeclarationTerminated { declaration: id("r1 declaration"), reason, by, on: now().date() };
    for (reason, end) in [(PatientApplication, EndReason::PatientApplication), (MovedAway, EndReason::MovedAway)] {
        accepts::<Patient>(&registry, &given, terminate(reason, None, false, himself), &[ends(end, himself)]);
        accepts::<Patient>(&registry, &given, terminate(reason, Some("doctor post"), true, by_doctor()), &[ends(end, by_doctor())]);
        refused(ask::<Patient>(&registry, &given, terminate(reason, None, false, regulator)), Code::ReasonNotAllowed, "/data/reason");
    }
    for (reason, end) in [(RegulatorDecision, EndReason::RegulatorDecision), (Fraud, EndReason::Fraud)] {
        accepts::<Patient>(&registry, &given, terminate(reason, None, false, regulator), &[ends(end, regulator)]);
        refused(ask::<Patient>(&registry, &given, terminate(reason, None, false, himself)), Code::ReasonNotAllowed, "/data/reason");
        let doctor = terminate(reason, Some("doctor post"), true, by_doctor());
        refused(ask::<Patient>(&registry, &given, doctor), Code::ReasonNotAllowed, "/data/reason");
    }
    let other = terminate(PatientApplication, Some("other post"), true, by_doctor());
    refused(ask::<Patient>(&registry, &given, other), Code::NotNamedDoctor, "/signers");
    let bare = terminate(PatientApplication, Some("doctor post"), false, by_doctor());
    refused(ask::<Patient>(&registry, &given, bare), Code::ApplicationNeeded, "/data/application");
    refused(ask::<Patient>(&registry, &given[..3], terminate(Fraud, None, false, regulator)), Code::NotFound, "/data/declaration");
    refused(ask::<Patient>(&registry, &[], terminate(Fraud, None, false, regulator)), Code::NotFound, "/data/patient");
    let over = [&given[..], &[ends(EndReason::Fraud, regulator)]].concat();
    refused(ask::<Patient>(&registry, &over, terminate(Fraud, None, false, regulator)), Code::DeclarationState, "/data/declaration");
}

#[test]
fn ends_with_the_doctors_post() {
    let registry = World::practice().registry;
    let given = [registered(), created("r1"), confirmed("r1"), signed(&registry, "r1")];
    let command = PatientCommand::EndForDismissal { declaration: id("r1 declaration"), by: by_doctor(), on: now().date() };
    let reason = EndReason::EmployeeDismissed;
    let ended = PatientEvent::DeclarationTerminated { declaration: id("r1 declaration"), reason, by: by_doctor(), on: now().date() };
    accepts::<Patient>(&registry, &given, command, &[ended]);
}
