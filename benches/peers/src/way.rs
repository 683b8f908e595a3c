//! A declaration's way as an aggregate of cqrs-es: one event a command, with the whole entry in it, and one view.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope, View};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where one declaration stands.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Way {
    steps: u64,
}

/// What the rules decided on a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The command's type.
    pub kind: String,
    /// The entry: command with signatures, facts, events.
    pub entry: Value,
}

/// A command that comes where another should.
#[derive(Debug)]
pub struct OutOfTurn;

impl std::fmt::Display for OutOfTurn {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        text.write_str("the declaration does not stand there")
    }
}

impl std::error::Error for OutOfTurn {}

/// The steps of a way, in their order.
const STEPS: [&str; 3] = ["declaration_request.create", "declaration_request.confirm_by_key", "declaration.sign"];

impl DomainEvent for Decided {
    fn event_type(&self) -> String {
        self.kind.clone()
    }

    fn event_version(&self) -> String {
        "1.0".into()
    }
}

impl Aggregate for Way {
    const TYPE: &'static str = "declaration";
    type Command = Decided;
    type Event = Decided;
    type Error = OutOfTurn;
    type Services = ();

    async fn handle(&mut self, decided: Decided, (): &(), sink: &EventSink<Self>) -> Result<(), OutOfTurn> {
        if STEPS.get(self.steps as usize) != Some(&decided.kind.as_str()) {
            return Err(OutOfTurn);
        }
        sink.write(decided, self).await;
        Ok(())
    }

    fn apply(&mut self, _: Decided) {
        self.steps += 1;
    }
}

/// What is asked of a declaration: its last step, and whose it is.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Declaration {
    /// The type of the last command.
    pub last: String,
    /// The events of the first entry, which name patient, doctor and division.
    pub asked: Value,
}

impl View<Way> for Declaration {
    fn update(&mut self, event: &EventEnvelope<Way>) {
        self.last.clone_from(&event.payload.kind);
        if event.sequence == 1 {
            self.asked.clone_from(&event.payload.entry["events"]);
        }
    }
}
