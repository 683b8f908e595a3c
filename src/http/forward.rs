//! Sending commands on to the node that leads.
//!
//! The leader admits them again: it trusts no other node. Its answer is passed on as it is.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::App;
use super::problem::{Problem, REPLAYED};
use crate::node::Way;
use crate::service::ServiceCode;

/// Says that a command was sent on, so that two nodes that each take the other for the leader do not send it round.
const FORWARDED: HeaderName = HeaderName::from_static("litopys-forwarded");

/// How many requests may be under way to the leader.
const MAX_FORWARDED: usize = 256;

/// How long the leader may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most bytes of an answer: a batch's receipts.
const MAX_ANSWER: u64 = 128 << 20;

/// What of the leader's head is passed on.
const PASSED_ON: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::LOCATION,
    header::RETRY_AFTER,
    HeaderName::from_static("litopys-index"),
    HeaderName::from_static("litopys-size"),
    HeaderName::from_static(REPLAYED),
];

/// The way to the leader.
pub(super) struct Forwarder {
    agent: ureq::Agent,
    places: Arc<Semaphore>,
}

impl Forwarder {
    pub(super) fn new() -> Forwarder {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(PATIENCE));
        let config = config.max_idle_connections_per_host(MAX_FORWARDED).build();
        Forwarder { agent: config.into(), places: Arc::new(Semaphore::new(MAX_FORWARDED)) }
    }
}

/// Where a request's commands go: nowhere further if this node takes them itself.
pub(super) fn leader(app: &App, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    match app.way.borrow().clone() {
        Way::Here => Ok(None),
        Way::There(address) if !headers.contains_key(FORWARDED) => Ok(Some(address)),
        Way::There(_) | Way::Nowhere => Err(ServiceCode::NotReady.into()),
    }
}

/// Sends a body on, and passes the answer back. Whatever became of a command whose answer is lost, a repeat tells.
pub(super) async fn forward(app: &Arc<App>, leader: &str, uri: &Uri, kind: &'static str, body: Vec<u8>) -> Result<Response, Problem> {
    let permit = Arc::clone(&app.forwarder.places).try_acquire_owned().map_err(|_| Problem::from(ServiceCode::Overloaded))?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let (agent, url) = (app.forwarder.agent.clone(), format!("{}{path}", leader.trim_end_matches('/')));
    let sent = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let mut answer = agent.post(url).header(header::CONTENT_TYPE, kind).header(FORWARDED, "1").send(&body)?;
        let bytes = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec()?;
        Ok::<_, ureq::Error>((answer.status(), answer.headers().clone(), bytes))
    });
    let sent = sent.await.map_err(|panic| Problem::failed(ServiceCode::NotReady, panic))?;
    let (status, headers, bytes) = sent.map_err(|error| Problem::failed(ServiceCode::NotReady, error))?;
    let mut response = (status, Body::from(bytes)).into_response();
    for name in PASSED_ON {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    Ok(response)
}
