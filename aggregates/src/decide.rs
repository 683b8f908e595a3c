//! The decision: what a command causes.

use std::pin::pin;
use std::task::{Context as Polling, Poll, Waker};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use uuid::Uuid;

use crate::auditor::AuditorCommand;
use crate::authority::{self, Acting};
use crate::commands::{Command, Data, EmployeeInvite, Genesis, KeyEnrol, LegalEntityRegister, PatientRegister, Speciality};
use crate::division::DivisionCommand;
use crate::employee::{EmployeeCommand, Post};
use crate::event::{Body, Event};
use crate::facts::{AgeClass, Facts, Match};
use crate::key_ring::{Holder, KeyCommand};
use crate::legal_entity::LegalEntityCommand;
use crate::mis::MisCommand;
use crate::patient::{By, NewRequest, PatientCommand};
use crate::policy::PolicyCommand;
use crate::practitioner::PractitionerCommand;
use crate::refusal::{Code, Refusal};
use crate::registry::{At, Registry};
use crate::trust_provider::TrustProviderCommand;
use crate::words::{Instant, Kid, PublicKey, Role, Stream, StreamType};

/// What a decision reads beside the registry and the command.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The index that the first entry will have.
    pub index: u64,
    /// The entry's time.
    pub time: Instant,
    /// The facts.
    pub facts: Facts,
}

/// How many effects one command may have.
pub const MAX_EFFECTS: usize = 4096;

/// What a command causes: its events sorted by (bytes of the stream, version).
///
/// # Errors
/// A refusal; the registry is as it was in either case, since only [`Registry::apply`] changes it.
pub fn decide(registry: &Registry, command: &Command, context: &Context) -> Result<Vec<Event>, Refusal> {
    let genesis = matches!(command.data, Data::Genesis(_));
    if genesis != (context.index == 0) {
        return Err(if genesis { Code::AlreadyOpened } else { Code::NotOpened }.into());
    }
    let acting = authority::check(registry, command, context.time)?;
    if let Some(expect) = &command.expect {
        let actual = registry.version(&expect.stream);
        if actual != expect.version {
            return Err(Refusal::new(Code::VersionConflict).at("/expect/version").with("actual", actual).with("expected", expect.version));
        }
    }
    let mut decision = Decision { registry, acting, time: context.time, facts: context.facts, events: Vec::new() };
    decision.take(&command.data)?;
    let mut events = decision.events;
    if events.len() > MAX_EFFECTS {
        return Err(Refusal::new(Code::TooManyEffects).with("max", MAX_EFFECTS));
    }
    assert!(!events.is_empty(), "an accepted command causes something");
    events.sort_by_cached_key(|event| (event.stream.to_string(), event.version));
    debug_assert!(events.windows(2).all(|pair| pair[0].stream != pair[1].stream || pair[0].version + 1 == pair[1].version));
    Ok(events)
}

struct Decision<'a> {
    registry: &'a Registry,
    acting: Acting,
    time: Instant,
    facts: Facts,
    events: Vec<Event>,
}

impl Decision<'_> {
    fn take(&mut self, data: &Data) -> Result<(), Refusal> {
        let registry = self.registry;
        match data {
            Data::Genesis(genesis) => self.open(genesis),
            Data::PolicySet(set) => self.ask(Stream::Policy, registry.policy_state().clone(), PolicyCommand::Set(set.policy.clone())),
            Data::AuditorAdmit(admit) => {
                self.ask(of(StreamType::Auditor, admit.auditor), registry.auditor(admit.auditor), AuditorCommand::Admit)?;
                self.enrol_party(StreamType::Auditor, admit.auditor, admit.key.x, admit.key_until)
            }
            Data::TrustProviderAccredit(accredit) => {
                let id = accredit.trust_provider;
                self.ask(of(StreamType::TrustProvider, id), registry.trust_provider(id), TrustProviderCommand::Accredit)?;
                self.enrol_party(StreamType::TrustProvider, id, accredit.key.x, accredit.key_until)
            }
            Data::MisApply(apply) => {
                self.ask(of(StreamType::Mis, apply.mis), registry.mis(apply.mis), MisCommand::Apply)?;
                self.enrol_party(StreamType::Mis, apply.mis, apply.key.x, apply.key_until)
            }
            Data::MisRecordTest(test) => {
                self.ask(of(StreamType::Mis, test.mis), registry.mis(test.mis), MisCommand::RecordTest { passed: test.passed })
            }
            Data::MisAccredit(accredit) => self.ask(of(StreamType::Mis, accredit.mis), registry.mis(accredit.mis), MisCommand::Accredit),
            Data::MisSuspend(suspend) => {
                self.ask(of(StreamType::Mis, suspend.mis), registry.mis(suspend.mis), MisCommand::Suspend { reason: suspend.reason })
            }
            Data::MisReinstate(reinstate) => {
                self.ask(of(StreamType::Mis, reinstate.mis), registry.mis(reinstate.mis), MisCommand::Reinstate)
            }
            Data::KeyEnrol(enrol) => self.enrol(enrol),
            Data::KeyRevoke(revoke) => {
                let by_trust_provider = self.acting.trust_provider.map(|id| of(StreamType::TrustProvider, id));
                let command = KeyCommand::Revoke { by_trust_provider, compromised_since: revoke.compromised_since };
                self.ask(Stream::Key(revoke.kid), registry.key_state(&revoke.kid), command)
            }
            Data::LegalEntityRegister(register) => self.register_legal_entity(register),
            Data::LegalEntityVerify(verify) => {
                let id = verify.legal_entity;
                self.ask(of(StreamType::LegalEntity, id), registry.legal_entity(id), LegalEntityCommand::Verify)
            }
            Data::DivisionOpen(open) => {
                let command = DivisionCommand::Open { legal_entity: self.acting.legal_entity()? };
                self.ask(of(StreamType::Division, open.division), registry.division(open.division), command)
            }
            Data::EmployeeInvite(invite) => self.invite(invite),
            Data::EmployeeAccept(accept) => {
                let command = EmployeeCommand::Accept { practitioner: self.acting.practitioner.unwrap_or_default(), at: self.time };
                self.ask(of(StreamType::Employee, accept.employee), registry.employee(accept.employee), command)
            }
            Data::EmployeeDismiss(dismiss) => self.dismiss(dismiss.employee, &dismiss.reason),
            Data::PatientRegister(register) => self.register_patient(register),
            Data::RequestCreate(create) => {
                self.own_patient(create.patient)?;
                if let Ok(legal_entity) = self.acting.legal_entity()
                    && registry.doctor(create.employee)?.legal_entity != legal_entity
                {
                    return Err(Refusal::new(Code::EmployeeForeign).at("/data/employee"));
                }
                let new = NewRequest {
                    request: create.request,
                    declaration: create.declaration,
                    employee: create.employee,
                    division: create.division,
                };
                let age = self.age(create.patient)?;
                self.ask_patient(create.patient, PatientCommand::Request { new, age, at: self.time })
            }
            Data::SendCode(send) => {
                self.request_of_own_provider(send.patient, send.request)?;
                // Without a request or a phone nothing was drawn, and the patient's stream says which of them is missing.
                let commitment = self.facts.code_commitment.unwrap_or(crate::words::Bytes32([0; 32]));
                self.ask_patient(send.patient, PatientCommand::SendCode { request: send.request, commitment, at: self.time })
            }
            Data::ConfirmByCode(confirm) => {
                self.request_of_own_provider(confirm.patient, confirm.request)?;
                let matches = self.facts.code_matches;
                self.ask_patient(confirm.patient, PatientCommand::TryCode { request: confirm.request, matches, at: self.time })
            }
            Data::ConfirmByKey(confirm) => {
                self.own_patient(confirm.patient)?;
                self.ask_patient(confirm.patient, PatientCommand::ConfirmByKey { request: confirm.request, at: self.time })
            }
            Data::DeclarationSign(sign) => {
                let signer = self.acting.employee.as_ref().map(|(id, _)| *id).unwrap_or_default();
                let (by, age) = (self.by(), self.age(sign.patient)?);
                self.ask_patient(sign.patient, PatientCommand::Sign { content: sign.clone(), signer, by, age, at: self.time })
            }
            Data::DeclarationTerminate(terminate) => {
                self.own_patient(terminate.patient)?;
                let command = PatientCommand::Terminate {
                    content: terminate.clone(),
                    doctor: self.acting.employee.as_ref().map(|(id, _)| *id),
                    application: self.facts.application_attached == Some(true),
                    by: self.by(),
                    on: self.time.date(),
                };
                self.ask_patient(terminate.patient, command)
            }
        }
    }

    /// Asks one aggregate, on a copy, and keeps what it says as events of its stream.
    fn ask<A>(&mut self, stream: Stream, at: At<A>, command: A::Command) -> Result<(), Refusal>
    where
        A: Aggregate<Services = Registry, Error = Refusal>,
        Body: From<A::Event>,
    {
        let At { version, mut state } = at;
        let sink = EventSink::default();
        ready(state.handle(command, self.registry, &sink))?;
        let events = ready(sink.collect());
        let numbered = (version + 1..).zip(events).map(|(version, event)| Event { stream, version, body: event.into() });
        self.events.extend(numbered);
        Ok(())
    }

    fn ask_patient(&mut self, id: Uuid, command: PatientCommand) -> Result<(), Refusal> {
        self.ask(of(StreamType::Patient, id), self.registry.patient(id), command)
    }

    fn open(&mut self, genesis: &Genesis) -> Result<(), Refusal> {
        let Genesis { regulators, operator, log_key, refusal_key, keys_until, policy: terms } = genesis.clone();
        let open = PolicyCommand::Open { log_key, refusal_key, regulators: regulators.len(), terms };
        self.ask(Stream::Policy, self.registry.policy_state().clone(), open)?;
        let holders = regulators.iter().map(|key| (Holder::Regulator, key.x)).chain([(Holder::Operator, operator.x)]);
        for (holder, key) in holders {
            self.enrol_institution(holder, key, keys_until, "/data/keys_until")?;
        }
        Ok(())
    }

    fn enrol_party(&mut self, kind: StreamType, id: Uuid, key: PublicKey, until: Instant) -> Result<(), Refusal> {
        self.enrol_institution(Holder::Of(of(kind, id)), key, until, "/data/key_until")
    }

    /// A key that counts from now on; `pointer` is where the command says until when.
    fn enrol_institution(&mut self, holder: Holder, key: PublicKey, until: Instant, pointer: &str) -> Result<(), Refusal> {
        self.enrol_key(holder, key, self.time, until, Vec::new(), None).map_err(|refusal| match refusal.code {
            Code::KeyValidity => refusal.at(pointer),
            _ => refusal,
        })
    }

    fn enrol_key(
        &mut self,
        holder: Holder,
        x: PublicKey,
        from: Instant,
        until: Instant,
        represents: Vec<String>,
        enrolled_by: Option<Stream>,
    ) -> Result<(), Refusal> {
        let kid: Kid = x.kid();
        let command = KeyCommand::Enrol { holder, x, from, until, represents, enrolled_by };
        self.ask(Stream::Key(kid), self.registry.key_state(&kid), command)
    }

    fn enrol(&mut self, enrol: &KeyEnrol) -> Result<(), Refusal> {
        let registry = self.registry;
        let holder = if let Some(person) = &enrol.practitioner {
            let (id, command) = match self.facts.same_practitioner {
                Some(Match::One(known)) => (known, PractitionerCommand::Recognise),
                Some(Match::Several) => return Err(Refusal::new(Code::PractitionerAmbiguous).at("/data/practitioner")),
                Some(Match::None) | None => (person.id, PractitionerCommand::Create),
            };
            self.ask(of(StreamType::Practitioner, id), registry.practitioner(id), command)?;
            of(StreamType::Practitioner, id)
        } else {
            let proposed = enrol.patient.as_ref().map(|person| person.id).unwrap_or_default();
            let (id, command) = match self.facts.patient_match {
                Some(Match::One(known)) => (known, PatientCommand::Recognise),
                Some(Match::Several) => return Err(Refusal::new(Code::PatientAmbiguous).at("/data/patient")),
                Some(Match::None) | None => (proposed, PatientCommand::Create),
            };
            self.ask_patient(id, command)?;
            of(StreamType::Patient, id)
        };
        let enrolled_by = self.acting.trust_provider.map(|id| of(StreamType::TrustProvider, id));
        self.enrol_key(Holder::Of(holder), enrol.key.x, enrol.from, enrol.until, enrol.represents.clone(), enrolled_by)
    }

    fn register_legal_entity(&mut self, register: &LegalEntityRegister) -> Result<(), Refusal> {
        let (id, practitioner) = (register.legal_entity, self.acting.practitioner.unwrap_or_default());
        let command = LegalEntityCommand::Register {
            ownership: register.ownership,
            edrpou: register.edrpou.clone(),
            owner: register.employee,
            practitioner,
            represents: self.acting.represents.clone(),
            owner_code_matches: self.facts.owner_code_matches == Some(true),
        };
        self.ask(of(StreamType::LegalEntity, id), self.registry.legal_entity(id), command)?;
        let post = Post {
            practitioner,
            legal_entity: id,
            kind: crate::commands::EmployeeType::Owner,
            division: None,
            speciality: None,
            specialities: Vec::new(),
        };
        self.ask(of(StreamType::Employee, register.employee), self.registry.employee(register.employee), EmployeeCommand::Appoint(post))
    }

    fn invite(&mut self, invite: &EmployeeInvite) -> Result<(), Refusal> {
        let primary_care = |name: &str| Speciality::from_name(name);
        let mut specialities: Vec<Speciality> = invite.specialities.iter().filter_map(|one| primary_care(&one.speciality)).collect();
        specialities.sort_unstable();
        specialities.dedup();
        let post = Post {
            practitioner: invite.practitioner,
            legal_entity: self.acting.legal_entity()?,
            kind: invite.kind,
            division: invite.division,
            speciality: invite.specialities.iter().find(|one| one.officio).and_then(|one| primary_care(&one.speciality)),
            specialities,
        };
        let command = EmployeeCommand::Invite { post, at: self.time };
        self.ask(of(StreamType::Employee, invite.employee), self.registry.employee(invite.employee), command)
    }

    /// Ends the post and, since nobody else may serve them under it, its declarations.
    fn dismiss(&mut self, employee: Uuid, reason: &str) -> Result<(), Refusal> {
        let (on, by) = (self.time.date(), self.by());
        let command = EmployeeCommand::Dismiss {
            by: self.acting.employee.as_ref().map(|(id, _)| *id).unwrap_or_default(),
            legal_entity: self.acting.legal_entity()?,
            this: employee,
            reason: reason.to_owned(),
            on,
        };
        self.ask(of(StreamType::Employee, employee), self.registry.employee(employee), command)?;
        for (declaration, patient) in self.registry.declarations_of(employee, on) {
            self.ask_patient(patient, PatientCommand::EndForDismissal { declaration, by, on })?;
        }
        Ok(())
    }

    fn register_patient(&mut self, register: &PatientRegister) -> Result<(), Refusal> {
        let himself = self.acting.patient;
        self.own_patient(register.patient)?;
        let known = match (self.facts.patient_match, himself) {
            (Some(Match::Several), _) => return Err(Refusal::new(Code::PatientAmbiguous).at("/data")),
            (Some(Match::One(known)), None) => return self.ask_patient(known, PatientCommand::Recognise),
            (Some(Match::One(known)), Some(own)) if known == own => own,
            // A trust provider has identified the signer: an identity that nobody has is not his either.
            (Some(Match::One(_) | Match::None), Some(_)) => return Err(Refusal::new(Code::IdentityMismatch).at("/data")),
            (None, Some(own)) => own,
            (Some(Match::None) | None, None) => register.patient,
        };
        let command = PatientCommand::Register {
            authentication: register.authentication,
            phone_disclosure: self.facts.phone_disclosure,
            phone_reuse_ok: self.facts.phone_reuse_ok != Some(false),
            himself: himself.is_some(),
        };
        self.ask_patient(known, command)
    }

    /// A patient acts for himself only, and under 14 not even for himself.
    fn own_patient(&self, patient: Uuid) -> Result<(), Refusal> {
        let no = |why: &str| Err(Refusal::new(Code::SignerNotEntitled).at("/signers").with("as", "patient").with("why", why));
        match self.acting.patient {
            Some(own) if own != patient => no("the record is somebody else's"),
            Some(_) if self.facts.age_class == Some(AgeClass::Under14) => no("a representative acts for a patient under 14"),
            _ => Ok(()),
        }
    }

    /// Staff handle the requests of their own provider's doctors only.
    fn request_of_own_provider(&self, patient: Uuid, request: Uuid) -> Result<(), Refusal> {
        let own = self.acting.legal_entity()?;
        let patient = self.registry.patient(patient).state;
        let doctor = patient.request(request).and_then(|request| self.registry.employee(request.employee).state.post);
        match doctor {
            Some(post) if post.legal_entity != own => Err(Refusal::new(Code::EmployeeForeign).at("/data/request")),
            _ => Ok(()),
        }
    }

    /// The patient's age; without one on file the patient has no identity, or does not exist.
    fn age(&self, patient: Uuid) -> Result<AgeClass, Refusal> {
        let missing = if self.registry.knows_patient(patient) {
            Refusal::new(Code::PatientUnidentified)
        } else {
            Refusal::new(Code::NotFound).with("what", "patient")
        };
        self.facts.age_class.ok_or_else(|| missing.at("/data/patient"))
    }

    fn by(&self) -> By {
        self.acting.by.unwrap_or(By { role: Role::Operator, of: None })
    }
}

fn of(kind: StreamType, id: Uuid) -> Stream {
    Stream::Of(kind, id)
}

/// The result of a future that never waits: aggregates do no I/O.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Polling::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("an aggregate waited, though it has nothing to wait for"),
    }
}
