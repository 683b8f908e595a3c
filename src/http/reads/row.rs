//! Rows as they are shown.

use aggregates::words::Stream;
use projections::Resource;
use serde_json::{Value, json};
use uuid::Uuid;

use super::personal::{self, PERSONAL};
use crate::access::{View, Viewer};
use crate::http::App;
use crate::http::problem::Problem;
use crate::store::{LedgerReader, Row, RowQuery};

/// A row as it is shown, and about whom it is personal.
pub(super) struct Shown {
    pub(super) body: Value,
    pub(super) subject: Option<Stream>,
}

/// A page of a list.
pub(super) struct Page {
    pub(super) rows: Vec<Shown>,
    /// After which row the next page begins, if there is one.
    pub(super) next: Option<String>,
    /// A row of the next page, if it was looked for.
    pub(super) beyond: Option<String>,
}

/// A row for a viewer to whom at least all that the ledger holds is shown.
pub(super) fn shown(app: &App, reader: &dyn LedgerReader, viewer: &Viewer, row: Row, view: View, size: u64) -> Result<Shown, Problem> {
    let (resource, mut body) = (row.resource, row.body);
    if let (Viewer::Staff { legal_entity, .. }, Some(of)) = (viewer, body.get("ended_by").and_then(|by| by["of"].as_str()))
        && !at(reader, of, *legal_entity, u64::MAX)?
        && let Some(by) = body.get_mut("ended_by").and_then(Value::as_object_mut)
    {
        // Where a patient went is nobody's business but his.
        by.remove("of");
    }
    let whole = view == View::Whole && personal::has(resource);
    let subject = match resource {
        Resource::Patient => Some(format!("patient/{}", row.id)),
        Resource::DeclarationRequest | Resource::Declaration => {
            body.get("patient").and_then(Value::as_str).map(|id| format!("patient/{id}"))
        }
        Resource::Practitioner if whole => Some(format!("practitioner/{}", row.id)),
        _ => None,
    };
    if let (true, Some(subject)) = (whole, &subject) {
        body.insert(PERSONAL.to_owned(), personal::of(app, subject, size)?);
    }
    body.insert("id".to_owned(), row.id.into());
    Ok(Shown { body: Value::Object(body), subject: subject.and_then(|subject| subject.parse().ok()) })
}

/// Whether a stream named in an event is a post at this provider.
pub(super) fn at(reader: &dyn LedgerReader, stream: &str, legal_entity: Uuid, as_of: u64) -> Result<bool, Problem> {
    let Some(id) = stream.strip_prefix("employee/") else { return Ok(false) };
    let post = reader.row(Resource::Employee, id, as_of)?;
    Ok(post.is_some_and(|post| is(&post, "legal_entity", legal_entity)))
}

/// How much of this row the viewer is shown.
pub(super) fn view(reader: &dyn LedgerReader, viewer: &Viewer, row: &Row, published: u64) -> Result<View, Problem> {
    let (own, other) = viewer.views(row.resource);
    if own == other {
        return Ok(own);
    }
    Ok(if owns(reader, viewer, row, published)? { own } else { other })
}

/// Whether a row is the viewer's own, as things stand now: who left is no longer theirs, whatever the past asked for.
fn owns(reader: &dyn LedgerReader, viewer: &Viewer, row: &Row, published: u64) -> Result<bool, Problem> {
    match (viewer, row.resource) {
        (Viewer::Patient(id), Resource::Patient) => Ok(row.id == id.to_string()),
        (Viewer::Patient(id), _) => Ok(is(row, "patient", *id)),
        (Viewer::Staff { legal_entity, .. }, Resource::Patient) => is_patient_of(reader, &row.id, *legal_entity, published),
        (Viewer::Staff { legal_entity, .. }, Resource::Practitioner) => {
            Ok(first(reader, Resource::Employee, &[("practitioner", &row.id), ("legal_entity", &legal_entity.to_string())], published)?
                .is_some())
        }
        (Viewer::Staff { legal_entity, .. }, Resource::LegalEntity) => Ok(row.id == legal_entity.to_string()),
        (Viewer::Staff { legal_entity, .. }, _) => Ok(is(row, "legal_entity", *legal_entity)),
        _ => Ok(false),
    }
}

/// Whether a patient has a declaration in force with a provider, or asked for one.
fn is_patient_of(reader: &dyn LedgerReader, patient: &str, legal_entity: Uuid, published: u64) -> Result<bool, Problem> {
    let provider = legal_entity.to_string();
    for (resource, statuses) in [(Resource::Declaration, IN_FORCE), (Resource::DeclarationRequest, "new,confirmed")] {
        let wanted = [("patient", patient), ("legal_entity", provider.as_str()), ("status", statuses)];
        if first(reader, resource, &wanted, published)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The statuses of a declaration that binds.
pub(super) const IN_FORCE: &str = "active,pending_verification";

/// The first row of a resource with these values; several are parted by commas.
pub(super) fn first(reader: &dyn LedgerReader, resource: Resource, wanted: &[(&str, &str)], as_of: u64) -> Result<Option<Row>, Problem> {
    let query = RowQuery { resource, filters: filters(wanted), words: Vec::new(), after: None, limit: 1, as_of };
    Ok(reader.rows(&query)?.pop())
}

/// Conditions of a question, as the store takes them.
pub(super) fn filters(wanted: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
    wanted.iter().map(|(member, values)| ((*member).to_owned(), values.split(',').map(str::to_owned).collect())).collect()
}

fn is(row: &Row, member: &str, id: Uuid) -> bool {
    row.body.get(member).is_some_and(|value| *value == json!(id))
}
