//! `litopys rebuild`

use std::process::Command;

use litopys::audit::{Options, Verdict, audit};
use litopys::replay::{Step, rebuild};
use litopys::store::sqlite;
use rusqlite::Connection;

use super::{Told, json, litopys, text};

/// What somebody may do to the rows.
const EDITS: [(&str, &str); 4] = [
    ("UPDATE row_versions SET body = '{\"status\":\"x\"}' WHERE resource = 1", "altered"),
    ("DELETE FROM row_versions WHERE resource = 6", "missing"),
    ("INSERT INTO row_values VALUES (97, '1', 'x')", "surplus"),
    ("DELETE FROM row_links WHERE stream IN (2, 3) AND block = 0", "missing"),
];

/// The verdict of an audit.
fn audited(told: &Told, verdict: Verdict) {
    let trust = crate::forge::trust(&told.forge);
    let report = audit(&Options { vault: Some(told.path("vault.sqlite")), ..Options::new(told.path("ledger.sqlite"), trust) }).unwrap();
    assert_eq!(report.verdict, verdict, "{report}");
}

#[test]
fn an_honest_ledger_keeps_its_rows_and_their_digest() {
    let told = Told::new();
    let before = std::fs::read(told.path("ledger.sqlite")).unwrap();
    for arguments in [&["--check"][..], &[]] {
        let summary = json(&litopys(&[&["rebuild", "--json", "--dir", text(told.folder.path())], arguments].concat(), 0));
        assert_eq!((&summary["digest_live"], &summary["differences"]), (&summary["digest_new"], &0.into()));
        assert_eq!((&summary["replaced"], &summary["size"]), (&false.into(), &told.size().into()));
    }
    assert_eq!(std::fs::read(told.path("ledger.sqlite")).unwrap(), before, "nothing was written");
}

#[test]
fn rows_that_were_edited_are_found_and_healed() {
    let honest = Told::new();
    let digest = json(&litopys(&["rebuild", "--json", "--dir", text(honest.folder.path())], 0))["digest_live"].clone();
    for (sql, fault) in EDITS {
        let told = Told::new();
        let touched = Connection::open(told.path("ledger.sqlite")).unwrap().execute(sql, []).unwrap();
        assert!(touched > 0, "{sql}");
        audited(&told, Verdict::Unsound);
        let found = json(&litopys(&["rebuild", "--check", "--json", "--dir", text(told.folder.path())], 3));
        assert_eq!((&found["differences"], &found["replaced"]), (&touched.into(), &false.into()), "{sql}");
        assert_eq!(found["differences_named"][0]["fault"], fault, "{sql}");
        let healed = json(&litopys(&["rebuild", "--json", "--dir", text(told.folder.path())], 0));
        assert_eq!((&healed["digest_live"], &healed["digest_new"]), (&found["digest_live"], &digest));
        assert_eq!(healed["replaced"], true);
        audited(&told, Verdict::Sound);
        let again = json(&litopys(&["rebuild", "--json", "--dir", text(told.folder.path())], 0));
        assert_eq!((&again["digest_live"], &again["replaced"]), (&digest, &false.into()));
    }
}

#[test]
fn a_rebuild_that_ends_at_any_step_can_be_run_again() {
    let mut ends = Vec::new();
    for stop in 0.. {
        let told = Told::new();
        Connection::open(told.path("ledger.sqlite")).unwrap().execute(EDITS[0].0, []).unwrap();
        let mut steps = Vec::new();
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut store = sqlite::open_rebuild(&told.path("ledger.sqlite")).unwrap();
            let mut told = |step: Step| {
                steps.push(step);
                assert!(steps.len() <= stop, "killed at {step:?}");
            };
            rebuild(&mut store, false, &mut told).unwrap();
        }));
        if ended.is_ok() {
            break;
        }
        ends.extend(steps.pop());
        // The old rows or the new ones, whole.
        let found =
            Command::new(env!("CARGO_BIN_EXE_litopys")).args(["rebuild", "--check", "--dir", text(told.folder.path())]).output().unwrap();
        assert!([Some(0), Some(3)].contains(&found.status.code()), "{stop}: {}", String::from_utf8_lossy(&found.stderr));
        litopys(&["rebuild", "--dir", text(told.folder.path())], 0);
        audited(&told, Verdict::Sound);
        assert!(!told.path("ledger.sqlite.rebuild").exists());
    }
    for step in [Step::Begun, Step::Compared, Step::Replacing, Step::Replaced] {
        assert!(ends.contains(&step), "{step:?} was never the last: {ends:?}");
    }
}

#[test]
fn a_ledger_in_use_is_left_alone() {
    let told = Told::new();
    let open = sqlite::open(&told.path("ledger.sqlite"), &told.path("vault.sqlite")).unwrap();
    litopys(&["rebuild", "--dir", text(told.folder.path())], 5);
    drop(open);
    litopys(&["rebuild", "--dir", text(told.folder.path())], 0);
    litopys(&["rebuild", "--dir", text(&told.path("nowhere"))], 4);
}
