//! A process that dies at each step of a commit: what was promised holds, what was not promised happens once or not at all.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};
#[cfg(feature = "postgres")]
use std::sync::Arc;

use common::accredit::{command, founders, now};
use litopys::admission::admit;
use litopys::node::{self, Node, Options, Paths, Place};
use litopys::sequencer::{Answer, Probe, Step};
#[cfg(feature = "postgres")]
use {
    common::postgres::{OWNER, SERVER},
    litopys::store::postgres::{PostgresStore, Target},
};

const CHILD: &str = "LITOPYS_TEST_CRASH";

struct Dies(Step);

impl Probe for Dies {
    fn at(&mut self, step: Step) {
        if step == self.0 {
            // As kill -9 would: no unwinding, no destructor, nothing flushed.
            std::process::abort();
        }
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn submit(node: &Node, body: &str) -> Answer {
    let admitted = admit(body.as_bytes(), &node.trust.origin, &node.directory).unwrap();
    wait(node.sequencer.submit(admitted)).unwrap()
}

/// Where the ledger is: in the folder, or on a database with its keys and its mark in the folder.
fn place(dir: &Path, database: &str) -> Place {
    let place = Place::from(Paths::in_dir(dir));
    #[cfg(feature = "postgres")]
    if let Some((server, owner)) = database.split_once(' ') {
        let [server, owner] = [server, owner].map(|url| Target::parse(url).unwrap());
        let store = PostgresStore::new(server.clone(), server).owned(owner.clone(), owner);
        return Place { store: Arc::new(store), ..place };
    }
    assert!(database.is_empty());
    place
}

/// A node that takes commands.
fn open(place: Place, options: Options) -> Node {
    let node = Node::open(place, options).unwrap();
    wait(async { node.sequencer.watch().wait_for(|published| published.ready).await.unwrap().size });
    node
}

/// Run by the test below in a process of its own; without its instruction it has nothing to do.
#[test]
fn child() {
    let Ok(instruction) = std::env::var(CHILD) else { return };
    let [step, issued_at, dir, database] = instruction.splitn(4, ' ').collect::<Vec<_>>()[..] else { panic!("{instruction}") };
    let step = Step::ALL[step.parse::<usize>().unwrap()];
    let options = Options { probe: Box::new(move || Box::new(Dies(step))), ..Options::default() };
    let node = open(place(dir.as_ref(), database), options);
    let body = command(&node.trust.origin, 1, issued_at.parse().unwrap());
    submit(&node, &body);
    unreachable!("the process dies before it answers");
}

#[test]
fn death_at_any_step_loses_nothing_promised_and_doubles_nothing() {
    dies_at_each_step(String::new);
}

#[cfg(feature = "postgres")]
#[test]
fn the_same_on_postgresql() {
    let Some(cluster) = common::postgres::Cluster::start() else { return };
    dies_at_each_step(|| {
        let database = cluster.database();
        format!("{} {}", cluster.url(SERVER, &database), cluster.url(OWNER, &database))
    });
}

/// Kills a process at each step, each time on a new ledger.
fn dies_at_each_step(database: impl Fn() -> String) {
    for (number, step) in Step::ALL.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let database = database();
        let place = || place(folder.path(), &database);
        let trust = node::create(place(), &founders("example.org/crash")).unwrap();
        let issued_at = now();
        let died = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, format!("{number} {issued_at} {} {database}", folder.path().display()))
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(!died.success(), "{step:?}: the child died");

        let node = open(place(), Options::default());
        // Committed means published, if late; not committed means that it never happened.
        let committed = number >= 2;
        let published = node.sequencer.published();
        assert_eq!(published.size, if committed { 2 } else { 1 }, "{step:?}");
        assert!(published.ready);
        let Answer::Accepted(again) = submit(&node, &command(&trust.origin, 1, issued_at)) else { panic!("{step:?}") };
        assert_eq!((again.index, again.size, again.replayed), (1, 2, committed), "{step:?}: once, whoever asks how often");
        let Answer::Accepted(next) = submit(&node, &command(&trust.origin, 2, issued_at)) else { panic!("{step:?}") };
        assert_eq!((next.index, next.size), (2, 3), "{step:?}: writing goes on");
        node.close().unwrap();
    }
}
