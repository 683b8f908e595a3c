//! What a patient's stream is asked, and what it answers.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::declaration::{DeclarationStatus, EndReason, Term};
use super::request::{Request, RequestStatus, SentCode};
use super::{By, Patient, PatientEvent};
use crate::commands::{Authentication, DeclarationSign, DeclarationTerminate, Speciality};
use crate::facts::AgeClass;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;
use crate::words::{Bytes32, Date, Instant};

/// How a patient confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// By a one-time code.
    Code,
    /// By his own key.
    Key,
}

/// A request to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewRequest {
    /// Its id.
    pub request: Uuid,
    /// The id that its declaration will have.
    pub declaration: Uuid,
    /// The doctor chosen.
    pub employee: Uuid,
    /// Where.
    pub division: Uuid,
}

/// What a patient's stream is asked.
#[derive(Clone, Debug)]
pub enum PatientCommand {
    /// Create him, identified by a trust provider.
    Create,
    /// Register him.
    Register {
        /// How he will confirm without a key.
        authentication: Authentication,
        /// The digest of the disclosure that sets the phone for codes.
        phone_disclosure: Option<Bytes32>,
        /// Whether the phone may serve him.
        phone_reuse_ok: bool,
        /// Whether he registers himself, with his own key.
        himself: bool,
    },
    /// Recognise him as the one known.
    Recognise,
    /// Make a request, in place of an open one for the same doctor.
    Request {
        /// The request.
        new: NewRequest,
        /// The patient's age today.
        age: AgeClass,
        /// Now.
        at: Instant,
    },
    /// Send a code.
    SendCode {
        /// The request.
        request: Uuid,
        /// What commits to the code drawn.
        commitment: Bytes32,
        /// Now.
        at: Instant,
    },
    /// Try a code.
    TryCode {
        /// The request.
        request: Uuid,
        /// Whether it is the one sent; unknown where the vault holds none.
        matches: Option<bool>,
        /// Now.
        at: Instant,
    },
    /// Confirm by the patient's key.
    ConfirmByKey {
        /// The request.
        request: Uuid,
        /// Now.
        at: Instant,
    },
    /// Sign, which ends the declaration in force.
    Sign {
        /// What the doctor signs.
        content: DeclarationSign,
        /// The post that he signs as.
        signer: Uuid,
        /// The same as a signer.
        by: By,
        /// The patient's age today.
        age: AgeClass,
        /// Now.
        at: Instant,
    },
    /// End a declaration by command.
    Terminate {
        /// Which, and why.
        content: DeclarationTerminate,
        /// The doctor's post, where he is the signer.
        doctor: Option<Uuid>,
        /// Whether the patient's application is attached.
        application: bool,
        /// The signer.
        by: By,
        /// Today.
        on: Date,
    },
    /// End a declaration because the doctor's post ends.
    EndForDismissal {
        /// Which.
        declaration: Uuid,
        /// Who dismissed the doctor.
        by: By,
        /// Today.
        on: Date,
    },
}

impl Patient {
    pub(super) fn decide(&self, command: PatientCommand, registry: &Registry) -> Result<Vec<PatientEvent>, Refusal> {
        match command {
            PatientCommand::Create if self.known => Err(Refusal::new(Code::IdTaken).at("/data/patient/id")),
            PatientCommand::Create => Ok(vec![PatientEvent::Created {}]),
            PatientCommand::Recognise => {
                self.must_be_known()?;
                Ok(vec![PatientEvent::Recognised {}])
            }
            PatientCommand::Register { authentication, phone_disclosure, phone_reuse_ok, himself } => {
                // His own key proves that he is the one created by enrolment; anybody else needs a new id.
                if if himself { self.authentication.is_some() } else { self.known } {
                    return Err(Refusal::new(Code::IdTaken).at("/data/patient"));
                }
                if !phone_reuse_ok {
                    return Err(Refusal::new(Code::PhoneReused).at("/data/code_phone"));
                }
                Ok(vec![PatientEvent::Registered { authentication, phone_disclosure }])
            }
            PatientCommand::Request { new, age, at } => self.make_request(new, age, at, registry),
            PatientCommand::SendCode { request, commitment, at } => self.send_code(request, commitment, at, registry),
            PatientCommand::TryCode { request, matches, at } => self.try_code(request, matches, at, registry),
            PatientCommand::ConfirmByKey { request, at } => {
                let request = self.open_request(request, RequestStatus::New, at, registry)?;
                self.doctor_free(request, registry, at)?;
                Ok(vec![PatientEvent::RequestConfirmed { request: request.id, confirmation: Confirmation::Key }])
            }
            PatientCommand::Sign { content, signer, by, age, at } => self.sign(&content, signer, by, age, at, registry),
            PatientCommand::Terminate { content, doctor, application, by, on } => self.terminate(&content, doctor, application, by, on),
            PatientCommand::EndForDismissal { declaration, by, on } => {
                Ok(vec![PatientEvent::DeclarationTerminated { declaration, reason: EndReason::EmployeeDismissed, by, on }])
            }
        }
    }

    fn make_request(&self, new: NewRequest, age: AgeClass, at: Instant, registry: &Registry) -> Result<Vec<PatientEvent>, Refusal> {
        self.must_be_registered()?;
        // Ids are unique over all patients: codes and read models are kept by them.
        if registry.request_known(new.request) {
            return Err(Refusal::new(Code::IdTaken).at("/data/request"));
        }
        if registry.declaration_known(new.declaration) {
            return Err(Refusal::new(Code::IdTaken).at("/data/declaration"));
        }
        let post = registry.doctor(new.employee)?;
        registry.active_legal_entity(post.legal_entity)?;
        registry.active_division_of(new.division, post.legal_entity)?;
        suits(post.speciality, age)?;
        let term = registry.policy().request_term_days;
        let superseded = |request: &&Request| {
            request.employee == new.employee && matches!(request.status_at(at, term), RequestStatus::New | RequestStatus::Confirmed)
        };
        let mut events: Vec<PatientEvent> =
            self.requests.iter().filter(superseded).map(|request| PatientEvent::RequestCancelled { request: request.id }).collect();
        let NewRequest { request, declaration, employee, division } = new;
        let (practitioner, legal_entity) = (post.practitioner, post.legal_entity);
        events.push(PatientEvent::RequestCreated { request, declaration, employee, practitioner, legal_entity, division, at });
        Ok(events)
    }

    fn send_code(&self, request: Uuid, commitment: Bytes32, at: Instant, registry: &Registry) -> Result<Vec<PatientEvent>, Refusal> {
        let request = self.open_request(request, RequestStatus::New, at, registry)?;
        let max = registry.policy().codes.per_request;
        if self.phone_disclosure.is_none() {
            return Err(Refusal::new(Code::NoPhone).at("/data/patient"));
        }
        if request.codes_sent >= max {
            return Err(Refusal::new(Code::TooManyCodes).at("/data/request").with("max", max));
        }
        Ok(vec![PatientEvent::CodeSent { request: request.id, commitment, at }])
    }

    fn try_code(&self, request: Uuid, matches: Option<bool>, at: Instant, registry: &Registry) -> Result<Vec<PatientEvent>, Refusal> {
        let request = self.open_request(request, RequestStatus::New, at, registry)?;
        let code = self.live_code(request, at, registry)?;
        let Some(matches) = matches else { return Err(Refusal::new(Code::CodeNotSent).at("/data/request")) };
        if !matches {
            let tries_left = registry.policy().codes.tries.saturating_sub(code.wrong_tries + 1);
            return Ok(vec![PatientEvent::CodeFailed { request: request.id, tries_left }]);
        }
        self.doctor_free(request, registry, at)?;
        Ok(vec![PatientEvent::RequestConfirmed { request: request.id, confirmation: Confirmation::Code }])
    }

    /// The code of a request, if it may be tried.
    fn live_code<'a>(&self, request: &'a Request, at: Instant, registry: &Registry) -> Result<&'a SentCode, Refusal> {
        let code = request.code.as_ref().ok_or_else(|| Refusal::new(Code::CodeNotSent).at("/data/request"))?;
        if code.at.plus_seconds(registry.policy().codes.term_seconds) <= at {
            return Err(Refusal::new(Code::CodeExpired).at("/data/code"));
        }
        Ok(code)
    }

    fn sign(
        &self,
        content: &DeclarationSign,
        signer: Uuid,
        by: By,
        age: AgeClass,
        at: Instant,
        registry: &Registry,
    ) -> Result<Vec<PatientEvent>, Refusal> {
        let request = self.open_request(content.request, RequestStatus::Confirmed, at, registry)?;
        for (member, signed, requested) in [
            ("declaration", content.declaration, request.declaration),
            ("employee", content.employee, request.employee),
            ("division", content.division, request.division),
        ] {
            if signed != requested {
                return Err(Refusal::new(Code::ContentMismatch).at(format!("/data/{member}")));
            }
        }
        if signer != request.employee {
            return Err(Refusal::new(Code::NotNamedDoctor).at("/signers"));
        }
        let post = registry.doctor(request.employee)?;
        registry.active_legal_entity(post.legal_entity)?;
        registry.active_division_of(request.division, post.legal_entity)?;
        let speciality = suits(post.speciality, age)?;
        self.doctor_free(request, registry, at)?;
        let start = at.date();
        let last_day = start.plus_days(registry.policy().declaration_term_days);
        let ended = self.current(start).map(|old| PatientEvent::DeclarationTerminated {
            declaration: old.id,
            reason: EndReason::Replaced,
            by,
            on: start,
        });
        let signed = PatientEvent::DeclarationSigned {
            declaration: request.declaration,
            request: request.id,
            employee: request.employee,
            practitioner: post.practitioner,
            legal_entity: post.legal_entity,
            division: request.division,
            start,
            term: Term { last_day, at_majority: speciality == Speciality::Paediatrician },
            status: DeclarationStatus::Active,
        };
        Ok(ended.into_iter().chain([signed]).collect())
    }

    fn terminate(
        &self,
        content: &DeclarationTerminate,
        doctor: Option<Uuid>,
        application: bool,
        by: By,
        on: Date,
    ) -> Result<Vec<PatientEvent>, Refusal> {
        self.must_be_known()?;
        let declaration = self
            .declaration(content.declaration)
            .ok_or_else(|| Refusal::new(Code::NotFound).at("/data/declaration").with("what", "declaration"))?;
        let reason = EndReason::from(content.reason);
        let regulators = matches!(reason, EndReason::RegulatorDecision | EndReason::Fraud);
        if regulators != (by.role == crate::words::Role::Regulator) {
            return Err(Refusal::new(Code::ReasonNotAllowed).at("/data/reason").with("reason", serde_json::json!(content.reason)));
        }
        if let Some(doctor) = doctor {
            if doctor != declaration.employee {
                return Err(Refusal::new(Code::NotNamedDoctor).at("/signers"));
            }
            if !application {
                return Err(Refusal::new(Code::ApplicationNeeded).at("/data/application"));
            }
        }
        let status = declaration.status_on(on);
        if !status.in_force() {
            return Err(Refusal::new(Code::DeclarationState).at("/data/declaration").with("status", status.to_string()));
        }
        Ok(vec![PatientEvent::DeclarationTerminated { declaration: declaration.id, reason, by, on }])
    }

    fn open_request(&self, id: Uuid, needed: RequestStatus, at: Instant, registry: &Registry) -> Result<&Request, Refusal> {
        self.must_be_known()?;
        let request =
            self.request(id).ok_or_else(|| Refusal::new(Code::NotFound).at("/data/request").with("what", "declaration request"))?;
        match request.status_at(at, registry.policy().request_term_days) {
            status if status == needed => Ok(request),
            status => Err(Refusal::new(Code::RequestState).at("/data/request").with("status", status.to_string())),
        }
    }

    /// The doctor's declarations over all his posts, this patient's own left out, are below the least of his limits.
    fn doctor_free(&self, request: &Request, registry: &Registry, at: Instant) -> Result<(), Refusal> {
        let post = registry.doctor(request.employee).map_err(|refusal| refusal.at("/data/request"))?;
        let Some(limit) = registry.limit_of(post.practitioner) else { return Ok(()) };
        let own = self.current(at.date()).filter(|current| current.practitioner == post.practitioner);
        let count = registry.load_of(post.practitioner, at.date()).saturating_sub(usize::from(own.is_some()));
        if count < limit as usize {
            return Ok(());
        }
        Err(Refusal::new(Code::LimitReached).at("/data/request").with("count", count).with("limit", limit))
    }
}

/// Therapists take adults, paediatricians minors, family doctors everybody.
fn suits(speciality: Option<Speciality>, age: AgeClass) -> Result<Speciality, Refusal> {
    let speciality = speciality.ok_or_else(|| Refusal::new(Code::NotADoctor).at("/data/employee"))?;
    let good = match speciality {
        Speciality::FamilyDoctor => true,
        Speciality::Therapist => age == AgeClass::Adult,
        Speciality::Paediatrician => age != AgeClass::Adult,
    };
    if good {
        Ok(speciality)
    } else {
        Err(Refusal::new(Code::AgeAgainstSpeciality).at("/data/employee").with("speciality", speciality.name()))
    }
}
