//! How a row came about: its versions, with who made each.

use std::sync::Arc;

use aggregates::words::Stream;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answer::Written;
use super::cursor::Cursor;
use super::moment::{self, Moment};
use super::row::{self, Shown, at, shown};
use super::{LIMIT, List};
use crate::access::{View, Viewer};
use crate::entry::{Cause, Entry};
use crate::envelope::Envelope;
use crate::http::App;
use crate::http::accesses::{keep, record};
use crate::http::caller::Caller;
use crate::http::commands::canonical;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::service::ServiceCode;
use crate::store::{LedgerReader, Row};

/// `GET /v1/<list>/{id}/history`: versions up to the moment asked for, oldest first.
pub(super) async fn page(
    of: &'static List,
    app: Arc<App>,
    caller: Caller,
    id: String,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let known: Vec<&str> = moment::PARAMETERS.into_iter().chain(["limit", "cursor"]).collect();
    let params = Params::of(&uri, &known)?;
    let id = canonical(&id)?.to_string();
    let viewer = caller.viewer;
    let (own, other) = viewer.views(of.resource);
    if own.max(other) < View::Clear {
        return Err(ServiceCode::AccessDenied.into());
    }
    let limit = params.number("limit", 1, LIMIT.0)?.unwrap_or(LIMIT.1) as usize;
    let question = json!([of.path, id, "history"]);
    let published = app.sequencer.published().size;
    let start = params.get("cursor").map(|text| Cursor::read(text, &question, published)).transpose()?;
    let moment = Moment::of(&app, &params).await?.going_on(start.as_ref().map(|start| start.size))?;
    let from = start.map_or(Ok(0), |start| start.after.parse()).map_err(|_| Problem::parameter("cursor", "bad_value", &[]))?;
    let (size, versions, next) = app
        .read(move |app, reader| {
            let size = moment.size(reader)?;
            let Some(now) = reader.row(of.resource, &id, size)? else { return Err(ServiceCode::NoSuchResource.into()) };
            if row::view(reader, &viewer, &now, published)? < View::Clear {
                return Err(ServiceCode::AccessDenied.into());
            }
            let mut versions = reader.history(of.resource, &id, size, from, limit + 1)?;
            let next = versions.get(limit).map(|row| row.from_size);
            versions.truncate(limit);
            let written: Vec<Shown> = versions.into_iter().map(|row| version(app, reader, &viewer, row)).collect::<Result<_, _>>()?;
            Ok((size, written, next))
        })
        .await?;
    let subjects: Vec<Stream> = versions.iter().filter_map(|version| version.subject).collect();
    let versions = versions.into_iter().map(|version| version.body).collect();
    let written = Written::new(&Value::Array(versions), next.map(|from| from.to_string()), subjects);
    keep(&app, record(&caller, of.resource, &written.subjects, size)).await?;
    let next = written.next.clone().map(|after| Cursor { size, after }.write(&question));
    Ok(written.answer(&headers, size, next))
}

/// One version: from which size until which it is true, what made it, and the row.
fn version(app: &App, reader: &dyn LedgerReader, viewer: &Viewer, row: Row) -> Result<Shown, Problem> {
    let (from, until, index) = (row.from_size, row.until_size, row.entry);
    // The personal columns have no versions here: the row's own answer, as of a size, has them.
    let Shown { body, subject } = shown(app, reader, viewer, row, View::Clear, from)?;
    let mut version = json!({ "from_size": from, "entry": index, "row": body });
    if let Some(until) = until {
        version["until_size"] = json!(until);
    }
    let entry = read(reader, index)?;
    version["time"] = json!(entry.time);
    let first = match entry.cause {
        Cause::Continues(first) => read(reader, first)?,
        Cause::Command(_) => entry,
    };
    version["command"] = Value::Object(command(reader, viewer, &first)?);
    Ok(Shown { body: version, subject })
}

fn read(reader: &dyn LedgerReader, index: u64) -> Result<Entry, Problem> {
    let stored = reader.entry(index)?.ok_or_else(|| Problem::failed(ServiceCode::NotReady, format!("entry {index} is missing")))?;
    Entry::from_bytes(&stored.bytes).map_err(|error| Problem::failed(ServiceCode::NotReady, error))
}

/// What was asked, and who signed it in which role and right. Whoever is neither regulator nor auditor learns the keys and
/// rights only of what was signed in his own house, and by the patient whose row it is: otherwise the roles alone, for a
/// signature may tell where a patient went.
fn command(reader: &dyn LedgerReader, viewer: &Viewer, first: &Entry) -> Result<Map<String, Value>, Problem> {
    let unreadable = |error: &dyn std::fmt::Display| Problem::failed(ServiceCode::NotReady, format!("entry {}: {error}", first.index));
    let command = first.command().ok_or_else(|| unreadable(&"it has no command"))?;
    let payload = Envelope::from_entry(command).map_err(|fault| unreadable(&fault.code))?.payload;
    let mut open = matches!(viewer, Viewer::Regulator | Viewer::Auditor | Viewer::Patient(_));
    if let Viewer::Staff { legal_entity, .. } = viewer {
        for signer in payload.signers.iter().filter_map(|signer| signer.of) {
            open = open || at(reader, &signer.to_string(), *legal_entity, u64::MAX)?;
        }
    }
    let signers = payload.signers.iter().map(|signer| {
        let mut shown = Map::from_iter([("as".to_owned(), json!(signer.as_))]);
        if open {
            shown.insert("kid".to_owned(), json!(signer.kid));
            shown.extend(signer.of.map(|of| ("of".to_owned(), json!(of))));
        }
        Value::Object(shown)
    });
    Ok(Map::from_iter([
        ("type".to_owned(), payload.kind.clone().into()),
        ("id".to_owned(), json!(payload.id)),
        ("issued_at".to_owned(), json!(payload.issued_at)),
        ("signers".to_owned(), signers.collect()),
    ]))
}
