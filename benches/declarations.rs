//! Where the time of a declaration goes: registration, request, code, confirmation and signature, on each engine, step by step of the
//! way of a command, on one thread, each commit durable. Beside it what two strict verifications cost, the floor of every command.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark fails where it stands and prints what it saw")]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/story.rs"]
mod story;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Moment};

use aggregates::policy::PolicyTerms;
use aggregates::words::Instant;
use litopys::admission::{Admitted, KeyDirectory, admit};
use litopys::keys::{read_key_file, verify};
use litopys::node::{self, Paths, Place};
use litopys::sequencer::{self, Answer, Core, Keys, Lately, MAX_BATCH, Opened, Probe, Published, RefusalNote, Step, system_clock};
use litopys::store::Missing;
use story::{Ledger, Story, Told, key};
use tempfile::TempDir;
use tlog::Signer;
use tokio::sync::watch;
use uuid::Uuid;

/// How many declarations are made in a round; one doctor may have 2,000.
const DECLARATIONS: u64 = 400;
const ROUNDS: u64 = 4;

/// Parts of the way, in its order.
const PARTS: [&str; 8] = ["admit", "decide, hash, sign", "vault", "ledger", "read back", "mark", "publish", "edit, tidy"];

/// How long each part took.
type Spent = [Duration; PARTS.len()];

/// Notes when each step was reached.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<Vec<Moment>>>);

impl Probe for Watch {
    fn at(&mut self, _: Step) {
        self.0.lock().unwrap().push(Moment::now());
    }
}

struct Engine {
    name: &'static str,
    directory: KeyDirectory,
    core: Core,
    store: Arc<dyn litopys::store::Store>,
    watch: Watch,
    spent: Spent,
    commands: u64,
    next: u64,
    _folder: TempDir,
}

impl Engine {
    fn new(name: &'static str, folder: TempDir, place: &Place) -> Engine {
        let trust = node::create(place.clone(), &story::founders(PolicyTerms::default())).unwrap();
        let directory = KeyDirectory::default();
        let watch = Watch::default();
        let signer = |path, name: &str| Signer::ed25519(name, &read_key_file(path).unwrap().seed()).unwrap();
        let refusal = signer(&place.refusal_key, &RefusalNote::key_name(&trust.origin));
        let keys = Keys { log: signer(&place.log_key, &trust.origin), refusal };
        let (ledger, vault) = place.store.open().unwrap();
        let opened = Opened { ledger, vault, high_water: place.high_water.clone(), missing: Missing::Refuse, warm: None };
        let tree = Arc::<tlog::Tree>::default();
        let nothing = Published {
            size: 0,
            root: tree.root(),
            checkpoint: "".into(),
            tree,
            time: Instant::EPOCH,
            ready: false,
            lately: Lately::default(),
        };
        let (publisher, _) = watch::channel(Arc::new(nothing));
        let probe = Box::new(watch.clone());
        let core = sequencer::load(opened, Arc::new(keys), system_clock(), probe, directory.clone(), publisher).unwrap();
        let store = Arc::clone(&place.store);
        Engine { name, directory, core, store, watch, spent: Spent::default(), commands: 0, next: 1_000_000, _folder: folder }
    }
}

/// An engine as a story's ledger.
#[derive(Clone)]
struct Shared(Rc<RefCell<Engine>>);

impl Ledger for Shared {
    fn now(&self) -> Instant {
        Instant::from_ms(system_clock()()).unwrap()
    }

    fn take(&mut self, bodies: Vec<String>) -> Vec<Told> {
        let mut engine = self.0.borrow_mut();
        let engine = &mut *engine;
        let mut told = Vec::new();
        for batch in bodies.chunks(MAX_BATCH) {
            let begun = Moment::now();
            let origin = engine.core.origin().to_owned();
            let admitted: Vec<Admitted> = batch.iter().map(|body| admit(body.as_bytes(), &origin, &engine.directory).unwrap()).collect();
            let mut times = vec![begun, Moment::now()];
            engine.watch.0.lock().unwrap().clear();
            let answers = engine.core.process(&admitted).unwrap();
            times.extend(engine.watch.0.lock().unwrap().drain(..));
            times.push(Moment::now());
            for (spent, pair) in engine.spent.iter_mut().zip(times.windows(2)) {
                *spent += pair[1] - pair[0];
            }
            engine.commands += batch.len() as u64;
            told.extend(answers.into_iter().map(|answer| match answer {
                Answer::Accepted(accepted) => Told::Entry(accepted.index),
                Answer::Refused(refused) => Told::Refused(refused.refusal.code.name().to_owned()),
                other => panic!("{other:?}"),
            }));
        }
        told
    }

    fn code(&self, request: Uuid) -> String {
        self.0.borrow().store.vault_reader().unwrap().code(&request).unwrap().unwrap().code
    }

    fn next(&mut self) -> u64 {
        let mut engine = self.0.borrow_mut();
        engine.next += 1;
        engine.next
    }
}

/// The engines that there are on this machine, their data on the same disk.
fn engines() -> (Vec<Engine>, Option<Box<dyn std::any::Any>>) {
    let folder = tempfile::tempdir().unwrap();
    let place = Paths::in_dir(folder.path()).into();
    #[cfg_attr(not(feature = "postgres"), expect(unused_mut, reason = "there is only one"))]
    let mut engines = vec![Engine::new("SQLite", folder, &place)];
    #[cfg(feature = "postgres")]
    if let Some(cluster) = common::postgres::Cluster::in_folder(tempfile::tempdir().unwrap(), &["shared_buffers=256MB"], &[]) {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { store: Arc::new(cluster.store(&cluster.database())), ..Place::from(Paths::in_dir(folder.path())) };
        engines.push(Engine::new("PostgreSQL", folder, &place));
        return (engines, Some(Box::new(cluster)));
    }
    (engines, None)
}

fn main() {
    let (engines, _server) = engines();
    let (admitted_key, message, signature) = (key(1).admitted(), [7; 900], key(1).sign(&[7; 900]));
    let start = Moment::now();
    for _ in 0..10_000 {
        assert!(verify(&admitted_key, &message, &signature));
    }
    let floor = start.elapsed() / 5_000;
    let mut lines = vec![format!("{:<22} {:>8}", "two verify_strict", floor.as_micros())];
    let head: String = engines.iter().map(|engine| format!("{:>12}", engine.name)).collect();
    let mut columns = Vec::new();
    for engine in engines {
        let mut shared = Shared(Rc::new(RefCell::new(engine)));
        {
            let mut ledger = shared.clone();
            let mut story = Story::new(&mut ledger);
            story.parties();
            story.clinic();
            shared.0.borrow_mut().spent = Spent::default();
            shared.0.borrow_mut().commands = 0;
            for round in 0..ROUNDS {
                story.declarations_from(100_000 + 10 * round * DECLARATIONS, DECLARATIONS);
            }
        }
        let engine = shared.0.borrow();
        columns.push(engine.spent.map(|spent| spent.as_secs_f64() * 1e6 / engine.commands as f64));
        drop(engine);
        let _ = shared.next();
    }
    lines.push(format!("{:<22} {head}", "µs per command"));
    for (place, part) in PARTS.iter().enumerate() {
        let row: String = columns.iter().map(|column| format!("{:>12.1}", column[place])).collect();
        lines.push(format!("{part:<22} {row}"));
    }
    let sums: String = columns.iter().map(|column| format!("{:>12.1}", column.iter().sum::<f64>())).collect();
    let ratios: String = columns.iter().map(|column| format!("{:>12.2}", floor.as_secs_f64() * 1e6 / column.iter().sum::<f64>())).collect();
    lines.push(format!("{:<22} {sums}", "all"));
    lines.push(format!("{:<22} {ratios}", "floor ÷ all"));
    println!("{} declarations, five commands each, batches of {DECLARATIONS}, one thread, every commit durable", ROUNDS * DECLARATIONS);
    lines.iter().for_each(|line| println!("{line}"));
}
