//! The feed: every entry in its order, for ever. Whoever goes on from his cursor misses nothing and sees nothing twice.
//!
//! A cursor is a size: how many entries were examined. It comes from the same bound as the question, so that a page on which
//! nothing matched moves it too. Nothing beyond the published size is shown, and no page ends inside a chain.

mod filter;
mod line;
mod page;
mod scope;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::{Instant, timeout_at};

use super::App;
use super::caller::Caller;
use super::params::Params;
use super::problem::Problem;
use filter::Question;
pub(super) use stream::MAX_STREAMS;

/// The most entries of a page, and how many there are unless asked otherwise.
const LIMIT: (u64, u64) = (1_000, 100);

/// The longest wait for something to come, in seconds.
const WAIT: u64 = 30;

/// The routes of the feed.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/entries", get(entries)).route("/v1/entries/stream", get(stream::entries))
}

/// `GET /v1/entries`: a page as NDJSON; the header `litopys-next` is the cursor to go on from.
async fn entries(State(app): State<Arc<App>>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let params = Params::of(&uri, &[&filter::PARAMETERS[..], &["after", "limit", "wait"]].concat())?;
    let mut published = app.sequencer.watch();
    let size = published.borrow_and_update().size;
    let question = Question::of(&params, &caller.viewer, &app.trust.origin)?;
    let limit = params.number("limit", 1, LIMIT.0)?.unwrap_or(LIMIT.1) as usize;
    let after = params.number("after", 0, size)?.unwrap_or(0);
    let until = Instant::now() + Duration::from_secs(params.number("wait", 0, WAIT)?.unwrap_or(0));
    let mut from = after;
    loop {
        let size = published.borrow_and_update().size;
        let asked = question.clone();
        let page = app.read(move |_, reader| page::read(reader, &asked, from, size, limit)).await?;
        from = page.next;
        let waits = page.lines.is_empty() && from == size;
        // What came in between is seen by the next look, so nothing is waited for that is there.
        if !waits || !matches!(timeout_at(until, published.changed()).await, Ok(Ok(()))) {
            return Ok(answer(page, size));
        }
    }
}

fn answer(page: page::Page, size: u64) -> Response {
    let mut body = Vec::new();
    for line in page.lines {
        body.extend_from_slice(&line.json);
        body.push(b'\n');
    }
    let head = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    let mut response = (head, body).into_response();
    response.headers_mut().insert("litopys-next", page.next.into());
    response.headers_mut().insert("litopys-size", size.into());
    response
}
