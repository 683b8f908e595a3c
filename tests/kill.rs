//! `kill -9` under load, again and again: nothing acknowledged is missing or doubled, and the checkpoint never goes back.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant as Moment};

use aggregates::words::Instant;
use common::accredit::{command, founders, id, now};
use litopys::admission::admit;
use litopys::http::{App, router};
use litopys::node::{self, Node, Options, Paths, Trust};
use litopys::receipt;
use litopys::sequencer::{Answer, Probe, Step};

const CHILD: &str = "LITOPYS_TEST_KILL";
const ROUNDS: u64 = 50;
const CLIENTS: usize = 16;

/// Tells whoever looks at the file, even after the process's death, how far the last batch came.
struct Diary(File);

impl Probe for Diary {
    fn at(&mut self, step: Step) {
        let place = Step::ALL.iter().position(|one| *one == step).unwrap() as u8;
        self.0.write_all_at(&[place], 0).unwrap();
    }
}

/// The server, in a process of its own; without its instruction it has nothing to do.
#[test]
fn server() {
    let Ok(instruction) = std::env::var(CHILD) else { return };
    let (port, dir) = instruction.split_once(' ').unwrap();
    let (port, dir): (u16, &Path) = (port.parse().unwrap(), dir.as_ref());
    let diary = dir.join("diary");
    let probe = move || Box::new(Diary(File::create(&diary).unwrap())) as Box<dyn Probe>;
    let node = Node::open(Paths::in_dir(dir), Options { probe: Box::new(probe), ..Options::default() }).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        axum::serve(listener, router(Arc::new(App::of(&node)))).await.unwrap();
    });
}

fn start(dir: &Path) -> (Child, u16) {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "server", "--nocapture"])
        .env(CHILD, format!("{port} {}", dir.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Moment::now() + Duration::from_secs(30);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(Moment::now() < deadline, "the server starts");
        thread::sleep(Duration::from_millis(5));
    }
    (child, port)
}

/// What the clients of one round know.
#[derive(Default)]
struct Known {
    /// Receipts by command.
    receipts: Mutex<BTreeMap<u64, String>>,
    in_flight: AtomicUsize,
    stop: AtomicBool,
}

fn client(known: &Known, origin: &str, port: u16, next: &AtomicU64, issued_at: Instant) {
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10))).http_status_as_error(false).build();
    let agent = ureq::Agent::new_with_config(config);
    while !known.stop.load(Ordering::SeqCst) {
        let number = next.fetch_add(1, Ordering::SeqCst);
        let body = command(origin, number, issued_at);
        known.in_flight.fetch_add(1, Ordering::SeqCst);
        let answer = agent.post(format!("http://127.0.0.1:{port}/v1/commands")).content_type("application/jose+json").send(body);
        known.in_flight.fetch_sub(1, Ordering::SeqCst);
        // Once the server is dead every answer is an error, and the command's outcome unknown.
        let Ok(mut answer) = answer else { continue };
        if answer.status() == 201
            && let Ok(receipt) = answer.body_mut().read_to_string()
        {
            known.receipts.lock().unwrap().insert(number, receipt);
        }
    }
}

struct Tally {
    in_flight: usize,
    inside_commit: usize,
    acknowledged: usize,
}

#[test]
fn kill_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::in_dir(folder.path());
    let trust = node::create(&paths, &founders("example.org/kill")).unwrap();
    let issued_at = now();
    let next = Arc::new(AtomicU64::new(1));
    let mut tally = Tally { in_flight: 0, inside_commit: 0, acknowledged: 0 };
    let mut size = 1;
    for round in 0..ROUNDS {
        let (mut child, port) = start(folder.path());
        let known = Arc::new(Known::default());
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (known, next, origin) = (Arc::clone(&known), Arc::clone(&next), trust.origin.clone());
                thread::spawn(move || client(&known, &origin, port, &next, issued_at))
            })
            .collect();
        let deadline = Moment::now() + Duration::from_secs(30);
        while known.receipts.lock().unwrap().is_empty() && Moment::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        // Moments spread over the life of a batch, another in each round.
        thread::sleep(Duration::from_micros(2_000 + (round * 7_919) % 40_000));
        child.kill().unwrap();
        tally.in_flight += usize::from(known.in_flight.load(Ordering::SeqCst) > 0);
        child.wait().unwrap();
        known.stop.store(true, Ordering::SeqCst);
        clients.into_iter().for_each(|client| client.join().unwrap());
        let last = std::fs::read(folder.path().join("diary")).unwrap();
        let between = |place: u8| (place as usize) < Step::ALL.len() - 2;
        tally.inside_commit += usize::from(last.first().is_some_and(|place| between(*place)));
        let receipts = std::mem::take(&mut *known.receipts.lock().unwrap());
        tally.acknowledged += receipts.len();
        size = look_after(&paths, &trust, receipts, size);
    }
    resubmit(&paths, &trust, next.load(Ordering::SeqCst), issued_at);
    println!(
        "{ROUNDS} rounds, {} with requests in flight, {} inside a commit, {} commands acknowledged, size {size} before the rest was sent again",
        tally.in_flight, tally.inside_commit, tally.acknowledged
    );
    assert!(tally.in_flight >= 40, "{} rounds had requests in flight", tally.in_flight);
    assert!(tally.inside_commit >= 10, "{} rounds died inside a commit", tally.inside_commit);
    assert!(tally.acknowledged > 0);
    let pinned = folder.path().join("trust.json");
    std::fs::write(&pinned, trust.to_json()).unwrap();
    let audit = Command::new(env!("CARGO_BIN_EXE_litopys"))
        .arg("audit")
        .arg("--ledger")
        .arg(&paths.ledger)
        .arg("--vault")
        .arg(&paths.vault)
        .arg("--trust")
        .arg(&pinned)
        .arg("--high-water")
        .arg(&paths.high_water)
        .output()
        .unwrap();
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
}

/// Opens the ledger after a death: every receipt holds and its entry is there; nothing went back.
fn look_after(paths: &Paths, trust: &Trust, receipts: BTreeMap<u64, String>, size: u64) -> u64 {
    let node = Node::open(paths.clone(), Options::default()).unwrap();
    let published = node.sequencer.published();
    assert!(published.size >= size, "the checkpoint went back from {size} to {}", published.size);
    for (number, receipt) in receipts {
        let proven = receipt::verify(receipt.as_bytes(), std::slice::from_ref(&trust.log_key), &trust.origin, None).unwrap();
        assert!(proven.checkpoint.size <= published.size, "command {number} was acknowledged beyond what is there");
        let stored = node.readers.with(|reader| reader.entry(proven.entry.index)).unwrap().unwrap();
        assert_eq!(tlog::leaf_hash(&stored.bytes), proven.leaf, "command {number} was acknowledged with another entry");
        let outcome = node.readers.with(|reader| reader.outcome(&id(number))).unwrap().unwrap();
        assert_eq!(outcome.index, proven.entry.index, "command {number}");
    }
    let size = published.size;
    node.close().unwrap();
    size
}

/// Sends every command once more: each stands in the log once, whatever its first sending came to.
fn resubmit(paths: &Paths, trust: &Trust, commands: u64, issued_at: Instant) {
    let node = Node::open(paths.clone(), Options::default()).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        for number in 1..commands {
            let admitted = admit(command(&trust.origin, number, issued_at).as_bytes(), &trust.origin, &node.directory).unwrap();
            let answer = node.sequencer.submit(admitted).await.unwrap();
            assert!(matches!(answer, Answer::Accepted(_)), "command {number}: {answer:?}");
        }
    });
    assert_eq!(node.sequencer.published().size, commands, "genesis and each command once");
    node.close().unwrap();
}
