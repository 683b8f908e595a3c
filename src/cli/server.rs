//! Talking to a server.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Exit, Failure};

/// The longest answer that is read: a receipt of the longest entry is far shorter.
const MAX_ANSWER: u64 = 4 << 20;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client to whom a refusal is an answer.
pub(super) fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(PATIENCE));
    config.build().into()
}

pub(super) fn url(server: &str, path: &str) -> String {
    format!("{}{path}", server.trim_end_matches('/'))
}

/// Status and text of an answer.
pub(super) fn answered(server: &str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<(u16, String), Failure> {
    let read = |mut answer: ureq::http::Response<ureq::Body>| {
        Ok((answer.status().as_u16(), answer.body_mut().with_config().limit(MAX_ANSWER).read_to_string()?))
    };
    answer.and_then(read).map_err(|error| Failure::new(Exit::Io, format!("{server}: {error}")))
}

/// The origin that the server says it has. A wrong one only makes what no other ledger takes.
pub(super) fn origin_of(server: &str) -> Result<String, Failure> {
    let (_, text) = answered(server, agent().get(url(server, "/.well-known/litopys")).call())?;
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    let origin = document["origin"].as_str().map(str::to_owned);
    origin.ok_or_else(|| Failure::new(Exit::Failure, format!("{server} is not a ledger: it states no origin")))
}

/// The failure that a problem document tells.
pub(super) fn problem(status: u16, text: &str) -> Failure {
    let problem: Value = serde_json::from_str(text).unwrap_or_else(|_| json!({}));
    let exit = match status {
        404 => Exit::NotFound,
        409 => Exit::Conflict,
        503 => Exit::Temporary,
        _ => Exit::Failure,
    };
    let (code, detail) = (problem["code"].as_str().unwrap_or("no problem document"), problem["detail"].as_str().unwrap_or_default());
    let mut message = format!("{status} {code}: {detail}");
    for fault in problem["errors"].as_array().into_iter().flatten() {
        let at = fault["pointer"].as_str().filter(|pointer| !pointer.is_empty()).or(fault["params"]["parameter"].as_str());
        message += &format!("\n  {} {}", at.unwrap_or_default(), fault["code"].as_str().unwrap_or_default());
    }
    Failure::new(exit, message)
}
