//! What the server's role could do, and what nobody may.

use litopys::store::postgres::{PostgresStore, Target};
use litopys::store::{Store, StoreError, VaultEdit};

use super::Postgres;
use crate::common::postgres::{ADMIN, Cluster, OWNER, SERVER};
use crate::engine::Engine;
use crate::sample::{batch, everything, grow, refusal};
use crate::vault::gain;

/// What would change an entry, or what stands beside it, in every way that SQL has.
const CHANGES: [&str; 20] = [
    "UPDATE ledger.entries SET bytes = 'x' WHERE index = 1",
    "DELETE FROM ledger.entries WHERE index = 1",
    "TRUNCATE ledger.entries CASCADE",
    "INSERT INTO ledger.entries SELECT 1, time, 'x' FROM ledger.entries WHERE index = 1 ON CONFLICT (index) DO UPDATE SET bytes = 'x'",
    "INSERT INTO ledger.entries SELECT index + 2, time, bytes FROM ledger.entries",
    "UPDATE ledger.streams SET name = 'x' WHERE number = 0",
    "DELETE FROM ledger.streams",
    "UPDATE ledger.checkpoints SET note = 'x'",
    "DELETE FROM ledger.checkpoints",
    "INSERT INTO ledger.checkpoints VALUES (99, 'x')",
    "UPDATE ledger.tiles SET hashes = hashes",
    "DELETE FROM ledger.tiles",
    "UPDATE ledger.outcomes SET size = 1",
    "DELETE FROM ledger.outcomes",
    "UPDATE ledger.refusals SET note = 'x'",
    "DELETE FROM ledger.refusals",
    "DELETE FROM ledger.head",
    "UPDATE ledger.head SET size = size - 1",
    "UPDATE ledger.head SET epoch = epoch - 1",
    "UPDATE vault.access SET kid = 'x'",
];

/// What would take the guards away.
const DISARMING: [&str; 7] = [
    "ALTER TABLE ledger.entries DISABLE TRIGGER ALL",
    "DROP TRIGGER stays ON ledger.entries",
    "CREATE OR REPLACE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "DROP TABLE ledger.entries CASCADE",
    "DROP SCHEMA ledger CASCADE",
    "ALTER TABLE ledger.entries OWNER TO litopys_server",
];

fn filled() -> Option<Postgres> {
    if !Postgres::is_here() {
        return None;
    }
    let store = Postgres::fresh();
    let (mut ledger, mut vault) = store.open().unwrap();
    ledger.lead().unwrap();
    vault.lead().unwrap();
    let mut first = batch(&ledger.head().unwrap(), 300);
    first.refusals.push(refusal(1, 300));
    ledger.commit(&first).unwrap();
    gain(&mut *vault, "a", "k1");
    store.cluster.sql(
        SERVER,
        &store.database,
        "INSERT INTO vault.access (number, time, role, kid, resource, subjects, size) VALUES (1, 1, 'r', 'k', 's', 't', 1)",
    );
    Some(store)
}

#[test]
fn the_servers_role_cannot_change_an_entry_if_it_wants_to() {
    let Some(store) = filled() else { return };
    let before = everything(&*store.reader().unwrap(), 500);
    // Whoever may not pass a right on passes nothing on, and is only warned.
    store.cluster.sql(SERVER, &store.database, "GRANT UPDATE ON ledger.entries TO litopys_server");
    for change in CHANGES.iter().chain(&DISARMING) {
        let error = store.cluster.try_sql(SERVER, &store.database, change).expect_err(change);
        let code = error.code().unwrap().code().to_owned();
        // No right to it (42501), or an append that a guard refuses, or a primary key.
        assert!(["42501", "23000", "23505"].contains(&code.as_str()), "{change}: {error:?}");
        if !change.starts_with("INSERT") && !change.starts_with("UPDATE ledger.head") {
            assert_eq!(code, "42501", "{change}");
        }
    }
    assert_eq!(everything(&*store.reader().unwrap(), 500), before);
}

/// The owner has the right and is stopped by the guards, until he takes them away; a store without its guards is not opened.
#[test]
fn the_owner_is_stopped_by_the_guards() {
    let Some(store) = filled() else { return };
    let before = everything(&*store.reader().unwrap(), 500);
    for change in CHANGES {
        let error = store.cluster.try_sql(OWNER, &store.database, change).expect_err(change);
        assert!(error.code().unwrap().code().starts_with("23"), "{change}: {error:?}");
    }
    assert_eq!(everything(&*store.reader().unwrap(), 500), before);
    for disarming in [
        "ALTER TABLE ledger.entries DISABLE TRIGGER stays",
        "ALTER TABLE ledger.head ENABLE REPLICA TRIGGER only_grows",
        "DROP TRIGGER appended ON ledger.tiles",
    ] {
        let store = Postgres::fresh();
        store.open().unwrap();
        store.cluster.sql(OWNER, &store.database, disarming);
        assert!(matches!(store.open().err(), Some(StoreError::NotALedger { .. })), "{disarming}");
    }
    let vault = Postgres::fresh();
    vault.cluster.sql(OWNER, &vault.database, "DROP TRIGGER stays ON vault.access");
    assert!(matches!(vault.open().err(), Some(StoreError::NotALedger { .. })));
}

/// A server does not start under a role that could change what nobody may.
#[test]
fn a_role_that_could_change_an_entry_is_refused() {
    if !Postgres::is_here() {
        return;
    }
    let store = Postgres::fresh();
    let under = |role: &str| {
        let target = Target::parse(&store.cluster.url(role, &store.database)).unwrap();
        PostgresStore::new(target.clone(), target).open().err()
    };
    let refused = |error: Option<StoreError>| assert!(matches!(error, Some(StoreError::Misconfigured { .. })), "{error:?}");
    refused(under(OWNER));
    refused(under(ADMIN));
    refused(under("nobody_at_all"));
    assert!(store.open().is_ok());
    for grant in [
        "GRANT UPDATE (bytes) ON ledger.entries TO litopys_server",
        "GRANT DELETE ON ledger.refusals TO PUBLIC",
        "GRANT litopys_owner TO litopys_server",
    ] {
        let store = Postgres::fresh();
        store.cluster.sql(ADMIN, &store.database, grant);
        refused(store.open().err());
        store.cluster.sql(ADMIN, &store.database, "REVOKE litopys_owner FROM litopys_server");
    }
}

/// The tables are made by texts that run once; what was made by others is refused, and nothing is changed.
#[test]
fn migrations_run_once_and_are_checked() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    let store = cluster.store(&database);
    let missing = |error: Option<StoreError>| assert!(matches!(error, Some(StoreError::NotFound { .. })), "{error:?}");
    missing(store.open().err());
    let run = store.migrate().unwrap();
    assert_eq!(run.each_ref().map(|migrated| migrated.run.len()), [1, 1]);
    assert_eq!(store.migrate().unwrap().map(|migrated| migrated.run.len()), [0, 0], "forward only, once each");
    store.create().unwrap();
    assert!(matches!(store.create(), Err(StoreError::Exists { .. })), "nothing is made anew");
    store.open().unwrap();
    let without_owner = PostgresStore::new(
        Target::parse(&cluster.url(SERVER, &database)).unwrap(),
        Target::parse(&cluster.url(SERVER, &database)).unwrap(),
    );
    assert!(matches!(without_owner.migrate(), Err(StoreError::Misconfigured { .. })));
    for (change, mends) in [
        (
            "INSERT INTO ledger.migrations (number, name, sha256) VALUES (2, '0002_later', '')",
            "DELETE FROM ledger.migrations WHERE number = 2",
        ),
        ("UPDATE vault.migrations SET name = name || '!'", "UPDATE vault.migrations SET name = rtrim(name, '!')"),
        ("UPDATE ledger.migrations SET sha256 = sha256('x')", ""),
    ] {
        cluster.sql(OWNER, &database, change);
        assert!(matches!(store.open().err(), Some(StoreError::NotALedger { .. })), "{change}");
        assert!(matches!(store.migrate().err(), Some(StoreError::NotALedger { .. })), "{change}");
        cluster.sql(OWNER, &database, mends);
    }
}

#[test]
fn a_database_whose_commits_are_not_durable_is_refused() {
    for setting in ["fsync=off", "full_page_writes=off"] {
        let Some(cluster) = Cluster::with(&[setting]) else { return };
        let store = cluster.store(&cluster.database());
        store.create().unwrap();
        assert!(matches!(store.open().err(), Some(StoreError::Misconfigured { .. })), "{setting}");
    }
}

/// A database that is set to answer before a commit is durable is told otherwise by the writer.
#[test]
fn a_commit_is_durable_though_the_database_would_not_wait() {
    // The database's own flush is far away.
    let Some(cluster) = Cluster::with(&["synchronous_commit=off", "wal_writer_delay=10000", "autovacuum=off"]) else { return };
    let (database, store) = cluster.created();
    let (mut ledger, _vault) = store.open().unwrap();
    ledger.lead().unwrap();
    grow(&mut *ledger, 1);
    assert_eq!(cluster.ask(ADMIN, &database, "SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()"), ["t"]);
}

/// The vault may be in another database than the ledger.
#[test]
fn the_vault_may_be_elsewhere() {
    let Some(cluster) = Cluster::start() else { return };
    let (ledger, vault) = (cluster.database(), cluster.database());
    let target = |role: &str, database: &str| Target::parse(&cluster.url(role, database)).unwrap();
    let store = PostgresStore::new(target(SERVER, &ledger), target(SERVER, &vault)).owned(target(OWNER, &ledger), target(OWNER, &vault));
    store.create().unwrap();
    let (mut open, mut secrets) = store.open().unwrap();
    open.lead().unwrap();
    secrets.lead().unwrap();
    gain(&mut *secrets, "a", "k1");
    grow(&mut *open, 1);
    secrets.edit(1, &[VaultEdit::Erase { subject: "a".into(), through: 0 }]).unwrap();
    assert!(secrets.find("k1").unwrap().is_empty());
    let schemas = |database: &str| cluster.ask(ADMIN, database, "SELECT nspname FROM pg_namespace WHERE nspname IN ('ledger', 'vault')");
    assert_eq!((schemas(&ledger), schemas(&vault)), (vec!["ledger".to_owned()], vec!["vault".to_owned()]));
}
