//! `GET /v1/access-log`: who read what is personal. The regulator sees all of it, a patient what is about himself.

use std::sync::Arc;

use aggregates::words::{Stream, StreamType};
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use projections::Resource;
use serde_json::{Map, Value, json};

use super::App;
use super::caller::Caller;
use super::params::Params;
use super::problem::Problem;
use crate::access::Viewer;
use crate::service::ServiceCode;
use crate::store::{AccessRecord, QueueFull, Shown, Subjects};

/// The most records of a page.
const LIMIT: u64 = 100;

pub(super) async fn page(State(app): State<Arc<App>>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let params = Params::of(&uri, &["subject", "before", "limit"])?;
    let limit = params.number("limit", 1, LIMIT)?.unwrap_or(LIMIT);
    let before = params.number("before", 1, i64::MAX as u64)?;
    let asked = params.get("subject").map(|text| text.parse::<Stream>().map_err(|_| Problem::parameter("subject", "bad_value", &[])));
    let subject = match (caller.viewer, asked.transpose()?) {
        (Viewer::Regulator, asked) => asked,
        (Viewer::Patient(id), asked) => {
            let own = Stream::Of(StreamType::Patient, id);
            if asked.is_some_and(|asked| asked != own) {
                return Err(ServiceCode::AccessDenied.into());
            }
            Some(own)
        }
        _ => return Err(ServiceCode::AccessDenied.into()),
    };
    let records = app.read(move |app, _| Ok(app.access_log.page(subject.as_ref(), before, limit as usize)?)).await?;
    let next = records.last().filter(|_| records.len() as u64 == limit).map(|(number, _)| *number);
    let mut document = json!({ "data": records.iter().map(written).collect::<Vec<_>>() });
    if let Some(next) = next {
        document["next"] = json!(next);
    }
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, document.to_string()).into_response())
}

fn written((number, record): &(u64, AccessRecord)) -> Value {
    let AccessRecord { time, who, resource, subject, size } = record;
    let mut shown = Map::new();
    for (name, value) in [("number", json!(number)), ("time", json!(time)), ("as", json!(who.role)), ("kid", json!(who.kid))] {
        shown.insert(name.to_owned(), value);
    }
    for (name, value) in [("of", &who.of), ("mis", &who.mis)] {
        shown.extend(value.as_ref().map(|value| (name.to_owned(), json!(value))));
    }
    for (name, value) in [("resource", json!(resource)), ("subject", json!(subject)), ("size", json!(size))] {
        shown.insert(name.to_owned(), value);
    }
    Value::Object(shown)
}

/// Keeps what is to be shown before it is. Nothing is shown that could not be recorded.
pub(super) async fn keep(app: &App, shown: Option<Shown>) -> Result<(), Problem> {
    let Some(shown) = shown else { return Ok(()) };
    let kept = app.access_log.record(vec![shown]).map_err(|QueueFull| Problem::from(ServiceCode::Overloaded))?;
    match kept.await {
        Ok(Ok(())) => Ok(()),
        // The writer has logged why.
        Ok(Err(_)) | Err(_) => Err(ServiceCode::NotReady.into()),
    }
}

/// As what an answer about these subjects is recorded; nothing where it is about nobody.
pub(super) fn record(caller: &Caller, resource: Resource, subjects: &Subjects, size: u64) -> Option<Shown> {
    if subjects.count() == 0 { None } else { caller.record(resource.name(), subjects.clone(), size) }
}
