//! Reading bodies: of the right type, never more than allowed, not for ever.

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use serde_json::{Map, json};
use tokio::time::timeout;

use super::problem::Problem;
use crate::envelope::{EnvelopeCode, EnvelopeFault};
use crate::service::ServiceCode;

/// How long a sender may take to send a body.
const SENDING: Duration = Duration::from_secs(60);

/// Requires one of these media types, and no coding.
pub(super) fn require_type(headers: &HeaderMap, expected: &[&str]) -> Result<(), Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|coding| coding == "identity");
    if plain && expected.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        Ok(())
    } else {
        Err(Problem::service(ServiceCode::UnsupportedMediaType, &[("expected", json!(expected))]))
    }
}

/// Reads a body of at most `limit` bytes; of a longer one no more than that is ever held.
pub(super) async fn read(body: Body, limit: usize, too_large: impl Fn() -> Problem) -> Result<Vec<u8>, Problem> {
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let all = async {
        let mut body = body;
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            // Whoever stops sending will not read the answer either.
            let frame = frame.map_err(|_| cut_short())?;
            if let Ok(data) = frame.into_data() {
                if bytes.len() + data.len() > limit {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&data);
            }
        }
        Ok(bytes)
    };
    timeout(SENDING, all).await.unwrap_or_else(|_| Err(cut_short()))
}

fn cut_short() -> Problem {
    EnvelopeFault { code: EnvelopeCode::JsonIncomplete, pointer: String::new(), params: Map::new() }.into()
}
