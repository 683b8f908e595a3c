//! What the vault gains and finds.

use std::collections::HashMap;

use litopys::store::{
    Asked, CodeRow, DisclosureRow, IndexRow, OutboxRow, StampedRows, StoreError, Vault, VaultBatch, VaultEdit, VaultHead, VaultReader,
};
use serde_json::json;
use uuid::Uuid;

use crate::engine::Engine;

/// Rows for one entry: of a subject, with a key, a code and a message.
pub fn one(old: VaultHead, subject: &str, key: &str) -> VaultBatch {
    let entry = old.size;
    VaultBatch {
        old,
        size: entry + 1,
        disclosures: vec![disclosure(entry, 0, subject), disclosure(entry, 1, subject)],
        index: vec![IndexRow { entry, subject: subject.into(), key: key.into() }],
        codes: vec![code(entry)],
        outbox: vec![message(entry)],
    }
}

pub fn disclosure(entry: u64, ordinal: u32, subject: &str) -> DisclosureRow {
    let text = format!("disclosed-{entry}-{ordinal}-{subject}");
    let on_file = ordinal == 0;
    DisclosureRow { entry, ordinal, subject: subject.into(), object: "/data/person".into(), name: "phone".into(), text, on_file }
}

pub fn code(entry: u64) -> CodeRow {
    CodeRow { entry, request: request(), code: format!("{:06}", 271_800 + entry), salt: [entry as u8; 32] }
}

pub fn message(entry: u64) -> OutboxRow {
    OutboxRow { entry, ordinal: 0, kind: "code".into(), body: json!({"to": format!("+380-{entry}"), "n": entry}) }
}

pub fn request() -> Uuid {
    Uuid::from_u128(7)
}

pub fn gain(vault: &mut dyn Vault, subject: &str, key: &str) -> VaultHead {
    vault.gain(&one(vault.head().unwrap(), subject, key)).unwrap()
}

/// Everything about two subjects and two keys.
pub type Everything = (VaultHead, Vec<DisclosureRow>, Vec<Vec<String>>, Option<CodeRow>, Vec<OutboxRow>);

pub fn everything<V: VaultReader + ?Sized>(vault: &V) -> Everything {
    let disclosures = ["a", "b"].iter().flat_map(|subject| vault.disclosures_of(subject).unwrap()).collect();
    let found = ["k1", "k2"].iter().map(|key| vault.find(key).unwrap()).collect();
    let outbox = vault.outbox(u64::MAX, 99).unwrap();
    (vault.head().unwrap(), disclosures, found, vault.code(&request()).unwrap(), outbox)
}

/// A walk over all subjects sees the values on file of one name, in pages of any length.
pub fn values_on_file_are_listed_by_name<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    for subject in ["b", "a", "b"] {
        gain(&mut *vault, subject, "k1");
    }
    let expected = [disclosure(1, 0, "a"), disclosure(0, 0, "b"), disclosure(2, 0, "b")];
    for limit in [1, 2, 9] {
        let listed: Vec<DisclosureRow> = crate::sample::pages(None, |after: &Option<DisclosureRow>| {
            let page = vault.disclosures_named("phone", after.as_ref(), limit).unwrap();
            page.last().cloned().map(|next| (page, Some(next)))
        });
        assert_eq!(listed, expected, "pages of {limit}");
    }
    assert!(vault.disclosures_named("name", None, 9).unwrap().is_empty());
}

pub fn gained_rows_read_back<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    let head = vault.head().unwrap();
    assert_eq!(head, VaultHead { size: 0, epoch: 1, edited: 0 });
    gain(&mut *vault, "b", "k1");
    gain(&mut *vault, "a", "k1");
    let mut third = one(vault.head().unwrap(), "a", "k2");
    third.size += 4;
    third.index.extend([third.index[0].clone(), IndexRow { key: "k1".into(), ..third.index[0].clone() }]);
    let head = vault.gain(&third).unwrap();
    assert_eq!(head, VaultHead { size: 7, epoch: 1, edited: 0 });
    for reader in [vault.reader().unwrap(), store.vault_reader().unwrap()] {
        assert!(everything(&*reader) == everything(&*vault));
        assert_eq!(reader.find("k1").unwrap(), ["a", "b"], "distinct and sorted");
        assert_eq!(reader.find("k2").unwrap(), ["a"]);
        assert_eq!(reader.find("k").unwrap(), [""; 0]);
        assert_eq!(reader.disclosures(1).unwrap(), [disclosure(1, 0, "a"), disclosure(1, 1, "a")]);
        let of_a = [(1, 0), (1, 1), (2, 0), (2, 1)].map(|(entry, ordinal)| disclosure(entry, ordinal, "a"));
        assert_eq!(reader.disclosures_of("a").unwrap(), of_a);
        assert_eq!(reader.code(&request()).unwrap(), Some(code(2)), "the latest");
        assert_eq!(reader.code(&Uuid::nil()).unwrap(), None);
        assert_eq!(reader.outbox(2, 99).unwrap(), [message(0), message(1)], "nothing unpublished");
        assert_eq!(reader.outbox(3, 2).unwrap(), [message(0), message(1)]);
    }
}

pub fn a_stale_vault_head_is_fenced<E: Engine>() {
    let store = E::fresh();
    let (_ledger, mut vault) = store.open().unwrap();
    let fenced = |result: Result<VaultHead, StoreError>| assert!(matches!(result, Err(StoreError::Fenced)));
    let unled = vault.head().unwrap();
    fenced(vault.gain(&one(unled, "a", "k1")));
    fenced(vault.truncate(0));
    fenced(vault.edit(0, &[]));
    assert!(matches!(vault.sent(0, 0), Err(StoreError::Fenced)));
    let first = vault.lead().unwrap();
    gain(&mut *vault, "a", "k1");
    let before = everything(&*vault);
    fenced(vault.gain(&one(first, "b", "k2")));
    fenced(vault.gain(&one(VaultHead { size: 2, ..first }, "b", "k2")));
    let second = vault.lead().unwrap();
    assert_eq!(second, VaultHead { size: 1, epoch: first.epoch + 1, edited: 0 });
    fenced(vault.gain(&one(VaultHead { epoch: first.epoch, ..second }, "b", "k2")));
    assert!(everything(&*vault) == (second, before.1, before.2, before.3, before.4));
    vault.gain(&one(second, "b", "k2")).unwrap();
}

/// What is wrong, and how to make it so.
type Spoil = (&'static str, fn(&mut VaultBatch));

pub fn a_bad_gain_leaves_nothing<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    gain(&mut *vault, "a", "k1");
    let before = everything(&*vault);
    let good = one(vault.head().unwrap(), "b", "k2");
    let spoil: [Spoil; 7] = [
        ("smaller", |b| b.size = 0),
        ("an earlier entry", |b| b.disclosures[0].entry = 0),
        ("a later entry", |b| b.index[0].entry = 2),
        ("a code elsewhere", |b| b.codes[0].entry = 2),
        ("a message elsewhere", |b| b.outbox[0].entry = 0),
        ("an ordinal twice", |b| b.disclosures[1].ordinal = 0),
        ("a message twice", |b| b.outbox.push(b.outbox[0].clone())),
    ];
    for (name, spoil) in spoil {
        let mut bad = good.clone();
        spoil(&mut bad);
        let error = vault.gain(&bad).expect_err(name);
        assert!(matches!(error, StoreError::Invalid { .. }) && error.rolled_back(), "{name}: {error}");
        assert!(everything(&*vault) == before, "{name}");
    }
    vault.gain(&good).unwrap();
}

pub fn a_reopened_vault_is_equal<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    gain(&mut *vault, "a", "k1");
    gain(&mut *vault, "b", "k2");
    vault.edit(1, &[VaultEdit::Erase { subject: "a".into(), through: 0 }]).unwrap();
    let before = everything(&*vault);
    assert_eq!(before.2, [vec![], vec!["b".to_owned()]]);
    drop(vault);
    assert!(everything(&*store.vault_reader().unwrap()) == before);
    assert!(everything(&*store.open().unwrap().1) == before);
}

/// A vault that receives another's rows, in whatever pieces, has them as they stand there.
pub fn rows_of_another_vault_are_received_as_they_stand<E: Engine>() {
    let (store, other) = (E::fresh(), E::fresh());
    let (mut from, mut to) = (store.lead_vault(), other.lead_vault());
    for (subject, key) in [("a", "k1"), ("b", "k1"), ("a", "k2"), ("b", "k3")] {
        gain(&mut *from, subject, key);
    }
    from.edit(4, &[VaultEdit::Erase { subject: "a".into(), through: 0 }]).unwrap();
    assert_eq!(from.stamped(0..1).unwrap().disclosures, []);
    let all = from.stamped(0..4).unwrap();
    assert_eq!((all.disclosures.len(), all.matches.len(), all.codes.len(), all.outbox.len()), (6, 3, 4, 4));
    let mut head = to.head().unwrap();
    for until in [1, 3, 4] {
        head = to.receive(head, until, from.stamped(head.size..until).unwrap().rows()).unwrap();
    }
    assert!(to.stamped(0..9).unwrap() == all);
    assert_eq!(head, VaultHead { size: 4, epoch: 1, edited: 0 });
    assert!(to.find("k1").unwrap().is_empty(), "its index has another key");
    assert_eq!(from.find("k1").unwrap(), ["b"]);
    let stale = VaultHead { size: 3, ..head };
    assert!(matches!(to.receive(stale, 5, StampedRows::default().rows()), Err(StoreError::Fenced)));
}

/// Many questions at once have the answers of each alone, also where the answer is that there is nothing.
pub fn what_is_asked_together_is_answered_as_one_by_one<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    for (subject, key) in [("a", "k1"), ("b", "k1"), ("a", "k2")] {
        gain(&mut *vault, subject, key);
    }
    let keys: Vec<String> = ["k1", "k2", "none", ""].map(str::to_owned).to_vec();
    let values: Vec<(String, &'static str)> =
        ["a", "b", "c"].iter().flat_map(|subject| ["phone", "name", "none"].map(|name| ((*subject).to_owned(), name))).collect();
    let codes = vec![request(), Uuid::nil()];
    for reader in [vault.reader().unwrap(), store.vault_reader().unwrap()] {
        let known = reader.ask(&Asked { keys: keys.clone(), values: values.clone(), codes: codes.clone() }).unwrap();
        assert_eq!((known.keys.len(), known.values.values().map(HashMap::len).sum::<usize>(), known.codes.len()), (4, 9, 2));
        for key in &keys {
            assert_eq!(known.keys[key], reader.find(key).unwrap());
        }
        for (subject, name) in &values {
            assert_eq!(known.values[subject][name], reader.value(subject, name).unwrap());
        }
        for code in &codes {
            assert_eq!(known.codes[code], reader.code(code).unwrap());
        }
        assert_eq!(reader.value("a", "phone").unwrap(), Some(disclosure(2, 0, "a")), "the last one on file");
        assert!(reader.ask(&Asked::default()).unwrap().keys.is_empty());
    }
}
