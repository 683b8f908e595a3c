//! Gathering: pure functions that compute a command's facts from its disclosures and from what the vault knows.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::authority::Acting;
use crate::commands::{Command, ConfirmByCode, Data, RequestRef};
use crate::facts::{AgeClass, Facts, Match};
use crate::form::{Disclosed, merged};
use crate::identity::{patient_keys, phone_key, practitioner_key, practitioner_keys};
use crate::patient::RequestStatus;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;
use crate::words::{Bytes32, Date, Instant, Stream, StreamType};

/// A one-time code with its salt, as the vault keeps it until the code ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeCode {
    /// Six digits.
    pub digits: String,
    /// What hides the code in its commitment.
    pub salt: Bytes32,
}

impl OneTimeCode {
    /// What commits to this code: SHA-256 over a domain, the request's id, the digest of the disclosure that set the
    /// phone, the salt and the digits (design §7).
    pub fn commitment(&self, request: Uuid, phone_disclosure: Bytes32) -> Bytes32 {
        let mut hash = Sha256::new();
        hash.update(b"litopys-code-v1\0");
        hash.update(request.to_string());
        hash.update([0]);
        hash.update(phone_disclosure.0);
        hash.update(self.salt.0);
        hash.update(&self.digits);
        Bytes32(hash.finalize().into())
    }
}

/// The vault could not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the vault could not answer: {0}")]
pub struct Unavailable(pub String);

/// What the vault knows, as far as facts ask.
pub trait Archive {
    /// The subjects that an identity key stands for, each once.
    ///
    /// # Errors
    /// [`Unavailable`], as for the others.
    fn find(&self, key: &str) -> Result<Vec<Stream>, Unavailable>;

    /// The value of a subject's personal member as last disclosed.
    fn value(&self, subject: Stream, name: &str) -> Result<Option<Value>, Unavailable>;

    /// The code of a request that has not ended.
    fn code(&self, request: Uuid) -> Result<Option<OneTimeCode>, Unavailable>;
}

/// Why facts could not be gathered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Ungathered {
    /// The command is refused already.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The vault could not answer; the command may be tried again.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Facts, with what must be kept in the vault beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gathered {
    /// The facts.
    pub facts: Facts,
    /// Whose the disclosures are.
    pub subject: Option<Stream>,
    /// The keys under which the index will know the subject, beside those it has.
    pub index: Vec<String>,
    /// Whether the disclosed values become those on file for the subject. They do not where somebody merely recognises
    /// a patient or attaches a paper: then they are kept with the entry and nothing more.
    pub on_file: bool,
    /// The code just drawn, with its request.
    pub code: Option<(Uuid, OneTimeCode)>,
    /// The request whose code this entry ends, unless the decision says otherwise.
    pub ends_code: Option<Uuid>,
}

/// Computes the facts of a command at `time`.
///
/// `data` and `disclosed` are the payload's; `draw` is asked for a code once, and only where the command sends one.
///
/// # Errors
/// A refusal that only the disclosures can show (an impossible birth date), or the vault's silence.
#[expect(clippy::too_many_arguments, reason = "all that facts may depend on, each of another kind")]
pub fn gather(
    registry: &Registry,
    command: &Command,
    acting: &Acting,
    data: &Map<String, Value>,
    disclosed: &[Disclosed],
    archive: &dyn Archive,
    time: Instant,
    draw: &mut dyn FnMut() -> OneTimeCode,
) -> Result<Gathered, Ungathered> {
    let mut gathered = Gathered::default();
    if !disclosed.is_empty() {
        gathered.facts.forms_ok = Some(true);
    }
    match &command.data {
        Data::KeyEnrol(enrol) => {
            let whole = merged(data, disclosed);
            if let Some(person) = &enrol.practitioner {
                age_on(&whole["practitioner"], "/data/practitioner/birth_date", time.date())?;
                let keys = practitioner_keys(&whole["practitioner"]);
                let same = matched(archive, &keys)?;
                gathered.subject = Some(subject(StreamType::Practitioner, same, person.id));
                gathered.index = keys;
                gathered.on_file = true;
                gathered.facts.same_practitioner = Some(same);
            } else if let Some(person) = &enrol.patient {
                age_on(&whole["patient"], "/data/patient/birth_date", time.date())?;
                identify(&mut gathered, archive, patient_keys(&whole["patient"]), person.id)?;
            }
        }
        Data::LegalEntityRegister(register) if register.edrpou.is_none() => {
            let code = merged(data, disclosed)["tax_id"].as_str().unwrap_or_default().to_owned();
            let owner = acting.practitioner.map(|id| Stream::Of(StreamType::Practitioner, id));
            let same = archive.find(&practitioner_key(&code))?;
            gathered.facts.owner_code_matches = Some(owner.is_some_and(|owner| same == [owner]));
            gathered.subject = owner;
            gathered.on_file = true;
        }
        Data::PatientRegister(register) => {
            let whole = merged(data, disclosed);
            let age = age_on(&whole, "/data/birth_date", time.date())?;
            for (place, representative) in whole["representatives"].as_array().into_iter().flatten().enumerate() {
                age_on(representative, &format!("/data/representatives/{place}/birth_date"), time.date())?;
            }
            if age == AgeClass::Under14 {
                child_is_represented(&whole)?;
            }
            gathered.facts.age_class = Some(age);
            identify(&mut gathered, archive, patient_keys(&whole), register.patient)?;
            if matches!(gathered.facts.patient_match, Some(Match::One(_))) && acting.patient.is_none() {
                // Whoever is merely recognised keeps what is on file; else any stranger who knows one of his documents
                // could set his phone, or tie another's identity to him.
                gathered.on_file = false;
                gathered.index.clear();
            } else if let Some(phone) = whole["code_phone"].as_str() {
                let key = phone_key(phone);
                let others = archive.find(&key)?.into_iter().filter(|one| Some(*one) != gathered.subject).count();
                gathered.facts.phone_reuse_ok = Some(others < registry.policy().patients_per_phone);
                gathered.facts.phone_disclosure = disclosed.iter().find(|one| one.name == "code_phone").map(|one| Bytes32(one.digest));
                gathered.index.push(key);
            }
        }
        Data::RequestCreate(create) => {
            gathered.facts.age_class = age_of(archive, create.patient, time.date())?;
            let term = registry.policy().request_term_days;
            let patient = registry.patient(create.patient).state;
            let superseded = |request: &&crate::patient::Request| {
                request.employee == create.employee && request.code.is_some() && request.status_at(time, term) == RequestStatus::New
            };
            if let Some(request) = patient.requests.iter().find(superseded) {
                end_code(&mut gathered, archive, request.id)?;
            }
        }
        Data::DeclarationSign(sign) => gathered.facts.age_class = age_of(archive, sign.patient, time.date())?,
        Data::SendCode(RequestRef { patient, request }) => {
            let patient = registry.patient(*patient).state;
            if let (Some(phone), Some(_)) = (patient.phone_disclosure, patient.request(*request)) {
                end_code(&mut gathered, archive, *request)?;
                let code = draw();
                gathered.facts.code_commitment = Some(code.commitment(*request, phone));
                gathered.code = Some((*request, code));
            }
        }
        Data::ConfirmByCode(ConfirmByCode { patient, request, code }) => {
            let patient = registry.patient(*patient).state;
            if let (Some(sent), Some(live)) = (archive.code(*request)?, patient.request(*request).and_then(|request| request.code)) {
                let matches = sent.digits == *code;
                gathered.facts.code_matches = Some(matches);
                if matches || live.wrong_tries + 1 >= registry.policy().codes.tries {
                    end_code(&mut gathered, archive, *request)?;
                }
            }
        }
        Data::ConfirmByKey(RequestRef { patient, request }) => {
            gathered.facts.age_class = age_of(archive, *patient, time.date())?;
            end_code(&mut gathered, archive, *request)?;
        }
        Data::DeclarationTerminate(terminate) => {
            if acting.patient.is_some() {
                gathered.facts.age_class = age_of(archive, terminate.patient, time.date())?;
            }
            gathered.facts.application_attached = Some(!disclosed.is_empty());
            gathered.subject = Some(Stream::Of(StreamType::Patient, terminate.patient));
        }
        _ => {}
    }
    Ok(gathered)
}

fn identify(gathered: &mut Gathered, archive: &dyn Archive, keys: Vec<String>, proposed: Uuid) -> Result<(), Unavailable> {
    let same = matched(archive, &keys)?;
    gathered.facts.patient_match = Some(same);
    gathered.subject = Some(subject(StreamType::Patient, same, proposed));
    gathered.index = keys;
    gathered.on_file = true;
    Ok(())
}

fn matched(archive: &dyn Archive, keys: &[String]) -> Result<Match, Unavailable> {
    let mut subjects = BTreeSet::new();
    for key in keys {
        subjects.extend(archive.find(key)?.iter().filter_map(Stream::uuid));
    }
    Ok(match (subjects.first(), subjects.len()) {
        (None, _) => Match::None,
        (Some(one), 1) => Match::One(*one),
        _ => Match::Several,
    })
}

fn subject(kind: StreamType, same: Match, proposed: Uuid) -> Stream {
    match same {
        Match::One(known) => Stream::Of(kind, known),
        Match::None | Match::Several => Stream::Of(kind, proposed),
    }
}

fn end_code(gathered: &mut Gathered, archive: &dyn Archive, request: Uuid) -> Result<(), Unavailable> {
    if let Some(code) = archive.code(request)? {
        gathered.facts.code_salt = Some(code.salt);
        gathered.ends_code = Some(request);
    }
    Ok(())
}

fn age_of(archive: &dyn Archive, patient: Uuid, today: Date) -> Result<Option<AgeClass>, Unavailable> {
    let born = archive.value(Stream::Of(StreamType::Patient, patient), "birth_date")?;
    Ok(born.as_ref().and_then(Value::as_str).and_then(|text| text.parse().ok()).map(|born| age_class(born, today)))
}

/// The age class of somebody born on a day.
pub fn age_class(born: Date, today: Date) -> AgeClass {
    match born.years_until(today) {
        ..14 => AgeClass::Under14,
        14..18 => AgeClass::From14To17,
        18.. => AgeClass::Adult,
    }
}

fn age_on(person: &Value, pointer: &str, today: Date) -> Result<AgeClass, Refusal> {
    let born = person["birth_date"].as_str().and_then(|text| text.parse::<Date>().ok());
    match born {
        Some(born) if born <= today && born.years_until(today) <= 150 => Ok(age_class(born, today)),
        _ => Err(Refusal::new(Code::BirthDateImplausible).at(pointer)),
    }
}

/// Under 14 a representative acts, and the birth certificate identifies.
fn child_is_represented(whole: &Value) -> Result<(), Refusal> {
    if whole.get("representatives").is_none() {
        return Err(Refusal::new(Code::RepresentativeNeeded).at("/data/representatives"));
    }
    let certificate = whole["documents"].as_array().is_some_and(|all| all.iter().any(|one| one["type"] == "birth_certificate"));
    if certificate { Ok(()) } else { Err(Refusal::new(Code::BirthCertificateNeeded).at("/data/documents")) }
}
