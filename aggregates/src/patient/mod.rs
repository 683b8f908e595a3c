//! Patients, with their declaration requests and declarations: one stream, so that ending the old declaration and
//! starting the new one is one decision.

mod commands;
mod declaration;
mod event;
mod request;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use commands::{Confirmation, NewRequest, PatientCommand};
pub use declaration::{Declaration, DeclarationStatus, EndReason, Term};
pub use event::{By, PatientEvent};
pub use request::{Request, RequestStatus, SentCode};

use crate::commands::Authentication;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;
use crate::words::{Bytes32, Date};

/// The state of `patient/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Patient {
    /// Whether the patient exists: by registration, or by a trust provider's enrolment.
    pub known: bool,
    /// How he confirms without a key; none before he is registered.
    pub authentication: Option<Authentication>,
    /// The digest of the disclosure that set the phone for codes.
    pub phone_disclosure: Option<Bytes32>,
    /// His requests, oldest first.
    pub requests: Vec<Request>,
    /// His declarations, oldest first.
    pub declarations: Vec<Declaration>,
}

impl Patient {
    /// The request of this id.
    pub fn request(&self, id: Uuid) -> Option<&Request> {
        self.requests.iter().find(|request| request.id == id)
    }

    /// The declaration of this id.
    pub fn declaration(&self, id: Uuid) -> Option<&Declaration> {
        self.declarations.iter().find(|declaration| declaration.id == id)
    }

    /// The one declaration in force on a day, active or pending.
    pub fn current(&self, today: Date) -> Option<&Declaration> {
        self.declarations.iter().find(|declaration| declaration.status_on(today).in_force())
    }

    /// Registered: whoever is only enrolled has given neither his consent nor where he lives.
    pub(super) fn must_be_registered(&self) -> Result<(), Refusal> {
        self.must_be_known()?;
        if self.authentication.is_some() {
            return Ok(());
        }
        Err(Refusal::new(Code::PatientState).at("/data/patient").with("status", "not registered yet"))
    }

    pub(super) fn must_be_known(&self) -> Result<(), Refusal> {
        if self.known { Ok(()) } else { Err(Refusal::new(Code::NotFound).at("/data/patient").with("what", "patient")) }
    }
}

impl Aggregate for Patient {
    const TYPE: &'static str = "patient";
    type Command = PatientCommand;
    type Event = PatientEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(&mut self, command: PatientCommand, registry: &Registry, sink: &EventSink<Self>) -> Result<(), Refusal> {
        for event in self.decide(command, registry)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PatientEvent) {
        self.change(event);
    }
}
