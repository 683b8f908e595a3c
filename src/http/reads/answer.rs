//! The document of an answer, with its tag.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The document, or `304 Not Modified`. The tag is of the rows alone: while they stay the same, an answer of an earlier
/// size is as good. `next` is for pages: the cursor of the next one, if there is one.
pub(super) fn answer(headers: &HeaderMap, size: u64, data: Value, next: Option<Option<String>>) -> Response {
    let more = next.as_ref().is_some_and(Option::is_some);
    // Rows are most of an answer, so they are written once, for the tag and for the document.
    let data = data.to_string();
    let tag = Sha256::new().chain_update("[").chain_update(&data).chain_update(if more { ",true]" } else { ",false]" }).finalize();
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&tag[..18]));
    if if_none_match(headers, &tag) {
        return not_modified(tag, size);
    }
    let next = next.flatten().map_or_else(String::new, |next| format!("\"next\":{},", json!(next)));
    let document = format!("{{\"data\":{data},{next}\"size\":{size}}}");
    let head = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned()), (header::ETAG, tag)];
    let mut response = (head, document).into_response();
    response.headers_mut().insert("litopys-size", size.into());
    response
}

/// Whether the sender holds what has this tag, by the weak comparison (RFC 9110 §13.1.2).
pub(in crate::http) fn if_none_match(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|list| list.split(',')).any(|one| one.trim() == "*" || opaque(one) == opaque(tag))
}

pub(in crate::http) fn not_modified(tag: String, size: u64) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().insert("litopys-size", size.into());
    response
}
