//! Payloads of the present eHealth system as commands of this ledger.
//!
//! One [table](TABLE) says what becomes of each member of a payload: the member of a command, by which transformation,
//! or why it is not taken. The code follows the table and `docs/intake.md` is written from it, so neither can say
//! anything else. Whether a member stands in clear or is disclosed is the law's to say and is read from the law.
//!
//! A value without a counterpart is passed on as it is, so that the law refuses it by name. A member that the table does
//! not know is an error: nothing is lost in silence.

mod dictionaries;
mod doc;
mod tables;
mod take;

use serde_json::{Value, json};
use uuid::Uuid;

pub use dictionaries::Dictionary;
pub use doc::document;
pub use tables::{How, Row, Source, TABLE, To};
pub use take::{Left, leaves};

use crate::envelope::disclosed_members;
use aggregates::commands::Spec;
use aggregates::form::{Kind, Member, Place};

/// The command that registers a provider.
pub const LEGAL_ENTITY_REGISTER: &str = "legal_entity.register";
/// The command by which a trust provider enrols a person's key.
pub const KEY_ENROL: &str = "key.enrol";
/// The command that registers a patient.
pub const PATIENT_REGISTER: &str = "patient.register";
/// The command that asks for a declaration.
pub const REQUEST_CREATE: &str = "declaration_request.create";

/// A command made of a payload, not yet signed. Not `Debug`, for it holds personal values.
#[derive(Clone, PartialEq)]
pub struct Intake {
    /// The member `type`.
    pub kind: &'static str,
    /// The data, with every member in clear.
    pub data: Value,
    /// Pointers to the members that must be disclosed, as [`crate::envelope::compose`] takes them.
    pub disclose: Vec<String>,
    /// What of the payload is not taken, and why.
    pub left: Vec<Left>,
}

/// A payload that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// Members that the table does not know.
    #[error("unknown members: {}", .0.join(", "))]
    Unknown(Vec<String>),
}

/// A provider's registration (`legal_entity.json`) as `legal_entity.register`.
///
/// # Errors
/// [`IntakeError`].
pub fn legal_entity(payload: &Value, legal_entity: Uuid, owners_post: Uuid) -> Result<Intake, IntakeError> {
    intake(Source::LegalEntity, LEGAL_ENTITY_REGISTER, payload, json!({"legal_entity": legal_entity, "employee": owners_post}))
}

/// A provider's head (`legal_entity.json`, member `owner`) as the practitioner of `key.enrol`.
///
/// The trust provider adds the key, its validity, the evidence, and the companies that its holder represents.
///
/// # Errors
/// [`IntakeError`].
pub fn owner(payload: &Value, practitioner: Uuid) -> Result<Intake, IntakeError> {
    intake(Source::LegalEntity, KEY_ENROL, payload, json!({"practitioner": {"id": practitioner}}))
}

/// The person of a declaration request (`declaration_request.json`) as `patient.register`.
///
/// # Errors
/// [`IntakeError`].
pub fn patient(payload: &Value, patient: Uuid) -> Result<Intake, IntakeError> {
    intake(Source::DeclarationRequest, PATIENT_REGISTER, payload, json!({"patient": patient}))
}

/// A declaration request (`declaration_request.json`) as `declaration_request.create`.
///
/// # Errors
/// [`IntakeError`].
pub fn declaration_request(payload: &Value, patient: Uuid, request: Uuid, declaration: Uuid) -> Result<Intake, IntakeError> {
    let ids = json!({"patient": patient, "request": request, "declaration": declaration});
    intake(Source::DeclarationRequest, REQUEST_CREATE, payload, ids)
}

fn intake(source: Source, kind: &'static str, payload: &Value, ids: Value) -> Result<Intake, IntakeError> {
    let (data, left) = take::take(source, kind, payload, ids)?;
    let disclose = to_disclose(kind, &data);
    Ok(Intake { kind, data, disclose, left })
}

/// Pointers to those members of a command's data that the law wants disclosed; none for a command it does not know.
pub fn to_disclose(kind: &str, data: &Value) -> Vec<String> {
    Spec::named(kind).zip(data.as_object()).map(|(spec, data)| disclosed_members(spec, data)).unwrap_or_default()
}

/// Where the law wants the member at a pointer into a command's payload; a member of a disclosed one is disclosed.
pub fn place(kind: &str, pointer: &str) -> Option<Place> {
    let mut path = pointer.strip_prefix("/data/")?.split('/');
    let mut members = Spec::named(kind)?.members;
    let mut place = Place::Clear;
    loop {
        let name = path.next()?;
        let member: &Member = members.iter().find(|member| member.name == name)?;
        if member.place == Place::Disclosed {
            place = Place::Disclosed;
        }
        let mut inner = &member.kind;
        while let Kind::List(item, ..) = inner {
            // The step after a list is a place in it, or the `*` of the table.
            if path.next().is_none() {
                return Some(place);
            }
            inner = item;
        }
        match inner {
            Kind::Object(below) => members = below,
            _ if path.next().is_none() => return Some(place),
            _ => return None,
        }
        if path.clone().next().is_none() {
            return Some(place);
        }
    }
}
