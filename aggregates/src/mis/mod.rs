//! Medical information systems: application, test programme, accreditation, suspension.

use std::fmt;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::commands::SuspensionReason;
use crate::event::event_names;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;

/// How far a MIS has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MisStatus {
    /// Unknown to the ledger.
    #[default]
    Unknown,
    /// It has applied.
    Applied,
    /// It may co-sign providers' commands.
    Accredited,
    /// It may not for now.
    Suspended,
}

impl fmt::Display for MisStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MisStatus::Unknown => "unknown",
            MisStatus::Applied => "applied",
            MisStatus::Accredited => "accredited",
            MisStatus::Suspended => "suspended",
        })
    }
}

/// The state of `mis/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mis {
    /// How far it has come.
    pub status: MisStatus,
    /// Whether the last test programme recorded was passed.
    pub test_passed: bool,
}

/// What may happen to a MIS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum MisEvent {
    /// It applied.
    #[serde(rename = "mis.applied")]
    Applied {},
    /// A test programme was recorded.
    #[serde(rename = "mis.test_recorded")]
    TestRecorded {
        /// Whether it was passed.
        passed: bool,
    },
    /// It was accredited.
    #[serde(rename = "mis.accredited")]
    Accredited {},
    /// It was suspended.
    #[serde(rename = "mis.suspended")]
    Suspended {
        /// Why.
        reason: SuspensionReason,
    },
    /// Its suspension ended.
    #[serde(rename = "mis.reinstated")]
    Reinstated {},
}

event_names!(MisEvent {
    Applied => "mis.applied",
    TestRecorded => "mis.test_recorded",
    Accredited => "mis.accredited",
    Suspended => "mis.suspended",
    Reinstated => "mis.reinstated",
});

/// What a MIS is asked.
#[derive(Clone, Copy, Debug)]
pub enum MisCommand {
    /// Take its application.
    Apply,
    /// Record a test programme.
    RecordTest {
        /// Whether it was passed.
        passed: bool,
    },
    /// Accredit it.
    Accredit,
    /// Suspend it.
    Suspend {
        /// Why.
        reason: SuspensionReason,
    },
    /// End its suspension.
    Reinstate,
}

impl Mis {
    fn must_be(&self, needed: MisStatus) -> Result<(), Refusal> {
        match self.status {
            status if status == needed => Ok(()),
            MisStatus::Unknown => Err(Refusal::new(Code::NotFound).at("/data/mis").with("what", "MIS")),
            status => {
                Err(Refusal::new(Code::MisState).at("/data/mis").with("status", status.to_string()).with("needed", needed.to_string()))
            }
        }
    }
}

impl Aggregate for Mis {
    const TYPE: &'static str = "mis";
    type Command = MisCommand;
    type Event = MisEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(&mut self, command: MisCommand, _: &Registry, sink: &EventSink<Self>) -> Result<(), Refusal> {
        let event = match command {
            MisCommand::Apply if self.status != MisStatus::Unknown => return Err(Refusal::new(Code::IdTaken).at("/data/mis")),
            MisCommand::Apply => MisEvent::Applied {},
            MisCommand::RecordTest { passed } => {
                self.must_be(MisStatus::Applied)?;
                MisEvent::TestRecorded { passed }
            }
            MisCommand::Accredit => {
                self.must_be(MisStatus::Applied)?;
                if !self.test_passed {
                    return Err(Refusal::new(Code::TestNotPassed).at("/data/mis"));
                }
                MisEvent::Accredited {}
            }
            MisCommand::Suspend { reason } => {
                self.must_be(MisStatus::Accredited)?;
                MisEvent::Suspended { reason }
            }
            MisCommand::Reinstate => {
                self.must_be(MisStatus::Suspended)?;
                MisEvent::Reinstated {}
            }
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: MisEvent) {
        match event {
            MisEvent::Applied {} => self.status = MisStatus::Applied,
            MisEvent::TestRecorded { passed } => self.test_passed = passed,
            MisEvent::Accredited {} | MisEvent::Reinstated {} => self.status = MisStatus::Accredited,
            MisEvent::Suspended { .. } => self.status = MisStatus::Suspended,
        }
    }
}
