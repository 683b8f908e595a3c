//! A store that stands still: whoever can wait waits, whoever cannot is told so at once, and nothing taken is lost.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use litopys::admission::KeyDirectory;
use litopys::http::{App, router};
use litopys::node::{self, Node, Options, Paths};
use litopys::sequencer::{self, Keys, Lately, Opened, Published, Quiet, RefusalNote};
use litopys::store::{Head, Ledger, LedgerBatch, LedgerReader, Missing, StoreError, sqlite};
use tlog::{Signer, Tree};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::world::{Answer, ORIGIN, eventually, founders, get, key, policy, post, submit};

/// How the store is.
#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Well,
    Still,
    Broken,
}

/// A gate before each commit.
#[derive(Default)]
struct Gate {
    state: Mutex<State>,
    moved: Condvar,
}

impl Gate {
    fn set(&self, state: State) {
        *self.state.lock().unwrap() = state;
        self.moved.notify_all();
    }

    fn pass(&self) -> Result<(), StoreError> {
        let state = self.moved.wait_while(self.state.lock().unwrap(), |state| *state == State::Still).unwrap();
        if *state == State::Broken { Err(std::io::Error::other("the disk is gone").into()) } else { Ok(()) }
    }
}

/// A ledger that commits when it is let.
struct Stalling {
    ledger: sqlite::SqliteLedger,
    gate: Arc<Gate>,
}

impl Ledger for Stalling {
    fn head(&self) -> Result<Head, StoreError> {
        self.ledger.head()
    }

    fn lead(&mut self) -> Result<Head, StoreError> {
        self.ledger.lead()
    }

    fn commit_together(&mut self, batches: &[LedgerBatch]) -> Result<(), StoreError> {
        self.gate.pass()?;
        self.ledger.commit_together(batches)
    }

    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        self.ledger.reader()
    }

    fn maintain(&mut self) -> Result<(), StoreError> {
        self.ledger.maintain()
    }
}

fn stalling(paths: &Paths, gate: &Arc<Gate>) -> (Router, watch::Receiver<Arc<Published>>) {
    let trust = node::create(paths, &founders()).unwrap();
    // A node's readers serve any sequencer of the same ledger.
    let node = Node::open(paths.clone(), Options::default()).unwrap();
    let (readers, access_log) = (node.readers.clone(), Arc::clone(&node.access_log));
    node.close().unwrap();

    let keys = Arc::new(Keys {
        log: Signer::ed25519(ORIGIN, &key(3).seed()).unwrap(),
        refusal: Signer::ed25519(&RefusalNote::key_name(ORIGIN), &key(4).seed()).unwrap(),
    });
    let tree = Tree::new();
    let time = "1970-01-01T00:00:00Z".parse().unwrap();
    let nothing = Published {
        size: 0,
        root: tree.root(),
        checkpoint: "".into(),
        tree: Arc::new(tree),
        time,
        ready: false,
        lately: Lately::default(),
    };
    let (publisher, published) = watch::channel(Arc::new(nothing));
    let directory = KeyDirectory::default();
    let (known, paths, gate) = (directory.clone(), paths.clone(), Arc::clone(gate));
    let reload = move || {
        gate.pass()?;
        let (ledger, vault) = sqlite::open(&paths.ledger, &paths.vault)?;
        let ledger = Box::new(Stalling { ledger, gate: Arc::clone(&gate) });
        let opened = Opened { ledger, vault: Box::new(vault), high_water: paths.high_water.clone(), missing: Missing::Refuse, warm: None };
        sequencer::load(opened, Arc::clone(&keys), sequencer::system_clock(), Box::new(Quiet), known.clone(), publisher.clone())
    };
    let (sequencer, _) = sequencer::start(reload, published.clone()).unwrap();
    (router(Arc::new(App::new(sequencer, directory, readers, trust, access_log))), published)
}

/// Sends commands from as many clients, and waits until each is either answered or waits for the store.
async fn wave(router: &Router, count: usize, clients: &mut Vec<(String, JoinHandle<Answer>)>) {
    for _ in 0..count {
        let (router, body) = (router.clone(), policy());
        let sent = body.clone();
        clients.push((body, tokio::spawn(async move { submit(&router, sent).await })));
    }
    let answered = |clients: &[(String, JoinHandle<Answer>)]| clients.iter().filter(|(_, client)| client.is_finished()).count();
    let (mut known, mut still) = (answered(clients), Instant::now());
    while still.elapsed() < Duration::from_millis(700) {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let more = answered(clients);
        if more != known {
            (known, still) = (more, Instant::now());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_answers_at_once_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Arc::new(Gate::default());
    let (router, published) = stalling(&Paths::in_dir(folder.path()), &gate);
    gate.set(State::Still);

    let mut clients = Vec::new();
    while !clients.iter().any(|(_, client): &(String, JoinHandle<Answer>)| client.is_finished()) {
        assert!(clients.len() < 4000, "the queue is bounded");
        wave(&router, 500, &mut clients).await;
    }
    // The fastest of a few: this machine may be busy with something else for a moment.
    let mut fastest = Duration::MAX;
    for _ in 0..5 {
        let body = policy();
        let begun = Instant::now();
        let answer = submit(&router, body).await;
        fastest = fastest.min(begun.elapsed());
        answer.problem(503, "overloaded");
    }
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
    // Reading goes on.
    assert_eq!(get(&router, "/checkpoint").await.status, 200);
    assert_eq!(get(&router, "/v1/mis").await.status, 200);
    assert_eq!(published.borrow().size, 1, "nothing is published before it is committed");

    gate.set(State::Well);
    let (mut taken, mut turned) = (0, Vec::new());
    for (body, client) in clients {
        let answer = client.await.unwrap();
        match answer.status.as_u16() {
            201 => taken += 1,
            _ => {
                answer.problem(503, "overloaded");
                turned.push(body);
            }
        }
    }
    assert!(taken > 1024 && !turned.is_empty(), "{taken} taken, {} turned away", turned.len());
    assert_eq!(published.borrow().size, taken + 1, "what was taken was recorded, what was turned away was not");
    let again = post(&router, "/v1/commands/batch", "application/x-ndjson", turned[..turned.len().min(500)].join("\n")).await;
    assert!(again.text().lines().all(|line| line.starts_with(r#"{"status":201"#) && !line.ends_with(r#""replayed":true}"#)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_is_told_and_mended_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Arc::new(Gate::default());
    let (router, published) = stalling(&Paths::in_dir(folder.path()), &gate);
    assert_eq!(get(&router, "/readyz").await.status, 200);
    gate.set(State::Broken);
    let body = policy();
    submit(&router, body.clone()).await.problem(503, "not_committed");
    eventually(|| !published.borrow().ready).await;
    get(&router, "/readyz").await.problem(503, "not_ready");
    submit(&router, body.clone()).await.problem(503, "not_ready");
    assert_eq!(get(&router, "/healthz").await.status, 200);
    assert_eq!(get(&router, "/checkpoint").await.status, 200);
    assert_eq!(get(&router, "/v1/trust-providers").await.status, 200);

    gate.set(State::Well);
    eventually(|| published.borrow().ready).await;
    let answer = submit(&router, body).await;
    assert_eq!((answer.status.as_u16(), answer.header("litopys-index")), (201, "1"));
}
