//! A real node that takes a story's commands.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]

use std::any::Any;
#[cfg(feature = "postgres")]
use std::sync::Arc;
use std::time::Duration;

use aggregates::policy::PolicyTerms;
use aggregates::words::Instant;
use litopys::admission::admit;
use litopys::node::{self, Node, Options, Paths, Place};
use litopys::sequencer::{Answer, system_clock};
use uuid::Uuid;

use crate::story::{Ledger, Told, founders};

/// A real node with a runtime to wait in.
pub struct Live {
    pub node: Node,
    pub paths: Paths,
    pub runtime: tokio::runtime::Runtime,
    next: u64,
    // Dropped after the node.
    _cluster: Option<Box<dyn Any>>,
}

/// With this variable set to `postgres` the ledger is on a database instead of in files.
const STORE: &str = "LITOPYS_TEST_STORE";

/// Whether it is.
pub fn on_a_database() -> bool {
    std::env::var_os(STORE).is_some_and(|value| value == "postgres")
}

/// Where the ledger is, and what must live as long as it is used.
#[cfg(feature = "postgres")]
fn place(paths: &Paths) -> (Place, Option<Box<dyn Any>>) {
    let place = Place::from(paths);
    match on_a_database().then(crate::common::postgres::Cluster::start).flatten() {
        Some(cluster) => (Place { store: Arc::new(cluster.store(&cluster.database())), ..place }, Some(Box::new(cluster))),
        None => (place, None),
    }
}

#[cfg(not(feature = "postgres"))]
fn place(paths: &Paths) -> (Place, Option<Box<dyn Any>>) {
    (paths.into(), None)
}

impl Live {
    /// A ledger in this folder, created if it is not there.
    pub fn open(folder: &std::path::Path) -> Live {
        let paths = Paths::in_dir(folder);
        let (place, cluster) = place(&paths);
        if !paths.log_key.exists() {
            node::create(place.clone(), &founders(PolicyTerms::default())).unwrap();
        }
        let node = Node::open(place, Options::default()).unwrap();
        assert!(node.wait_until_ready(Duration::from_secs(10)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Live { node, paths, runtime, next: 1_000_000, _cluster: cluster }
    }
}

impl Ledger for Live {
    fn now(&self) -> Instant {
        Instant::from_ms(system_clock()()).unwrap()
    }

    fn take(&mut self, bodies: Vec<String>) -> Vec<Told> {
        let admitted = bodies.iter().map(|body| admit(body.as_bytes(), &self.node.trust.origin, &self.node.directory).unwrap());
        let admitted: Vec<_> = admitted.collect();
        self.runtime.block_on(async {
            let mut waiting = Vec::new();
            for one in admitted {
                waiting.push(self.node.sequencer.submit_when_free(one).await.unwrap());
            }
            let mut told = Vec::new();
            for one in waiting {
                told.push(match one.await.unwrap() {
                    Answer::Accepted(accepted) => Told::Entry(accepted.index),
                    Answer::Refused(refused) => Told::Refused(refused.refusal.code.name().to_owned()),
                    other => panic!("{other:?}"),
                });
            }
            told
        })
    }

    fn code(&self, request: Uuid) -> String {
        self.node.readers.with_vault(|vault| vault.code(&request)).unwrap().unwrap().code
    }

    fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}
