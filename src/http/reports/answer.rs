//! A report as a response.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::question::{Format, Question};
use crate::http::reads::{if_none_match, not_modified};
use crate::report::Table;

/// The report in the form asked for, or `304 Not Modified`: the tag is of its bytes.
pub(super) fn answer(headers: &HeaderMap, question: &Question, table: &Table) -> Response {
    let (body, kind) = match question.format {
        Format::Json => (table.to_json(), "application/json"),
        Format::Csv => (table.to_csv(), "text/csv; charset=utf-8; header=present"),
    };
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..18]));
    if if_none_match(headers, &tag) {
        return not_modified(tag, question.size);
    }
    let head = [(header::CONTENT_TYPE, kind.to_owned()), (header::CACHE_CONTROL, "private, no-cache".to_owned()), (header::ETAG, tag)];
    let mut response = (head, body).into_response();
    response.headers_mut().insert("litopys-size", question.size.into());
    if let Ok(date) = question.date.to_string().parse() {
        response.headers_mut().insert("litopys-date", date);
    }
    response
}
