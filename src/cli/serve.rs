//! `litopys serve`

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use axum::serve::ListenerExt as _;
use clap::{Args, ValueEnum};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;
use tracing_subscriber::EnvFilter;

use super::failures::{of_fatal, of_node};
use super::store::DatabaseArgs;
#[cfg(feature = "postgres")]
use super::store::OwnerArgs;
use super::{Exit, Failure, of_io};
use crate::http::{self, App};
use crate::node::{Node, Options, Paths, Place};
use crate::sequencer::Fatal;
use crate::store::Missing;

/// How long what is in flight may take to be answered once the process is to end.
const DRAIN: Duration = Duration::from_secs(30);

/// How often metrics are put in order.
const UPKEEP: Duration = Duration::from_secs(5);

#[derive(Args)]
pub(super) struct Arguments {
    /// The ledger's folder; each of its files may be named on its own
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The file of the ledger
    #[arg(long)]
    ledger: Option<PathBuf>,
    /// The file of the vault
    #[arg(long)]
    vault: Option<PathBuf>,
    /// The file of the access log
    #[arg(long)]
    access_log: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArgs,
    /// With --store: where the other nodes reach this one, if not at the address that it listens on
    #[arg(long, value_name = "URL", requires = "store")]
    advertise: Option<String>,
    /// Begin the high-water mark at the head that is found, which you vouch for: for a node that joins, or after the file was lost
    #[arg(long)]
    new_mark: bool,
    /// The key that signs checkpoints
    #[arg(long)]
    log_key: Option<PathBuf>,
    /// The key that signs refusal notes
    #[arg(long)]
    refusal_key: Option<PathBuf>,
    /// The high-water mark; better on another volume than the ledger
    #[arg(long)]
    high_water: PathBuf,
    /// Where to listen for requests, in plain HTTP: a reverse proxy stands before it
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where to listen for requests of /metrics, if at all
    #[arg(long)]
    metrics_listen: Option<SocketAddr>,
    /// The form of the log on stderr
    #[arg(long, value_enum, default_value_t = Log::Text)]
    log: Log,
}

#[derive(Clone, Copy, ValueEnum)]
enum Log {
    Json,
    Text,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    start_log(arguments.log);
    let place = place(arguments)?;
    let recorder = http::recorder().map_err(|error| Failure::new(Exit::Failure, error))?;
    let missing = if arguments.new_mark { Missing::Create } else { Missing::Refuse };
    let node = Node::open(place, Options { missing, ..Options::default() }).map_err(|error| of_node(&error))?;
    let app = Arc::new(App::of(&node));
    let origin = node.trust.origin.clone();
    let (tell, ended) = oneshot::channel();
    // Closing is waiting for the sequencer's end, which comes when the last request is gone, or with a failure.
    let sequencer = thread::spawn(move || {
        let end = node.close();
        let _ = tell.send(());
        end
    });
    let runtime = runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::Io, format!("no threads to serve with: {error}")))?;
    let served = runtime.block_on(serve(arguments, app, &origin, recorder, ended));
    // Whatever was not answered in time is cut off here, and with it the last ways to the sequencer.
    runtime.shutdown_timeout(Duration::from_secs(1));
    let closed = close(sequencer);
    served.and(closed)
}

fn start_log(log: Log) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false);
    // Somebody's earlier subscriber stays in force; there is none in this program.
    let _ = match log {
        Log::Json => builder.json().flatten_event(true).try_init(),
        Log::Text => builder.try_init(),
    };
}

fn place(arguments: &Arguments) -> Result<Place, Failure> {
    arguments.database.refuse_unless_built()?;
    let usual = arguments.dir.as_deref().map(Paths::in_dir);
    let path = |given: &Option<PathBuf>, usual: Option<&PathBuf>, flag: &str| {
        given.as_ref().or(usual).cloned().ok_or_else(|| Failure::new(Exit::Usage, format!("give --dir or --{flag}")))
    };
    let usual = usual.as_ref();
    let log_key = path(&arguments.log_key, usual.map(|paths| &paths.log_key), "log-key")?;
    let refusal_key = path(&arguments.refusal_key, usual.map(|paths| &paths.refusal_key), "refusal-key")?;
    let high_water = arguments.high_water.clone();
    #[cfg(feature = "postgres")]
    if let Some(store) = arguments.database.postgres(&OwnerArgs::default())? {
        let address = arguments.advertise.clone().unwrap_or_else(|| format!("http://{}", arguments.listen));
        return Ok(Place { store: Arc::new(store.at(&address)), high_water, log_key, refusal_key });
    }
    let paths = Paths {
        ledger: path(&arguments.ledger, usual.map(|paths| &paths.ledger), "ledger")?,
        vault: path(&arguments.vault, usual.map(|paths| &paths.vault), "vault")?,
        access_log: path(&arguments.access_log, usual.map(|paths| &paths.access_log), "access-log")?,
        high_water,
        log_key,
        refusal_key,
    };
    Ok(paths.into())
}

/// Serves until a signal comes or the sequencer ends, then answers what is in flight.
async fn serve(
    arguments: &Arguments,
    app: Arc<App>,
    origin: &str,
    recorder: PrometheusHandle,
    ended: oneshot::Receiver<()>,
) -> Result<(), Failure> {
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| Failure::new(Exit::Io, error))?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| Failure::new(Exit::Io, error))?;
    let listener = listen(arguments.listen).await?;
    if let Some(address) = arguments.metrics_listen {
        let metrics = listen(address).await?;
        let address = metrics.local_addr().map_err(|error| Failure::new(Exit::Io, error))?;
        tracing::info!(%address, "listening for /metrics");
        let router = http::metrics_router(recorder.clone());
        tokio::spawn(async move { axum::serve(metrics, router).await });
    }
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            recorder.run_upkeep();
        }
    });
    let address = listener.local_addr().map_err(|error| Failure::new(Exit::Io, error))?;
    tracing::info!(%address, origin, "listening");

    let (stop, mut stopped) = watch::channel(false);
    let quick = listener.tap_io(|connection| {
        // Without it small answers wait for the other side's acknowledgement.
        let _ = connection.set_nodelay(true);
    });
    let server = axum::serve(quick, http::router(app)).with_graceful_shutdown(async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        _ = terminated.recv() => tracing::info!("asked to end"),
        _ = interrupted.recv() => tracing::info!("asked to end"),
        _ = ended => tracing::error!("the sequencer has ended, so the process ends"),
        end = &mut server => return Err(Failure::new(Exit::Io, format!("serving ended: {end:?}"))),
    }
    let _ = stop.send(true);
    if timeout(DRAIN, server).await.is_err() {
        tracing::error!(seconds = DRAIN.as_secs(), "requests that were still unanswered are cut off");
    }
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| Failure::new(of_io(&error), format!("{address}: {error}")))
}

/// Waits for the sequencer, which has nothing more to do.
fn close(sequencer: JoinHandle<Result<(), Fatal>>) -> Result<(), Failure> {
    let begun = Instant::now();
    while !sequencer.is_finished() {
        if begun.elapsed() > DRAIN {
            return Err(Failure::new(Exit::Failure, "the sequencer does not end; the ledger is sound, its last batch may be missing"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    match sequencer.join() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(fatal)) => Err(Failure::new(of_fatal(&fatal), fatal)),
        Err(_) => Err(Failure::new(Exit::Failure, "the sequencer broke off; see the message above")),
    }
}
