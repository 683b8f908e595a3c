//! What the vault deletes, and that it is gone.

use litopys::store::{Vault, VaultEdit, VaultHead};
use serde_json::json;

use crate::engine::Engine;
use crate::vault::{everything, gain, message, one, request};

/// What was gained for entries that the ledger never committed goes at start, and can then be gained anew.
pub fn rows_beyond_the_ledger_are_truncated<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    gain(&mut *vault, "a", "k1");
    let kept = everything(&*vault);
    gain(&mut *vault, "b", "k2");
    gain(&mut *vault, "a", "k2");
    drop(vault);
    let mut vault = store.lead_vault();
    let head = vault.truncate(1).unwrap();
    assert_eq!(head, VaultHead { size: 1, epoch: 2, edited: 0 });
    let after = everything(&*vault);
    assert!((after.1, after.2, after.3, after.4) == (kept.1, kept.2, kept.3, kept.4));
    assert_eq!(vault.truncate(1).unwrap(), head, "again");
    assert_eq!(vault.truncate(5).unwrap(), head, "an old vault stays as it is");
    gain(&mut *vault, "b", "k2");
    assert_eq!(vault.find("k2").unwrap(), ["b"]);
    vault.edit(2, &[]).unwrap();
    assert_eq!(vault.truncate(1).unwrap().edited, 1, "edits are not done for entries that are gone");
}

/// Edits done twice, also after later rows came, are as edits done once.
pub fn edits_can_be_redone<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    gain(&mut *vault, "a", "k1");
    gain(&mut *vault, "b", "k1");
    gain(&mut *vault, "a", "k2");
    let edits = [
        VaultEdit::EndCodes { request: request(), through: 2 },
        VaultEdit::Unindex { subject: "a".into(), keys: vec!["k1".into(), "none".into()], through: 2 },
        VaultEdit::Erase { subject: "b".into(), through: 2 },
    ];
    let head = vault.edit(3, &edits).unwrap();
    assert_eq!(head, VaultHead { size: 3, epoch: 1, edited: 3 });
    let check = |vault: &dyn Vault| {
        let (_, disclosures, found, code, outbox) = everything(vault);
        assert_eq!(disclosures.len(), 4);
        assert!(disclosures.iter().all(|row| row.subject == "a"));
        assert_eq!(found, [vec![], vec!["a".to_owned()]]);
        assert_eq!(code, None);
        assert_eq!(outbox.len(), 3);
    };
    check(&*vault);
    assert_eq!(vault.edit(3, &edits).unwrap(), head);
    check(&*vault);
    gain(&mut *vault, "a", "k1");
    gain(&mut *vault, "b", "k1");
    let later = everything(&*vault);
    assert_eq!(later.2[0], ["a", "b"]);
    assert!(later.3.is_some());
    assert_eq!(vault.edit(3, &edits).unwrap().edited, 3);
    assert!(everything(&*vault) == later, "rows of later entries are spared");
    assert_eq!(vault.edit(2, &[]).unwrap().edited, 3, "the mark does not go back");
    assert!(vault.edit(6, &[]).is_err(), "edits are not ahead of the rows");
}

pub fn a_sent_message_is_gone<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    gain(&mut *vault, "a", "k1");
    gain(&mut *vault, "a", "k1");
    vault.sent(0, 0).unwrap();
    vault.sent(0, 0).unwrap();
    assert_eq!(vault.outbox(9, 9).unwrap(), [message(1)]);
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Two vaults index one key differently, and neither holds it.
pub fn no_identity_key_is_in_the_files<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    let key = "3184710691|1987-03-05|ШЕВЧЕНКО";
    gain(&mut *vault, "subject-to-be-found", key);
    assert_eq!(vault.find(key).unwrap(), ["subject-to-be-found"]);
    vault.edit(1, &[VaultEdit::Unindex { subject: "x".into(), keys: vec![key.into()], through: 9 }]).unwrap();
    for _ in 0..2 {
        let bytes = store.vault_bytes();
        assert!(holds(&bytes, "subject-to-be-found"));
        assert!(!holds(&bytes, key) && !holds(&bytes, "ШЕВЧЕНКО"));
        assert!(vault.maintain().unwrap());
    }
}

/// After maintenance no file has what was deleted, be it a disclosure, a code, a message, or a batch that never came
/// to be.
pub fn what_is_deleted_leaves_the_files<E: Engine>() {
    let store = E::fresh();
    let mut vault = store.lead_vault();
    let long = "x".repeat(9_000);
    for number in 0..40u64 {
        let subject = if number % 2 == 0 { "a" } else { "b" };
        let mut next = one(vault.head().unwrap(), subject, "k1");
        next.disclosures[0].text = format!("secret-{subject}-{long}-tail-{subject}");
        next.outbox[0].body = json!({"secret": format!("message-{number}-")});
        vault.gain(&next).unwrap();
    }
    let head = vault.head().unwrap();
    vault.gain(&one(head, "never-came-to-be", "k2")).unwrap();
    let gone = ["secret-a", "tail-a", "disclosed-0-1-a", "message-6-", "never-came-to-be", "271838"];
    let kept = ["secret-b", "tail-b", "disclosed-1-1-b", "message-7-"];
    let bytes = store.vault_bytes();
    assert!(gone.iter().chain(&kept).all(|text| holds(&bytes, text)));
    vault.truncate(40).unwrap();
    vault.sent(6, 0).unwrap();
    let erase = VaultEdit::Erase { subject: "a".into(), through: 39 };
    vault.edit(40, &[erase, VaultEdit::EndCodes { request: request(), through: 39 }]).unwrap();
    assert!(vault.maintain().unwrap());
    let bytes = store.vault_bytes();
    for text in gone {
        assert!(!holds(&bytes, text), "{text} is still there");
    }
    assert!(kept.iter().all(|text| holds(&bytes, text)));
    let remaining = vault.disclosures_of("b").unwrap();
    assert_eq!(remaining.len(), 40);
    drop(vault);
    assert_eq!(store.vault_reader().unwrap().disclosures_of("b").unwrap(), remaining);
}
