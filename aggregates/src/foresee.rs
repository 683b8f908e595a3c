//! What facts will be asked for: so that a vault far away can be asked once for many commands.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::commands::{Command, ConfirmByCode, Data, RequestRef};
use crate::form::{Disclosed, merged};
use crate::identity::{patient_keys, phone_key, practitioner_key, practitioner_keys};
use crate::words::{Stream, StreamType};

/// The member that age classes come from.
const BIRTH_DATE: &str = "birth_date";

/// What may be asked of an [`crate::Archive`]. A hint: what is not foreseen is asked when it is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// Identity keys.
    pub keys: Vec<String>,
    /// Personal members of subjects.
    pub values: Vec<(Stream, &'static str)>,
    /// Requests whose codes matter.
    pub codes: Vec<Uuid>,
}

impl Foreseen {
    /// Adds what gathering this command's facts will ask for, as far as the command alone tells.
    pub fn add(&mut self, command: &Command, data: &Map<String, Value>, disclosed: &[Disclosed]) {
        match &command.data {
            Data::KeyEnrol(enrol) => {
                let whole = merged(data, disclosed);
                if enrol.practitioner.is_some() {
                    self.keys.extend(practitioner_keys(&whole["practitioner"]));
                } else if enrol.patient.is_some() {
                    self.keys.extend(patient_keys(&whole["patient"]));
                }
            }
            Data::LegalEntityRegister(register) if register.edrpou.is_none() => {
                self.keys.extend(merged(data, disclosed)["tax_id"].as_str().map(practitioner_key));
            }
            Data::PatientRegister(_) => {
                let whole = merged(data, disclosed);
                self.keys.extend(patient_keys(&whole));
                self.keys.extend(whole["code_phone"].as_str().map(phone_key));
            }
            Data::RequestCreate(create) => self.age(create.patient),
            Data::DeclarationSign(sign) => self.age(sign.patient),
            Data::DeclarationTerminate(terminate) => self.age(terminate.patient),
            Data::ConfirmByKey(RequestRef { patient, request }) => {
                self.age(*patient);
                self.codes.push(*request);
            }
            Data::SendCode(RequestRef { request, .. }) | Data::ConfirmByCode(ConfirmByCode { request, .. }) => self.codes.push(*request),
            _ => {}
        }
    }

    fn age(&mut self, patient: Uuid) {
        self.values.push((Stream::Of(StreamType::Patient, patient), BIRTH_DATE));
    }
}
