//! Commands on providers and their divisions.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::rules;
use super::shared::{ADDRESSES, PHONES};
use crate::form::{Kind, Member};
use crate::refusal::{Code, Fault};

const OWNERSHIPS: &[&str] = &["state", "communal", "private", "sole_proprietor"];
/// The legal forms of the State Classifier that the real system's dictionary has.
const LEGAL_FORMS: &[&str] = &["120", "140", "145", "150", "193", "230", "231", "232", "235", "240", "250", "425", "430", "910", "995"];
/// Heads' posts, and the sole proprietor's (the real system's `OWNER_POSITIONS`).
const OWNER_POSITIONS: &[&str] = &["P1", "P2", "P3", "P4", "P5", "P6", "P22", "P23", "P24", "P25", "P26"];
/// At least one of these activities makes a provider of primary care: hospitals, general medical practice.
const PRIMARY_CARE_KVEDS: &[&str] = &["86.10", "86.21"];

const LICENCE: &[Member] = &[
    Member::clear("number", Kind::Text(1, 50)).optional(),
    Member::clear("issued_by", Kind::Text(1, 200)),
    Member::clear("issued_date", Kind::Date),
    Member::clear("active_from_date", Kind::Date),
    Member::clear("expiry_date", Kind::Date).optional(),
    Member::clear("order_number", Kind::Text(1, 50)),
    Member::clear("what_licensed", Kind::Text(1, 500)).optional(),
];

const ACCREDITATION: &[Member] = &[
    Member::clear("category", Kind::OneOf(&["first", "second", "highest", "no_accreditation"])),
    Member::clear("order_number", Kind::Text(1, 50)),
    Member::clear("issued_date", Kind::Date).optional(),
    Member::clear("expiry_date", Kind::Date).optional(),
    Member::clear("order_date", Kind::Date).optional(),
];

const ARCHIVE: &[Member] = &[Member::clear("date", Kind::Date), Member::clear("place", Kind::Text(1, 300))];

/// `legal_entity.register`.
pub(super) const LEGAL_ENTITY_REGISTER: &[Member] = &[
    Member::clear("legal_entity", Kind::NewId),
    Member::clear("employee", Kind::NewId),
    Member::clear("position", Kind::OneOf(OWNER_POSITIONS)),
    Member::clear("name", Kind::Text(2, 300)),
    Member::clear("short_name", Kind::Text(1, 200)).optional(),
    Member::clear("public_name", Kind::Text(1, 200)).optional(),
    Member::clear("ownership", Kind::OneOf(OWNERSHIPS)),
    Member::clear("legal_form", Kind::OneOf(LEGAL_FORMS)),
    Member::clear("edrpou", Kind::Edrpou).optional(),
    Member::of_practitioner("tax_id", Kind::Rnokpp).optional(),
    Member::clear("kveds", Kind::List(&Kind::Kved, 1, 50)),
    Member::clear("addresses", ADDRESSES),
    Member::clear("phones", PHONES),
    Member::clear("email", Kind::Email),
    Member::clear("website", Kind::Website).optional(),
    Member::clear("licence", Kind::Object(LICENCE)),
    Member::clear("accreditation", Kind::Object(ACCREDITATION)).optional(),
    Member::clear("receiver_funds_code", Kind::Text(1, 50)).optional(),
    Member::clear("beneficiary", Kind::Text(1, 200)).optional(),
    Member::clear("archive", Kind::List(&Kind::Object(ARCHIVE), 1, 20)).optional(),
    Member::clear("public_offer_consent", Kind::True),
];

/// `legal_entity.verify`.
pub(super) const LEGAL_ENTITY_VERIFY: &[Member] = &[Member::clear("legal_entity", Kind::Id)];

const LOCATION: &[Member] = &[Member::clear("latitude", Kind::Decimal(8)), Member::clear("longitude", Kind::Decimal(8))];

const HOURS: &[Member] = &[Member::clear("from", Kind::TimeOfDay), Member::clear("to", Kind::TimeOfDay)];

/// `division.open`, at the provider of the owner or HR who signs.
pub(super) const DIVISION_OPEN: &[Member] = &[
    Member::clear("division", Kind::NewId),
    Member::clear("name", Kind::Text(1, 200)),
    Member::clear("type", Kind::OneOf(&["clinic", "ambulant_clinic", "fap"])),
    Member::clear("addresses", ADDRESSES),
    Member::clear("phones", PHONES),
    Member::clear("email", Kind::Email),
    Member::clear("mountain", Kind::Bool),
    Member::clear("external_id", Kind::Text(1, 100)).optional(),
    Member::clear("location", Kind::Object(LOCATION)).optional(),
    Member::clear(
        "working_hours",
        Kind::MapOf(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"], &Kind::List(&Kind::Object(HOURS), 1, 6)),
    )
    .optional(),
];

/// Whose a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// The State's.
    State,
    /// A community's.
    Communal,
    /// Private persons'.
    Private,
    /// One entrepreneur, a natural person, himself.
    SoleProprietor,
}

/// A provider that registers, with its head.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct LegalEntityRegister {
    /// The provider's id.
    pub legal_entity: Uuid,
    /// The id of the owner's post.
    pub employee: Uuid,
    /// Whose it is.
    pub ownership: Ownership,
    /// A company's registration code; a sole proprietor's code is disclosed.
    pub edrpou: Option<String>,
}

/// The regulator's verification of a provider.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct LegalEntityVerify {
    /// The provider.
    pub legal_entity: Uuid,
}

/// A division that opens.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct DivisionOpen {
    /// The division's id.
    pub division: Uuid,
}

/// The code goes with the ownership and the legal form, one activity is medical, one address is the registered one.
pub(super) fn register_rules(data: &Value, faults: &mut Vec<Fault>) {
    let sole = data["ownership"] == "sole_proprietor";
    let (wanted, unwanted) = if sole { ("tax_id", "edrpou") } else { ("edrpou", "tax_id") };
    if data.get(wanted).is_none() {
        faults.push(rules::fault(format!("/data/{wanted}"), Code::Required, &[]));
    }
    if data.get(unwanted).is_some() {
        faults.push(rules::fault(format!("/data/{unwanted}"), Code::NotAllowedHere, &[("because", "ownership")]));
    }
    if data["legal_form"].is_string() && (data["legal_form"] == "910") != sole {
        faults.push(rules::fault("/data/legal_form".into(), Code::MismatchedMember, &[("other", "ownership")]));
    }
    let kveds = data["kveds"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !kveds.is_empty() && !kveds.iter().filter_map(Value::as_str).any(|kved| PRIMARY_CARE_KVEDS.contains(&kved)) {
        faults.push(rules::fault("/data/kveds".into(), Code::NotInList, &[("allowed", "86.10, 86.21")]));
    }
    rules::one_of_type(data, "/addresses", "registration", faults);
    rules::unique_types(data, "/phones", faults);
    rules::not_before(data, "/licence/expiry_date", "/licence/active_from_date", faults);
    rules::not_before(data, "/accreditation/expiry_date", "/accreditation/issued_date", faults);
}

/// One address is where the division works.
pub(super) fn division_rules(data: &Value, faults: &mut Vec<Fault>) {
    rules::one_of_type(data, "/addresses", "residence", faults);
    rules::unique_types(data, "/phones", faults);
    for (day, spans) in data["working_hours"].as_object().into_iter().flatten() {
        for (place, span) in spans.as_array().into_iter().flatten().enumerate() {
            if span["to"].as_str() <= span["from"].as_str() {
                faults.push(rules::fault(format!("/data/working_hours/{day}/{place}/to"), Code::DateOrder, &[("after", "from")]));
            }
        }
    }
}
