//! What of the feed somebody may see.

use aggregates::Event;
use aggregates::event::Body;
use aggregates::patient::PatientEvent;
use aggregates::words::{Stream, StreamType};
use projections::{LinkKind, Resource};
use serde_json::json;
use uuid::Uuid;

use crate::access::Viewer;
use crate::http::problem::Problem;
use crate::store::LedgerReader;

/// What of the feed somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Every entry, whole.
    Everything,
    /// What this MIS co-signed, whole: it sent it.
    Submitted(Uuid),
    /// Events of this provider. Never whole entries: one entry may speak of two providers.
    Provider(Uuid),
    /// Events of this patient.
    Patient(Uuid),
}

impl Scope {
    /// The scope of somebody; none for whom the feed is not.
    pub(super) fn of(viewer: &Viewer) -> Option<Scope> {
        match viewer {
            Viewer::Regulator | Viewer::Auditor => Some(Scope::Everything),
            Viewer::Mis(id) => Some(Scope::Submitted(*id)),
            Viewer::Staff { legal_entity, .. } => Some(Scope::Provider(*legal_entity)),
            Viewer::Patient(id) => Some(Scope::Patient(*id)),
            Viewer::Nobody | Viewer::Operator => None,
        }
    }

    /// Whether entries are shown whole.
    pub(super) fn whole(self) -> bool {
        matches!(self, Scope::Everything | Scope::Submitted(_))
    }

    /// The stream by which entries are found, and in which ways they are about it; none where every entry is.
    pub(super) fn link(self) -> Option<(Stream, &'static [LinkKind])> {
        match self {
            Scope::Everything => None,
            Scope::Submitted(id) => Some((Stream::Of(StreamType::Mis, id), &[LinkKind::Signer])),
            Scope::Provider(id) => Some((Stream::Of(StreamType::LegalEntity, id), &[LinkKind::Provider, LinkKind::Event])),
            Scope::Patient(id) => Some((Stream::Of(StreamType::Patient, id), &[LinkKind::Event])),
        }
    }

    /// The event as it is shown; none if it is not. `size` is that of the registry after its entry.
    pub(super) fn shown(self, reader: &dyn LedgerReader, event: &Event, size: u64) -> Result<Option<Event>, Problem> {
        match self {
            Scope::Everything | Scope::Submitted(_) => Ok(Some(event.clone())),
            Scope::Patient(id) => Ok((event.stream == Stream::Of(StreamType::Patient, id)).then(|| event.clone())),
            Scope::Provider(id) => {
                if provider_of(reader, event, size)? != Some(json!(id)) {
                    return Ok(None);
                }
                let mut event = event.clone();
                if let Body::Patient(PatientEvent::DeclarationTerminated { by, .. }) = &mut event.body
                    && let Some(Stream::Of(StreamType::Employee, post)) = by.of
                    && member(reader, Resource::Employee, &post.to_string(), size)? != Some(json!(id))
                {
                    // That a patient went is told, never where.
                    by.of = None;
                }
                Ok(Some(event))
            }
        }
    }
}

/// The provider that an event is of.
fn provider_of(reader: &dyn LedgerReader, event: &Event, size: u64) -> Result<Option<serde_json::Value>, Problem> {
    let own = || event.stream.uuid().unwrap_or_default().to_string();
    match &event.body {
        Body::LegalEntity(_) => Ok(event.stream.uuid().map(|id| json!(id))),
        Body::Division(_) => member(reader, Resource::Division, &own(), size),
        Body::Employee(_) => member(reader, Resource::Employee, &own(), size),
        Body::Patient(change) => match change {
            PatientEvent::Created {} | PatientEvent::Registered { .. } | PatientEvent::Recognised {} => Ok(None),
            PatientEvent::RequestCreated { legal_entity, .. } | PatientEvent::DeclarationSigned { legal_entity, .. } => {
                Ok(Some(json!(legal_entity)))
            }
            PatientEvent::RequestCancelled { request }
            | PatientEvent::CodeSent { request, .. }
            | PatientEvent::CodeFailed { request, .. }
            | PatientEvent::RequestConfirmed { request, .. } => member(reader, Resource::DeclarationRequest, &request.to_string(), size),
            PatientEvent::DeclarationTerminated { declaration, .. } => {
                member(reader, Resource::Declaration, &declaration.to_string(), size)
            }
        },
        Body::Auditor(_) | Body::Key(_) | Body::Mis(_) | Body::Policy(_) | Body::Practitioner(_) | Body::TrustProvider(_) => Ok(None),
    }
}

/// The provider of a row.
fn member(reader: &dyn LedgerReader, resource: Resource, id: &str, size: u64) -> Result<Option<serde_json::Value>, Problem> {
    Ok(reader.row(resource, id, size)?.and_then(|row| row.body.get("legal_entity").cloned()))
}
