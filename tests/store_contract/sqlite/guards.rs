//! Guards in the file itself: they hold against any tool that opens it.

use litopys::store::{Ledger, StoreError, Vault};
use rusqlite::Connection;

use super::Sqlite;
use crate::engine::Engine;
use crate::sample::{batch, everything, grow, refusal};

/// A store with rows in every table.
fn filled() -> Sqlite {
    let store = Sqlite::fresh();
    let (mut ledger, _) = store.open_both();
    let mut first = batch(&ledger.head().unwrap(), 300);
    first.refusals.push(refusal(1, 300));
    ledger.commit(&first).unwrap();
    store
}

/// Tables with their keys, in the order of the columns.
const TABLES: [(&str, &[&str]); 6] = [
    ("entries", &["\"index\"", "time", "bytes"]),
    ("streams", &["number", "name"]),
    ("checkpoints", &["size", "note"]),
    ("tiles", &["level", "\"index\"", "hashes"]),
    ("outcomes", &["\"index\"", "id", "payload_hash", "size"]),
    ("refusals", &["id", "payload_hash", "code", "size", "time", "note"]),
];

/// Every way to change or remove a row is refused, on connections with default settings and with any other that bears
/// on triggers.
#[test]
fn protected_tables_refuse_every_change() {
    let store = filled();
    let before = everything(&*store.reader().unwrap(), 500);
    for settings in ["", "PRAGMA recursive_triggers = OFF; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON"] {
        let stranger = Connection::open(store.ledger()).unwrap();
        stranger.execute_batch(settings).unwrap();
        for (table, columns) in TABLES {
            let all = columns.join(", ");
            let last = columns[columns.len() - 1];
            let mut attempts = vec![
                format!("UPDATE {table} SET {last} = {last}"),
                format!("UPDATE OR REPLACE {table} SET {last} = {last}"),
                format!("DELETE FROM {table}"),
                format!("INSERT INTO {table} SELECT * FROM {table} LIMIT 1"),
                format!("INSERT OR REPLACE INTO {table} ({all}) SELECT {all} FROM {table} LIMIT 1"),
                format!("REPLACE INTO {table} ({all}) SELECT {all} FROM {table} LIMIT 1"),
                format!("INSERT OR IGNORE INTO {table} ({all}) SELECT {all} FROM {table} LIMIT 1"),
                format!("INSERT INTO {table} ({all}) SELECT {all} FROM {table} WHERE true LIMIT 1 ON CONFLICT DO NOTHING"),
                format!(
                    "INSERT INTO {table} ({all}) SELECT {all} FROM {table} WHERE true LIMIT 1 \
                         ON CONFLICT DO UPDATE SET {last} = excluded.{last}"
                ),
            ];
            if table == "streams" || table == "outcomes" {
                // The other unique column: a new number for a stream, a new place for an id.
                let rest = columns[1..].join(", ");
                attempts.push(format!("REPLACE INTO {table} SELECT 100000, {rest} FROM {table} LIMIT 1"));
                attempts.push(format!("REPLACE INTO {table} SELECT 300, {rest} FROM {table} LIMIT 1"));
                attempts.push(format!("REPLACE INTO {table} SELECT 299, {rest} FROM {table} LIMIT 1"));
            }
            for attempt in attempts {
                let error = stranger.execute(&attempt, []).expect_err(&attempt).to_string();
                assert!(error.contains(table), "{attempt}: {error}");
            }
        }
        for attempt in [
            "INSERT INTO entries VALUES (300, 9e15, x'00')",
            "INSERT INTO entries (time, bytes) VALUES (9000000000000, x'00')",
            "INSERT INTO entries VALUES (-1, 9000000000000, x'00')",
            "INSERT INTO checkpoints VALUES (301, 'note')",
            "INSERT INTO checkpoints VALUES (299, 'note')",
            "INSERT INTO tiles VALUES (0, 2, x'00')",
            "INSERT INTO outcomes VALUES (300, zeroblob(16), zeroblob(32), 300)",
            "INSERT INTO refusals SELECT id, payload_hash, 'code', 1, 1, 'note' FROM outcomes LIMIT 1",
        ] {
            stranger.execute(attempt, []).expect_err(attempt);
        }
    }
    assert_eq!(everything(&*store.reader().unwrap(), 500), before);
    grow(&mut *store.lead(), 1);
}

#[test]
fn the_head_only_grows() {
    let store = filled();
    let before = store.reader().unwrap().head().unwrap();
    let stranger = Connection::open(store.ledger()).unwrap();
    for attempt in [
        "UPDATE head SET size = size - 1",
        "UPDATE head SET root = zeroblob(32)",
        "UPDATE head SET epoch = epoch - 1",
        "UPDATE head SET one = 2",
        "UPDATE head SET pair = zeroblob(16)",
        "DELETE FROM head",
        "INSERT INTO head VALUES (2, 0, zeroblob(32), 0, zeroblob(16))",
        "REPLACE INTO head VALUES (1, 0, zeroblob(32), 0, zeroblob(16))",
        "INSERT INTO head VALUES (1, 0, zeroblob(32), 0, zeroblob(16)) ON CONFLICT DO UPDATE SET size = 0",
    ] {
        stranger.execute(attempt, []).expect_err(attempt);
    }
    assert_eq!(store.reader().unwrap().head().unwrap(), before);
    let vault = Connection::open(store.vault()).unwrap();
    for attempt in ["UPDATE head SET key = zeroblob(32)", "UPDATE head SET epoch = 0", "DELETE FROM head"] {
        vault.execute(attempt, []).expect_err(attempt);
    }
}

/// What decides is the row in the file, not what this process remembers: a new leader elsewhere fences it off at its
/// next commit.
#[test]
fn a_leader_elsewhere_fences_at_the_next_commit() {
    let store = filled();
    let (mut ledger, mut vault) = store.open_both();
    grow(&mut ledger, 1);
    let before = everything(&*store.reader().unwrap(), 500);
    Connection::open(store.ledger()).unwrap().execute("UPDATE head SET epoch = epoch + 1", []).unwrap();
    Connection::open(store.vault()).unwrap().execute("UPDATE head SET epoch = epoch + 1", []).unwrap();
    assert!(matches!(ledger.commit(&batch(&before.head, 1)), Err(StoreError::Fenced)));
    assert!(matches!(vault.truncate(0), Err(StoreError::Fenced)));
    assert!(matches!(vault.edit(0, &[]), Err(StoreError::Fenced)));
    assert!(matches!(vault.sent(0, 0), Err(StoreError::Fenced)));
    assert_eq!(store.reader().unwrap().entries(before.head.size, 9).unwrap(), []);
}

/// Whoever removes a guard changes the structure, and the file is refused.
#[test]
fn a_file_without_its_guards_is_refused() {
    for alteration in [
        "DROP TRIGGER entries_stay",
        "DROP INDEX refusals_by_time",
        "CREATE TRIGGER more AFTER INSERT ON entries BEGIN DELETE FROM row_values; END",
        "PRAGMA user_version = 2",
        "PRAGMA application_id = 0",
    ] {
        let store = filled();
        Connection::open(store.ledger()).unwrap().execute_batch(alteration).unwrap();
        assert!(matches!(store.reader().err(), Some(StoreError::NotALedger { .. })), "{alteration}");
        assert!(matches!(store.open().err(), Some(StoreError::NotALedger { .. })), "{alteration}");
    }
    let store = filled();
    let stranger = Connection::open(store.ledger()).unwrap();
    stranger.execute_batch("DROP TRIGGER entries_stay; DELETE FROM entries WHERE \"index\" = 299").unwrap();
    stranger.execute_batch("CREATE TRIGGER entries_stay BEFORE DELETE ON entries\nBEGIN SELECT RAISE(ABORT, 'entries stay'); END").unwrap();
    assert!(matches!(store.reader().err(), Some(StoreError::Corrupt { .. })), "a head without its last entry");
}
