//! The pace of commands in process on each engine, beside the limit that signatures set, measured side by side in one run.
//!
//! Each command has two signatures. The limit is `verify_strict` alone, twice a command, on one thread; beside it the whole
//! way of a command on the same thread: admit, decide, hash, sign, vault, ledger, read back, mark, publish, each commit durable (SQLite:
//! `synchronous=FULL`; PostgreSQL: `fsync`, `synchronous_commit=on`, over loopback), files and data on the same disk. Rounds of the
//! engines take turns; what is printed is the median of the rounds with their spread, and ratios.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark fails where it stands and prints what it saw")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::sync::Arc;
use std::time::Instant as Moment;

use aggregates::words::Instant;
use common::accredit::{command, founders, key, now};
use litopys::admission::{Admitted, KeyDirectory, admit};
use litopys::keys::{read_key_file, verify};
use litopys::node::{self, Paths, Place};
use litopys::sequencer::{self, Answer, Core, Keys, Lately, MAX_BATCH, Opened, Published, Quiet, RefusalNote, system_clock};
use litopys::store::Missing;
use tempfile::TempDir;
use tlog::Signer;
use tokio::sync::watch;

const ROUNDS: usize = 5;
const COMMANDS: usize = 4 * MAX_BATCH;
/// How many commands are committed one by one in a round.
const SINGLES: usize = 200;
const ORIGIN: &str = "example.org/bench";

/// A ledger on one engine.
struct Engine {
    name: &'static str,
    directory: KeyDirectory,
    core: Core,
    whole: Vec<f64>,
    singles: Vec<f64>,
    _folder: TempDir,
}

impl Engine {
    fn new(name: &'static str, folder: TempDir, place: Place) -> Engine {
        node::create(place.clone(), &founders(ORIGIN)).unwrap();
        let directory = KeyDirectory::default();
        let core = core(&place, &directory);
        Engine { name, directory, core, whole: Vec::new(), singles: Vec::new(), _folder: folder }
    }

    /// Commands per second, committed by batches of this length.
    fn pace(&mut self, bodies: &[String], batch: usize) -> f64 {
        let start = Moment::now();
        for batch in bodies.chunks(batch) {
            let admitted: Vec<Admitted> = batch.iter().map(|body| admit(body.as_bytes(), ORIGIN, &self.directory).unwrap()).collect();
            let answers = self.core.process(&admitted).unwrap();
            assert!(answers.iter().all(|answer| matches!(answer, Answer::Accepted(_))));
        }
        bodies.len() as f64 / start.elapsed().as_secs_f64()
    }
}

fn core(place: &Place, directory: &KeyDirectory) -> Core {
    let signer = |path, name: &str| Signer::ed25519(name, &read_key_file(path).unwrap().seed()).unwrap();
    let keys = Keys { log: signer(&place.log_key, ORIGIN), refusal: signer(&place.refusal_key, &RefusalNote::key_name(ORIGIN)) };
    let (ledger, vault) = place.store.open().unwrap();
    let opened = Opened { ledger, vault, high_water: place.high_water.clone(), missing: Missing::Refuse, warm: None };
    let nothing = Published {
        size: 0,
        root: tlog::Tree::new().root(),
        checkpoint: "".into(),
        tree: Arc::default(),
        time: Instant::EPOCH,
        ready: false,
        lately: Lately::default(),
    };
    let (publisher, _) = watch::channel(Arc::new(nothing));
    sequencer::load(opened, Arc::new(keys), system_clock(), Box::new(Quiet), directory.clone(), publisher).unwrap()
}

/// The engines that there are on this machine. A server lives as long as what is answered second.
#[cfg(feature = "postgres")]
fn engines() -> (Vec<Engine>, Option<common::postgres::Cluster>) {
    let sqlite = tempfile::tempdir().unwrap();
    let mut engines = vec![Engine::new("SQLite", TempDir::new().unwrap(), Paths::in_dir(sqlite.path()).into())];
    engines[0]._folder = sqlite;
    let cluster = common::postgres::Cluster::in_folder(tempfile::tempdir().unwrap(), &["shared_buffers=256MB"], &[]);
    if let Some(cluster) = &cluster {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(cluster.store(&cluster.database()));
        let place = Place { store, ..Place::from(Paths::in_dir(folder.path())) };
        engines.push(Engine::new("PostgreSQL", folder, place));
    }
    (engines, cluster)
}

#[cfg(not(feature = "postgres"))]
fn engines() -> (Vec<Engine>, ()) {
    let folder = tempfile::tempdir().unwrap();
    let place = Paths::in_dir(folder.path()).into();
    (vec![Engine::new("SQLite", folder, place)], ())
}

/// The median and how far the rounds lie apart, in parts of it.
fn told(rates: &[f64]) -> (f64, f64) {
    let mut rates = rates.to_vec();
    rates.sort_by(f64::total_cmp);
    let median = rates[rates.len() / 2];
    (median, (rates[rates.len() - 1] - rates[0]) / median)
}

fn main() {
    let (mut engines, _server) = engines();
    let (mut limits, mut bytes, mut next) = (Vec::new(), 0, 0);
    let issued_at = now();
    let mut fresh = |count: usize| -> Vec<String> {
        (0..count)
            .map(|_| {
                next += 1;
                command(ORIGIN, next, issued_at)
            })
            .collect()
    };
    for _ in 0..ROUNDS {
        let (bodies, singles) = (fresh(COMMANDS), fresh(SINGLES));
        bytes = bodies.iter().map(String::len).sum::<usize>() / bodies.len();
        let (admitted_key, message, signature) = (key(1).admitted(), [7; 700], key(1).sign(&[7; 700]));
        let start = Moment::now();
        for _ in 0..2 * COMMANDS {
            assert!(verify(&admitted_key, &message, &signature));
        }
        limits.push(COMMANDS as f64 / start.elapsed().as_secs_f64());
        for engine in &mut engines {
            let pace = engine.pace(&bodies, MAX_BATCH);
            engine.whole.push(pace);
            let pace = engine.pace(&singles, 1);
            engine.singles.push(pace);
        }
    }
    let (limit, spread) = told(&limits);
    println!("{ROUNDS} rounds of {COMMANDS} commands of {bytes} bytes, two signatures each, one thread");
    println!("{:<36} {:>10} {:>7} {:>7}", "", "commands/s", "spread", "ratio");
    println!("{:<36} {limit:>10.0} {:>6.0}% {:>7.2}", "limit: two verify_strict", spread * 100.0, 1.0);
    for engine in &engines {
        for (what, rates) in [(format!("batches of {MAX_BATCH}"), &engine.whole), ("one by one".to_owned(), &engine.singles)] {
            let (pace, spread) = told(rates);
            let name = format!("{}, {what}, durable", engine.name);
            println!("{name:<36} {pace:>10.0} {:>6.0}% {:>7.2}", spread * 100.0, pace / limit);
        }
    }
}
