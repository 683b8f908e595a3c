//! A registry copied from folder to folder: the copy works on, and what is wrong with a source is not hidden by it.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "common/mod.rs"]
mod common;
#[path = "common/live.rs"]
mod live;
#[path = "common/plain.rs"]
mod plain;
#[path = "common/story.rs"]
mod story;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use aggregates::words::Instant;
use litopys::admission::admit;
use litopys::audit::{Options, Verdict, audit};
use litopys::copy::{Copied, CopyError, copy};
use litopys::node::{Paths, Trust};
use litopys::receipt;
use litopys::sequencer::Answer;
use litopys::store::sqlite::SqliteStore;
use litopys::store::{AccessRecord, Head, LedgerReader, MAX_PAGE_ROWS, Shown, StampedRows, Store as _, StoreError, Who};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use live::Live;
use story::{Ledger, Story, Told, id, patient_data};

/// A node that remembers what it was sent.
struct Node {
    live: Live,
    sent: Vec<String>,
    next: u64,
}

impl Node {
    /// Its commands have ids from `next` on.
    fn open(folder: &Path, next: u64) -> Node {
        Node { live: Live::open(folder), sent: Vec::new(), next }
    }

    /// What it answers to a command: the receipt, or the refusal with its note; and whether it is a repeat.
    fn answer(&self, body: &str) -> (Vec<u8>, bool) {
        let Live { node, runtime, .. } = &self.live;
        let admitted = admit(body.as_bytes(), &node.trust.origin, &node.directory).unwrap();
        let answer = runtime.block_on(async { node.sequencer.submit(admitted).await.unwrap() });
        match answer {
            Answer::Accepted(accepted) => {
                let published = node.sequencer.published();
                let make = |reader: &dyn LedgerReader| {
                    receipt::make(reader, &published.tree, accepted.index, accepted.size, &accepted.entry, true)
                };
                (serde_json::to_vec(&node.readers.with(make).unwrap()).unwrap(), accepted.replayed)
            }
            Answer::Refused(refused) => (format!("{:?}{}", refused.refusal, refused.note.unwrap()).into_bytes(), refused.replayed),
            other => panic!("{other:?}"),
        }
    }
}

impl Ledger for Node {
    fn now(&self) -> Instant {
        self.live.now()
    }

    fn take(&mut self, bodies: Vec<String>) -> Vec<Told> {
        self.sent.extend(bodies.iter().cloned());
        self.live.take(bodies)
    }

    fn code(&self, request: Uuid) -> String {
        self.live.code(request)
    }

    fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// A registry with its answers, closed.
struct Source {
    folder: TempDir,
    paths: Paths,
    trust: Trust,
    sent: Vec<String>,
    answers: Vec<(Vec<u8>, bool)>,
}

impl Source {
    fn new() -> Source {
        Source::of(66)
    }

    /// With this many declarations.
    fn of(count: u64) -> Source {
        let folder = tempfile::tempdir().unwrap();
        let mut node = Node::open(&folder.path().join("source"), 1_000_000);
        let mut story = Story::new(&mut node);
        story.small();
        // Full tiles.
        story.declarations(count);
        let read = |number: u64| Shown {
            time: node.now(),
            who: Arc::new(Who {
                role: "doctor".into(),
                of: Some(format!("employee/{}", id(141))),
                kid: story::key(14).kid().to_string(),
                mis: None,
            }),
            resource: "patients".into(),
            subject: [format!("patient/{}", id(number)).parse().unwrap()].into_iter().collect(),
            size: number,
        };
        let done = node.live.node.access_log.record(vec![read(2000), read(10_000)]).unwrap();
        done.blocking_recv().unwrap().unwrap();
        let answers = node.sent.iter().map(|body| node.answer(body)).collect();
        let Node { live: Live { node, paths, .. }, sent, .. } = node;
        let trust = node.trust.clone();
        node.close().unwrap();
        Source { folder, paths, trust, sent, answers }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> SqliteStore {
        self.paths.store()
    }

    /// Changes the ledger or the vault behind the guards, which stand again afterwards.
    fn tamper(&self, file: &str, sql: &str) {
        let connection = Connection::open(self.path("source").join(file)).unwrap();
        let mut guards = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        let guards: Vec<(String, String)> =
            guards.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap();
        guards.iter().for_each(|(name, _)| connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
        if file == "ledger.sqlite" {
            plain::store_plainly(&connection);
        }
        assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
        guards.iter().for_each(|(_, text)| connection.execute_batch(text).unwrap());
    }

    fn copy_to(&self, name: &str) -> Result<Copied, CopyError> {
        copy(&self.store(), &Paths::in_dir(&self.path(name)).store(), None, &mut |_, _| {})
    }

    /// Runs `litopys copy` into a folder; answers the exit code and what it says.
    fn run(&self, to: &str) -> (Option<i32>, String) {
        run(&self.path("source"), &self.path(to))
    }
}

fn run(from: &Path, to: &Path) -> (Option<i32>, String) {
    let command = Command::new(env!("CARGO_BIN_EXE_litopys"))
        .arg("copy")
        .args([Path::new("--from"), from, Path::new("--to"), to])
        .stdin(Stdio::null())
        .output();
    let output = command.unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// All that a store holds but its epoch.
type Held = (Head, StampedRows, u64, Vec<(u64, AccessRecord)>);

fn held(store: &SqliteStore) -> Held {
    let (head, vault) = (store.reader().unwrap().head().unwrap(), store.vault_reader().unwrap());
    let accesses = store.access_log().unwrap().after(0, MAX_PAGE_ROWS).unwrap();
    (Head { epoch: 0, ..head }, vault.stamped(0..u64::MAX).unwrap(), vault.head().unwrap().edited, accesses)
}

#[test]
fn a_copy_goes_on_where_the_source_ended() {
    let source = Source::new();
    let trust = source.path("trust.json");
    fs::write(&trust, source.trust.to_json()).unwrap();
    let copied = source.copy_to("copy").unwrap();
    let (meant, found) = (held(&source.store()), held(&Paths::in_dir(&source.path("copy")).store()));
    assert!(meant == found, "{meant:?}\n{found:?}");
    assert_eq!((copied.size, copied.accesses, copied.refusals), (meant.0.size, 2, 1));
    assert!(copied.size > 256, "there is a full tile");

    let paths = Paths::in_dir(&source.path("copy"));
    let report = audit(&Options { vault: Some(paths.vault.clone()), ..Options::new(&paths.ledger, source.trust.clone()) }).unwrap();
    assert_eq!(report.verdict, Verdict::Sound, "{report}");

    // What the operator brings along.
    fs::create_dir(source.path("copy/keys")).unwrap();
    for file in ["keys/log.json", "keys/refusal.json", "high-water"] {
        fs::copy(source.path("source").join(file), source.path("copy").join(file)).unwrap();
    }
    let mut node = Node::open(&source.path("copy"), 2_000_000);
    for (body, answer) in source.sent.iter().zip(&source.answers) {
        assert!(node.answer(body) == *answer && answer.1, "a repeat is byte for byte the same");
    }
    // The index leads to whom it led: the same person under another id.
    let mut story = Story::new(&mut node);
    let index = story.by_doctor("patient.register", patient_data(id(2999), 1, true)).index();
    story.dismiss();
    let entry = node.live.node.readers.with(|reader| reader.entry(index)).unwrap().unwrap();
    let entry: Value = serde_json::from_slice(&entry.bytes).unwrap();
    let event = &entry["events"][0];
    assert_eq!((&event["type"], &event["stream"]), (&json!("patient.recognised"), &json!(format!("patient/{}", id(2000)))));
    node.live.node.close().unwrap();
    // Beyond what the source knew: a copy of the copy, a command with many entries included.
    let again = Paths::in_dir(&source.path("again"));
    copy(&paths.store(), &again.store(), Some(&source.trust.clone().into()), &mut |_, _| {}).unwrap();
    assert!(held(&paths.store()) == held(&again.store()));
}

#[test]
fn a_vault_that_is_behind_is_not_passed_off_as_whole() {
    let source = Source::new();
    source.tamper("vault.sqlite", "DELETE FROM disclosures WHERE entry >= 12");
    source.tamper("vault.sqlite", "UPDATE head SET size = 12, edited = 12");
    let refused = source.copy_to("copy").unwrap_err();
    let said = refused.to_string();
    assert!(said.contains("vault"), "{said}");
    let (code, _) = source.run("other");
    assert_eq!(code, Some(7));
}

#[test]
fn an_altered_refusal_is_named() {
    for (number, change) in [
        "UPDATE refusals SET refusal = replace(refusal, 'id_taken', 'not_found')",
        "UPDATE refusals SET note = replace(note, 'id_taken', 'not_found')",
        "UPDATE refusals SET time = time + 1",
        "UPDATE refusals SET size = 999999",
        "UPDATE refusals SET payload_hash = zeroblob(32)",
        "UPDATE refusals SET id = (SELECT id FROM outcomes WHERE \"index\" = 3)",
    ]
    .into_iter()
    .enumerate()
    {
        let source = Source::new();
        source.tamper("ledger.sqlite", change);
        let (code, said) = source.run(&format!("copy-{number}"));
        assert_eq!(code, Some(3), "{change}: {said}");
        assert!(said.contains("refusals"), "{change}: {said}");
    }
}

#[test]
fn an_altered_entry_is_named() {
    let source = Source::new();
    source.tamper(
        "ledger.sqlite",
        "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"law\":1', '\"law\":2') AS BLOB) WHERE \"index\" = 7",
    );
    let (code, said) = source.run("copy");
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("entry 7"), "{said}");
}

#[test]
fn what_is_at_the_target_stays() {
    let source = Source::new();
    for name in ["ledger.sqlite", "vault.sqlite", "access.sqlite"] {
        let (folder, file) = (source.path(name), source.path(name).join(name));
        fs::create_dir(&folder).unwrap();
        fs::copy(source.path("source").join(name), &file).unwrap();
        let before = fs::read(&file).unwrap();
        let (code, said) = source.run(name);
        assert_eq!(code, Some(5), "{said}");
        assert!(said.contains(name), "{said}");
        assert!(fs::read(&file).unwrap() == before, "{name} was changed");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing was made beside {name}");
    }
    let (code, _) = run(&source.path("nowhere"), &source.path("new"));
    assert_eq!(code, Some(4));
    let held = source.store().open().unwrap();
    assert_eq!(source.run("new").0, Some(5), "the source is in use");
    drop(held);
    assert!(!source.path("new").exists(), "nothing was made");
    assert!(matches!(source.copy_to("new").map(|copied| json!(copied)["size"].clone()), Ok(size) if size != 0));
    assert!(matches!(source.copy_to("new"), Err(CopyError::Target(StoreError::Exists { .. }))));
}

#[test]
fn what_is_written_goes_into_the_file_as_it_comes() {
    let source = Source::of(1_750);
    let target = Paths::in_dir(&source.path("copy"));
    let length = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let mut waits = 0;
    copy(&source.store(), &target.store(), None, &mut |_, _| waits = waits.max(length(&source.path("copy/ledger.sqlite-wal")))).unwrap();
    // A batch of a thousand entries writes some nine million bytes, and there are nine of them.
    assert!(waits > 0 && waits < 24 << 20, "{waits} bytes waited at once");
}
