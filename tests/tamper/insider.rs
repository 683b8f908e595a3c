//! What an operator with every key of the ledger may try.

use aggregates::facts::AgeClass;
use aggregates::policy::{Limits, PolicyTerms};
use aggregates::words::{Role, StreamType};
use litopys::audit::{Options, Verdict, audit};
use litopys::envelope::{Draft, Seen, compose};
use litopys::receipt;
use litopys::sequencer::RefusalNote;
use litopys::store::{HighWater, Missing, sqlite};
use serde_json::{Value, json};
use tlog::{Tree, leaf_hash};

use super::forge::{self, Commit, Forge, refusals};
use super::story::{self, Ledger as _, ORIGIN, REGULATOR, Story, Told, id, of};
use super::{Report, change, found, must, written};

/// The small story with one declaration more, which an insider would like undone.
fn longer() -> Forge {
    let mut forge = Forge::small();
    let mut story = Story::new(&mut forge);
    story.register(3000, 9).index();
    story.request(3000, 3001).index();
    forge
}

pub fn index_of(forge: &Forge, kind: &str) -> u64 {
    let is = |bytes: &[u8]| {
        let entry: Value = serde_json::from_slice(bytes).unwrap();
        entry["events"].as_array().unwrap().iter().any(|event| event["type"] == kind)
    };
    forge.entries().find(|entry| is(&entry.bytes)).unwrap().index
}

#[test]
fn a_decision_beyond_the_limit_is_found_at_its_entry() {
    let limited =
        |family_doctor| PolicyTerms { limits: Limits { family_doctor, therapist: 1, paediatrician: 1 }, ..PolicyTerms::default() };
    let mut forge = Forge::lax(limited(1), limited(2));
    let mut story = Story::new(&mut forge);
    story.small();
    story.register(3000, 9).index();
    story.request(3000, 3001).index();
    story.send_code(3000, 3001).index();
    let beyond = story.confirm(3000, 3001).index();
    let (_folder, report) = written(&forge);
    let finding = must(&report, "law_refuses");
    assert_eq!((finding.table.as_str(), finding.key.as_str()), ("entries", beyond.to_string().as_str()));
    assert!(finding.text.contains("limit_reached"), "{report}");
    assert_eq!(report.findings_total, 1, "{report}");
    // The signature that follows is beyond the limit too.
    Story::new(&mut forge).sign(3000, 3001).index();
    let (_folder, report) = written(&forge);
    assert_eq!(report.findings_total, 2, "{report}");
}

#[test]
fn another_history_in_perfect_order_is_found_by_what_was_published() {
    let honest = longer();
    let folder = tempfile::tempdir().unwrap();
    honest.write(folder.path());
    let reader = sqlite::open_reader(&super::ledger(folder.path())).unwrap();
    let mut tree = Tree::new();
    honest.entries().for_each(|entry| tree.push(leaf_hash(&entry.bytes), &mut Vec::new()));
    let pins = tempfile::tempdir().unwrap();
    let (mark, checkpoint) = (pins.path().join("mark"), pins.path().join("checkpoint"));
    let head = litopys::store::LedgerReader::head(&reader).unwrap();
    HighWater::open(&mark, ORIGIN, &head, Missing::Create).unwrap();
    std::fs::write(&checkpoint, &head.checkpoint).unwrap();
    let last = honest.entries().last().unwrap();
    let receipt = receipt::make(&reader, &tree, last.index, head.size, &last.bytes, true).unwrap();
    let receipt_file = pins.path().join("receipt");
    std::fs::write(&receipt_file, serde_json::to_vec(&receipt).unwrap()).unwrap();

    // The last command never came; another did instead, and one more.
    let mut forged = Forge::small();
    let mut story = Story::new(&mut forged);
    story.register(3000, 9).index();
    story.request(3000, 3009).index();
    story.send_code(3000, 3009).index();
    let (folder, report) = written(&forged);
    assert_eq!(report.verdict, Verdict::Sound, "nothing in the ledger itself shows it:\n{report}");
    let options = || Options::new(super::ledger(folder.path()), forge::trust(&honest));
    for options in [
        Options { high_water: Some(mark.clone()), ..options() },
        Options { checkpoints: vec![checkpoint.clone()], ..options() },
        Options { receipts: vec![receipt_file.clone()], ..options() },
    ] {
        let report = audit(&options).unwrap();
        assert_eq!(must(&report, "other_history").table, "pinned");
    }
    let report = audit(&Options { receipts: vec![receipt_file.clone()], ..options() }).unwrap();
    assert_eq!(must(&report, "other_entry").key, last.index.to_string());

    // The same, cut off at the end.
    let (folder, report) = written(&Forge::small());
    assert_eq!(report.verdict, Verdict::Sound);
    let options = || Options::new(super::ledger(folder.path()), forge::trust(&honest));
    for options in [
        Options { high_water: Some(mark), ..options() },
        Options { checkpoints: vec![checkpoint], ..options() },
        Options { receipts: vec![receipt_file.clone()], ..options() },
    ] {
        assert_eq!(must(&audit(&options).unwrap(), "rolled_back").table, "pinned");
    }

    // A receipt that somebody made up convicts nobody, and is told.
    let mut receipt = receipt;
    receipt.proof = receipt.proof.replace("index ", "index 1");
    std::fs::write(&receipt_file, serde_json::to_vec(&receipt).unwrap()).unwrap();
    must(&audit(&Options { receipts: vec![receipt_file], ..options() }).unwrap(), "receipt_invalid");
}

#[test]
fn another_genesis_is_found_by_its_hash() {
    let honest = Forge::small();
    let mut forged = Forge::new(PolicyTerms { patients_per_phone: 6, ..PolicyTerms::default() });
    Story::new(&mut forged).small();
    let folder = tempfile::tempdir().unwrap();
    forged.write(folder.path());
    let report = super::audited(folder.path(), &honest);
    assert_eq!(must(&report, "other_genesis").key, "0");
    assert_eq!(report.findings_total, 1, "{report}");
}

/// Edits one entry, signs everything anew, and gives the report.
fn edited(index: u64, edit: impl FnOnce(&mut Value)) -> Report {
    let mut forge = longer();
    forge.edit(index, edit);
    let report = written(&forge).1;
    assert_eq!(report.verdict, Verdict::Unsound);
    report
}

#[test]
fn entries_edited_under_new_signatures_of_the_log_are_found() {
    let forge = longer();
    let signed = index_of(&forge, "declaration.signed");
    let at = |report: &Report, code: &str| assert_eq!(must(report, code).key, signed.to_string(), "{report}");

    at(
        &edited(signed, |entry| {
            let signature = entry["cause"]["command"]["signatures"][1]["signature"].as_str().unwrap().to_owned();
            let other = if signature.starts_with('A') { "B" } else { "A" };
            entry["cause"]["command"]["signatures"][1]["signature"] = json!(other.to_owned() + &signature[1..]);
        }),
        "signature",
    );
    // Signatures of another command, and in another order.
    at(
        &edited(signed, |entry| {
            let other: Value = serde_json::from_slice(&forge.entries().nth(signed as usize - 1).unwrap().bytes).unwrap();
            entry["cause"]["command"]["signatures"] = other["cause"]["command"]["signatures"].clone();
        }),
        "signature",
    );
    at(&edited(signed, |entry| entry["cause"]["command"]["signatures"].as_array_mut().unwrap().reverse()), "envelope");
    at(&edited(signed, |entry| entry["cause"]["command"]["signatures"][0]["header"] = json!({})), "envelope");
    at(&edited(signed, |entry| entry["events"][0]["data"]["employee"] = json!(id(7))), "decision");
    at(&edited(signed, |entry| entry["events"][0]["data"]["term"]["last_day"] = json!("2099-01-01")), "decision");
    at(&edited(signed, |entry| entry["events"][0]["version"] = json!(99)), "decision");
    at(&edited(signed, |entry| drop(entry["events"].as_array_mut().unwrap().pop())), "events_order");
    at(&edited(signed, |entry| entry["law"] = json!(2)), "law_version");
    at(&edited(signed, |entry| entry["v"] = json!(2)), "entry_version");
    at(&edited(signed, |entry| entry["index"] = json!(3)), "entry_index");
    at(&edited(signed, |entry| entry["time"] = json!("2026-11-24T00:00:00.000Z")), "time_column");
    at(&edited(signed, |entry| drop(entry.as_object_mut().unwrap().remove("facts"))), "facts");
    at(&edited(signed, |entry| entry["facts"]["patient_match"] = json!("none")), "facts");
    at(&edited(signed, |entry| entry["facts"]["age_class"] = json!("under_14")), "fact_wrong");
    at(&edited(signed, |entry| entry["more"] = json!(1)), "entry_unreadable");
}

#[test]
fn bytes_that_say_the_same_in_another_way_are_found() {
    let mut forge = longer();
    let entry = forge.commits[3].entries.first_mut().unwrap();
    entry.bytes.insert(1, b' ');
    let index = entry.index;
    let report = written(&forge).1;
    assert_eq!(must(&report, "entry_not_canonical").key, index.to_string());
    assert_eq!(report.findings_total, 1, "the ledger is followed all the same:\n{report}");
}

#[test]
fn two_entries_in_each_others_place_are_found() {
    let mut forge = longer();
    let (first, second) = (4, 5);
    let bytes = |forge: &Forge, index: usize| -> Value { serde_json::from_slice(&forge.entries().nth(index).unwrap().bytes).unwrap() };
    let (one, two) = (bytes(&forge, first), bytes(&forge, second));
    for (index, other) in [(first, &two), (second, &one)] {
        forge.edit(index as u64, |entry| {
            entry["cause"] = other["cause"].clone();
            entry["facts"] = other["facts"].clone();
            entry["events"] = other["events"].clone();
        });
    }
    let report = written(&forge).1;
    assert_eq!(must(&report, "law_refuses").key, first.to_string());
}

#[test]
fn a_command_entered_twice_is_found() {
    let mut forge = longer();
    let size = forge.entries().count() as u64;
    let again = index_of(&forge, "auditor.admitted");
    let mut entry = forge.entries().nth(again as usize).unwrap().clone();
    let mut value: Value = serde_json::from_slice(&entry.bytes).unwrap();
    let time = forge.entries().last().unwrap().time;
    value["index"] = json!(size);
    value["time"] = json!(aggregates::words::Instant::from_ms(time).unwrap());
    entry = litopys::store::StoredEntry { index: size, time, bytes: serde_json::to_vec(&value).unwrap() };
    forge.commits.push(Commit { entries: vec![entry], ..Commit::default() });
    let report = written(&forge).1;
    assert_eq!(must(&report, "id_reused").key, size.to_string());
    assert_eq!(must(&report, "law_refuses").key, size.to_string());
    assert_eq!(must(&report, "not_followed").key, size.to_string());
}

#[test]
fn effects_without_a_cause_are_found() {
    let mut forge = longer();
    let (size, time) = (forge.entries().count() as u64, forge.entries().last().unwrap().time);
    let value = json!({
        "v": 1, "law": 1, "index": size, "time": aggregates::words::Instant::from_ms(time).unwrap(), "cause": { "continues": size - 1 },
        "events": [{ "type": "patient.created", "stream": format!("patient/{}", id(77)), "version": 1, "data": {} }],
    });
    let entry = litopys::store::StoredEntry { index: size, time, bytes: serde_json::to_vec(&value).unwrap() };
    let streams = vec![format!("patient/{}", id(77))];
    forge.commits.push(Commit { entries: vec![entry], streams, ..Commit::default() });
    let report = written(&forge).1;
    assert_eq!(must(&report, "continuation_unexpected").key, size.to_string());
    assert_eq!(must(&report, "checkpoint_in_chain").key, size.to_string());
}

#[test]
fn a_chain_is_never_cut() {
    let honest = Forge::big();
    let chain = honest.commits.len() - 1;
    assert!(honest.commits[chain].entries.len() > 1, "the dismissal is a chain");
    // A checkpoint inside.
    let mut forge = Forge::big();
    let rest = forge.commits[chain].entries.split_off(1);
    let cut = rest[0].index;
    forge.commits.push(Commit { entries: rest, ..Commit::default() });
    let size = forge.entries().count() as u64;
    // Read models are told apart by their entries, so their changes move along.
    let (own, moved) = std::mem::take(&mut forge.commits[chain].changes).into_iter().partition(|change| change.entry < cut);
    forge.commits[chain].changes = own;
    forge.commits[chain + 1].changes = moved;
    let (own, moved) = std::mem::take(&mut forge.commits[chain].links).into_iter().partition(|link| link.entry < cut);
    forge.commits[chain].links = own;
    forge.commits[chain + 1].links = moved;
    let report = written(&forge).1;
    assert_eq!(must(&report, "checkpoint_in_chain").key, cut.to_string(), "{report}");
    // The end is missing.
    let mut forge = Forge::big();
    forge.commits[chain].entries.truncate(1);
    forge.commits[chain].changes.retain(|change| change.entry < cut);
    forge.commits[chain].links.retain(|link| link.entry < cut);
    let report = written(&forge).1;
    assert_eq!(must(&report, "chain_incomplete").key, cut.to_string(), "{report}");
    // One event moved from the end to nowhere.
    let mut forge = Forge::big();
    forge.edit(size - 1, |entry| drop(entry["events"].as_array_mut().unwrap().pop()));
    let report = written(&forge).1;
    assert_eq!(must(&report, "decision").key, (size - 1).to_string(), "{report}");
}

#[test]
fn a_right_code_called_wrong_is_shown_by_the_salt() {
    let mut forge = Forge::new(PolicyTerms::default());
    let mut story = Story::new(&mut forge);
    story.parties();
    story.clinic();
    story.register(2000, 1).index();
    story.request(2000, 2001).index();
    story.send_code(2000, 2001).index();
    forge.twist = Box::new(|_, kind, facts| {
        if kind == "declaration_request.confirm_by_code" {
            facts.code_matches = Some(false);
            facts.code_salt = None;
        }
    });
    let codes = forge.code(id(2001));
    let lied = Story::new(&mut forge).try_code(2000, 2001, &codes).index();
    forge.twist = Box::new(|_, _, _| {});
    let report = written(&forge).1;
    // Gathered truly, the code had ended; the forger's vault forgot it, and nothing shows the lie yet but a missing code.
    assert_eq!(found(&report, "fact_wrong"), None, "{report}");
    // The newer code must show the older one's salt.
    Story::new(&mut forge).send_code(2000, 2001).index();
    let report = written(&forge).1;
    assert!(must(&report, "facts").text.contains("code_salt is missing"), "{report}");
    let last = forge.entries().last().unwrap().index;
    let salt = aggregates::words::Bytes32([1; 32]);
    forge.edit(last, |entry| entry["facts"]["code_salt"] = json!(salt));
    let report = written(&forge).1;
    assert_eq!(must(&report, "fact_wrong").key, lied.to_string(), "{report}");
    // A salt made up to hide it opens nothing.
    forge.edit(last, |entry| entry["facts"]["code_salt"] = json!(aggregates::words::Bytes32([99; 32])));
    let report = written(&forge).1;
    assert_eq!(must(&report, "fact_wrong").key, last.to_string(), "{report}");
}

#[test]
fn a_wrong_code_called_right_is_shown_by_the_salt() {
    let mut forge = Forge::new(PolicyTerms::default());
    let mut story = Story::new(&mut forge);
    story.parties();
    story.clinic();
    story.register(2000, 1).index();
    story.request(2000, 2001).index();
    story.send_code(2000, 2001).index();
    let wrong = story.wrong_code(2001);
    forge.twist = Box::new(|_, kind, facts| {
        if kind == "declaration_request.confirm_by_code" {
            facts.code_matches = Some(true);
            facts.code_salt = Some(aggregates::words::Bytes32([1; 32]));
        }
    });
    let lied = Story::new(&mut forge).try_code(2000, 2001, &wrong).index();
    let report = written(&forge).1;
    assert_eq!(must(&report, "fact_wrong").key, lied.to_string(), "{report}");
}

#[test]
fn a_false_age_needs_the_vault_to_be_seen() {
    let mut forge = Forge::new(PolicyTerms::default());
    forge.twist = Box::new(|_, kind, facts| {
        if kind == "declaration.sign" {
            facts.age_class = Some(AgeClass::From14To17);
        }
    });
    Story::new(&mut forge).small();
    let signed = index_of(&forge, "declaration.signed");
    let (folder, report) = written(&forge);
    assert_eq!(must(&report, "fact_wrong").key, signed.to_string(), "{report}");
    let alone = audit(&Options::new(super::ledger(folder.path()), forge::trust(&forge))).unwrap();
    assert_eq!(alone.verdict, Verdict::Sound, "{alone}");
    assert!(alone.facts.not_verifiable > 0);
}

#[test]
fn a_patient_who_is_known_and_registered_anew_is_found() {
    let mut forge = Forge::small();
    forge.twist = Box::new(|_, kind, facts| {
        if kind == "patient.register" {
            facts.patient_match = Some(aggregates::facts::Match::None);
        }
    });
    let again = Story::new(&mut forge).register(4000, 1).index();
    let report = written(&forge).1;
    assert_eq!(must(&report, "fact_wrong").key, again.to_string(), "{report}");
}

#[test]
fn a_command_both_refused_and_entered_convicts_the_operator() {
    let honest = Forge::small();
    let folder = tempfile::tempdir().unwrap();
    honest.write(folder.path());
    let (command, payload_hash, index) = honest
        .commits
        .last()
        .unwrap()
        .outcomes
        .first()
        .copied()
        .unwrap_or_else(|| honest.commits.iter().rev().find_map(|commit| commit.outcomes.first().copied()).unwrap());
    let (size, time) = (honest.entries().count() as u64, honest.now());
    let note = RefusalNote { origin: ORIGIN.into(), id: command, payload_hash, code: "id_taken".into(), pointer: None, size, time };
    let note = note.sign(&refusals()).unwrap();
    change(folder.path(), |connection| {
        let row = rusqlite::params![command.as_bytes(), payload_hash, r#"{"code":"id_taken","params":{}}"#, size as i64, time.ms(), note];
        connection.execute("INSERT INTO refusals VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row).unwrap();
    });
    let report = super::audited(folder.path(), &honest);
    let finding = must(&report, "refused_and_entered");
    assert_eq!(finding.key, command.to_string());
    assert!(finding.text.contains(&index.to_string()), "{report}");
}

#[test]
fn commands_for_other_ledgers_times_and_views_are_found() {
    let body = |forge: &Forge, ledger: &str, ms: i64, seen: Option<Seen>| {
        let signer = story::key(REGULATOR);
        let draft = Draft {
            id: id(5_000_000),
            ledger: ledger.into(),
            kind: "policy.set".into(),
            issued_at: aggregates::words::Instant::from_ms(forge.now().ms() + ms).unwrap(),
            expect: None,
            seen,
            data: json!({ "policy": PolicyTerms::default() }),
            disclose: vec![],
        };
        compose(&draft, &[(&signer, Role::Regulator, None)], |_| {}).unwrap().body
    };
    let mut parties = Forge::new(PolicyTerms::default());
    Story::new(&mut parties).parties();
    let size = parties.entries().count() as u64;
    let root = |upto: u64| {
        let mut tree = Tree::new();
        parties.entries().take(upto as usize).for_each(|entry| tree.push(leaf_hash(&entry.bytes), &mut Vec::new()));
        tree.root().0
    };
    let day = 86_400_000;
    for (ledger, ms, seen, code) in [
        (ORIGIN, 0, None, None),
        (ORIGIN, 0, Some(Seen { size: 3, root: root(3) }), None),
        ("example.org/test", 0, None, Some("wrong_ledger")),
        (ORIGIN, -2 * day, None, Some("outside_window")),
        (ORIGIN, day, None, Some("outside_window")),
        (ORIGIN, 0, Some(Seen { size: 3, root: root(2) }), Some("view_conflict")),
        (ORIGIN, 0, Some(Seen { size: 300, root: root(3) }), Some("view_conflict")),
    ] {
        let mut forge = Forge::new(PolicyTerms::default());
        Story::new(&mut forge).parties();
        forge.admits = ledger.into();
        let body = body(&forge, ledger, ms, seen);
        let told = forge.take(vec![body]);
        assert_eq!(told, [Told::Entry(size)], "{code:?}");
        let report = written(&forge).1;
        match code {
            None => assert_eq!(report.verdict, Verdict::Sound, "{report}"),
            Some(code) => assert_eq!(must(&report, code).key, size.to_string(), "{report}"),
        }
    }
}

#[test]
fn a_key_that_nobody_enrolled_is_found() {
    // The forger verifies nothing: the doctor's name under a key of the forger's own.
    let mut forge = longer();
    let stranger = story::key(500);
    let size = forge.entries().count() as u64;
    let data = json!({ "patient": id(3000), "request": id(3001) });
    let signer = (&stranger, Role::Doctor, of(StreamType::Employee, id(141)));
    let mis = story::key(12);
    let draft = Draft {
        id: id(6_000_000),
        ledger: ORIGIN.into(),
        kind: "declaration_request.send_code".into(),
        issued_at: forge.now(),
        expect: None,
        seen: None,
        data,
        disclose: vec![],
    };
    let composed = compose(&draft, &[(&mis, Role::Mis, of(StreamType::Mis, id(12))), signer], |_| {}).unwrap();
    let envelope = litopys::envelope::Envelope::parse(composed.body.as_bytes()).unwrap();
    let time = forge.now();
    let value = json!({
        "v": 1, "law": 1, "index": size, "time": time, "cause": { "command": envelope.to_entry() },
        "facts": { "code_commitment": aggregates::words::Bytes32([1; 32]) },
        "events": [{ "type": "declaration_request.code_sent", "stream": format!("patient/{}", id(3000)), "version": 3,
            "data": { "request": id(3001), "commitment": aggregates::words::Bytes32([1; 32]), "at": time } }],
    });
    let entry = litopys::store::StoredEntry { index: size, time: time.ms(), bytes: serde_json::to_vec(&value).unwrap() };
    let outcomes = vec![(draft.id, envelope.payload_hash, size)];
    forge.commits.push(Commit { entries: vec![entry], outcomes, ..Commit::default() });
    let report = written(&forge).1;
    assert!(must(&report, "law_refuses").text.contains("key_unknown"), "{report}");
    must(&report, "signature");
}
