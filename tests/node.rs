//! A ledger in a folder: created, opened, written to, opened again.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "common/plain.rs"]
mod plain;

use std::path::Path;

use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role};
use litopys::admission::admit;
use litopys::envelope::{Draft, compose};
use litopys::keys::{SecretKey, to_jwk};
use litopys::node::{self, Founders, Node, Options, Paths, Trust, new_id};
use litopys::receipt;
use litopys::sequencer::{Answer, system_clock};
use rusqlite::Connection;
use serde_json::json;

fn key(byte: u8) -> SecretKey {
    SecretKey::from_seed(&[byte; 32])
}

/// A ledger in a folder, and a command that it will take.
fn created(paths: &Paths) -> (Trust, String) {
    let until: Instant = "2036-01-01T00:00:00Z".parse().unwrap();
    let founders = Founders {
        origin: "example.org/registry".into(),
        regulators: vec![key(1)],
        operator: key(2),
        log: key(3),
        refusal: key(4),
        policy: PolicyTerms::default(),
        keys_until: until,
    };
    let trust = node::create(paths, &founders).unwrap();
    assert!(node::create(paths, &founders).is_err(), "nothing is overwritten");
    let draft = Draft {
        id: new_id(),
        ledger: trust.origin.clone(),
        kind: "trust_provider.accredit".into(),
        issued_at: Instant::from_ms(system_clock()()).unwrap(),
        expect: None,
        seen: None,
        data: json!({
            "trust_provider": new_id(), "name": "Довірчі послуги", "edrpou": "32855961",
            "key": to_jwk(&key(5).public()), "key_until": until,
        }),
        disclose: vec![],
    };
    let body = compose(&draft, &[(&key(1), Role::Regulator, None), (&key(5), Role::Holder, None)], |_| {}).unwrap().body;
    (trust, body)
}

#[tokio::test]
async fn a_command_becomes_an_entry_and_its_repeat_the_same_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::in_dir(folder.path());
    let (trust, body) = created(&paths);
    let mut receipts = Vec::new();
    for round in 0..3 {
        let node = Node::open(paths.clone(), Options::default()).unwrap();
        assert_eq!(node.trust, trust);
        let admitted = admit(body.as_bytes(), &trust.origin, &node.directory).unwrap();
        let Answer::Accepted(accepted) = node.sequencer.submit(admitted).await.unwrap() else { panic!("accepted") };
        assert_eq!((accepted.index, accepted.size, accepted.replayed), (1, 2, round > 0));
        let published = node.sequencer.published();
        let receipt = node
            .readers
            .with(|reader| receipt::make(reader, &published.tree, accepted.index, accepted.size, &accepted.entry, true))
            .unwrap();
        let json = serde_json::to_vec(&receipt).unwrap();
        let proven = receipt::verify(&json, std::slice::from_ref(&trust.log_key), &trust.origin, Some(&trust.genesis)).unwrap();
        assert_eq!(proven.entry.index, 1);
        receipts.push(json);
        node.close().unwrap();
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1, "a repeat is byte for byte the same");
}

/// Changes an entry as somebody can who has the file, guards and all.
fn alter(ledger: &Path, index: u64, alteration: &str) {
    let connection = Connection::open(ledger).unwrap();
    let guard: String =
        connection.query_row("SELECT sql FROM sqlite_schema WHERE name = 'entries_stay_as_they_are'", [], |row| row.get(0)).unwrap();
    connection.execute_batch("DROP TRIGGER entries_stay_as_they_are").unwrap();
    plain::store_plainly(&connection);
    let update = format!("UPDATE entries SET bytes = CAST({alteration} AS BLOB) WHERE \"index\" = {index}; {guard};");
    connection.execute_batch(&update).unwrap();
}

/// A start passes over most of an entry, but not over its hash.
#[tokio::test]
async fn no_start_takes_entries_that_were_not_signed_for() {
    for (alteration, why) in [
        // One character of a signature, of a payload, of what an event says.
        (r#"replace(CAST(bytes AS TEXT), '"signature":"', '"signature":"A')"#, "the entries give root"),
        (r#"replace(CAST(bytes AS TEXT), '"payload":"eyJ', '"payload":"eyK')"#, "the entries give root"),
        (r#"replace(CAST(bytes AS TEXT), '2036-01-01', '2037-01-01')"#, "the entries give root"),
        (r#"CAST(bytes AS TEXT) || ' '"#, "entry 1"),
        (r#"substr(CAST(bytes AS TEXT), 1, 100)"#, "entry 1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::in_dir(folder.path());
        let (trust, body) = created(&paths);
        let node = Node::open(paths.clone(), Options::default()).unwrap();
        let admitted = admit(body.as_bytes(), &trust.origin, &node.directory).unwrap();
        assert!(matches!(node.sequencer.submit(admitted).await.unwrap(), Answer::Accepted(_)));
        node.close().unwrap();
        let ledger = folder.path().join("ledger.sqlite");
        alter(&ledger, 1, "bytes");
        Node::open(paths.clone(), Options::default()).unwrap().close().unwrap();
        alter(&ledger, 1, alteration);
        let error = Node::open(paths, Options::default()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(why), "{alteration}: {error}");
    }
}
