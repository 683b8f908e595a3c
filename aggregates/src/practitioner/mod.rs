//! Practitioners: natural persons on staff, known by the keys that trust providers enrol.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::event::event_names;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;

/// The state of `practitioner/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Practitioner {
    /// Whether a trust provider has identified him.
    pub known: bool,
}

/// What may happen to a practitioner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum PractitionerEvent {
    /// A trust provider identified him for the first time.
    #[serde(rename = "practitioner.created")]
    Created {},
    /// A trust provider identified him again and bound another key.
    #[serde(rename = "practitioner.recognised")]
    Recognised {},
}

event_names!(PractitionerEvent { Created => "practitioner.created", Recognised => "practitioner.recognised", });

/// What a practitioner is asked.
#[derive(Clone, Copy, Debug)]
pub enum PractitionerCommand {
    /// Create him.
    Create,
    /// Recognise him as the one known.
    Recognise,
}

impl Aggregate for Practitioner {
    const TYPE: &'static str = "practitioner";
    type Command = PractitionerCommand;
    type Event = PractitionerEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(&mut self, command: PractitionerCommand, _: &Registry, sink: &EventSink<Self>) -> Result<(), Refusal> {
        let event = match command {
            PractitionerCommand::Create if self.known => return Err(Refusal::new(Code::IdTaken).at("/data/practitioner/id")),
            PractitionerCommand::Create => PractitionerEvent::Created {},
            PractitionerCommand::Recognise => PractitionerEvent::Recognised {},
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, _: PractitionerEvent) {
        self.known = true;
    }
}
