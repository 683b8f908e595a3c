//! The pace of commands in process, beside the limit that signatures set, measured side by side in one run.
//!
//! Each command has two signatures. The limit is `verify_strict` alone, twice a command, on one thread; beside it the whole
//! way of a command on the same thread: admit, decide, hash, sign, vault, ledger (SQLite, `synchronous=FULL`), read back,
//! mark, publish. What is printed is the median of the rounds and their ratio.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark fails where it stands and prints what it saw")]

use std::sync::Arc;
use std::time::Instant as Moment;

use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role};
use litopys::admission::{Admitted, KeyDirectory, admit};
use litopys::envelope::{Draft, compose};
use litopys::keys::{SecretKey, read_key_file, to_jwk, verify};
use litopys::node::{self, Founders, Paths};
use litopys::sequencer::{self, Answer, Core, Keys, MAX_BATCH, Opened, Published, Quiet, RefusalNote, system_clock};
use litopys::store::{Missing, sqlite};
use serde_json::json;
use tlog::Signer;
use tokio::sync::watch;
use uuid::Uuid;

const ROUNDS: usize = 5;
const COMMANDS: usize = 4 * MAX_BATCH;
const ORIGIN: &str = "example.org/bench";

fn key(number: u64) -> SecretKey {
    let mut seed = [5; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    SecretKey::from_seed(&seed)
}

fn id(number: u64) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(1_790_000_000_000 + number, &[7; 10]).into_uuid()
}

fn command(number: u64) -> String {
    let holder = key(1_000 + number);
    let draft = Draft {
        id: id(number),
        ledger: ORIGIN.to_owned(),
        kind: "trust_provider.accredit".into(),
        issued_at: Instant::from_ms(system_clock()()).unwrap(),
        expect: None,
        seen: None,
        data: json!({
            "trust_provider": id(10_000_000 + number), "name": "Довірчі послуги", "edrpou": "32855961",
            "key": to_jwk(&holder.public()), "key_until": "2036-01-01T00:00:00Z",
        }),
        disclose: vec![],
    };
    compose(&draft, &[(&key(1), Role::Regulator, None), (&holder, Role::Holder, None)], |_| {}).unwrap().body
}

fn core(paths: &Paths, directory: &KeyDirectory) -> Core {
    let signer = |path, name: &str| Signer::ed25519(name, &read_key_file(path).unwrap().seed()).unwrap();
    let keys = Keys { log: signer(&paths.log_key, ORIGIN), refusal: signer(&paths.refusal_key, &RefusalNote::key_name(ORIGIN)) };
    let (ledger, vault) = sqlite::open(&paths.ledger, &paths.vault).unwrap();
    let opened = Opened {
        ledger: Box::new(ledger),
        vault: Box::new(vault),
        high_water: paths.high_water.clone(),
        missing: Missing::Refuse,
        warm: None,
    };
    let nothing = Published {
        size: 0,
        root: tlog::Tree::new().root(),
        checkpoint: "".into(),
        tree: Arc::default(),
        time: Instant::EPOCH,
        ready: false,
    };
    let (publisher, _) = watch::channel(Arc::new(nothing));
    sequencer::load(opened, Arc::new(keys), system_clock(), Box::new(Quiet), directory.clone(), publisher).unwrap()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::in_dir(folder.path());
    let founders = Founders {
        origin: ORIGIN.into(),
        regulators: vec![key(1)],
        operator: key(2),
        log: key(3),
        refusal: key(4),
        policy: PolicyTerms::default(),
        keys_until: "2036-01-01T00:00:00Z".parse().unwrap(),
    };
    node::create(&paths, &founders).unwrap();
    let directory = KeyDirectory::default();
    let mut core = core(&paths, &directory);
    let (mut limits, mut paces, mut bytes) = (Vec::new(), Vec::new(), 0);
    for round in 0..ROUNDS {
        let bodies: Vec<String> = (0..COMMANDS).map(|place| command((round * COMMANDS + place) as u64 + 1)).collect();
        bytes = bodies.iter().map(String::len).sum::<usize>() / bodies.len();
        let (admitted_key, message, signature) = (key(1).admitted(), [7; 700], key(1).sign(&[7; 700]));
        let start = Moment::now();
        for _ in 0..2 * COMMANDS {
            assert!(verify(&admitted_key, &message, &signature));
        }
        limits.push(COMMANDS as f64 / start.elapsed().as_secs_f64());
        let start = Moment::now();
        for batch in bodies.chunks(MAX_BATCH) {
            let admitted: Vec<Admitted> = batch.iter().map(|body| admit(body.as_bytes(), ORIGIN, &directory).unwrap()).collect();
            let answers = core.process(&admitted).unwrap();
            assert!(answers.iter().all(|answer| matches!(answer, Answer::Accepted(_))));
        }
        paces.push(COMMANDS as f64 / start.elapsed().as_secs_f64());
    }
    let (limit, pace) = (median(limits), median(paces));
    println!("{ROUNDS} rounds of {COMMANDS} commands of {bytes} bytes, two signatures each, batches of {MAX_BATCH}, one thread");
    println!("limit   {limit:>9.0} commands/s   two verify_strict of 700 bytes");
    println!("whole   {pace:>9.0} commands/s   admit to publish, SQLite, synchronous=FULL");
    println!("ratio   {:>9.2}", pace / limit);
}
