//! What the store keeps otherwise than it was written is neither shown nor answered, and ends the sequencer for good.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod common;

use std::path::PathBuf;

use common::accredit::{command, founders, now};
use litopys::admission::admit;
use litopys::node::{self, Node, Options, Paths};
use litopys::sequencer::{Probe, Step};
use rusqlite::Connection;

/// Changes the ledger's file once a commit is in it, past its guards.
struct Altering {
    ledger: PathBuf,
    sql: &'static str,
}

impl Probe for Altering {
    fn at(&mut self, step: Step) {
        if step == Step::LedgerCommitted {
            let ledger = Connection::open(&self.ledger).unwrap();
            let unguarded = "DROP TRIGGER entries_stay_as_they_are; DROP TRIGGER entries_stay; DROP TRIGGER checkpoints_stay_as_they_are;";
            ledger.execute_batch(&format!("{unguarded} {}", self.sql)).unwrap();
        }
    }
}

#[test]
fn what_is_stored_otherwise_is_neither_shown_nor_answered() {
    for (sql, what) in [
        ("UPDATE entries SET bytes = CAST('{}' AS BLOB) WHERE \"index\" = 1", "an entry"),
        ("UPDATE entries SET time = time + 1 WHERE \"index\" = 1", "an entry"),
        ("UPDATE entries SET \"index\" = 7 WHERE \"index\" = 1", "an entry"),
        ("DELETE FROM entries WHERE \"index\" = 1", "entries are missing"),
        ("UPDATE checkpoints SET note = note || '\n' WHERE size = 2", "head"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::in_dir(folder.path());
        let trust = node::create(&paths, &founders("example.org/registry")).unwrap();
        let ledger = paths.ledger.clone();
        let probe = Box::new(move || Box::new(Altering { ledger: ledger.clone(), sql }) as Box<dyn Probe>);
        let node = Node::open(paths, Options { probe, ..Options::default() }).unwrap();
        let admitted = admit(command(&trust.origin, 1, now()).as_bytes(), &trust.origin, &node.directory).unwrap();
        let answer = node.sequencer.hand_over(admitted).unwrap();
        assert!(answer.blocking_recv().is_err(), "nobody is told anything: {sql}");
        assert_eq!(node.sequencer.published().size, 1, "{sql}");
        let ended = node.close().unwrap_err().to_string();
        assert!(ended.contains(&format!("read back other than written: {what}")), "{sql}: {ended}");
    }
}
