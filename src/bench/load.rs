//! The load: a client of many connections in a process of its own, which sends what was signed before and measures each answer.
//!
//! It reads its orders from stdin as one JSON object and writes what it saw to stdout.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant as Moment;

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::runtime;

/// What to send.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Orders {
    /// Where.
    pub server: SocketAddr,
    /// A file with one thing to ask for or to send on each line.
    pub file: PathBuf,
    /// How many connections, each with one request at a time.
    pub connections: usize,
    /// What the lines are.
    pub what: What,
    /// Requests in a second, at most; as many as there are answers for, if none.
    pub pace: Option<f64>,
}

/// What the lines of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// Commands, each sent alone.
    Commands,
    /// Commands, so many sent together.
    Batches(usize),
    /// Paths to get, again and again for so many milliseconds.
    Paths(u64),
}

/// What was seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Requests that were answered as they should be.
    pub answered: usize,
    /// Requests that were not, with an example.
    pub failed: usize,
    /// An example of what failed.
    pub example: Option<String>,
    /// How long all took, in seconds.
    pub seconds: f64,
    /// How long each took, in microseconds, sorted.
    pub latencies: Vec<u32>,
    /// In how many commits the server took them, where whoever asks for the load looks.
    #[serde(default)]
    pub commits: u64,
}

impl Seen {
    /// The latency that this part of the requests did not exceed, in microseconds.
    pub fn percentile(&self, part: f64) -> u32 {
        let place = (self.latencies.len() as f64 * part).ceil() as usize;
        self.latencies.get(place.clamp(1, self.latencies.len().max(1)) - 1).copied().unwrap_or(0)
    }
}

/// Why nothing was measured.
pub type LoadFault = Box<dyn std::error::Error + Send + Sync>;

/// Does what the orders say.
///
/// # Errors
/// The file cannot be read, or the server cannot be reached.
pub fn load(orders: &Orders) -> Result<Seen, LoadFault> {
    let text = fs::read(&orders.file)?;
    let lines: Vec<Bytes> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(Bytes::copy_from_slice).collect();
    let requests: Vec<Bytes> = match orders.what {
        What::Commands => lines,
        What::Batches(size) => lines.chunks(size).map(|lines| Bytes::from(lines.join(&b'\n'))).collect(),
        What::Paths(_) => lines,
    };
    // One thread: the server needs the cores more.
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(all(Arc::new(orders.clone()), requests.into()))
}

async fn all(orders: Arc<Orders>, requests: Arc<[Bytes]>) -> Result<Seen, LoadFault> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = Vec::new();
    for _ in 0..orders.connections {
        connections.push(connect(orders.server).await?);
    }
    let start = Moment::now();
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::spawn(one(Arc::clone(&orders), connection, Arc::clone(&requests), Arc::clone(&next), start)))
        .collect();
    let mut seen = Seen::default();
    for task in tasks {
        let of_one = task.await??;
        seen.answered += of_one.answered;
        seen.failed += of_one.failed;
        seen.example = seen.example.or(of_one.example);
        seen.latencies.extend(of_one.latencies);
    }
    seen.seconds = start.elapsed().as_secs_f64();
    seen.latencies.sort_unstable();
    Ok(seen)
}

type Connection = SendRequest<Full<Bytes>>;

async fn connect(server: SocketAddr) -> Result<Connection, LoadFault> {
    let stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// One connection's part of the requests, one after the other.
async fn one(
    orders: Arc<Orders>,
    mut connection: Connection,
    requests: Arc<[Bytes]>,
    next: Arc<AtomicUsize>,
    start: Moment,
) -> Result<Seen, LoadFault> {
    let mut seen = Seen::default();
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let request = match orders.what {
            What::Paths(ms) if start.elapsed().as_millis() >= u128::from(ms) => None,
            What::Paths(_) => requests.get(place % requests.len().max(1)),
            What::Commands | What::Batches(_) => requests.get(place),
        };
        let Some(request) = request else { return Ok(seen) };
        // A request that is late for its time counts from that time on: waiting is part of what a sender sees.
        let mut begun = Moment::now();
        if let Some(pace) = orders.pace {
            let due = start + std::time::Duration::from_secs_f64(place as f64 / pace);
            tokio::time::sleep_until(due.into()).await;
            begun = due;
        }
        let response = connection.send_request(of(&orders, request.clone())?).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        seen.latencies.push(begun.elapsed().as_micros().min(u128::from(u32::MAX)) as u32);
        if good(orders.what, status, &body) {
            seen.answered += 1;
        } else {
            seen.failed += 1;
            seen.example.get_or_insert_with(|| format!("{status} {}", String::from_utf8_lossy(&body[..body.len().min(500)])));
        }
    }
}

fn of(orders: &Orders, line: Bytes) -> Result<Request<Full<Bytes>>, LoadFault> {
    let (method, path, kind, body) = match orders.what {
        What::Commands => (Method::POST, "/v1/commands", "application/jose+json", line),
        What::Batches(_) => (Method::POST, "/v1/commands/batch", "application/x-ndjson", line),
        What::Paths(_) => {
            let (path, token) = std::str::from_utf8(&line)?.split_once(' ').unwrap_or(("/", ""));
            let request = Request::builder().uri(path).header(header::HOST, orders.server.to_string());
            let request = if token.is_empty() { request } else { request.header(header::AUTHORIZATION, format!("Bearer {token}")) };
            return Ok(request.body(Full::default())?);
        }
    };
    let request = Request::builder().method(method).uri(path).header(header::HOST, orders.server.to_string());
    Ok(request.header(header::CONTENT_TYPE, kind).body(Full::new(body))?)
}

/// Whether an answer says that all was accepted.
fn good(what: What, status: StatusCode, body: &[u8]) -> bool {
    match what {
        What::Commands => status == StatusCode::CREATED,
        What::Batches(_) => {
            status == StatusCode::OK
                && body.split(|byte| *byte == b'\n').all(|line| line.is_empty() || line.starts_with(b"{\"status\":201,"))
        }
        What::Paths(_) => status == StatusCode::OK,
    }
}
