//! Commands on declaration requests and declarations.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::form::{Kind, Member};

/// `declaration_request.create`.
pub(super) const REQUEST_CREATE: &[Member] = &[
    Member::clear("patient", Kind::Id),
    Member::clear("request", Kind::NewId),
    Member::clear("declaration", Kind::NewId),
    Member::clear("employee", Kind::Id),
    Member::clear("division", Kind::Id),
    Member::clear("scope", Kind::OneOf(&["family_doctor"])),
];

/// `declaration_request.send_code` and `confirm_by_key`.
pub(super) const REQUEST: &[Member] = &[Member::clear("patient", Kind::Id), Member::clear("request", Kind::Id)];

/// `declaration_request.confirm_by_code`. The code stands in clear: it is spent by this very command.
pub(super) const CONFIRM_BY_CODE: &[Member] =
    &[Member::clear("patient", Kind::Id), Member::clear("request", Kind::Id), Member::clear("code", Kind::Digits(6))];

/// `declaration.sign`: the doctor restates what was requested, so that his signature covers it.
pub(super) const DECLARATION_SIGN: &[Member] = &[
    Member::clear("patient", Kind::Id),
    Member::clear("request", Kind::Id),
    Member::clear("declaration", Kind::Id),
    Member::clear("employee", Kind::Id),
    Member::clear("division", Kind::Id),
    Member::clear("scope", Kind::OneOf(&["family_doctor"])),
    Member::clear("patient_signed", Kind::True),
];

/// `declaration.terminate`.
pub(super) const DECLARATION_TERMINATE: &[Member] = &[
    Member::clear("patient", Kind::Id),
    Member::clear("declaration", Kind::Id),
    Member::clear("reason", Kind::OneOf(&["patient_application", "moved_away", "regulator_decision", "fraud"])),
    Member::of_patient("application", Kind::Text(1, 2000)).optional(),
];

/// A request for a declaration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RequestCreate {
    /// The patient.
    pub patient: Uuid,
    /// The request's id.
    pub request: Uuid,
    /// The id that the declaration will have.
    pub declaration: Uuid,
    /// The doctor chosen.
    pub employee: Uuid,
    /// Where.
    pub division: Uuid,
}

/// One request of a patient.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RequestRef {
    /// The patient.
    pub patient: Uuid,
    /// The request.
    pub request: Uuid,
}

/// A try of a one-time code.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ConfirmByCode {
    /// The patient.
    pub patient: Uuid,
    /// The request.
    pub request: Uuid,
    /// Six digits.
    pub code: String,
}

/// The doctor's signature under a declaration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct DeclarationSign {
    /// The patient.
    pub patient: Uuid,
    /// The confirmed request.
    pub request: Uuid,
    /// The declaration's id, as the request has it.
    pub declaration: Uuid,
    /// The doctor, as the request has him.
    pub employee: Uuid,
    /// Where, as the request has it.
    pub division: Uuid,
}

/// An end to a declaration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct DeclarationTerminate {
    /// The patient.
    pub patient: Uuid,
    /// The declaration.
    pub declaration: Uuid,
    /// Why.
    pub reason: TerminationReason,
}

/// Why somebody ends a declaration by command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminationReason {
    /// The patient asked for it.
    PatientApplication,
    /// The patient moved away.
    MovedAway,
    /// The regulator decided so.
    RegulatorDecision,
    /// The declaration was a fraud.
    Fraud,
}
