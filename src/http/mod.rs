//! The interface: commands in, receipts out, and what each may read.
//!
//! **Invariant:** nothing beyond the published size is answered, and nothing personal before it is kept who asked for it.
//!
//! **Invariant:** bad input gives a 4xx. A 5xx says that the ledger itself cannot serve now, and is always a 503 that may
//! be tried again with the same bytes.

mod accesses;
mod admit;
mod batch;
mod body;
mod caller;
mod commands;
mod feed;
mod forward;
mod health;
mod log;
mod params;
mod problem;
mod problems;
mod reads;
mod reports;
mod together;
mod token;
mod trace;
mod well_known;

use std::sync::Arc;
use std::time::Duration;

use aggregates::words::Instant;
use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

pub use batch::{MAX_BATCH_BYTES, MAX_BATCH_LINES};
pub use health::{metrics_router, recorder};

use crate::access::Access;
use crate::admission::KeyDirectory;
use crate::node::{MAX_READERS, Node, Readers, Trust, Way};
use crate::sequencer::{Lately, Sequencer, system_clock};
use crate::service::ServiceCode;
use crate::store::{AccessLog, LedgerReader};
use admit::Gate;
use forward::Forwarder;
use problem::Problem;
use together::Together;

/// How long a reading request waits for a connection to the store.
const READ_WAIT: Duration = Duration::from_secs(5);

/// What every route works on.
pub struct App {
    sequencer: Sequencer,
    directory: KeyDirectory,
    readers: Readers,
    kept: reads::Kept,
    lately: Lately,
    trust: Trust,
    access: Access,
    access_log: Arc<dyn AccessLog>,
    gate: Gate,
    together: Together,
    way: watch::Receiver<Way>,
    forwarder: Forwarder,
    reads: Arc<Semaphore>,
    reports: Arc<Semaphore>,
    public_reports: Arc<Semaphore>,
    batches: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl App {
    /// An interface to a ledger.
    pub fn new(sequencer: Sequencer, directory: KeyDirectory, readers: Readers, trust: Trust, access_log: Arc<dyn AccessLog>) -> App {
        App {
            access: Access::new(&trust.origin, directory.clone(), now()),
            access_log,
            kept: reads::Kept::default(),
            lately: sequencer.published().lately.clone(),
            sequencer,
            directory,
            readers,
            trust,
            gate: Gate::new(),
            together: Together::default(),
            way: watch::channel(Way::Here).1,
            forwarder: Forwarder::new(),
            reads: Arc::new(Semaphore::new(MAX_READERS)),
            reports: Arc::new(Semaphore::new(reports::MAX_REPORTS)),
            public_reports: Arc::new(Semaphore::new(reports::MAX_PUBLIC_REPORTS)),
            streams: Arc::new(Semaphore::new(feed::MAX_STREAMS)),
            batches: Arc::new(Semaphore::new(batch::MAX_BATCHES)),
        }
    }

    /// An interface to a node. The node cannot close before it is dropped.
    pub fn of(node: &Node) -> App {
        let (sequencer, directory, readers) = (node.sequencer.clone(), node.directory.clone(), node.readers.clone());
        let app = App::new(sequencer, directory, readers, node.trust.clone(), Arc::clone(&node.access_log));
        App { way: node.way.clone(), ..app }
    }

    /// Runs `read` on a connection of its own, off the threads that serve others.
    async fn read<T: Send + 'static>(
        self: &Arc<App>,
        read: impl FnOnce(&App, &dyn LedgerReader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.read_within(&self.reads, read).await
    }

    /// Runs what asks for a few rows by their ids. On a store beside us that takes less than handing it to another thread and back.
    async fn read_little<T: Send + 'static>(
        self: &Arc<App>,
        read: impl FnOnce(&App, &dyn LedgerReader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        if self.readers.are_near() { self.readers.with(|reader| read(self, reader)) } else { self.read(read).await }
    }

    /// Runs `read` in one of these places: what may take minutes takes no place of a quick read.
    async fn read_within<T: Send + 'static>(
        self: &Arc<App>,
        places: &Arc<Semaphore>,
        read: impl FnOnce(&App, &dyn LedgerReader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = timeout(READ_WAIT, Arc::clone(places).acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(Problem::from(ServiceCode::Overloaded)) };
        let app = Arc::clone(self);
        let result = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            app.readers.with(|reader| read(&app, reader))
        });
        result.await.unwrap_or_else(|error| Err(Problem::failed(ServiceCode::NotReady, error)))
    }
}

/// This machine's time.
fn now() -> Instant {
    Instant::from_ms(system_clock()()).unwrap_or(Instant::EPOCH)
}

/// Every public route.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/commands", post(commands::submit))
        .route("/v1/commands/batch", post(batch::submit))
        .route("/v1/commands/{id}", get(commands::state))
        .route("/v1/commands/{id}/receipt", get(commands::receipt))
        .route("/oauth/token", post(token::give))
        .route("/v1/access-log", get(accesses::page))
        .route("/checkpoint", get(log::checkpoint))
        .route("/tile/{*place}", get(log::tile))
        .route("/.well-known/litopys", get(well_known::litopys))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/problems/{code}", get(problems::describe))
        .merge(feed::routes())
        .merge(reads::routes())
        .merge(reports::routes())
        .fallback(async || Problem::from(ServiceCode::NoSuchResource))
        .method_not_allowed_fallback(async || Problem::from(ServiceCode::MethodNotAllowed))
        .layer(middleware::from_fn(trace::around))
        .with_state(app)
}
