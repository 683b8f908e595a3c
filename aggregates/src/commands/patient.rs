//! Commands on patients.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::rules;
use super::shared::{ADDRESSES, DOCUMENTS, GENDER, PHONES};
use crate::form::{Kind, Member};
use crate::refusal::{Code, Fault};

const RELATIONSHIP_DOCUMENT: &[Member] = &[
    Member::clear("type", Kind::OneOf(&["document", "court_decision", "birth_certificate", "confidant_certificate"])),
    Member::clear("number", Kind::Text(1, 50)),
];

const REPRESENTATIVE: &[Member] = &[
    Member::clear("relation", Kind::OneOf(&["primary", "secondary"])),
    Member::clear("last_name", Kind::PersonName),
    Member::clear("first_name", Kind::PersonName),
    Member::clear("second_name", Kind::PersonName).optional(),
    Member::clear("birth_date", Kind::Date),
    Member::clear("birth_country", Kind::Text(1, 100)),
    Member::clear("birth_settlement", Kind::Text(1, 100)),
    Member::clear("gender", GENDER),
    Member::clear("tax_id", Kind::Rnokpp).optional(),
    Member::clear("secret", Kind::Text(6, 20)),
    Member::clear("documents", DOCUMENTS),
    Member::clear("relationship_documents", Kind::List(&Kind::Object(RELATIONSHIP_DOCUMENT), 1, 5)),
    Member::clear("phones", PHONES).optional(),
];

const EMERGENCY_CONTACT: &[Member] = &[
    Member::clear("last_name", Kind::PersonName),
    Member::clear("first_name", Kind::PersonName),
    Member::clear("second_name", Kind::PersonName).optional(),
    Member::clear("phones", PHONES),
];

/// `patient.register`: everything but the proposed id, the way to confirm and the consent is personal.
pub(super) const PATIENT_REGISTER: &[Member] = &[
    Member::clear("patient", Kind::NewId),
    Member::clear("authentication", Kind::OneOf(&["code", "documents"])),
    Member::clear("data_processing_consent", Kind::True),
    Member::of_patient("last_name", Kind::PersonName),
    Member::of_patient("first_name", Kind::PersonName),
    Member::of_patient("second_name", Kind::PersonName).optional(),
    Member::of_patient("birth_date", Kind::Date),
    Member::of_patient("birth_country", Kind::Text(1, 100)),
    Member::of_patient("birth_settlement", Kind::Text(1, 100)),
    Member::of_patient("gender", GENDER),
    Member::of_patient("tax_id", Kind::Rnokpp).optional(),
    Member::of_patient("unzr", Kind::Unzr).optional(),
    Member::of_patient("documents", DOCUMENTS),
    Member::of_patient("addresses", ADDRESSES),
    Member::of_patient("phones", PHONES).optional(),
    Member::of_patient("code_phone", Kind::Phone).optional(),
    Member::of_patient("email", Kind::Email).optional(),
    Member::of_patient("secret", Kind::Text(6, 20)),
    Member::of_patient("preferred_way_communication", Kind::OneOf(&["email", "phone"])).optional(),
    Member::of_patient("emergency_contact", Kind::Object(EMERGENCY_CONTACT)),
    Member::of_patient("representatives", Kind::List(&Kind::Object(REPRESENTATIVE), 1, 2)).optional(),
];

/// How a patient confirms without a key of his own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// By a one-time code sent to a phone.
    Code,
    /// By documents that the provider keeps copies of.
    Documents,
}

/// A patient who registers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PatientRegister {
    /// The id that the patient gets unless known already.
    pub patient: Uuid,
    /// How he will confirm.
    pub authentication: Authentication,
}

/// One residence, documents of the form their types have, a phone if and only if codes go there, one primary representative at most.
pub(super) fn register_rules(data: &Value, faults: &mut Vec<Fault>) {
    rules::documents(data, "/documents", faults);
    rules::unzr(data, "", faults);
    rules::one_of_type(data, "/addresses", "residence", faults);
    rules::unique_types(data, "/phones", faults);
    rules::unique_types(data, "/emergency_contact/phones", faults);
    match (data["authentication"] == "code", data.get("code_phone").is_some()) {
        (true, false) => faults.push(rules::fault("/data/code_phone".into(), Code::Required, &[])),
        (false, true) => faults.push(rules::fault("/data/code_phone".into(), Code::NotAllowedHere, &[("because", "authentication")])),
        _ => {}
    }
    let Some(representatives) = data["representatives"].as_array() else { return };
    for place in 0..representatives.len() {
        rules::documents(data, &format!("/representatives/{place}/documents"), faults);
        rules::unique_types(data, &format!("/representatives/{place}/phones"), faults);
    }
    let count = |relation: &str| representatives.iter().filter(|one| one["relation"] == relation).count();
    if count("primary") != 1 || count("secondary") > 1 {
        faults.push(rules::fault("/data/representatives".into(), Code::ExactlyOne, &[("expected", "primary")]));
    }
}
