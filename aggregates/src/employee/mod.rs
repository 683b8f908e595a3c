//! Employees: practitioners' posts at providers.

use std::fmt;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::commands::{EmployeeType, Speciality};
use crate::event::event_names;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;
use crate::words::{Date, Instant};

/// How a post stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmployeeStatus {
    /// Unknown to the ledger.
    #[default]
    Unknown,
    /// Offered, not answered.
    Invited,
    /// Held.
    Active,
    /// Ended.
    Dismissed,
}

impl fmt::Display for EmployeeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EmployeeStatus::Unknown => "unknown",
            EmployeeStatus::Invited => "invited",
            EmployeeStatus::Active => "active",
            EmployeeStatus::Dismissed => "dismissed",
        })
    }
}

/// The state of `employee/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Employee {
    /// How it stands.
    pub status: EmployeeStatus,
    /// The post; none before it is offered.
    pub post: Option<Post>,
    /// When it was offered.
    pub invited_at: Option<Instant>,
}

/// Who holds what post where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// The person.
    pub practitioner: Uuid,
    /// The provider.
    pub legal_entity: Uuid,
    /// The kind of post.
    #[serde(rename = "type")]
    pub kind: EmployeeType,
    /// Where a doctor works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<Uuid>,
    /// A doctor's speciality in the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speciality: Option<Speciality>,
    /// All his primary-care specialities, which limit him together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specialities: Vec<Speciality>,
}

/// What may happen to a post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum EmployeeEvent {
    /// It came with the provider's registration.
    #[serde(rename = "employee.appointed")]
    Appointed {
        /// The post.
        post: Post,
    },
    /// It was offered.
    #[serde(rename = "employee.invited")]
    Invited {
        /// The post.
        post: Post,
        /// When.
        at: Instant,
    },
    /// It was taken.
    #[serde(rename = "employee.accepted")]
    Accepted {
        /// The first day.
        from: Date,
    },
    /// It ended.
    #[serde(rename = "employee.dismissed")]
    Dismissed {
        /// The last day.
        on: Date,
        /// Why.
        reason: String,
    },
}

event_names!(EmployeeEvent {
    Appointed => "employee.appointed",
    Invited => "employee.invited",
    Accepted => "employee.accepted",
    Dismissed => "employee.dismissed",
});

/// What a post is asked.
#[derive(Clone, Debug)]
pub enum EmployeeCommand {
    /// Appoint the head of a provider that registers.
    Appoint(Post),
    /// Offer it.
    Invite {
        /// The post.
        post: Post,
        /// Now.
        at: Instant,
    },
    /// Take it.
    Accept {
        /// The practitioner who answers.
        practitioner: Uuid,
        /// Now.
        at: Instant,
    },
    /// End it.
    Dismiss {
        /// The post of who dismisses.
        by: Uuid,
        /// The provider of who dismisses.
        legal_entity: Uuid,
        /// This post.
        this: Uuid,
        /// Why.
        reason: String,
        /// Today.
        on: Date,
    },
}

impl Employee {
    /// The post, if it is held now.
    pub fn active(&self) -> Option<&Post> {
        self.post.as_ref().filter(|_| self.status == EmployeeStatus::Active)
    }

    /// Whether it is held, or offered and not lapsed.
    pub fn stands(&self, now: Instant, invitation_term_days: i64) -> bool {
        match self.status {
            EmployeeStatus::Active => true,
            EmployeeStatus::Invited => !self.invitation_lapsed(now, invitation_term_days),
            EmployeeStatus::Unknown | EmployeeStatus::Dismissed => false,
        }
    }

    fn invitation_lapsed(&self, now: Instant, term_days: i64) -> bool {
        self.invited_at.is_some_and(|at| at.plus_seconds(term_days * 86_400) <= now)
    }

    fn in_state(&self, needed: EmployeeStatus) -> Result<&Post, Refusal> {
        match &self.post {
            None => Err(Refusal::new(Code::NotFound).at("/data/employee").with("what", "employee")),
            Some(post) if self.status == needed => Ok(post),
            Some(_) => Err(Refusal::new(Code::EmployeeState).at("/data/employee").with("status", self.status.to_string())),
        }
    }
}

impl Aggregate for Employee {
    const TYPE: &'static str = "employee";
    type Command = EmployeeCommand;
    type Event = EmployeeEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(&mut self, command: EmployeeCommand, registry: &Registry, sink: &EventSink<Self>) -> Result<(), Refusal> {
        let event = match command {
            EmployeeCommand::Appoint(_) | EmployeeCommand::Invite { .. } if self.status != EmployeeStatus::Unknown => {
                return Err(Refusal::new(Code::IdTaken).at("/data/employee"));
            }
            EmployeeCommand::Appoint(post) => EmployeeEvent::Appointed { post },
            EmployeeCommand::Invite { post, at } => {
                may_be_offered(&post, at, registry)?;
                EmployeeEvent::Invited { post, at }
            }
            EmployeeCommand::Accept { practitioner, at } => {
                let post = self.in_state(EmployeeStatus::Invited)?;
                if post.practitioner != practitioner {
                    return Err(Refusal::new(Code::NotInvitee).at("/signers"));
                }
                if self.invitation_lapsed(at, registry.policy().invitation_term_days) {
                    return Err(Refusal::new(Code::InvitationExpired).at("/data/employee"));
                }
                registry.active_legal_entity(post.legal_entity)?;
                EmployeeEvent::Accepted { from: at.date() }
            }
            EmployeeCommand::Dismiss { by, legal_entity, this, reason, on } => {
                if self.post.as_ref().is_some_and(|post| post.legal_entity != legal_entity) {
                    return Err(Refusal::new(Code::EmployeeForeign).at("/data/employee"));
                }
                let post = self.in_state(EmployeeStatus::Active)?;
                if post.kind == EmployeeType::Owner || by == this {
                    return Err(Refusal::new(Code::OwnRecord).at("/data/employee"));
                }
                EmployeeEvent::Dismissed { on, reason }
            }
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: EmployeeEvent) {
        match event {
            EmployeeEvent::Appointed { post } => *self = Employee { status: EmployeeStatus::Active, post: Some(post), invited_at: None },
            EmployeeEvent::Invited { post, at } => {
                *self = Employee { status: EmployeeStatus::Invited, post: Some(post), invited_at: Some(at) }
            }
            EmployeeEvent::Accepted { .. } => {
                self.status = EmployeeStatus::Active;
                self.invited_at = None;
            }
            EmployeeEvent::Dismissed { .. } => self.status = EmployeeStatus::Dismissed,
        }
    }
}

fn may_be_offered(post: &Post, now: Instant, registry: &Registry) -> Result<(), Refusal> {
    if post.kind == EmployeeType::Owner {
        return Err(Refusal::new(Code::OwnerByRegistrationOnly).at("/data/type"));
    }
    registry.active_legal_entity(post.legal_entity)?;
    if !registry.knows_practitioner(post.practitioner) {
        return Err(Refusal::new(Code::NotFound).at("/data/practitioner").with("what", "practitioner"));
    }
    if let Some(division) = post.division {
        registry.active_division_of(division, post.legal_entity)?;
    }
    let term = registry.policy().invitation_term_days;
    let rival = |employee: &Employee| {
        employee.stands(now, term)
            && employee.post.as_ref().is_some_and(|held| held.legal_entity == post.legal_entity && held.kind == post.kind)
    };
    if registry.posts_of(post.practitioner).any(|(_, employee)| rival(employee)) {
        return Err(Refusal::new(Code::PostTaken).at("/data/practitioner"));
    }
    Ok(())
}
