//! `/v1/commands/batch`: many commands in one request, a line each, answered in order.
//!
//! Lines are independent: each is accepted or refused as if it had come alone. They are admitted in parallel and handed to
//! the sequencer in order, as fast as it takes them; answers are written while later lines are still under way.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use http_body::Frame;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::admit::admit_all;
use super::commands::{JOSE_JSON, accepted, receipt_now, receipt_of};
use super::forward::{forward, leader};
use super::params::Params;
use super::problem::Problem;
use super::trace::Voice;
use super::{App, body};
use crate::admission::Admitted;
use crate::sequencer::{Accepted, Answer, MAX_BATCH};
use crate::service::ServiceCode;

/// The most lines of a batch.
pub const MAX_BATCH_LINES: usize = 1_000;

/// The most bytes of a batch.
pub const MAX_BATCH_BYTES: usize = 16 << 20;

/// How many batches are taken at once; one more is told to come again.
pub(super) const MAX_BATCHES: usize = 8;

/// How many lines are admitted together on one thread.
const GROUP: usize = 16;

/// How many answers are written at a time.
const CHUNK: usize = 64;

/// How long the sender may leave a chunk of answers unread before the rest of the batch is given up.
const READING: Duration = Duration::from_secs(60);

const NDJSON: &str = "application/x-ndjson";

/// `POST /v1/commands/batch`
pub(super) async fn submit(State(app): State<Arc<App>>, Extension(voice): Extension<Voice>, request: Request) -> Result<Response, Problem> {
    let genesis = Params::of(request.uri(), &["genesis"])?.flag("genesis")?;
    body::require_type(request.headers(), &[NDJSON, JOSE_JSON])?;
    let (leader, uri) = (leader(&app, request.headers())?, request.uri().clone());
    let permit = Arc::clone(&app.batches).try_acquire_owned().map_err(|_| Problem::from(ServiceCode::Overloaded))?;
    let bytes = body::read(request.into_body(), MAX_BATCH_BYTES, || ServiceCode::BatchTooLarge.into()).await?;
    let lines = lines(&bytes)?;
    if let Some(leader) = leader {
        // Whole, as its lines may build on each other.
        return forward(&app, &leader, &uri, NDJSON, bytes).await;
    }
    let (handed_over, waiting) = mpsc::channel(MAX_BATCH);
    let (output, chunks) = mpsc::channel(1);
    tokio::spawn(hand_over(Arc::clone(&app), lines, handed_over));
    tokio::spawn(answer(Writer { app, voice, genesis }, waiting, output, permit));
    Ok(([(header::CONTENT_TYPE, NDJSON)], Body::new(Chunks(chunks))).into_response())
}

/// The lines, each without its end. What follows the last end is a line if it is not empty.
fn lines(bytes: &[u8]) -> Result<VecDeque<Vec<u8>>, Problem> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if whole.is_empty() {
        return Ok(VecDeque::new());
    }
    if whole.split(|byte| *byte == b'\n').nth(MAX_BATCH_LINES).is_some() {
        return Err(ServiceCode::BatchTooLarge.into());
    }
    Ok(whole.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect())
}

/// A line on its way.
enum Line {
    Taken(oneshot::Receiver<Answer>),
    Turned(Problem),
}

/// Admits some lines ahead and hands them over in order. Ends early when nobody waits for the answers any more.
async fn hand_over(app: Arc<App>, mut lines: VecDeque<Vec<u8>>, handed_over: mpsc::Sender<Line>) {
    let ahead = 2 * app.gate.width();
    let mut admitting: VecDeque<JoinHandle<Vec<Result<Admitted, Problem>>>> = VecDeque::with_capacity(ahead);
    loop {
        while admitting.len() < ahead && !lines.is_empty() {
            let some = lines.drain(..lines.len().min(GROUP)).collect();
            admitting.push_back(tokio::spawn(admit_all(Arc::clone(&app), some)));
        }
        let Some(next) = admitting.pop_front() else { return };
        // Admission answers for its own panics; only a runtime that ends leaves none, and then nobody waits either.
        let Ok(admitted) = next.await else { return };
        for one in admitted {
            // A place among the answers comes first: no more than a sequencer's batch of one sender is under way.
            let Ok(place) = handed_over.reserve().await else { return };
            place.send(match one {
                Ok(admitted) => match app.sequencer.submit_when_free(admitted).await {
                    Ok(answer) => Line::Taken(answer),
                    Err(turned) => Line::Turned(turned.0.into()),
                },
                Err(problem) => Line::Turned(problem),
            });
        }
    }
}

/// Writes answers in the order of the lines. The permit goes back with the last of them.
async fn answer(writer: Writer, mut waiting: mpsc::Receiver<Line>, output: mpsc::Sender<Bytes>, _permit: OwnedSemaphorePermit) {
    let mut some = Vec::with_capacity(CHUNK);
    while waiting.recv_many(&mut some, CHUNK).await > 0 {
        let mut answers = Vec::with_capacity(some.len());
        for line in some.drain(..) {
            answers.push(match line {
                Line::Taken(answer) => accepted(answer.await.unwrap_or(Answer::Turned(ServiceCode::NotCommitted))),
                Line::Turned(problem) => Err(problem),
            });
        }
        let Writer { app, voice, genesis } = writer.clone();
        let written = app.read(move |app, reader| {
            // At once, for a buffer that grows is copied each time.
            let room =
                |answer: &Result<Accepted, Problem>| answer.as_ref().map_or(1 << 10, |accepted| 2 * accepted.entry.len() + (2 << 10));
            let mut chunk = Vec::with_capacity(answers.iter().map(room).sum());
            for answer in &answers {
                let line = match answer {
                    Ok(accepted) => {
                        let receipt = receipt_now(accepted, genesis).unwrap_or_else(|| receipt_of(app, reader, accepted, genesis));
                        receipt.map(|receipt| (receipt, accepted.replayed))
                    }
                    Err(problem) => Err(problem.clone()),
                };
                write(&mut chunk, line, &voice);
            }
            Ok(chunk)
        });
        // The lines were handed over, so a repeat of the batch will be given the answers that cannot be read now.
        let Ok(chunk) = written.await.inspect_err(|problem| tracing::error!(cause = problem.cause(), "a batch was cut short")) else {
            return;
        };
        if output.send_timeout(Bytes::from(chunk), READING).await.is_err() {
            return;
        }
    }
}

#[derive(Clone)]
struct Writer {
    app: Arc<App>,
    voice: Voice,
    genesis: bool,
}

fn write(chunk: &mut Vec<u8>, answer: Result<(Vec<u8>, bool), Problem>, voice: &Voice) {
    let line = match answer {
        // The receipt's own bytes, so that they are those of a single command's answer.
        Ok((receipt, replayed)) => {
            chunk.extend_from_slice(b"{\"status\":201,\"receipt\":");
            chunk.extend_from_slice(&receipt);
            if replayed { ",\"replayed\":true}\n".to_owned() } else { "}\n".to_owned() }
        }
        Err(problem) => {
            if let Some(cause) = problem.cause() {
                tracing::error!(cause, code = problem.code(), trace_id = &*voice.trace_id, "a line of a batch");
            }
            let mut line = json!({ "status": problem.status().as_u16(), "problem": problem.to_json(voice.language, &voice.trace_id) });
            if problem.replayed() {
                line["replayed"] = json!(true);
            }
            line.to_string() + "\n"
        }
    };
    chunk.extend_from_slice(line.as_bytes());
}

/// A body that is sent as it comes.
struct Chunks(mpsc::Receiver<Bytes>);

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}
