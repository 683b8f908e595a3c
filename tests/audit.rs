//! Audits of ledgers that are what they say.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]

mod common;
#[path = "common/forge.rs"]
mod forge;
#[path = "common/live.rs"]
mod live;
#[path = "common/story.rs"]
mod story;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

use litopys::audit::{Options, Report, Verdict, audit};
use litopys::receipt;
use litopys::store::sqlite;
use serde_json::Value;

use forge::Forge;
use live::Live;
use story::Story;

/// Ends what waits for it, also when the test fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn litopys(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_litopys")).args(arguments).output().unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn sound(report: &Report) {
    assert_eq!(report.verdict, Verdict::Sound, "{report}");
    assert_eq!(report.findings_total, 0);
}

#[test]
fn a_real_ledger_is_sound_while_it_is_open_and_when_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut live = Live::open(folder.path());
    let (paths, trust) = (live.paths.clone(), live.node.trust.clone());
    // Beside the server, again and again while it works.
    let done = AtomicBool::new(false);
    let beside = || {
        let ledger = Options::new(&paths.ledger, trust.clone());
        let options = Options { vault: Some(paths.vault.clone()), high_water: Some(paths.high_water.clone()), ..ledger };
        let mut sizes = Vec::new();
        while !done.load(Ordering::Relaxed) {
            let report = audit(&options).unwrap();
            sound(&report);
            sizes.push(report.size);
        }
        sizes
    };
    let sizes = std::thread::scope(|scope| {
        let beside = scope.spawn(beside);
        let told = End(&done);
        let mut story = Story::new(&mut live);
        story.small();
        story.rest();
        story.crowd(66);
        drop(told);
        beside.join().unwrap()
    });
    assert!(sizes.is_sorted() && sizes.first() < sizes.last(), "{sizes:?}");

    let trust_file = folder.path().join("trust.json");
    std::fs::write(&trust_file, trust.to_json()).unwrap();
    let receipt_file = folder.path().join("receipt.json");
    let published = live.node.sequencer.published();
    let (entry, size) = live
        .node
        .readers
        .with(|reader| Ok::<_, litopys::store::StoreError>((reader.entry(3)?.unwrap(), reader.outcomes(3, 1)?[0].size)))
        .unwrap();
    let made = live.node.readers.with(|reader| receipt::make(reader, &published.tree, 3, size, &entry.bytes, true)).unwrap();
    std::fs::write(&receipt_file, serde_json::to_vec(&made).unwrap()).unwrap();
    let checkpoint_file = folder.path().join("checkpoint");
    std::fs::write(&checkpoint_file, &*published.checkpoint).unwrap();

    let arguments = [
        "audit",
        "--json",
        "--ledger",
        path(&paths.ledger),
        "--vault",
        path(&paths.vault),
        "--high-water",
        path(&paths.high_water),
        "--trust",
        path(&trust_file),
        "--receipt",
        path(&receipt_file),
        "--checkpoint",
        path(&checkpoint_file),
    ];
    let open = litopys(&arguments);
    assert_eq!(open.status.code(), Some(0), "{}", String::from_utf8_lossy(&open.stdout));
    live.node.close().unwrap();
    let closed = litopys(&arguments);
    assert_eq!(closed.status.code(), Some(0), "{}", String::from_utf8_lossy(&closed.stdout));
    assert_eq!(open.stdout, closed.stdout);

    let report: Value = serde_json::from_slice(&closed.stdout).unwrap();
    assert_eq!(report["verdict"], "sound");
    assert_eq!(report["size"], published.size);
    assert_eq!(report["entries"], published.size);
    assert_eq!(report["root"], published.root.to_string());
    assert_eq!(report["facts"]["wrong"], 0);
    assert_eq!(report["facts"]["not_verifiable"], 6, "three codes that ended untried: commitment and salt of each");
    assert_eq!(report["refusals"], 1);
    assert_eq!(report["declarations_active"], 0, "the doctor was dismissed");
    assert_eq!(report["declarations_terminated"], 66 + 1 + 4);

    let human = litopys(&["audit", "--ledger", path(&paths.ledger), "--key", &trust.log_key.to_string()]);
    assert_eq!(human.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&human.stdout).contains("The ledger is sound"));
}

#[test]
fn counts_are_those_of_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::big();
    forge.write(folder.path());
    let ledger = folder.path().join("ledger.sqlite");
    let alone = audit(&Options::new(&ledger, forge::trust(&forge))).unwrap();
    sound(&alone);
    let entries: Vec<Value> = forge.entries().map(|entry| serde_json::from_slice(&entry.bytes).unwrap()).collect();
    let count = |pointer: &str| entries.iter().filter_map(|entry| entry.pointer(pointer)?.as_array()).map(Vec::len).sum::<usize>() as u64;
    assert_eq!(alone.entries, entries.len() as u64);
    assert_eq!(alone.events, count("/events"));
    assert_eq!(alone.signatures_verified, count("/cause/command/signatures"));
    assert_eq!(alone.checkpoints, forge.commits.iter().filter(|commit| !commit.entries.is_empty()).count() as u64);
    let facts: u64 = entries.iter().filter_map(|entry| entry.get("facts")?.as_object()).map(|facts| facts.len() as u64).sum();
    assert_eq!(alone.facts.verified + alone.facts.not_verifiable + alone.facts.wrong, facts);

    let vault = Options { vault: Some(folder.path().join("vault.sqlite")), ..Options::new(&ledger, forge::trust(&forge)) };
    let with_vault = audit(&vault).unwrap();
    sound(&with_vault);
    assert_eq!(with_vault.facts.verified + with_vault.facts.not_verifiable, facts);
    assert!(with_vault.facts.verified > alone.facts.verified);
    // The log's key alone is enough to audit, and pins less.
    let key = litopys::audit::Pinned { origin: story::ORIGIN.into(), log_key: forge::log().verifier(), refusal_key: None, genesis: None };
    sound(&audit(&Options::new(&ledger, key)).unwrap());
}

#[test]
fn two_hash_seeds_give_one_registry_digest() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::big();
    forge.write(folder.path());
    let digest = |seed| {
        let options = Options { seed: Some(seed), ..Options::new(folder.path().join("ledger.sqlite"), forge::trust(&forge)) };
        audit(&options).unwrap().registry_digest
    };
    assert_eq!(digest(1), digest(0x0123_4567_89ab_cdef));
    assert_eq!(digest(2), tlog::Hash(forge.registry.digest()).to_string());
}

#[test]
fn missing_and_foreign_files_have_exit_codes_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::small();
    forge.write(folder.path());
    let ledger = folder.path().join("ledger.sqlite");
    let trust = folder.path().join("trust.json");
    std::fs::write(&trust, forge::trust(&forge).to_json()).unwrap();
    let nowhere = folder.path().join("nowhere");
    let text = folder.path().join("text");
    std::fs::write(&text, "no database\n").unwrap();
    let code = |arguments: &[&str]| litopys(arguments).status.code();
    let (ledger, trust, nowhere, text) = (path(&ledger), path(&trust), path(&nowhere), path(&text));
    assert_eq!(code(&["audit", "--ledger", ledger, "--trust", trust]), Some(0));
    assert_eq!(code(&["audit", "--ledger", nowhere, "--trust", trust]), Some(4));
    assert_eq!(code(&["audit", "--ledger", ledger, "--trust", nowhere]), Some(4));
    assert_eq!(code(&["audit", "--ledger", ledger, "--trust", trust, "--vault", nowhere]), Some(4));
    assert_eq!(code(&["audit", "--ledger", ledger, "--trust", trust, "--high-water", nowhere]), Some(4));
    assert_eq!(code(&["audit", "--ledger", path(folder.path()), "--trust", trust]), Some(6));
    assert_eq!(code(&["audit", "--ledger", ledger, "--trust", text]), Some(7));
    assert_eq!(code(&["audit", "--ledger", ledger, "--trust", trust, "--high-water", text]), Some(7));
    assert_eq!(code(&["audit", "--ledger", text, "--trust", trust]), Some(3));
    assert_eq!(code(&["audit", "--ledger", ledger]), Some(2));
    assert_eq!(code(&["audit", "--ledger", ledger, "--key", "no key"]), Some(2));
}

/// A receipt of an entry of a forged ledger, under its last checkpoint.
fn receipt_of(folder: &Path, forge: &Forge, index: u64) -> receipt::Receipt {
    let reader = sqlite::open_reader(&folder.join("ledger.sqlite")).unwrap();
    let mut tree = tlog::Tree::new();
    forge.entries().for_each(|entry| tree.push(tlog::leaf_hash(&entry.bytes), &mut Vec::new()));
    let entry = forge.entries().nth(index as usize).unwrap();
    receipt::make(&reader, &tree, index, tree.size(), &entry.bytes, true).unwrap()
}

#[test]
fn verify_says_what_a_receipt_proves_and_what_not() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::small();
    forge.write(folder.path());
    let trust = forge::trust(&forge);
    let trust_file = folder.path().join("trust.json");
    std::fs::write(&trust_file, trust.to_json()).unwrap();
    let file = folder.path().join("receipt.json");
    let verify = |receipt: &receipt::Receipt, more: &[&str]| {
        std::fs::write(&file, serde_json::to_vec(receipt).unwrap()).unwrap();
        let output = litopys(&[&["verify", path(&file)], more].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let pinned = ["--json", "--trust", path(&trust_file)];
    // Who verifies, under which keys: genesis carries both, an accreditation one of two, a signature none.
    for (index, total, verified) in [(0, 2, 2), (1, 2, 1), (forge.entries().count() as u64 - 1, 2, 0)] {
        let (code, text) = verify(&receipt_of(folder.path(), &forge, index), &pinned);
        let told: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(code, Some(0), "{text}");
        assert_eq!((&told["verified"], &told["index"]), (&Value::from(true), &Value::from(index)));
        assert_eq!((&told["signatures"]["total"], &told["signatures"]["verified"]), (&Value::from(total), &Value::from(verified)));
        assert_eq!(told["genesis_pinned"], true);
        assert!(told["does_not_prove"][0].as_str().unwrap().contains("still holds"), "{text}");
    }
    let honest = receipt_of(folder.path(), &forge, 5);
    let (key, genesis) = (trust.log_key.to_string(), trust.genesis.to_string());
    let (code, text) = verify(&honest, &["--key", &key, "--origin", story::ORIGIN]);
    assert_eq!(code, Some(0));
    assert!(text.contains("NOT PROVED  That the log began with the genesis"), "{text}");
    assert_eq!(verify(&honest, &["--key", &key, "--genesis", &genesis]).0, Some(0));
    // Another genesis, another origin, another key, another entry, no receipt at all.
    let other = tlog::leaf_hash(b"another").to_string();
    assert_eq!(verify(&honest, &["--key", &key, "--genesis", &other]).0, Some(3));
    assert_eq!(verify(&honest, &["--trust", path(&trust_file), "--genesis", &other]).0, Some(7));
    assert_eq!(verify(&honest, &["--key", &key, "--origin", "example.org/other"]).0, Some(3));
    let stranger = tlog::Signer::ed25519(story::ORIGIN, &[9; 32]).unwrap().verifier().to_string();
    assert_eq!(verify(&honest, &["--key", &stranger]).0, Some(3));
    let swapped = receipt::Receipt { entry: receipt_of(folder.path(), &forge, 6).entry, ..honest.clone() };
    let (code, text) = verify(&swapped, &pinned);
    assert_eq!((code, serde_json::from_str::<Value>(&text).unwrap()["verified"].clone()), (Some(3), Value::from(false)));
    assert_eq!(litopys(&["verify", path(&trust_file), "--trust", path(&trust_file)]).status.code(), Some(3));
    assert_eq!(litopys(&["verify", "nowhere", "--trust", path(&trust_file)]).status.code(), Some(4));
    assert_eq!(litopys(&["verify", path(&file)]).status.code(), Some(2));
    // From stdin.
    let input = std::fs::File::open(&file).unwrap();
    std::fs::write(&file, serde_json::to_vec(&honest).unwrap()).unwrap();
    let status =
        Command::new(env!("CARGO_BIN_EXE_litopys")).args(["verify", "-", "--trust", path(&trust_file)]).stdin(input).output().unwrap();
    assert_eq!(status.status.code(), Some(0));
}
