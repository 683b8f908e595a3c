//! Who plays in the benchmark, and the commands they sign: all counted, so that the same numbers give the same people.
//!
//! Nobody here is real. Ids are UUIDs of version 7 that rise with the numbers, as those of commands made one after the other do.

use std::ops::Range;
use std::thread;

use aggregates::commands::Spec;
use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role, Stream, StreamType};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::people;
use crate::envelope::{ComposeFault, Draft, compose, disclosed_members};
use crate::keys::{SecretKey, to_jwk};
use crate::node::Founders;

/// The name of the benchmark's ledger.
pub const ORIGIN: &str = "bench.litopys.example/registry";

/// Declarations that a doctor has at most here; the law's limit for a family doctor is 1,800.
const PER_DOCTOR: u64 = 1_500;
/// The fewest doctors.
const FEWEST_DOCTORS: u64 = 8;
/// Doctors of one provider.
pub(super) const PER_CLINIC: u64 = 16;
/// Medical information systems, between which the providers are divided.
const MISS: u64 = 4;
/// Ids of so many per millisecond.
const IDS_PER_MS: u64 = 10;

pub(super) type Signer<'a> = (&'a SecretKey, Role, Option<Stream>);

/// Everybody but the patients, who come by their numbers.
pub struct Cast {
    pub(super) begun: Instant,
    pub(super) regulator: SecretKey,
    pub(super) trust_provider: SecretKey,
    pub(super) miss: Vec<SecretKey>,
    pub(super) clinics: Vec<Clinic>,
    doctors: u64,
}

/// A provider's people.
pub(super) struct Clinic {
    pub(super) owner: SecretKey,
    pub(super) desk: SecretKey,
    pub(super) doctors: Vec<SecretKey>,
}

/// What an id or key belongs to.
#[derive(Clone, Copy)]
pub(super) enum Of {
    TrustProvider,
    Mis,
    LegalEntity,
    Division,
    Person,
    Post,
    Patient,
    Request,
    Declaration,
    Command,
}

impl Cast {
    /// A cast for so many declarations, whose commands are made at `begun`.
    pub fn new(declarations: u64, begun: Instant) -> Cast {
        let doctors = declarations.div_ceil(PER_DOCTOR).max(FEWEST_DOCTORS);
        let clinic = |number: u64| Clinic {
            owner: key("owner", number),
            desk: key("desk", number),
            doctors: (number * PER_CLINIC..doctors.min((number + 1) * PER_CLINIC)).map(|doctor| key("doctor", doctor)).collect(),
        };
        Cast {
            begun,
            regulator: key("regulator", 0),
            trust_provider: key("trust provider", 0),
            miss: (0..MISS).map(|number| key("mis", number)).collect(),
            clinics: (0..doctors.div_ceil(PER_CLINIC)).map(clinic).collect(),
            doctors,
        }
    }

    /// Who founds the ledger.
    pub fn founders(&self) -> Founders {
        Founders {
            origin: ORIGIN.into(),
            regulators: vec![key("regulator", 0)],
            operator: key("operator", 0),
            log: key("log", 0),
            refusal: key("refusal", 0),
            policy: PolicyTerms::default(),
            keys_until: self.begun.plus_seconds(1_000 * 86_400),
        }
    }

    /// The regulator's key.
    pub fn regulator(&self) -> &SecretKey {
        &self.regulator
    }

    /// How many doctors there are.
    pub fn doctors(&self) -> u64 {
        self.doctors
    }

    /// The id of a doctor's post.
    pub fn doctor(&self, number: u64) -> Uuid {
        self.id(Of::Post, 3 * PER_CLINIC * self.clinics.len() as u64 + number)
    }

    /// The id of a patient.
    pub fn patient(&self, number: u64) -> Uuid {
        self.id(Of::Patient, number)
    }

    /// The id of a patient's request.
    pub fn request(&self, number: u64) -> Uuid {
        self.id(Of::Request, number)
    }

    /// The id of a patient's declaration.
    pub fn declaration(&self, number: u64) -> Uuid {
        self.id(Of::Declaration, number)
    }

    pub(super) fn id(&self, of: Of, number: u64) -> Uuid {
        let ms = self.begun.ms() as u64 + number / IDS_PER_MS;
        let hash: [u8; 32] = Sha256::new().chain_update([of as u8]).chain_update(number.to_be_bytes()).finalize().into();
        let mut random = [0; 10];
        random.copy_from_slice(&hash[..10]);
        // The first twelve random bits count within the millisecond (RFC 9562 §6.2, method 1), as many generators do.
        random[0] = (number % IDS_PER_MS) as u8;
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }

    pub(super) fn mis(&self, clinic: u64) -> Signer<'_> {
        let number = clinic % MISS;
        (&self.miss[number as usize], Role::Mis, Some(Stream::Of(StreamType::Mis, self.id(Of::Mis, number))))
    }

    pub(super) fn enrolled_by(&self) -> Signer<'_> {
        let of = Stream::Of(StreamType::TrustProvider, self.id(Of::TrustProvider, 0));
        (&self.trust_provider, Role::TrustProvider, Some(of))
    }

    pub(super) fn hand<'a>(&self, key: &'a SecretKey, role: Role, kind: StreamType, id: Uuid) -> Signer<'a> {
        (key, role, Some(Stream::Of(kind, id)))
    }

    /// The doctor and the clinic of a patient: doctors take turns.
    fn place(&self, patient: u64) -> (u64, u64) {
        let doctor = patient % self.doctors;
        (doctor, doctor / PER_CLINIC)
    }

    fn asked(&self, patient: u64) -> Value {
        let (doctor, clinic) = self.place(patient);
        json!({
            "patient": self.patient(patient), "request": self.request(patient), "declaration": self.declaration(patient),
            "employee": self.doctor(doctor), "division": self.id(Of::Division, clinic), "scope": "family_doctor",
        })
    }

    /// One patient's command of this kind.
    ///
    /// # Errors
    /// [`ComposeFault`].
    pub fn command(&self, step: &Step, patient: u64) -> Result<String, ComposeFault> {
        let (doctor, clinic) = self.place(patient);
        let of = self.patient(patient);
        let named = json!({ "patient": of, "request": self.request(patient) });
        let own = key("patient", patient);
        let himself = self.hand(&own, Role::Patient, StreamType::Patient, of);
        let desk = self.hand(&self.clinics[clinic as usize].desk, Role::Receptionist, StreamType::Employee, self.post(clinic, 1));
        let doctors = &self.clinics[clinic as usize].doctors;
        let signer = &doctors[(doctor % PER_CLINIC) as usize];
        let doctor = self.hand(signer, Role::Doctor, StreamType::Employee, self.doctor(doctor));
        let mis = self.mis(clinic);
        let kind = step.kind();
        let (data, signers) = match step {
            Step::Enrol => {
                let mut data = enrolment(&own, self.begun);
                data["patient"] = people::identity(of, patient);
                (data, [self.enrolled_by(), (&own, Role::Holder, None)])
            }
            Step::Register { with_key: true } => (people::patient(of, patient), [mis, himself]),
            Step::Register { with_key: false } => (people::patient(of, patient), [mis, desk]),
            Step::Request => (self.asked(patient), [mis, desk]),
            Step::SendCode => (named, [mis, desk]),
            Step::ConfirmByCode(codes) => {
                let mut data = named;
                data["code"] = json!(codes(self.request(patient)));
                (data, [mis, desk])
            }
            Step::ConfirmByKey => (named, [mis, himself]),
            Step::Sign => {
                let mut data = self.asked(patient);
                data["patient_signed"] = json!(true);
                (data, [mis, doctor])
            }
            Step::Terminate => {
                let data = json!({
                    "patient": of, "declaration": self.declaration(patient), "reason": "moved_away", "application": "Прошу припинити.",
                });
                (data, [mis, doctor])
            }
        };
        self.compose(&format!("{kind} {patient}"), self.id(Of::Command, 16 * (patient + 1_000_000) + step.place()), kind, data, &signers)
    }

    /// The same for many patients, in their order, signed on all cores.
    ///
    /// # Errors
    /// [`ComposeFault`].
    pub fn commands(&self, step: &Step, patients: Range<u64>) -> Result<Vec<String>, ComposeFault> {
        self.commands_of(step, &patients.collect::<Vec<_>>())
    }

    /// The same for patients by number.
    ///
    /// # Errors
    /// [`ComposeFault`].
    pub fn commands_of(&self, step: &Step, patients: &[u64]) -> Result<Vec<String>, ComposeFault> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let part = patients.len().div_ceil(cores).max(1);
        let signed = |part: &[u64]| part.iter().map(|patient| self.command(step, *patient)).collect::<Result<Vec<_>, _>>();
        thread::scope(|scope| {
            let parts: Vec<_> = patients.chunks(part).map(|part| scope.spawn(move || signed(part))).collect();
            let mut all = Vec::with_capacity(patients.len());
            for part in parts {
                all.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(all)
        })
    }

    /// A post's id: of the owner (0) and the desk (1).
    pub(super) fn post(&self, clinic: u64, which: u64) -> Uuid {
        self.id(Of::Post, 3 * clinic + which)
    }

    pub(super) fn compose(&self, label: &str, id: Uuid, kind: &str, data: Value, signers: &[Signer<'_>]) -> Result<String, ComposeFault> {
        let members = Spec::named(kind).zip(data.as_object());
        let disclose = members.map_or_else(Vec::new, |(spec, data)| disclosed_members(spec, data));
        let ledger = ORIGIN.to_owned();
        let draft = Draft { id, ledger, kind: kind.to_owned(), issued_at: self.begun, expect: None, seen: None, data, disclose };
        let mut salts = 0u64;
        let salt = |bytes: &mut [u8]| {
            salts += 1;
            let salt = Sha256::new().chain_update(label).chain_update(salts.to_be_bytes()).finalize();
            bytes.iter_mut().zip(salt).for_each(|(byte, random)| *byte = random);
        };
        Ok(compose(&draft, signers, salt)?.body)
    }
}

/// A patient's step on the way to a declaration and away from it.
pub enum Step<'a> {
    /// A trust provider enrols the patient's key.
    Enrol,
    /// The patient is registered, by himself or at the desk.
    Register {
        /// By himself.
        with_key: bool,
    },
    /// The desk asks for a declaration.
    Request,
    /// The desk has a code sent.
    SendCode,
    /// The desk gives the code that was sent for a request.
    ConfirmByCode(&'a (dyn Fn(Uuid) -> String + Sync)),
    /// The patient confirms with his key.
    ConfirmByKey,
    /// The doctor signs.
    Sign,
    /// The doctor ends the declaration at the patient's application.
    Terminate,
}

impl Step<'_> {
    /// The command's type.
    pub fn kind(&self) -> &'static str {
        match self {
            Step::Enrol => "key.enrol",
            Step::Register { .. } => "patient.register",
            Step::Request => "declaration_request.create",
            Step::SendCode => "declaration_request.send_code",
            Step::ConfirmByCode(_) => "declaration_request.confirm_by_code",
            Step::ConfirmByKey => "declaration_request.confirm_by_key",
            Step::Sign => "declaration.sign",
            Step::Terminate => "declaration.terminate",
        }
    }

    fn place(&self) -> u64 {
        match self {
            Step::Enrol => 0,
            Step::Register { .. } => 1,
            Step::Request => 2,
            Step::SendCode => 3,
            Step::ConfirmByCode(_) => 4,
            Step::ConfirmByKey => 5,
            Step::Sign => 6,
            Step::Terminate => 7,
        }
    }
}

/// A key as a trust provider enrols it.
pub(super) fn enrolment(key: &SecretKey, begun: Instant) -> Value {
    let (from, until) = (begun.plus_seconds(-86_400), begun.plus_seconds(700 * 86_400));
    json!({ "key": to_jwk(&key.public()), "from": from, "until": until, "evidence": "presence" })
}

fn key(what: &str, number: u64) -> SecretKey {
    let seed = Sha256::new().chain_update("litopys-bench\0").chain_update(what).chain_update([0]).chain_update(number.to_be_bytes());
    SecretKey::from_seed(&seed.finalize().into())
}
