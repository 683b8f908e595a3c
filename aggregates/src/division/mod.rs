//! Divisions: where a provider works.

use std::fmt;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::event_names;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;

/// Whether a division works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivisionStatus {
    /// Unknown to the ledger.
    #[default]
    Unknown,
    /// It does.
    Active,
}

impl fmt::Display for DivisionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DivisionStatus::Unknown => "unknown",
            DivisionStatus::Active => "active",
        })
    }
}

/// The state of `division/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Division {
    /// Whether it works.
    pub status: DivisionStatus,
    /// Whose it is; none before it opens.
    pub legal_entity: Option<Uuid>,
}

/// What may happen to a division.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum DivisionEvent {
    /// It opened.
    #[serde(rename = "division.opened")]
    Opened {
        /// Whose it is.
        legal_entity: Uuid,
    },
}

event_names!(DivisionEvent { Opened => "division.opened", });

/// What a division is asked.
#[derive(Clone, Copy, Debug)]
pub enum DivisionCommand {
    /// Open at this provider.
    Open {
        /// The provider.
        legal_entity: Uuid,
    },
}

impl Aggregate for Division {
    const TYPE: &'static str = "division";
    type Command = DivisionCommand;
    type Event = DivisionEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(
        &mut self,
        DivisionCommand::Open { legal_entity }: DivisionCommand,
        registry: &Registry,
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        if self.status != DivisionStatus::Unknown {
            return Err(Refusal::new(Code::IdTaken).at("/data/division"));
        }
        registry.active_legal_entity(legal_entity)?;
        sink.write(DivisionEvent::Opened { legal_entity }, self).await;
        Ok(())
    }

    fn apply(&mut self, DivisionEvent::Opened { legal_entity }: DivisionEvent) {
        *self = Division { status: DivisionStatus::Active, legal_entity: Some(legal_entity) };
    }
}
