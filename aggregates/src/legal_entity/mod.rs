//! Legal entities: the providers.

use std::fmt;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::commands::Ownership;
use crate::event::event_names;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;

/// Whether a provider may work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalEntityStatus {
    /// Unknown to the ledger.
    #[default]
    Unknown,
    /// It may.
    Active,
}

impl fmt::Display for LegalEntityStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LegalEntityStatus::Unknown => "unknown",
            LegalEntityStatus::Active => "active",
        })
    }
}

/// The state of `legal_entity/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LegalEntity {
    /// Whether it may work.
    pub status: LegalEntityStatus,
    /// Whose it is.
    pub ownership: Option<Ownership>,
    /// A company's registration code.
    pub edrpou: Option<String>,
    /// Its head's post.
    pub owner: Option<Uuid>,
    /// Whether the regulator has verified it.
    pub verified: bool,
}

/// What may happen to a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum LegalEntityEvent {
    /// It registered, unverified.
    #[serde(rename = "legal_entity.registered")]
    Registered {
        /// Whose it is.
        ownership: Ownership,
        /// A company's registration code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edrpou: Option<String>,
        /// Its head's post.
        owner: Uuid,
    },
    /// The regulator verified it.
    #[serde(rename = "legal_entity.verified")]
    Verified {},
}

event_names!(LegalEntityEvent { Registered => "legal_entity.registered", Verified => "legal_entity.verified", });

/// What a provider is asked.
#[derive(Clone, Debug)]
pub enum LegalEntityCommand {
    /// Register it.
    Register {
        /// Whose it is.
        ownership: Ownership,
        /// A company's registration code.
        edrpou: Option<String>,
        /// Its head's post.
        owner: Uuid,
        /// The owner-to-be.
        practitioner: Uuid,
        /// The companies that the owner's key represents.
        represents: Vec<String>,
        /// Whether a sole proprietor's code is the owner's tax number.
        owner_code_matches: bool,
    },
    /// Verify it.
    Verify,
}

impl LegalEntity {
    fn must_be_unverified(&self) -> Result<(), Refusal> {
        match self.status {
            LegalEntityStatus::Unknown => Err(Refusal::new(Code::NotFound).at("/data/legal_entity").with("what", "legal entity")),
            LegalEntityStatus::Active if self.verified => Err(Refusal::new(Code::AlreadyVerified).at("/data/legal_entity")),
            LegalEntityStatus::Active => Ok(()),
        }
    }
}

impl Aggregate for LegalEntity {
    const TYPE: &'static str = "legal_entity";
    type Command = LegalEntityCommand;
    type Event = LegalEntityEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(&mut self, command: LegalEntityCommand, registry: &Registry, sink: &EventSink<Self>) -> Result<(), Refusal> {
        let LegalEntityCommand::Register { ownership, edrpou, owner, practitioner, represents, owner_code_matches } = command else {
            self.must_be_unverified()?;
            sink.write(LegalEntityEvent::Verified {}, self).await;
            return Ok(());
        };
        if self.status != LegalEntityStatus::Unknown {
            return Err(Refusal::new(Code::IdTaken).at("/data/legal_entity"));
        }
        match &edrpou {
            Some(code) if !represents.contains(code) => return Err(Refusal::new(Code::EdrpouNotRepresented).at("/data/edrpou")),
            Some(code) if registry.provider_of(code).is_some() => return Err(Refusal::new(Code::EdrpouTaken).at("/data/edrpou")),
            Some(_) => {}
            None if !owner_code_matches => return Err(Refusal::new(Code::OwnerCodeMismatch).at("/data/tax_id")),
            None if registry.sole_proprietor_of(practitioner).is_some() => {
                return Err(Refusal::new(Code::SoleProprietorExists).at("/signers"));
            }
            None => {}
        }
        sink.write(LegalEntityEvent::Registered { ownership, edrpou, owner }, self).await;
        Ok(())
    }

    fn apply(&mut self, event: LegalEntityEvent) {
        match event {
            LegalEntityEvent::Registered { ownership, edrpou, owner } => {
                let status = LegalEntityStatus::Active;
                *self = LegalEntity { status, ownership: Some(ownership), edrpou, owner: Some(owner), verified: false };
            }
            LegalEntityEvent::Verified {} => self.verified = true,
        }
    }
}
