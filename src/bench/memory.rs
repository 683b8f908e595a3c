//! What the registry holds in memory for a patient, weighed in a process of its own.

use std::process::Command;

use aggregates::commands::Authentication;
use aggregates::event::{Body, Event};
use aggregates::patient::{Confirmation, DeclarationStatus, PatientEvent, Term};
use aggregates::words::{Bytes32, Instant, Stream, StreamType};
use aggregates::{BrokenStream, Registry};
use sha2::{Digest as _, Sha256};

use super::cast::{Of, PER_CLINIC};
use super::machine::resident;
use super::{BenchError, Cast};

/// The arguments with which a program that measures growth starts itself to weigh the registry; it answers with a list of figures in JSON.
const WEIGH: [&str; 2] = ["bench", "--weigh"];

/// Where it is weighed first, and how often until there are twice as many patients. Tables double their room now and then, so one size alone
/// would tell their best or their worst.
const PATIENTS: (u64, i32) = (100_000, 8);

/// Bytes of memory that a patient takes with one request and one signed declaration, without a key: one figure for each size. The allocator gives
/// freed memory back at once there: it would keep for a second what tables leave as they grow, and folding takes no longer than that.
///
/// # Errors
/// [`BenchError`].
pub(super) fn weighed() -> Result<Vec<f64>, BenchError> {
    let output = Command::new(std::env::current_exe()?).args(WEIGH).env("MIMALLOC_PURGE_DELAY", "0").output()?;
    serde_json::from_slice(&output.stdout).map_err(|error| BenchError::Turned(format!("weighing ended with {}: {error}", output.status)))
}

/// Folds patients into a registry, and nothing else; weighs what the whole process holds more than before the first of them, which is the
/// registry with the room that it keeps for growth and what the allocator keeps around it. Nothing where the system does not say.
///
/// # Errors
/// Events that the law could not have made.
pub fn weigh() -> Result<Vec<f64>, BrokenStream> {
    let cast = Cast::new(2 * PATIENTS.0, Instant::EPOCH.plus_seconds(56 * 365 * 86_400));
    let mut registry = Registry::new(0);
    let (Some(before), mut done, mut figures) = (resident(), 0, Vec::new()) else { return Ok(Vec::new()) };
    for step in 0..=PATIENTS.1 {
        let goal = PATIENTS.0 as f64 * (f64::from(step) / f64::from(PATIENTS.1)).exp2();
        while done < goal as u64 {
            for (version, change) in (1..).zip(declared(&cast, done)) {
                let stream = Stream::Of(StreamType::Patient, cast.patient(done));
                registry.apply(&Event { stream, version, body: Body::Patient(change) })?;
            }
            done += 1;
        }
        figures.extend(resident().map(|now| now.saturating_sub(before) as f64 / done as f64));
    }
    Ok(figures)
}

/// What happens to a patient who is registered at a desk and gets a declaration by a code.
fn declared(cast: &Cast, patient: u64) -> [PatientEvent; 5] {
    let (request, declaration) = (cast.request(patient), cast.declaration(patient));
    let doctor = patient % cast.doctors();
    let (employee, practitioner) = (cast.doctor(doctor), cast.id(Of::Person, doctor));
    let (legal_entity, division) = (cast.id(Of::LegalEntity, doctor / PER_CLINIC), cast.id(Of::Division, doctor / PER_CLINIC));
    let some = Bytes32(Sha256::digest(patient.to_be_bytes()).into());
    let (at, start) = (cast.begun, cast.begun.date());
    let term = Term { last_day: start.plus_days(365), at_majority: false };
    [
        PatientEvent::Registered { authentication: Authentication::Code, phone_disclosure: Some(some) },
        PatientEvent::RequestCreated { request, declaration, employee, practitioner, legal_entity, division, at },
        PatientEvent::CodeSent { request, commitment: some, at },
        PatientEvent::RequestConfirmed { request, confirmation: Confirmation::Code },
        PatientEvent::DeclarationSigned {
            declaration,
            request,
            employee,
            practitioner,
            legal_entity,
            division,
            start,
            term,
            status: DeclarationStatus::Active,
        },
    ]
}
