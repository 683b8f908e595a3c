//! Declarations of the choice of doctor.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::commands::TerminationReason;
use crate::words::Date;

/// How a declaration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclarationStatus {
    /// Signed, waiting for the regulator to look at the documents.
    PendingVerification,
    /// In force.
    Active,
    /// Ended before its term.
    Terminated,
    /// Ended with its term.
    Closed,
    /// Turned down by the regulator.
    Rejected,
}

impl DeclarationStatus {
    /// Whether it binds the patient to the doctor.
    pub fn in_force(self) -> bool {
        matches!(self, DeclarationStatus::PendingVerification | DeclarationStatus::Active)
    }
}

impl fmt::Display for DeclarationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DeclarationStatus::PendingVerification => "pending_verification",
            DeclarationStatus::Active => "active",
            DeclarationStatus::Terminated => "terminated",
            DeclarationStatus::Closed => "closed",
            DeclarationStatus::Rejected => "rejected",
        })
    }
}

/// Until when a declaration lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The last day.
    pub last_day: Date,
    /// It ends on the day before the eighteenth birthday if that is earlier. The day itself would tell the birth date,
    /// so only the vault knows it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_majority: bool,
}

/// Why a declaration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The patient chose again.
    Replaced,
    /// The doctor's post ended.
    EmployeeDismissed,
    /// The patient asked for it.
    PatientApplication,
    /// The patient moved away.
    MovedAway,
    /// The regulator decided so.
    RegulatorDecision,
    /// It was a fraud.
    Fraud,
}

impl From<TerminationReason> for EndReason {
    fn from(reason: TerminationReason) -> EndReason {
        match reason {
            TerminationReason::PatientApplication => EndReason::PatientApplication,
            TerminationReason::MovedAway => EndReason::MovedAway,
            TerminationReason::RegulatorDecision => EndReason::RegulatorDecision,
            TerminationReason::Fraud => EndReason::Fraud,
        }
    }
}

/// One declaration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Declaration {
    /// Its id.
    pub id: Uuid,
    /// The doctor's post.
    pub employee: Uuid,
    /// The doctor.
    pub practitioner: Uuid,
    /// The provider.
    pub legal_entity: Uuid,
    /// Where.
    pub division: Uuid,
    /// The first day.
    pub start: Date,
    /// Until when.
    pub term: Term,
    /// How it stands on the ledger; what has lapsed unrecorded is told by [`Declaration::status_on`].
    pub status: DeclarationStatus,
}

impl Declaration {
    /// How it stands on a day: past its last day it counts as closed, recorded or not.
    pub fn status_on(&self, today: Date) -> DeclarationStatus {
        if self.status.in_force() && self.term.last_day < today { DeclarationStatus::Closed } else { self.status }
    }
}
