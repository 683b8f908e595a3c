//! `/.well-known/litopys`: where to begin. For convenience; trust comes from what a verifier has pinned.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::App;
use super::params::Params;
use super::problem::Problem;

/// `GET /.well-known/litopys`
pub(super) async fn litopys(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    Params::of(&uri, &[])?;
    let trust = &app.trust;
    let document = json!({
        "origin": trust.origin,
        "log_key": trust.log_key.to_string(),
        "refusal_key": trust.refusal_key.to_string(),
        "genesis": trust.genesis.to_string(),
        "links": {
            "checkpoint": "/checkpoint",
            "tiles": "/tile/",
            "commands": "/v1/commands",
            "batch": "/v1/commands/batch",
            "mis": "/v1/mis",
            "trust_providers": "/v1/trust-providers",
            "legal_entities": "/v1/legal-entities",
            "divisions": "/v1/divisions",
            "practitioners": "/v1/practitioners",
        },
    });
    let head = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    Ok((head, document.to_string()).into_response())
}
