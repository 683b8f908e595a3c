//! What surrounds every request: its trace id, its language, its line in the log.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use metrics::Label;
use uuid::Uuid;

use super::problem::{Language, Problem};
use crate::node::new_id;

const REQUEST_ID: &str = "x-request-id";

/// How to speak to the sender of a request.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    pub(super) trace_id: Arc<str>,
    pub(super) language: Language,
}

/// The sender's id for the request if it is a plain word, so that it may stand in a log; else a new one.
fn trace_id(headers: &HeaderMap) -> Arc<str> {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let sent = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(plain);
    sent.map_or_else(|| Arc::from(&*new_id().hyphenated().encode_lower(&mut Uuid::encode_buffer())), Arc::from)
}

/// The method as a label: one of a few words, whatever was sent.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}

/// Writes out problems, and one line about the request: never its body, never its path, which may hold ids.
pub(super) async fn around(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let voice = Voice { trace_id: trace_id(request.headers()), language: Language::of(request.headers()) };
    let method = method_name(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("-", MatchedPath::as_str);
    request.extensions_mut().insert(voice.clone());

    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = &problem {
        let allowed = response.headers_mut().remove(header::ALLOW);
        response = problem.to_response(voice.language, &voice.trace_id);
        if let Some(allowed) = allowed {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&voice.trace_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }

    let (status, took) = (response.status().as_u16(), begun.elapsed());
    let (ms, trace_id) = (took.as_millis() as u64, &*voice.trace_id);
    match problem.as_ref().map(|problem| (problem.code(), problem.cause())) {
        None => tracing::info!(method, route, status, ms, trace_id, "request"),
        Some((code, None)) => tracing::info!(method, route, status, ms, trace_id, code, "request"),
        Some((code, Some(cause))) => tracing::error!(method, route, status, ms, trace_id, code, cause, "request"),
    }
    let (route, status) = (Label::new("route", route.to_owned()), Label::new("status", status.to_string()));
    let labels = vec![Label::from_static_parts("method", method), route, status];
    metrics::histogram!("http_request_duration_seconds", labels).record(took.as_secs_f64());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_word_is_taken_over_as_trace_id() {
        for (sent, taken) in [("abc-1.2_Z", true), ("", false), ("a b", false), ("a\"b", false), (&*"a".repeat(65), false)] {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(sent).unwrap());
            assert_eq!(&*trace_id(&headers) == sent, taken, "{sent}");
        }
        assert_eq!(trace_id(&HeaderMap::new()).len(), 36);
    }
}
