//! The demo's server: the real one, in this process.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{DemoError, Gateway};
use crate::http::{App, router};
use crate::node::Node;

/// How many ports are tried, one after the other.
const PORTS: u16 = 100;
/// How long requests in flight may take once the server is to end.
const DRAIN: Duration = Duration::from_secs(10);

/// A server that answers.
pub struct Serving {
    runtime: Runtime,
    server: JoinHandle<io::Result<()>>,
    stop: watch::Sender<bool>,
    node: Node,
    base: String,
}

impl Serving {
    /// Serves a node on this address, or on the next free port after it.
    ///
    /// # Errors
    /// [`DemoError::Io`].
    pub fn start(node: Node, listen: SocketAddr) -> Result<Serving, DemoError> {
        let threads = runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = threads.map_err(|source| DemoError::Io { what: "threads to serve with".into(), source })?;
        let bound = runtime.block_on(bind(listen)).and_then(|listener| listener.local_addr().map(|address| (listener, address)));
        let (listener, address) = bound.map_err(|source| DemoError::Io { what: listen.to_string(), source })?;
        let (stop, mut stopped) = watch::channel(false);
        let app = Arc::new(App::of(&node));
        let server = axum::serve(listener, router(app)).with_graceful_shutdown(async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        });
        let server = runtime.spawn(server.into_future());
        Ok(Serving { runtime, server, stop, node, base: format!("http://{address}") })
    }

    /// The address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How many entries are published.
    pub fn size(&self) -> u64 {
        self.node.sequencer.published().size
    }

    /// Serves until somebody presses Ctrl-C, and logs the codes that are sent meanwhile.
    ///
    /// # Errors
    /// [`DemoError::Io`]: there are no signals here.
    pub fn until_interrupted(&self, gateway: &Gateway) -> Result<(), DemoError> {
        let mut published = self.node.sequencer.watch();
        let mut told = self.size();
        let pressed = self.runtime.block_on(async {
            let mut pressed = pin!(tokio::signal::ctrl_c());
            loop {
                tokio::select! {
                    pressed = &mut pressed => return pressed,
                    changed = published.changed() => {
                        if changed.is_err() {
                            return pressed.await;
                        }
                    }
                }
                let size = published.borrow_and_update().size;
                if let Err(error) = gateway.announce(told, size) {
                    tracing::warn!(%error, "codes could not be read");
                }
                told = size;
            }
        });
        pressed.map_err(|source| DemoError::Io { what: "waiting for Ctrl-C".into(), source })
    }

    /// Answers what is in flight and closes the ledger.
    ///
    /// # Errors
    /// What the sequencer ended with.
    pub fn close(self) -> Result<(), DemoError> {
        let Serving { runtime, server, stop, node, .. } = self;
        let _ = stop.send(true);
        let _ = runtime.block_on(async { tokio::time::timeout(DRAIN, server).await });
        // Whatever was not answered in time is cut off here, and with it the last ways to the sequencer.
        runtime.shutdown_timeout(Duration::from_secs(1));
        Ok(node.close()?)
    }
}

async fn bind(listen: SocketAddr) -> io::Result<TcpListener> {
    let mut address = listen;
    loop {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && address.port() < listen.port().saturating_add(PORTS) => {
                address.set_port(address.port() + 1);
            }
            done => return done,
        }
    }
}
