//! Commands on a provider's staff.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::rules;
use crate::form::{Kind, Member};
use crate::refusal::{Code, Fault};

const EMPLOYEE_TYPES: &[&str] = &["owner", "hr", "accountant", "doctor", "receptionist", "assistant"];
const SPECIALITIES: &[&str] =
    &["therapist", "paediatrician", "family_doctor", "pharmacist", "provisor", "clinical_provisor", "receptionist"];
const POSITIONS: &[&str] = &[
    "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14", "P15", "P16", "P17", "P18", "P19", "P20",
    "P21", "P22", "P23", "P24", "P25", "P26",
];

const SPECIALITY: &[Member] = &[
    Member::clear("speciality", Kind::OneOf(SPECIALITIES)),
    Member::clear("officio", Kind::Bool),
    Member::clear("level", Kind::OneOf(&["basic", "first", "second", "highest", "not_applicable"])),
    Member::clear("qualification_type", Kind::OneOf(&["awarding", "defense"])),
    Member::clear("attestation_name", Kind::Text(1, 200)),
    Member::clear("attestation_date", Kind::Date),
    Member::clear("valid_to_date", Kind::Date).optional(),
    Member::clear("certificate_number", Kind::Text(1, 50)),
];

const EDUCATION: &[Member] = &[
    Member::clear("country", Kind::Text(2, 2)),
    Member::clear("city", Kind::Text(1, 100)),
    Member::clear("institution_name", Kind::Text(1, 200)),
    Member::clear("issued_date", Kind::Date).optional(),
    Member::clear("diploma_number", Kind::Text(1, 50)),
    Member::clear("degree", Kind::OneOf(&["expert", "master", "bachelor", "junior_expert"])),
    Member::clear("speciality", Kind::Text(1, 200)),
];

/// `employee.invite`, at the provider of the owner or HR who signs.
pub(super) const EMPLOYEE_INVITE: &[Member] = &[
    Member::clear("employee", Kind::NewId),
    Member::clear("practitioner", Kind::Id),
    Member::clear("type", Kind::OneOf(EMPLOYEE_TYPES)),
    Member::clear("position", Kind::OneOf(POSITIONS)),
    Member::clear("start_date", Kind::Date),
    Member::clear("division", Kind::Id).optional(),
    Member::clear("specialities", Kind::List(&Kind::Object(SPECIALITY), 1, 10)).optional(),
    Member::clear("educations", Kind::List(&Kind::Object(EDUCATION), 1, 10)).optional(),
];

/// `employee.accept`.
pub(super) const EMPLOYEE_ACCEPT: &[Member] = &[Member::clear("employee", Kind::Id)];

/// `employee.dismiss`.
pub(super) const EMPLOYEE_DISMISS: &[Member] = &[
    Member::clear("employee", Kind::Id),
    Member::clear("reason", Kind::OneOf(&["own_wish", "end_of_contract", "redundancy", "misconduct", "death", "other"])),
];

/// A kind of post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmployeeType {
    /// The head.
    Owner,
    /// A personnel officer.
    Hr,
    /// An accountant.
    Accountant,
    /// A primary-care doctor.
    Doctor,
    /// A receptionist.
    Receptionist,
    /// Another assistant.
    Assistant,
}

/// What a primary-care doctor is by speciality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speciality {
    /// For adults.
    Therapist,
    /// For children.
    Paediatrician,
    /// For everybody.
    FamilyDoctor,
}

impl Speciality {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Speciality::Therapist => "therapist",
            Speciality::Paediatrician => "paediatrician",
            Speciality::FamilyDoctor => "family_doctor",
        }
    }

    /// The primary-care speciality of this name, if it is one.
    pub fn from_name(name: &str) -> Option<Speciality> {
        [Speciality::Therapist, Speciality::Paediatrician, Speciality::FamilyDoctor].into_iter().find(|one| one.name() == name)
    }
}

/// A post offered.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct EmployeeInvite {
    /// The post's id.
    pub employee: Uuid,
    /// To whom it is offered.
    pub practitioner: Uuid,
    /// What kind of post.
    #[serde(rename = "type")]
    pub kind: EmployeeType,
    /// Where a doctor works.
    pub division: Option<Uuid>,
    /// A doctor's specialities.
    #[serde(default)]
    pub specialities: Vec<SpecialityEntry>,
}

/// One speciality of a doctor.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SpecialityEntry {
    /// Its name; not only those of primary care.
    pub speciality: String,
    /// Whether it is the one of the post.
    pub officio: bool,
}

/// A post taken.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct EmployeeAccept {
    /// The post.
    pub employee: Uuid,
}

/// A post ended.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct EmployeeDismiss {
    /// The post.
    pub employee: Uuid,
    /// Why.
    pub reason: String,
}

/// A doctor, and nobody else, has a division, specialities and education; exactly one speciality is the post's, and it is of primary care.
pub(super) fn invite_rules(data: &Value, faults: &mut Vec<Fault>) {
    let doctor = data["type"] == "doctor";
    for name in ["division", "specialities", "educations"] {
        if doctor && data.get(name).is_none() {
            faults.push(rules::fault(format!("/data/{name}"), Code::Required, &[]));
        }
    }
    for name in ["specialities", "educations"] {
        if !doctor && data.get(name).is_some() {
            faults.push(rules::fault(format!("/data/{name}"), Code::NotAllowedHere, &[("because", "type")]));
        }
    }
    let Some(specialities) = data["specialities"].as_array().filter(|_| doctor) else { return };
    let officio: Vec<usize> = (0..specialities.len()).filter(|place| specialities[*place]["officio"] == true).collect();
    match officio[..] {
        [place] => {
            if specialities[place]["speciality"].as_str().and_then(Speciality::from_name).is_none() {
                let pointer = format!("/data/specialities/{place}/speciality");
                faults.push(rules::fault(pointer, Code::NotInList, &[("allowed", "therapist, paediatrician, family_doctor")]));
            }
        }
        _ => faults.push(rules::fault("/data/specialities".into(), Code::ExactlyOne, &[("expected", "officio")])),
    }
    for place in 0..specialities.len() {
        rules::not_before(
            data,
            &format!("/specialities/{place}/valid_to_date"),
            &format!("/specialities/{place}/attestation_date"),
            faults,
        );
    }
}
