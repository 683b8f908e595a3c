//! Whether the process lives, whether it serves, and its metrics.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::json;

use super::App;
use super::params::Params;
use super::problem::Problem;
use crate::service::ServiceCode;

/// `GET /healthz`: the process answers.
pub(super) async fn alive(uri: Uri) -> Result<Response, Problem> {
    Params::of(&uri, &[])?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json!({ "alive": true }).to_string()).into_response())
}

/// `GET /readyz`: commands are taken.
pub(super) async fn ready(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    Params::of(&uri, &[])?;
    let published = app.sequencer.published();
    if !published.ready {
        return Err(ServiceCode::NotReady.into());
    }
    let document = json!({ "ready": true, "size": published.size, "time": published.time });
    let head = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((head, document.to_string()).into_response())
}

/// Entries in a commit, which has at most 512 commands.
const ENTRIES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// Seconds of a request.
const SECONDS: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

/// Makes the process's metrics recorder. Once in a process.
///
/// # Errors
/// If there is one already.
pub fn recorder() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("entries_per_commit".to_owned()), ENTRIES)?
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .install_recorder()
}

/// `GET /metrics`, for a listener of its own that the world does not reach.
pub fn metrics_router(handle: PrometheusHandle) -> Router {
    let metrics = async move || ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render());
    Router::new().route("/metrics", get(metrics))
}
