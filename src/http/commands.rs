//! `/v1/commands`: a signed envelope in, its receipt or a problem out.

use std::sync::Arc;

use aggregates::words::{Stream, StreamType};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use projections::LinkKind;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::admit::admit;
use super::caller::Caller;
use super::forward::{forward, leader};
use super::params::Params;
use super::problem::{Problem, REPLAYED};
use super::{App, body};
use crate::access::Viewer;
use crate::envelope::{EnvelopeCode, EnvelopeFault, MAX_BODY};
use crate::receipt::{self, Receipt};
use crate::sequencer::{Accepted, Answer};
use crate::service::ServiceCode;
use crate::store::{LedgerReader, StoreError};

/// The media type of a command (RFC 7515 §9.2.1).
pub(super) const JOSE_JSON: &str = "application/jose+json";

/// `POST /v1/commands`
pub(super) async fn submit(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let genesis = Params::of(request.uri(), &["genesis"])?.flag("genesis")?;
    body::require_type(request.headers(), &[JOSE_JSON])?;
    let (leader, uri) = (leader(&app, request.headers())?, request.uri().clone());
    let bytes = body::read(request.into_body(), MAX_BODY, too_large).await?;
    if let Some(leader) = leader {
        // What would be turned away there does not burden the leader.
        admit(&app, bytes.clone()).await?;
        return forward(&app, &leader, &uri, JOSE_JSON, bytes).await;
    }
    let admitted = admit(&app, bytes).await?;
    let id = admitted.command.id;
    let answer = app.sequencer.submit(admitted).await.map_err(|turned| Problem::from(turned.0))?;
    let accepted = accepted(answer)?;
    let (index, size, replayed) = (accepted.index, accepted.size, accepted.replayed);
    let receipt = match receipt_now(&accepted, genesis) {
        Some(receipt) => receipt?,
        None => app.read(move |app, reader| receipt_of(app, reader, &accepted, genesis)).await?,
    };

    // A repeat is the same answer, status and body; only a header tells.
    let mut response = (StatusCode::CREATED, receipt).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("litopys-index", index.into());
    headers.insert("litopys-size", size.into());
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/commands/{id}")) {
        headers.insert(header::LOCATION, location);
    }
    if replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn too_large() -> Problem {
    let params: Map<String, Value> = [("limit".to_owned(), json!(MAX_BODY))].into_iter().collect();
    EnvelopeFault { code: EnvelopeCode::BodyTooLarge, pointer: String::new(), params }.into()
}

/// What was accepted, or the problem that the answer is.
pub(super) fn accepted(answer: Answer) -> Result<Accepted, Problem> {
    match answer {
        Answer::Accepted(accepted) => Ok(accepted),
        Answer::Refused(refused) => Err(refused.into()),
        Answer::Unsigned(fault) => Err(fault.into()),
        Answer::Turned(code) => Err(code.into()),
    }
}

/// The receipt's bytes where the store need not be asked: of what was committed just now.
pub(super) fn receipt_now(accepted: &Accepted, genesis: bool) -> Option<Result<Vec<u8>, Problem>> {
    let sealed = accepted.sealed.as_ref().filter(|_| !genesis)?;
    Some(receipt::write_now(sealed, accepted.index, &accepted.entry).map_err(Problem::from))
}

fn written(receipt: &Receipt) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(receipt).map_err(|error| Problem::failed(ServiceCode::NotCommitted, error))
}

/// The receipt's bytes. An answer comes after its publication, so the published tree reaches at least to its size.
pub(super) fn receipt_of(app: &App, reader: &dyn LedgerReader, accepted: &Accepted, genesis: bool) -> Result<Vec<u8>, Problem> {
    let published = app.sequencer.published();
    written(&receipt::make(reader, &published.tree, accepted.index, accepted.size, &accepted.entry, genesis)?)
}

/// `GET /v1/commands/{id}`: what became of a command, without anything of its content.
pub(super) async fn state(State(app): State<Arc<App>>, Path(id): Path<String>, uri: Uri) -> Result<Response, Problem> {
    Params::of(&uri, &[])?;
    let id = canonical(&id)?;
    let size = app.sequencer.published().size;
    let state = app.read(move |_, reader| {
        if let Some(outcome) = reader.outcome(&id)?.filter(|outcome| outcome.size <= size) {
            return Ok(Some(json!({ "id": id, "state": "accepted", "index": outcome.index, "size": outcome.size })));
        }
        let refusal = reader.refusal(&id)?.filter(|refusal| refusal.size <= size);
        Ok(refusal
            .map(|refusal| json!({ "id": id, "state": "refused", "code": refused_code(&refusal.refusal), "refusal_note": refusal.note })))
    });
    let state = state.await?.ok_or(ServiceCode::NoSuchResource)?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, state.to_string()).into_response())
}

/// The store keeps a refusal's code together with what its sentence needs.
fn refused_code(stored: &str) -> String {
    let written: Option<Value> = serde_json::from_str(stored).ok();
    written.as_ref().and_then(|written| written["code"].as_str()).unwrap_or(stored).to_owned()
}

/// `GET /v1/commands/{id}/receipt`: the receipt of an accepted command, as it was first answered. It holds pseudonymous personal
/// data, so it is for whoever signed the command, the regulator and auditors.
pub(super) async fn receipt(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>, uri: Uri) -> Result<Response, Problem> {
    let genesis = Params::of(&uri, &["genesis"])?.flag("genesis")?;
    let id = canonical(&id)?;
    let signer = match caller.viewer {
        Viewer::Regulator | Viewer::Auditor => None,
        Viewer::Mis(id) => Some(Stream::Of(StreamType::Mis, id)),
        Viewer::Staff { employee, .. } => Some(Stream::Of(StreamType::Employee, employee)),
        Viewer::Patient(id) => Some(Stream::Of(StreamType::Patient, id)),
        Viewer::Nobody | Viewer::Operator => return Err(ServiceCode::AccessDenied.into()),
    };
    let published = app.sequencer.published();
    let (index, receipt) = app
        .read(move |_, reader| {
            let outcome = reader.outcome(&id)?.filter(|outcome| outcome.size <= published.size).ok_or(ServiceCode::NoSuchResource)?;
            let index = outcome.index;
            if let Some(signer) = signer
                && reader.linked(&signer.to_string(), &[LinkKind::Signer], index..index + 1, 1)?.is_empty()
            {
                return Err(ServiceCode::AccessDenied.into());
            }
            let missing = || StoreError::Corrupt { what: format!("entry {index} is missing") };
            let entry = reader.entry(index)?.ok_or_else(missing)?;
            let receipt = receipt::make(reader, &published.tree, index, outcome.size, &entry.bytes, genesis)?;
            Ok((index, serde_json::to_vec(&receipt).map_err(|error| Problem::failed(ServiceCode::NotReady, error))?))
        })
        .await?;
    let head = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
    let mut response = (head, receipt).into_response();
    response.headers_mut().insert("litopys-index", index.into());
    Ok(response)
}

/// An id in its one spelling; any other names nothing.
pub(super) fn canonical(text: &str) -> Result<Uuid, Problem> {
    let id = Uuid::try_parse(text).ok().filter(|id| id.to_string() == text);
    id.ok_or_else(|| ServiceCode::NoSuchResource.into())
}
