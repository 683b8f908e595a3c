//! What the codes of problems mean.

use axum::extract::Path;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::params::Params;
use super::problem::{Language, Problem, title};
use crate::service::ServiceCode;

/// `GET /problems/{code}`: what a code means.
pub(super) async fn describe(Path(code): Path<String>, uri: Uri) -> Result<Response, Problem> {
    Params::of(&uri, &[])?;
    let problem = Problem::all().find(|problem| problem.code() == code).ok_or(ServiceCode::NoSuchResource)?;
    let meaning = json!({
        "type": format!("/problems/{code}"),
        "title": title(&code),
        "status": problem.status().as_u16(),
        "retryable": problem.retryable(),
        "uk": problem.detail(Language::Uk),
        "en": problem.detail(Language::En),
    });
    Ok(([(header::CONTENT_TYPE, "application/json")], meaning.to_string()).into_response())
}
