//! Commands on keys.

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Jwk;
use super::shared::{DOCUMENTS, GENDER};
use crate::form::{Kind, Member};
use crate::refusal::{Code, Fault};
use crate::words::{Instant, Kid};

/// A practitioner as the trust provider identified him: the name is public.
const PRACTITIONER: &[Member] = &[
    Member::clear("id", Kind::NewId),
    Member::clear("last_name", Kind::PersonName),
    Member::clear("first_name", Kind::PersonName),
    Member::clear("second_name", Kind::PersonName).optional(),
    Member::clear("gender", GENDER).optional(),
    Member::of_practitioner("tax_id", Kind::Rnokpp),
    Member::of_practitioner("birth_date", Kind::Date),
    Member::of_practitioner("documents", DOCUMENTS).optional(),
    Member::of_practitioner("email", Kind::Email).optional(),
    Member::of_practitioner("phone", Kind::Phone).optional(),
];

/// A patient as the trust provider identified him: everything is personal.
const PATIENT: &[Member] = &[
    Member::clear("id", Kind::NewId),
    Member::of_patient("last_name", Kind::PersonName),
    Member::of_patient("first_name", Kind::PersonName),
    Member::of_patient("second_name", Kind::PersonName).optional(),
    Member::of_patient("tax_id", Kind::Rnokpp).optional(),
    Member::of_patient("unzr", Kind::Unzr).optional(),
    Member::of_patient("birth_date", Kind::Date),
    Member::of_patient("documents", DOCUMENTS),
];

/// `key.enrol`: of exactly one of `practitioner` and `patient`.
pub(super) const KEY_ENROL: &[Member] = &[
    Member::clear("key", Kind::Jwk),
    Member::clear("from", Kind::Instant),
    Member::clear("until", Kind::Instant),
    Member::clear("evidence", Kind::OneOf(&["presence", "remote_video", "electronic_id", "qualified_signature"])),
    Member::clear("represents", Kind::List(&Kind::Edrpou, 1, 20)).optional(),
    Member::clear("practitioner", Kind::Object(PRACTITIONER)).optional(),
    Member::clear("patient", Kind::Object(PATIENT)).optional(),
];

/// `key.revoke`.
pub(super) const KEY_REVOKE: &[Member] = &[
    Member::clear("kid", Kind::Kid),
    Member::clear("reason", Kind::OneOf(&["compromised", "lost", "superseded", "ceased", "holder_request"])),
    Member::clear("compromised_since", Kind::Instant).optional(),
];

/// A key for a person.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct KeyEnrol {
    /// The key.
    pub key: Jwk,
    /// The first moment of its validity.
    pub from: Instant,
    /// The first moment after its validity.
    pub until: Instant,
    /// The companies the practitioner may act for as head.
    #[serde(default)]
    pub represents: Vec<String>,
    /// The practitioner whose key it is.
    pub practitioner: Option<Person>,
    /// The patient whose key it is.
    pub patient: Option<Person>,
}

/// Who holds the key: the id proposed for a new person.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Person {
    /// The id that the person gets unless known already.
    pub id: Uuid,
}

/// The end of a key.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct KeyRevoke {
    /// The key.
    pub kid: Kid,
    /// From when on its signatures are not to be trusted.
    pub compromised_since: Option<Instant>,
}

/// One person, with documents of the form their types have; only a practitioner's key represents companies.
pub(super) fn enrol_rules(data: &Value, faults: &mut Vec<Fault>) {
    let (practitioner, patient) = (data.get("practitioner").is_some(), data.get("patient").is_some());
    if practitioner == patient {
        let code = if patient { Code::NotAllowedHere } else { Code::Required };
        let mut params = Map::new();
        params.insert("because".into(), "practitioner".into());
        faults.push(Fault { pointer: "/data/patient".into(), code, params });
    }
    if patient && data.get("represents").is_some() {
        let params = [("because".to_owned(), Value::from("patient"))].into_iter().collect();
        faults.push(Fault { pointer: "/data/represents".into(), code: Code::NotAllowedHere, params });
    }
    super::rules::documents(data, "/practitioner/documents", faults);
    super::rules::documents(data, "/patient/documents", faults);
    super::rules::unzr(data, "/patient", faults);
}
