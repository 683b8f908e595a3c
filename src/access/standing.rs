//! Who somebody is at a size: asked of the read models at every use, so that a suspended MIS, a revoked key or a dismissed
//! employee reads nothing more.

use aggregates::commands::EmployeeType;
use aggregates::words::{Instant, Kid, Stream, StreamType};
use projections::Resource;
use serde_json::{Value, json};

use super::{AccessFault, Viewer};
use crate::store::{Row, Rows, StoreError, Who};

/// What a token stands for: who asked for it, with which keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The client's key.
    pub client_kid: Kid,
    /// The client: `regulator`, `operator`, or a stream.
    pub client: String,
    /// The person who acts, if one does: the key, and in whose right.
    pub person: Option<(Kid, Stream)>,
}

impl Grant {
    /// As whom the holder's reads are recorded while he is this viewer.
    pub(super) fn who(&self, viewer: &Viewer) -> Who {
        let (kid, of) = match &self.person {
            Some((kid, of)) => (kid, Some(of.to_string())),
            None => (&self.client_kid, Some(self.client.clone()).filter(|client| client.contains('/'))),
        };
        let mis = self.client.starts_with("mis/").then(|| self.client.clone());
        Who { role: viewer.role(), of, kid: kid.to_string(), mis }
    }
}

/// Why it is not known who somebody is.
#[derive(Debug, thiserror::Error)]
pub enum NotStanding {
    /// A check failed.
    #[error("{0}")]
    Fault(AccessFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AccessFault> for NotStanding {
    fn from(fault: AccessFault) -> NotStanding {
        NotStanding::Fault(fault)
    }
}

/// Who somebody is, and until when at the same size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub viewer: Viewer,
    /// When the first of his keys ceases to be valid.
    pub until: Instant,
}

/// Who the holder of a grant is at a size and an instant.
///
/// # Errors
/// The check that failed, or the store's failure.
pub fn standing(rows: &(impl Rows + ?Sized), size: u64, now: Instant, grant: &Grant) -> Result<Standing, NotStanding> {
    let (whose, until) = holder(rows, size, now, &grant.client_kid)?;
    if whose != json!(grant.client) {
        return Err(AccessFault::NotItsKey.into());
    }
    let client = client(rows, size, &grant.client)?;
    match (client, &grant.person) {
        (viewer, None) => Ok(Standing { viewer, until }),
        (Viewer::Mis(_), Some((kid, of))) => {
            let (holder, person_until) = holder(rows, size, now, kid)?;
            let viewer = match of {
                Stream::Of(StreamType::Patient, id) if holder == json!(of) => Viewer::Patient(*id),
                Stream::Of(StreamType::Employee, id) => post(rows, size, &id.to_string(), &holder)?,
                _ => return Err(AccessFault::NotItsKey.into()),
            };
            Ok(Standing { viewer, until: until.min(person_until) })
        }
        _ => Err(AccessFault::Party.into()),
    }
}

fn client(rows: &(impl Rows + ?Sized), size: u64, party: &str) -> Result<Viewer, NotStanding> {
    match (party, party.parse()) {
        ("regulator", _) => Ok(Viewer::Regulator),
        ("operator", _) => Ok(Viewer::Operator),
        (_, Ok(Stream::Of(StreamType::Auditor, _))) => Ok(Viewer::Auditor),
        (_, Ok(Stream::Of(StreamType::Mis, id))) => {
            let mis = rows.row(Resource::Mis, &id.to_string(), size)?;
            let accredited = mis.is_some_and(|mis| text(&mis, "status") == Some("accredited"));
            if accredited { Ok(Viewer::Mis(id)) } else { Err(AccessFault::MisNotAccredited.into()) }
        }
        _ => Err(AccessFault::Party.into()),
    }
}

/// Whose an active key is, and until when it is valid.
fn holder(rows: &(impl Rows + ?Sized), size: u64, now: Instant, kid: &Kid) -> Result<(Value, Instant), NotStanding> {
    let key = rows.row(Resource::Key, &kid.to_string(), size)?.ok_or(AccessFault::UnknownKey)?;
    let instant = |member| text(&key, member).and_then(|text| text.parse::<Instant>().ok());
    let from = instant("from").is_some_and(|from| from <= now);
    match instant("until").filter(|until| from && now < *until) {
        Some(until) if text(&key, "status") == Some("active") => Ok((key.body.get("holder").cloned().unwrap_or_default(), until)),
        _ => Err(AccessFault::KeyInactive.into()),
    }
}

/// A post that the holder of the key has now.
fn post(rows: &(impl Rows + ?Sized), size: u64, employee: &str, holder: &Value) -> Result<Viewer, NotStanding> {
    let row = rows.row(Resource::Employee, employee, size)?.ok_or(AccessFault::PostNotHeld)?;
    let whose = text(&row, "practitioner").map(|id| json!(format!("practitioner/{id}")));
    if whose.as_ref() != Some(holder) || text(&row, "status") != Some("active") {
        return Err(AccessFault::PostNotHeld.into());
    }
    let role = row.body.get("type").cloned().and_then(|kind| serde_json::from_value::<EmployeeType>(kind).ok());
    let ids = (role, employee.parse().ok(), text(&row, "legal_entity").and_then(|id| id.parse().ok()));
    let (Some(role), Some(employee), Some(legal_entity)) = ids else { return Err(AccessFault::PostNotHeld.into()) };
    Ok(Viewer::Staff { role, employee, legal_entity })
}

fn text<'a>(row: &'a Row, member: &str) -> Option<&'a str> {
    row.body.get(member).and_then(Value::as_str)
}
