//! No room left: nothing is lost, reads go on, and writing goes on once there is room.

use litopys::store::{Ledger, StoreError, Vault, VaultBatch, VaultReader};

use super::Sqlite;
use super::child::{COUNT, child, last_number, said};
use crate::engine::Engine;
use crate::sample::{batch, everything, grow};

#[test]
fn a_full_ledger_loses_nothing() {
    let store = Sqlite::fresh();
    let (mut ledger, _vault) = store.open_both();
    grow(&mut ledger, 100);
    let pages = ledger.pages().unwrap();
    ledger.limit_pages(Some(pages + 20)).unwrap();
    let reader = ledger.reader().unwrap();
    let refused = loop {
        let next = batch(&ledger.head().unwrap(), 50);
        match ledger.commit(&next) {
            Ok(()) => assert_eq!(ledger.head().unwrap(), next.new),
            Err(error) => break (next, error),
        }
    };
    let (next, error) = refused;
    assert!(matches!(error, StoreError::Full), "{error}");
    assert!(error.rolled_back());
    let before = everything(&*reader, 100);
    assert_eq!(before.head, next.old);
    assert_eq!(before.entries.len() as u64, before.head.size);
    assert!(matches!(ledger.commit(&next), Err(StoreError::Full)), "still");
    assert_eq!(everything(&*store.reader().unwrap(), 100), before, "reads go on");
    ledger.limit_pages(None).unwrap();
    ledger.commit(&next).unwrap();
    assert_eq!(reader.head().unwrap(), next.new);
    let after = everything(&*reader, 100);
    assert_eq!(after.entries[..before.entries.len()], before.entries[..]);
}

#[test]
fn a_full_vault_loses_nothing() {
    let store = Sqlite::fresh();
    let (_ledger, mut vault) = store.open_both();
    let pages = vault.pages().unwrap();
    vault.limit_pages(Some(pages + 3)).unwrap();
    let row = |entry, ordinal| litopys::store::DisclosureRow {
        entry,
        ordinal,
        subject: "a".into(),
        object: "".into(),
        name: "n".into(),
        text: "x".repeat(3000),
        on_file: true,
    };
    let next = |vault: &dyn Vault| {
        let old = vault.head().unwrap();
        let disclosures = (0..2).map(|ordinal| row(old.size, ordinal)).collect();
        let (index, codes, outbox) = Default::default();
        VaultBatch { old, size: old.size + 1, disclosures, index, codes, outbox }
    };
    let error = loop {
        if let Err(error) = vault.gain(&next(&vault)) {
            break error;
        }
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    let head = vault.head().unwrap();
    assert_eq!(vault.disclosures_of("a").unwrap().len() as u64, head.size * 2);
    vault.limit_pages(None).unwrap();
    vault.gain(&next(&vault)).unwrap();
    assert_eq!(vault.head().unwrap().size, head.size + 1);
}

/// The system refuses to let a file grow: a child process commits until it fails, goes on reading, and writes again
/// when the limit is lifted.
#[cfg(unix)]
#[test]
fn a_file_size_limit_loses_nothing() {
    let store = Sqlite::fresh();
    let before = grow(&mut *store.lead(), 10);
    // Some MiB, whatever the shell counts in; and an error instead of a signal.
    let text = said(child("small files", &store, "trap '' XFSZ; ulimit -S -f 4096"));
    let acknowledged = last_number(&text, "committed: ").unwrap();
    assert!(acknowledged > before.size, "{text}");
    let mut ledger = store.lead();
    let size = ledger.head().unwrap().size;
    let known = text.contains("result: resumed") || text.contains("result: rolled back");
    assert!(size == acknowledged || (!known && size == acknowledged + COUNT), "{size}: {text}");
    let all = everything(&*store.reader().unwrap(), 1000);
    assert_eq!(all.entries.len() as u64, size);
    grow(&mut *ledger, 200);
    assert_eq!(store.reader().unwrap().head().unwrap().size, size + 200);
}

/// A disk that is really full, where the system lets a user mount a small one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing() {
    let store = Sqlite::fresh();
    let mount = "mount -t tmpfs -o size=4m none \"$STORE_CONTRACT_PLACE\" || exit 9";
    let alone = |command: std::process::Command| {
        let mut inner = std::process::Command::new("unshare");
        inner.args(["--user", "--map-root-user", "--mount"]).arg(command.get_program()).args(command.get_args());
        inner.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        inner
    };
    let probe = alone(child("none", &store, &format!("{mount}; exit 0"))).status();
    if !probe.is_ok_and(|status| status.success()) {
        println!("skipped: mounting is not allowed here");
        return;
    }
    let text = said(alone(child("small disk", &store, mount)));
    assert!(text.contains("result: resumed"), "{text}");
}
