//! A node's HTTP interface for as long as it is measured.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};

use super::BenchError;
use crate::http::{App, router};
use crate::node::Node;

/// A server on loopback and a free port.
pub(super) struct Served {
    runtime: Runtime,
    address: SocketAddr,
}

impl Served {
    /// Serves a node.
    pub(super) fn start(node: &Node) -> Result<Served, BenchError> {
        Served::of(router(Arc::new(App::of(node))))
    }

    /// Serves something else beside it.
    pub(super) fn of(router: Router) -> Result<Served, BenchError> {
        let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        // As `litopys serve` does.
        let quick = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        runtime.spawn(async move { axum::serve(quick, router).await });
        Ok(Served { runtime, address })
    }

    /// Where.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it; what is under way is cut off.
    pub(super) fn stop(self) {
        self.runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    }
}
