//! Auditors: who checks the ledger.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::event::event_names;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;

/// The state of `auditor/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Auditor {
    /// Whether it has been admitted.
    pub admitted: bool,
}

/// What may happen to an auditor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum AuditorEvent {
    /// It was admitted.
    #[serde(rename = "auditor.admitted")]
    Admitted {},
}

event_names!(AuditorEvent { Admitted => "auditor.admitted", });

/// What an auditor is asked.
#[derive(Clone, Copy, Debug)]
pub enum AuditorCommand {
    /// Admit it.
    Admit,
}

impl Aggregate for Auditor {
    const TYPE: &'static str = "auditor";
    type Command = AuditorCommand;
    type Event = AuditorEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(&mut self, AuditorCommand::Admit: AuditorCommand, _: &Registry, sink: &EventSink<Self>) -> Result<(), Refusal> {
        if self.admitted {
            return Err(Refusal::new(Code::IdTaken).at("/data/auditor"));
        }
        sink.write(AuditorEvent::Admitted {}, self).await;
        Ok(())
    }

    fn apply(&mut self, AuditorEvent::Admitted {}: AuditorEvent) {
        self.admitted = true;
    }
}
