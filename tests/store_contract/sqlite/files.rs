//! Files: creating, opening, locking, and what may be there instead.

use std::fs;

use litopys::store::sqlite;
use litopys::store::{Ledger, LedgerReader, StoreError, Vault};

use super::Sqlite;
use crate::engine::Engine;
use crate::sample::grow;

#[test]
fn creating_is_explicit_and_never_overwrites() {
    let store = Sqlite::fresh();
    let names = || {
        let files = fs::read_dir(store.directory.path()).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["ledger.sqlite", "vault.sqlite"]);
    let exists = |result| assert!(matches!(result, Err(StoreError::Exists { .. })));
    exists(sqlite::create(&store.ledger(), &store.vault()));
    exists(sqlite::create(&store.directory.path().join("other"), &store.vault()));
    exists(sqlite::create(&store.ledger(), &store.directory.path().join("other")));
    assert_eq!(names(), ["ledger.sqlite", "vault.sqlite"]);
    fs::remove_file(store.vault()).unwrap();
    assert!(matches!(store.open().err(), Some(StoreError::NotFound { .. })));
    fs::remove_file(store.ledger()).unwrap();
    assert!(matches!(store.open().err(), Some(StoreError::NotFound { .. })));
    assert!(matches!(store.reader().err(), Some(StoreError::NotFound { .. })));
    assert!(!store.ledger().exists() && !store.vault().exists(), "opening creates nothing");
    fs::write(store.directory.path().join("ledger.sqlite.new"), "left by a crash").unwrap();
    sqlite::create(&store.ledger(), &store.vault()).unwrap();
}

#[cfg(unix)]
#[test]
fn the_vault_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let store = Sqlite::fresh();
    let (_ledger, mut vault) = store.open_both();
    vault.edit(0, &[]).unwrap();
    for file in fs::read_dir(store.directory.path()).unwrap().map(|file| file.unwrap()) {
        let name = file.file_name().into_string().unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert!(!name.starts_with("vault.sqlite") || name.ends_with(".lock") || mode & 0o077 == 0, "{name} {mode:o}");
        assert!(name.ends_with(".lock") || mode & 0o007 == 0, "{name} {mode:o}");
    }
}

#[test]
fn a_second_writer_is_refused() {
    let store = Sqlite::fresh();
    let (mut ledger, vault) = store.open_both();
    let locked = |error| assert!(matches!(error, Some(StoreError::Locked { .. })));
    locked(store.open().err());
    let other = Sqlite::fresh();
    #[cfg(unix)]
    {
        let link = store.directory.path().join("link");
        std::os::unix::fs::symlink(store.ledger(), &link).unwrap();
        // A free vault: only the ledger's lock can refuse.
        locked(sqlite::open(&link, &other.vault()).err());
    }
    locked(sqlite::open(&other.ledger(), &store.vault()).err());
    grow(&mut ledger, 1);
    drop((ledger, vault));
    store.open().unwrap();
}

/// In a second process: the lock is the system's, not this process's.
#[test]
fn a_second_writing_process_is_refused() {
    let store = Sqlite::fresh();
    let both = store.open_both();
    let run = |expected: &str| {
        let text = super::child::said(super::child::child("open", &store, ""));
        assert!(text.contains(expected), "{text}");
    };
    run("result: locked");
    drop(both);
    run("result: opened");
}

#[test]
fn readers_may_open_with_and_without_a_writer() {
    let store = Sqlite::fresh();
    assert_eq!(store.reader().unwrap().head().unwrap().size, 0);
    let (mut ledger, vault) = store.open_both();
    grow(&mut ledger, 3);
    let early = store.reader().unwrap();
    let second = sqlite::open_reader(&store.ledger()).unwrap();
    assert_eq!((early.head().unwrap().size, second.head().unwrap().size), (3, 3));
    ledger.maintain().unwrap();
    drop((ledger, vault));
    assert_eq!(early.head().unwrap().size, 3);
    let (mut ledger, _vault) = store.open_both();
    grow(&mut ledger, 3);
    assert_eq!(early.head().unwrap().size, 6, "a reader outlives a writer");
}

#[test]
fn what_is_no_ledger_is_refused() {
    let store = Sqlite::fresh();
    let refused = |error| assert!(matches!(error, Some(StoreError::NotALedger { .. })), "{error:?}");
    refused(sqlite::open(&store.vault(), &store.ledger()).err());
    refused(sqlite::open_reader(&store.vault()).err());
    let other = Sqlite::fresh();
    refused(sqlite::open(&store.ledger(), &other.vault()).err());
    let strange = store.directory.path().join("strange");
    for content in ["", "not a database, but long enough to be taken for one if nobody looks at how it begins"] {
        fs::write(&strange, content.repeat(100)).unwrap();
        refused(sqlite::open(&strange, &store.vault()).err());
        refused(sqlite::open_reader(&strange).err());
        assert_eq!(fs::read_to_string(&strange).unwrap(), content.repeat(100), "left as it was");
    }
    store.open().unwrap();
}

fn incompressible(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// A long-lived reader does not keep the WAL from starting over, as it holds no snapshot between calls.
#[test]
fn maintenance_keeps_the_wal_short() {
    let store = Sqlite::fresh();
    let (mut ledger, _vault) = store.open_both();
    let reader = ledger.reader().unwrap();
    let mut longest = 0;
    for _ in 0..120 {
        let mut next = crate::sample::batch(&ledger.head().unwrap(), 20);
        next.entries.iter_mut().for_each(|entry| entry.bytes = incompressible(65_000));
        ledger.commit(&next).unwrap();
        ledger.maintain().unwrap();
        assert_eq!(reader.head().unwrap(), next.new);
        longest = fs::metadata(store.directory.path().join("ledger.sqlite-wal")).unwrap().len().max(longest);
    }
    assert!(longest < 24 << 20, "{longest}");
    assert!(fs::metadata(store.ledger()).unwrap().len() > 120 << 20);
}
