//! The policy: limits, terms, windows and rates in force.

mod capitation;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::commands::Speciality;
use crate::event::event_names;
use crate::form::{Kind, Member};
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;

pub(crate) use capitation::age_group_rules;
pub use capitation::{AgeGroup, Capitation, OverLimit};

const LIMITS: &[Member] = &[
    Member::clear("family_doctor", Kind::Integer(1, 100_000)),
    Member::clear("therapist", Kind::Integer(1, 100_000)),
    Member::clear("paediatrician", Kind::Integer(1, 100_000)),
];

const WINDOW: &[Member] =
    &[Member::clear("past_seconds", Kind::Integer(60, 604_800)), Member::clear("future_seconds", Kind::Integer(1, 3_600))];

const CODES: &[Member] = &[
    Member::clear("term_seconds", Kind::Integer(60, 86_400)),
    Member::clear("tries", Kind::Integer(1, 10)),
    Member::clear("per_request", Kind::Integer(1, 20)),
];

const QUORUM: &[Member] = &[Member::clear("keys", Kind::Integer(1, 4)), Member::clear("commands", Kind::List(&Kind::Text(3, 60), 0, 50))];

/// The members of a policy in a command.
pub(crate) const POLICY: &[Member] = &[
    Member::clear("limits", Kind::Object(LIMITS)),
    Member::clear("issued_at", Kind::Object(WINDOW)),
    Member::clear("codes", Kind::Object(CODES)),
    Member::clear("regulator_quorum", Kind::Object(QUORUM)),
    Member::clear("request_term_days", Kind::Integer(1, 365)),
    Member::clear("invitation_term_days", Kind::Integer(1, 365)),
    Member::clear("declaration_term_days", Kind::Integer(1, 36_500)),
    Member::clear("key_term_days", Kind::Integer(1, 7_300)),
    Member::clear("patients_per_phone", Kind::Integer(1, 1_000)),
    Member::clear("unverified_days", Kind::Integer(1, 3_650)),
    Member::clear("capitation", Kind::Object(capitation::CAPITATION)),
];

/// How many declarations a doctor may have, by speciality (Ministry of Health order 504 of 19.03.2018).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// A family doctor.
    pub family_doctor: u32,
    /// A therapist.
    pub therapist: u32,
    /// A paediatrician.
    pub paediatrician: u32,
}

impl Limits {
    /// The limit of one speciality.
    pub fn of(&self, speciality: Speciality) -> u32 {
        match speciality {
            Speciality::FamilyDoctor => self.family_doctor,
            Speciality::Therapist => self.therapist,
            Speciality::Paediatrician => self.paediatrician,
        }
    }
}

/// How far `issued_at` may lie from the entry's time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Before it.
    pub past_seconds: i64,
    /// After it.
    pub future_seconds: i64,
}

/// The rules of one-time codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// How long a code may be tried.
    pub term_seconds: i64,
    /// How many wrong tries end it.
    pub tries: u32,
    /// How many codes one request gets.
    pub per_request: u32,
}

/// How many of the regulator's keys sign which commands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quorum {
    /// The number of distinct keys.
    pub keys: usize,
    /// For these types of command; one key signs any other.
    pub commands: Vec<String>,
}

/// The terms of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyTerms {
    /// Declarations per doctor.
    pub limits: Limits,
    /// The window of `issued_at`.
    pub issued_at: Window,
    /// One-time codes.
    pub codes: Codes,
    /// The regulator's quorum.
    pub regulator_quorum: Quorum,
    /// Days after which an unsigned request lapses.
    pub request_term_days: i64,
    /// Days after which an unanswered invitation lapses.
    pub invitation_term_days: i64,
    /// Days that a declaration lasts.
    pub declaration_term_days: i64,
    /// The longest validity of a person's key, in days.
    pub key_term_days: i64,
    /// How many patients may receive codes on one phone.
    pub patients_per_phone: usize,
    /// Days after which an unverified provider is suspended.
    pub unverified_days: i64,
    /// What providers are paid for declarations.
    pub capitation: Capitation,
}

impl Default for PolicyTerms {
    /// The terms of the design: limits of the ministry's order, a request for 1 day, a declaration for 40 years.
    fn default() -> PolicyTerms {
        PolicyTerms {
            limits: Limits { family_doctor: 1800, therapist: 2000, paediatrician: 900 },
            issued_at: Window { past_seconds: 86_400, future_seconds: 300 },
            codes: Codes { term_seconds: 900, tries: 3, per_request: 5 },
            regulator_quorum: Quorum { keys: 1, commands: Vec::new() },
            request_term_days: 1,
            invitation_term_days: 30,
            declaration_term_days: 14_610,
            key_term_days: 1_830,
            patients_per_phone: 5,
            unverified_days: 90,
            capitation: Capitation::default(),
        }
    }
}

/// The state of `policy/current`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// What is in force; the defaults before genesis.
    pub terms: PolicyTerms,
    /// The key of checkpoints, in signed-note form.
    pub log_key: String,
    /// The key of refusal notes, in signed-note form.
    pub refusal_key: String,
}

/// What may happen to the policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum PolicyEvent {
    /// The ledger was opened.
    #[serde(rename = "ledger.opened")]
    Opened {
        /// The key of checkpoints.
        log_key: String,
        /// The key of refusal notes.
        refusal_key: String,
    },
    /// A policy came into force.
    #[serde(rename = "policy.set")]
    Set {
        /// Its terms.
        terms: PolicyTerms,
    },
}

event_names!(PolicyEvent { Opened => "ledger.opened", Set => "policy.set", });

/// What the policy is asked.
#[derive(Clone, Debug)]
pub enum PolicyCommand {
    /// Open the ledger under these keys and terms.
    Open {
        /// The key of checkpoints.
        log_key: String,
        /// The key of refusal notes.
        refusal_key: String,
        /// How many keys the regulator begins with.
        regulators: usize,
        /// The first terms.
        terms: PolicyTerms,
    },
    /// Put these terms into force.
    Set(PolicyTerms),
}

impl Aggregate for Policy {
    const TYPE: &'static str = "policy";
    type Command = PolicyCommand;
    type Event = PolicyEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(&mut self, command: PolicyCommand, registry: &Registry, sink: &EventSink<Self>) -> Result<(), Refusal> {
        match command {
            PolicyCommand::Open { log_key, refusal_key, regulators, terms } => {
                if !self.log_key.is_empty() {
                    return Err(Code::AlreadyOpened.into());
                }
                reachable(&terms, regulators)?;
                sink.write(PolicyEvent::Opened { log_key, refusal_key }, self).await;
                sink.write(PolicyEvent::Set { terms }, self).await;
            }
            PolicyCommand::Set(terms) => {
                reachable(&terms, registry.regulator_keys())?;
                sink.write(PolicyEvent::Set { terms }, self).await;
            }
        }
        Ok(())
    }

    fn apply(&mut self, event: PolicyEvent) {
        match event {
            PolicyEvent::Opened { log_key, refusal_key } => {
                self.log_key = log_key;
                self.refusal_key = refusal_key;
            }
            PolicyEvent::Set { terms } => self.terms = terms,
        }
    }
}

/// A quorum beyond the regulator's keys would lock the regulator out for good.
fn reachable(terms: &PolicyTerms, keys: usize) -> Result<(), Refusal> {
    if terms.regulator_quorum.keys <= keys {
        return Ok(());
    }
    Err(Refusal::new(Code::OutOfRange).at("/data/policy/regulator_quorum/keys").with("min", 1).with("max", keys))
}
