//! Commands on the parties around the ledger: auditors, trust providers, MISs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Jwk;
use super::shared::PARTY_NAME;
use crate::form::{Kind, Member};
use crate::words::Instant;

/// `auditor.admit`.
pub(super) const AUDITOR_ADMIT: &[Member] = &[
    Member::clear("auditor", Kind::NewId),
    Member::clear("name", PARTY_NAME),
    Member::clear("key", Kind::Jwk),
    Member::clear("key_until", Kind::Instant),
];

/// `trust_provider.accredit`.
pub(super) const TRUST_PROVIDER_ACCREDIT: &[Member] = &[
    Member::clear("trust_provider", Kind::NewId),
    Member::clear("name", PARTY_NAME),
    Member::clear("edrpou", Kind::Edrpou),
    Member::clear("website", Kind::Website).optional(),
    Member::clear("key", Kind::Jwk),
    Member::clear("key_until", Kind::Instant),
];

/// `mis.apply`.
pub(super) const MIS_APPLY: &[Member] = &[
    Member::clear("mis", Kind::NewId),
    Member::clear("name", PARTY_NAME),
    Member::clear("edrpou", Kind::Edrpou),
    Member::clear("product", Kind::Text(1, 100)),
    Member::clear("email", Kind::Email),
    Member::clear("website", Kind::Website).optional(),
    Member::clear("key", Kind::Jwk),
    Member::clear("key_until", Kind::Instant),
];

/// `mis.record_test`.
pub(super) const MIS_RECORD_TEST: &[Member] = &[
    Member::clear("mis", Kind::Id),
    Member::clear("programme", Kind::Text(1, 100)),
    Member::clear("held_on", Kind::Date),
    Member::clear("passed", Kind::Bool),
];

/// `mis.accredit`.
pub(super) const MIS_ACCREDIT: &[Member] = &[Member::clear("mis", Kind::Id)];

/// `mis.suspend`.
pub(super) const MIS_SUSPEND: &[Member] = &[
    Member::clear("mis", Kind::Id),
    Member::clear("reason", Kind::OneOf(&["security_incident", "conformity_lost", "agreement_breached", "own_wish"])),
];

/// `mis.reinstate`.
pub(super) const MIS_REINSTATE: &[Member] = &[Member::clear("mis", Kind::Id)];

/// An auditor with its key.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AuditorAdmit {
    /// The auditor's id.
    pub auditor: Uuid,
    /// Its key.
    pub key: Jwk,
    /// The end of the key's validity.
    pub key_until: Instant,
}

/// A trust provider with its key.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TrustProviderAccredit {
    /// The trust provider's id.
    pub trust_provider: Uuid,
    /// Its key.
    pub key: Jwk,
    /// The end of the key's validity.
    pub key_until: Instant,
}

/// A MIS that asks to join.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MisApply {
    /// The MIS's id.
    pub mis: Uuid,
    /// Its key.
    pub key: Jwk,
    /// The end of the key's validity.
    pub key_until: Instant,
}

/// The outcome of a test programme.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MisRecordTest {
    /// The MIS tested.
    pub mis: Uuid,
    /// Whether it passed.
    pub passed: bool,
}

/// The accreditation of a MIS.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MisAccredit {
    /// The MIS.
    pub mis: Uuid,
}

/// The suspension of a MIS.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MisSuspend {
    /// The MIS.
    pub mis: Uuid,
    /// Why.
    pub reason: SuspensionReason,
}

/// The end of a MIS's suspension.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MisReinstate {
    /// The MIS.
    pub mis: Uuid,
}

/// Why the regulator suspends a MIS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionReason {
    /// Its keys or its users' data are in danger.
    SecurityIncident,
    /// It no longer does what the test programme asks.
    ConformityLost,
    /// It broke its agreement with the regulator.
    AgreementBreached,
    /// It asked for it.
    OwnWish,
}
