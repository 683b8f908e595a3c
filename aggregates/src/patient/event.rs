//! What may happen to a patient.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::declaration::{Declaration, DeclarationStatus, EndReason, Term};
use super::request::{Request, RequestStatus, SentCode};
use super::{Confirmation, Patient};
use crate::commands::Authentication;
use crate::event::event_names;
use crate::words::{Bytes32, Date, Instant, Role, Stream};

/// Who caused an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// In what role.
    #[serde(rename = "as")]
    pub role: Role,
    /// In whose right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Stream>,
}

/// What may happen to a patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum PatientEvent {
    /// A trust provider identified him for the first time.
    #[serde(rename = "patient.created")]
    Created {},
    /// He was registered, or completed his registration.
    #[serde(rename = "patient.registered")]
    Registered {
        /// How he confirms without a key.
        authentication: Authentication,
        /// The digest of the disclosure that set the phone for codes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone_disclosure: Option<Bytes32>,
    },
    /// Somebody who knows his identity found him registered.
    #[serde(rename = "patient.recognised")]
    Recognised {},
    /// A declaration was requested.
    #[serde(rename = "declaration_request.created")]
    RequestCreated {
        /// The request.
        request: Uuid,
        /// The declaration's id to be.
        declaration: Uuid,
        /// The doctor.
        employee: Uuid,
        /// The doctor's person.
        practitioner: Uuid,
        /// The provider.
        legal_entity: Uuid,
        /// Where.
        division: Uuid,
        /// When.
        at: Instant,
    },
    /// A newer request took its place.
    #[serde(rename = "declaration_request.cancelled")]
    RequestCancelled {
        /// The request.
        request: Uuid,
    },
    /// A one-time code was drawn.
    #[serde(rename = "declaration_request.code_sent")]
    CodeSent {
        /// The request.
        request: Uuid,
        /// What commits to the code.
        commitment: Bytes32,
        /// When.
        at: Instant,
    },
    /// A wrong code was tried.
    #[serde(rename = "declaration_request.code_failed")]
    CodeFailed {
        /// The request.
        request: Uuid,
        /// How many tries the code still has; at 0 it is spent.
        tries_left: u32,
    },
    /// The patient confirmed.
    #[serde(rename = "declaration_request.confirmed")]
    RequestConfirmed {
        /// The request.
        request: Uuid,
        /// How.
        confirmation: Confirmation,
    },
    /// The doctor signed: the declaration is in force.
    #[serde(rename = "declaration.signed")]
    DeclarationSigned {
        /// The declaration.
        declaration: Uuid,
        /// The request that it fulfils.
        request: Uuid,
        /// The doctor.
        employee: Uuid,
        /// The doctor's person.
        practitioner: Uuid,
        /// The provider.
        legal_entity: Uuid,
        /// Where.
        division: Uuid,
        /// The first day.
        start: Date,
        /// Until when.
        term: Term,
        /// Active, or pending verification.
        status: DeclarationStatus,
    },
    /// A declaration ended.
    #[serde(rename = "declaration.terminated")]
    DeclarationTerminated {
        /// The declaration.
        declaration: Uuid,
        /// Why.
        reason: EndReason,
        /// By whom.
        by: By,
        /// The day of the end.
        on: Date,
    },
}

event_names!(PatientEvent {
    Created => "patient.created",
    Registered => "patient.registered",
    Recognised => "patient.recognised",
    RequestCreated => "declaration_request.created",
    RequestCancelled => "declaration_request.cancelled",
    CodeSent => "declaration_request.code_sent",
    CodeFailed => "declaration_request.code_failed",
    RequestConfirmed => "declaration_request.confirmed",
    DeclarationSigned => "declaration.signed",
    DeclarationTerminated => "declaration.terminated",
});

impl Patient {
    /// The state after an event. An event of a thing that is not there changes nothing; the log cannot hold one.
    pub(super) fn change(&mut self, event: PatientEvent) {
        match event {
            PatientEvent::Created {} | PatientEvent::Recognised {} => self.known = true,
            PatientEvent::Registered { authentication, phone_disclosure } => {
                self.known = true;
                self.authentication = Some(authentication);
                self.phone_disclosure = phone_disclosure;
            }
            PatientEvent::RequestCreated { request, declaration, employee, division, at, .. } => {
                self.requests.push(Request {
                    id: request,
                    declaration,
                    employee,
                    division,
                    at,
                    status: RequestStatus::New,
                    code: None,
                    codes_sent: 0,
                });
            }
            PatientEvent::RequestCancelled { request } => self.change_request(request, |request| {
                request.status = RequestStatus::Cancelled;
                request.code = None;
            }),
            PatientEvent::CodeSent { request, commitment, at } => self.change_request(request, |request| {
                request.code = Some(SentCode { commitment, at, wrong_tries: 0 });
                request.codes_sent += 1;
            }),
            PatientEvent::CodeFailed { request, tries_left } => self.change_request(request, |request| match &mut request.code {
                Some(code) if tries_left > 0 => code.wrong_tries += 1,
                _ => request.code = None,
            }),
            PatientEvent::RequestConfirmed { request, .. } => self.change_request(request, |request| {
                request.status = RequestStatus::Confirmed;
                request.code = None;
            }),
            PatientEvent::DeclarationSigned {
                declaration,
                request,
                employee,
                practitioner,
                legal_entity,
                division,
                start,
                term,
                status,
            } => {
                self.change_request(request, |request| request.status = RequestStatus::Signed);
                self.declarations.push(Declaration {
                    id: declaration,
                    employee,
                    practitioner,
                    legal_entity,
                    division,
                    start,
                    term,
                    status,
                });
            }
            PatientEvent::DeclarationTerminated { declaration, .. } => {
                if let Some(declaration) = self.declarations.iter_mut().find(|one| one.id == declaration) {
                    declaration.status = DeclarationStatus::Terminated;
                }
            }
        }
    }

    fn change_request(&mut self, id: Uuid, change: impl FnOnce(&mut Request)) {
        if let Some(request) = self.requests.iter_mut().find(|request| request.id == id) {
            change(request);
        }
    }
}
