//! Disclosures that somebody changed in the vault, and what the audit says.

use std::fs;

use litopys::store::DisclosureRow;
use rusqlite::Connection;

use super::forge::Forge;
use super::insider::index_of;
use super::{Report, audited, copy, must, written};

/// A change of an entry's disclosures.
type Change = fn(&mut Vec<DisclosureRow>);

#[test]
fn disclosures_that_are_changed_or_gone_are_found() {
    let mut forge = Forge::small();
    let original = tempfile::tempdir().unwrap();
    forge.write(original.path());
    let registered = index_of(&forge, "patient.registered");
    let check = |report: &Report, code: &str, column: Option<&str>| {
        let finding = must(report, code);
        assert!(finding.table.starts_with("vault/") && finding.key.starts_with(&registered.to_string()), "{report}");
        assert_eq!(finding.column.as_deref(), column, "{report}");
    };
    // What the vault was given.
    let changes: [(Change, &str, Option<&str>); 7] = [
        (|rows| rows[3].text = rows[4].text.clone(), "disclosure_wrong", Some("text")),
        (|rows| rows[3].name = "x".into(), "disclosure_misplaced", Some("name")),
        (|rows| rows[3].object = "/data/x".into(), "disclosure_misplaced", Some("object")),
        (|rows| rows[3].subject = "patient/x".into(), "disclosure_misplaced", Some("subject")),
        (|rows| rows[3].on_file = false, "disclosure_misplaced", Some("on_file")),
        (|rows| rows[3].ordinal = 99, "disclosure_misplaced", Some("ordinal")),
        (|rows| drop(rows.remove(3)), "disclosure_missing", None),
    ];
    for (change, code, column) in changes {
        let rows = |row: &DisclosureRow| row.entry == registered;
        let commit = forge.commits.iter().position(|commit| commit.disclosures.iter().any(rows)).unwrap();
        let honest = forge.commits[commit].disclosures.clone();
        let others = honest.iter().filter(|row| !rows(row)).cloned();
        let mut changed: Vec<DisclosureRow> = honest.iter().filter(|row| rows(row)).cloned().collect();
        change(&mut changed);
        forge.commits[commit].disclosures = others.chain(changed).collect();
        check(&written(&forge).1, code, column);
        forge.commits[commit].disclosures = honest;
    }
    let honest = forge;
    // What is in its file.
    for (sql, code, column) in [
        ("UPDATE disclosures SET salts = zeroblob(length(salts)) WHERE entry = ?1", "disclosure_wrong", Some("text")),
        ("UPDATE disclosures SET packed = substr(packed, 1, length(packed) - 1) WHERE entry = ?1", "table_damaged", None),
        ("UPDATE disclosures SET packed = x'00' WHERE entry = ?1", "table_damaged", None),
        ("DELETE FROM disclosures WHERE entry = ?1", "disclosure_missing", None),
        ("DELETE FROM matches WHERE entry = ?1", "match_missing", Some("mac")),
    ] {
        let folder = copy(original.path());
        Connection::open(folder.path().join("vault.sqlite")).unwrap().execute(sql, [registered as i64]).unwrap();
        check(&audited(folder.path(), &honest), code, column);
    }
    // A row that cannot be read hides no other.
    let folder = copy(original.path());
    let vault = Connection::open(folder.path().join("vault.sqlite")).unwrap();
    assert!(vault.execute("UPDATE disclosures SET packed = x'00' WHERE entry < ?1", [registered as i64]).unwrap() > 0);
    vault.execute("DELETE FROM disclosures WHERE entry = ?1", [registered as i64]).unwrap();
    let report = audited(folder.path(), &honest);
    assert!(report.findings.iter().any(|finding| finding.code == "table_damaged"), "{report}");
    check(&report, "disclosure_missing", None);
    // Another ledger's vault.
    let (folder, other) = (copy(original.path()), tempfile::tempdir().unwrap());
    honest.write(other.path());
    fs::copy(other.path().join("vault.sqlite"), folder.path().join("vault.sqlite")).unwrap();
    assert_eq!(must(&audited(folder.path(), &honest), "head_altered").column.as_deref(), Some("pair"));
}
