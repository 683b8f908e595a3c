//! The document of an answer, with its tag.

use aggregates::words::Stream;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::store::Subjects;

/// What is shown, at whatever size it is asked for: the rows as text, their tag, and about whom they are.
pub(super) struct Written {
    data: String,
    tag: String,
    /// After which row the next page begins, if there is one.
    pub(super) next: Option<String>,
    /// About whom it is personal.
    pub(super) subjects: Subjects,
}

impl Written {
    /// A row, or rows. The tag is of the rows alone: while they stay the same, an answer of an earlier size is as good.
    pub(super) fn new(data: &Value, next: Option<String>, about: impl IntoIterator<Item = Stream>) -> Written {
        // Rows are most of an answer, so they are written once, for the tag and for the document.
        let data = data.to_string();
        let more = if next.is_some() { ",true]" } else { ",false]" };
        let tag = Sha256::new().chain_update("[").chain_update(&data).chain_update(more).finalize();
        let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&tag[..18]));
        Written { data, tag, next, subjects: about.into_iter().collect() }
    }

    /// How many bytes it takes.
    pub(super) fn len(&self) -> usize {
        self.data.len() + self.subjects.as_str().len()
    }

    /// The document as of a size, or `304 Not Modified`. `next` is the cursor of the next page, if there is one.
    pub(super) fn answer(&self, headers: &HeaderMap, size: u64, next: Option<String>) -> Response {
        if if_none_match(headers, &self.tag) {
            return not_modified(self.tag.clone(), size);
        }
        let next = next.map_or_else(String::new, |next| format!("\"next\":{},", json!(next)));
        let document = ["{\"data\":", &self.data, ",", &next, "\"size\":", &size.to_string(), "}"].concat();
        let mut response = Response::new(Body::from(document));
        let head = response.headers_mut();
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            head.insert(header::ETAG, tag);
        }
        head.insert("litopys-size", size.into());
        response
    }
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
