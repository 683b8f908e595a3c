//! `GET /v1/entries/stream`: the feed as server-sent events (WHATWG HTML §9.2), to be resumed by `Last-Event-ID`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use http_body_util::channel::{Channel, Sender};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::timeout;

use super::filter::{self, Question};
use super::line::Line;
use super::page;
use crate::http::App;
use crate::http::caller::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::sequencer::Published;
use crate::service::ServiceCode;

/// The most streams at a time.
pub(in crate::http) const MAX_STREAMS: usize = 512;

/// Entries read with one look at the store.
const PAGE: usize = 100;

/// How long a stream is silent before it shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where a stream begins: at an entry, after some of its events.
#[derive(Clone, Copy)]
struct Place {
    entry: u64,
    /// Events of that entry up to this one were read.
    read: Option<usize>,
}

pub(super) async fn entries(State(app): State<Arc<App>>, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = Params::of(&uri, &[&filter::PARAMETERS[..], &["after"]].concat())?;
    let question = Question::of(&params, &caller.viewer, &app.trust.origin)?;
    let size = app.sequencer.published().size;
    let last = headers.get("last-event-id").map(|value| {
        let place = value.to_str().ok().and_then(place).filter(|place| place.entry <= size);
        place.ok_or_else(|| Problem::parameter("last-event-id", "bad_value", &[]))
    });
    let from = match last.transpose()? {
        Some(place) => place,
        None => Place { entry: params.number("after", 0, size)?.unwrap_or(0), read: None },
    };
    let permit = Arc::clone(&app.streams).try_acquire_owned().map_err(|_| Problem::from(ServiceCode::Overloaded))?;
    // A reader that does not read holds up its own task alone: nothing is read ahead for it but one message.
    let (sender, body) = Channel::<Bytes>::new(1);
    tokio::spawn(run(app, caller, question, from, sender, permit));
    let head = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((head, Body::new(body)).into_response())
}

/// An id as a message has it: a size, or an entry and the place of an event in it.
fn place(text: &str) -> Option<Place> {
    match text.split_once('/') {
        None => Some(Place { entry: text.parse().ok()?, read: None }),
        Some((entry, event)) => Some(Place { entry: entry.parse().ok()?, read: Some(event.parse().ok()?) }),
    }
}

/// Sends what there is and then what comes, until the reader goes away or may see no more.
async fn run(app: Arc<App>, caller: Caller, question: Question, from: Place, mut to: Sender<Bytes>, _permit: OwnedSemaphorePermit) {
    let mut published = app.sequencer.watch();
    let Place { entry: mut next, mut read } = from;
    loop {
        let size = published.borrow_and_update().size;
        let (asked, caller) = (question.clone(), caller.clone());
        let look = app.read(move |_, reader| {
            // Whoever lost his rights sees no more, however long ago his stream began.
            caller.stands(reader, size)?;
            page::read(reader, &asked, next, size, PAGE)
        });
        let Ok(page) = look.await else { return };
        // Of the entry in whose middle the stream is resumed, some events were read already.
        let known = |line: &Line| line.entry == next && line.event <= read && line.event.is_some();
        for line in page.lines.iter().filter(|line| !known(line)) {
            let message = [b"id: ", line.id().as_bytes(), b"\ndata: ", &line.json, b"\n\n"].concat();
            if to.send_data(message.into()).await.is_err() {
                return;
            }
        }
        read = None;
        next = page.next;
        if next == size && !grown(&mut published, &mut to).await {
            return;
        }
    }
}

/// Waits until there is more, and shows meanwhile that the stream lives. False when reader or ledger is gone.
async fn grown(published: &mut watch::Receiver<Arc<Published>>, to: &mut Sender<Bytes>) -> bool {
    loop {
        match timeout(KEEP_ALIVE, published.changed()).await {
            Ok(changed) => return changed.is_ok(),
            Err(_) if to.send_data(Bytes::from_static(b":\n\n")).await.is_err() => return false,
            Err(_) => {}
        }
    }
}
