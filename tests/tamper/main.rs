//! Ledgers that were tampered with, and what the audit says.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]

#[path = "../common/forge.rs"]
mod forge;
#[path = "../common/story.rs"]
mod story;

mod cells;
mod disclosures;
mod flips;
mod insider;

use std::path::{Path, PathBuf};

use litopys::audit::{Finding, Options, Report, Verdict, audit};
use rusqlite::Connection;

use forge::Forge;

/// Audits the ledger and vault of a folder.
fn audited(folder: &Path, forge: &Forge) -> Report {
    audit(&with_vault(folder, forge)).unwrap()
}

fn with_vault(folder: &Path, forge: &Forge) -> Options {
    Options { vault: Some(folder.join("vault.sqlite")), ..Options::new(folder.join("ledger.sqlite"), forge::trust(forge)) }
}

/// Writes a forged ledger and audits it.
fn written(forge: &Forge) -> (tempfile::TempDir, Report) {
    let folder = tempfile::tempdir().unwrap();
    forge.write(folder.path());
    let report = audited(folder.path(), forge);
    (folder, report)
}

fn found<'a>(report: &'a Report, code: &str) -> Option<&'a Finding> {
    assert_eq!(report.verdict == Verdict::Unsound, report.findings_total > 0);
    report.findings.iter().find(|finding| finding.code == code)
}

/// The finding of this code; the report must have it.
fn must<'a>(report: &'a Report, code: &str) -> &'a Finding {
    found(report, code).unwrap_or_else(|| panic!("no {code} in\n{report}"))
}

/// A copy of a folder's stores.
fn copy(from: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ledger.sqlite", "vault.sqlite"] {
        std::fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    folder
}

fn ledger(folder: &Path) -> PathBuf {
    folder.join("ledger.sqlite")
}

/// Changes a ledger's file as somebody with every right can: guards are dropped, and put back so that nobody sees it.
fn change(folder: &Path, with: impl FnOnce(&Connection)) {
    let connection = Connection::open(ledger(folder)).unwrap();
    let guards: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, _) in &guards {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    connection.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    with(&connection);
    for (_, sql) in &guards {
        connection.execute_batch(sql).unwrap();
    }
}
