//! A registry copied from one engine to the other and back.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use litopys::copy::copy;
use litopys::node::{Node, NodeError, Options, Paths, Place};
use litopys::receipt;
use litopys::sequencer::LoadError;
use litopys::store::{LedgerReader, MAX_PAGE_ROWS, Missing, Store, StoreError};
use serde_json::Value;
use tempfile::TempDir;
use tlog::{Tree, leaf_hash};

use crate::common::postgres::{Cluster, OWNER, SERVER};
use crate::plain;

/// Runs the program, which must end with this code; its output as JSON, and what it says.
#[track_caller]
fn litopys(arguments: &[&str], code: i32) -> (Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_litopys")).args(arguments).stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
    (serde_json::from_str(&out).unwrap_or_default(), err)
}

/// The demo's registry in files.
struct Told {
    folder: TempDir,
}

impl Told {
    fn new() -> Told {
        let told = Told { folder: tempfile::tempdir().unwrap() };
        litopys(&["demo", "--once", "--json", "--patients", "20", "--listen", "127.0.0.1:0", "--dir", &told.dir()], 0);
        told
    }

    fn dir(&self) -> String {
        self.path("source").display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn trust(&self) -> String {
        self.path("source/trust.json").display().to_string()
    }
}

/// The receipt of every command, made anew.
fn receipts(reader: &dyn LedgerReader) -> Vec<Vec<u8>> {
    let (mut tree, mut full, mut all) = (Tree::new(), Vec::new(), Vec::new());
    let size = reader.head().unwrap().size;
    while tree.size() < size {
        for entry in reader.entries(tree.size(), MAX_PAGE_ROWS).unwrap() {
            tree.push(leaf_hash(&entry.bytes), &mut full);
        }
    }
    for outcome in reader.outcomes(0, MAX_PAGE_ROWS).unwrap() {
        let entry = reader.entry(outcome.index).unwrap().unwrap();
        let receipt = receipt::make(reader, &tree, outcome.index, outcome.size, &entry.bytes, true).unwrap();
        all.push(serde_json::to_vec(&receipt).unwrap());
    }
    assert!(all.len() > 100);
    all
}

/// Everything that a vault and an access log hold.
fn secrets(store: &dyn Store) -> (litopys::store::StampedRows, usize) {
    let vault = store.vault_reader().unwrap();
    (vault.stamped(0..vault.head().unwrap().size).unwrap(), store.access_log().unwrap().after(0, MAX_PAGE_ROWS).unwrap().len())
}

#[test]
fn there_and_back_root_receipts_and_vault_are_the_same() {
    let Some(cluster) = Cluster::start() else { return };
    let told = Told::new();
    let database = cluster.database();
    let (server, owner) = (cluster.url(SERVER, &database), cluster.url(OWNER, &database));
    let trust = told.trust();
    let (there, _) = litopys(&["copy", "--from", &told.dir(), "--to", &server, "--to-owner", &owner, "--trust", &trust, "--json"], 0);
    let (again, err) = litopys(&["copy", "--from", &told.dir(), "--to", &server, "--to-owner", &owner], 5);
    assert!(again.is_null() && err.contains("exists already"), "{err}");
    let home = told.path("home").display().to_string();
    let (back, _) = litopys(&["copy", "--from", &server, "--to", &home, "--trust", &trust, "--json"], 0);
    assert_eq!(there, back);

    let stores: [Arc<dyn Store>; 3] = [
        Arc::new(Paths::in_dir(Path::new(&told.dir())).store()),
        Arc::new(cluster.store(&database)),
        Arc::new(Paths::in_dir(Path::new(&home)).store()),
    ];
    let [source, middle, end] = stores.each_ref().map(|store| {
        let reader = store.reader().unwrap();
        let head = reader.head().unwrap();
        (head.size, head.root, head.checkpoint, receipts(&*reader), secrets(&**store))
    });
    assert!(source == middle && middle == end);
    assert_eq!(there["size"], source.0);
    assert!(there["vault_rows"].as_u64() > Some(100) && there["accesses"].as_u64() > Some(0), "{there}");
    let (of_copy, _) = litopys(&["audit", "--json", "--store", &server, "--with-vault", "--trust", &trust], 0);
    let files = |name: &str| format!("{home}/{name}.sqlite");
    let (of_home, _) = litopys(&["audit", "--json", "--ledger", &files("ledger"), "--vault", &files("vault"), "--trust", &trust], 0);
    assert_eq!(of_copy["facts"], of_home["facts"]);
    assert_eq!(of_copy["signatures_verified"], of_home["signatures_verified"]);

    // It serves with the keys and the mark of the source.
    let place = Place { store: Arc::clone(&stores[1]), ..Place::from(Paths::in_dir(Path::new(&told.dir()))) };
    let node = Node::open(place, Options::default()).unwrap();
    assert!(node.wait_until_ready(std::time::Duration::from_secs(10)));
    assert_eq!(node.sequencer.published().size, source.0);
    // While it does, it is not copied.
    let (_, err) = litopys(&["copy", "--from", &server, "--to", &told.path("other").display().to_string()], 5);
    assert!(err.contains("leads"), "{err}");
    node.close().unwrap();
}

/// A copy that was broken off does not pass for the whole, not even with a new mark.
#[test]
fn half_a_copy_does_not_serve() {
    let Some(cluster) = Cluster::start() else { return };
    let told = Told::new();
    let source = Paths::in_dir(Path::new(&told.dir()));
    let database = cluster.database();
    let broken: [Arc<dyn Store>; 2] = [Arc::new(cluster.store(&database)), Arc::new(Paths::in_dir(told.folder.path()).store())];
    for (number, target) in broken.into_iter().enumerate() {
        let stopped = catch_unwind(AssertUnwindSafe(|| copy(&source.store(), &*target, None, &mut |_, _| panic!("broken off"))));
        assert!(stopped.is_err());
        let mark = told.path(&format!("{number}.mark"));
        let place = Place { store: target, high_water: mark, ..Place::from(&source) };
        let options = || Options { missing: Missing::Create, ..Options::default() };
        match place.store.peers().unwrap() {
            None => {
                let refused = Node::open(place, options()).err();
                assert!(matches!(refused, Some(NodeError::Load(LoadError::VaultBehind { .. }))), "{refused:?}");
            }
            // Where another could lead, the node waits for somebody who can.
            Some(_) => {
                let node = Node::open(place, options()).unwrap();
                assert!(!node.wait_until_ready(std::time::Duration::from_secs(2)));
            }
        }
    }
}

#[test]
fn what_is_wrong_with_the_source_is_named() {
    let told = Told::new();
    let target = |name: &str| told.path(name).display().to_string();
    let (_, err) = litopys(&["copy", "--from", &target("nowhere"), "--to", &target("a")], 4);
    assert!(err.contains("nowhere"), "{err}");
    let (_, err) = litopys(&["copy", "--from", "postgresql://u@127.0.0.1:1/d?sslmode=prefer", "--to", &target("a")], 7);
    assert!(err.contains("sslmode"), "{err}");
    let held = Paths::in_dir(Path::new(&told.dir())).store().open().unwrap();
    litopys(&["copy", "--from", &told.dir(), "--to", &target("b")], 5);
    drop(held);
    for (number, (change, named)) in [
        ("UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"law\":1', '\"law\":2') AS BLOB) WHERE \"index\" = 3", "root"),
        ("UPDATE entries SET bytes = x'7b' WHERE \"index\" = 30", "entry 30"),
        ("UPDATE entries SET time = time + 1 WHERE \"index\" = 12", "entry 12"),
        ("UPDATE outcomes SET payload_hash = zeroblob(32) WHERE \"index\" = 9", "outcomes"),
        ("UPDATE checkpoints SET note = replace(note, 'demo', 'dem0') WHERE size = 5", "size 5"),
        ("UPDATE row_versions SET body = '{}' WHERE resource = 6", "row_versions"),
    ]
    .into_iter()
    .enumerate()
    {
        let altered = told.path(&format!("altered-{number}"));
        fs::create_dir(&altered).unwrap();
        for file in ["ledger.sqlite", "vault.sqlite", "access.sqlite"] {
            fs::copy(told.path("source").join(file), altered.join(file)).unwrap();
        }
        let file = rusqlite::Connection::open(altered.join("ledger.sqlite")).unwrap();
        let guards: Vec<(String, String)> = file
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%stay_as_they_are'")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        guards.iter().for_each(|(name, _)| file.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
        plain::store_plainly(&file);
        assert!(file.execute(change, []).unwrap() > 0, "{change}");
        guards.iter().for_each(|(_, text)| file.execute_batch(text).unwrap());
        drop(file);
        let (_, err) = litopys(&["copy", "--from", altered.to_str().unwrap(), "--to", &target(&format!("to-{number}"))], 3);
        assert!(err.contains(named), "{change}: {err}");
    }
    let other = tempfile::tempdir().unwrap();
    litopys(&["init", "--dir", other.path().to_str().unwrap(), "--origin", "example.org/other"], 0);
    let trust = other.path().join("trust.json");
    let (_, err) = litopys(&["copy", "--from", &told.dir(), "--to", &target("c"), "--trust", trust.to_str().unwrap()], 3);
    assert!(err.contains("origin"), "{err}");
    assert!(matches!(Paths::in_dir(&told.path("c")).store().reader().err(), Some(StoreError::NotFound { .. })), "nothing was made");
}
