//! Which facts an entry must have, as far as its command and the registry say so.

use aggregates::Registry;
use aggregates::commands::{Authentication, Command, Data};
use aggregates::facts::{Facts, Match};
use aggregates::patient::RequestStatus;
use aggregates::words::{Instant, Role};
use serde_json::Value;
use uuid::Uuid;

use crate::envelope::Envelope;

/// The names of the facts that are about one-time codes.
pub(super) const OF_CODES: [&str; 3] = ["code_commitment", "code_matches", "code_salt"];

/// The facts present, by name.
pub(super) fn named(facts: &Facts) -> Vec<(String, Value)> {
    match serde_json::to_value(facts) {
        Ok(Value::Object(members)) => members.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The request whose code ends with this command, by the registry before it.
pub(super) fn ends_code(registry: &Registry, command: &Command, facts: &Facts, time: Instant) -> Option<Uuid> {
    let request = |patient: Uuid, request: Uuid| registry.patient(patient).state.request(request).cloned();
    let with_code = |patient, id| request(patient, id).filter(|request| request.code.is_some()).map(|request| request.id);
    match &command.data {
        Data::RequestCreate(create) => {
            let term = registry.policy().request_term_days;
            let patient = registry.patient(create.patient).state;
            let superseded = patient.requests.iter().find(|request| {
                request.employee == create.employee && request.code.is_some() && request.status_at(time, term) == RequestStatus::New
            });
            superseded.map(|request| request.id)
        }
        Data::SendCode(send) => with_code(send.patient, send.request),
        Data::ConfirmByKey(confirm) => with_code(confirm.patient, confirm.request),
        Data::ConfirmByCode(confirm) => {
            let live = request(confirm.patient, confirm.request).and_then(|request| request.code)?;
            let last = live.wrong_tries + 1 >= registry.policy().codes.tries;
            (last || facts.code_matches == Some(true)).then_some(confirm.request)
        }
        _ => None,
    }
}

/// What is wrong with the facts, apart from whether they are true.
pub(super) fn faults(registry: &Registry, command: &Command, envelope: &Envelope, facts: &Facts, time: Instant) -> Vec<String> {
    let disclosed = !envelope.digests.is_empty();
    let data = &command.data;
    let register = if let Data::PatientRegister(register) = data { Some(register) } else { None };
    let enrol = if let Data::KeyEnrol(enrol) = data { Some(enrol) } else { None };
    let himself = command.signers.iter().any(|signer| signer.role == Role::Patient);
    // Whoever is merely recognised keeps the phone on file.
    let sets_phone = himself || !matches!(facts.patient_match, Some(Match::One(_)));
    let by_code = sets_phone && register.is_some_and(|register| register.authentication == Authentication::Code);
    let of_age = match data {
        Data::PatientRegister(_) | Data::RequestCreate(_) | Data::ConfirmByKey(_) | Data::DeclarationSign(_) => true,
        Data::DeclarationTerminate(_) => himself,
        _ => false,
    };
    let due = [
        ("forms_ok", disclosed),
        ("patient_match", register.is_some() || enrol.is_some_and(|enrol| enrol.practitioner.is_none() && enrol.patient.is_some())),
        ("same_practitioner", enrol.is_some_and(|enrol| enrol.practitioner.is_some())),
        ("owner_code_matches", matches!(data, Data::LegalEntityRegister(register) if register.edrpou.is_none())),
        ("age_class", of_age),
        ("phone_reuse_ok", by_code),
        ("phone_disclosure", by_code),
        ("code_commitment", matches!(data, Data::SendCode(_))),
        ("code_matches", matches!(data, Data::ConfirmByCode(_))),
        ("code_salt", ends_code(registry, command, facts, time).is_some()),
        ("application_attached", matches!(data, Data::DeclarationTerminate(_))),
    ];
    let present = named(facts);
    let mut faults = Vec::new();
    for (name, _) in &present {
        if !due.iter().any(|(known, due)| known == name && *due) {
            faults.push(format!("{name} does not belong to it"));
        }
    }
    for (name, _) in due.iter().filter(|(name, due)| *due && !present.iter().any(|(present, _)| present == name)) {
        faults.push(format!("{name} is missing"));
    }
    if facts.forms_ok == Some(false) {
        faults.push("forms_ok is false".into());
    }
    if facts.application_attached.is_some_and(|attached| attached != disclosed) {
        faults.push("application_attached is not what the payload's digests say".into());
    }
    let digest = |wanted: [u8; 32]| envelope.digests.iter().any(|place| place.digest == wanted && place.object == "/data");
    if facts.phone_disclosure.is_some_and(|wanted| !digest(wanted.0)) {
        faults.push("phone_disclosure is no digest of the payload".into());
    }
    faults
}
