//! The demo, through the program and in this process: its numbers, its repeats, the independence from the MIS, and that
//! no personal value stands where it must not.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod values;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use litopys::demo::{self, Playing, Settings, Told, weak_point};
use serde_json::{Value, json};

use values::{Needles, entries, personal, public_names};

fn program(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_litopys"));
    command.args(arguments).env("RUST_LOG", "debug").output().unwrap()
}

fn once(dir: &Path, seed: &str) -> Output {
    program(&["demo", "--once", "--json", "--listen", "127.0.0.1:0", "--seed", seed, "--dir", dir.to_str().unwrap()])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_demo_ends_as_its_story_says_and_leaves_nothing_personal_outside_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let output = once(&dir, "7");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Of 200 patients 8 change doctors, 1 comes again, 5 leave and 72 lose theirs.
    let expected = json!({
        "seed": 7, "patients": 200, "declarations_signed": 209, "declarations_terminated": 85, "declarations_active": 124,
        "commands_refused": 11, "refusals_verified": 6, "audit": "passed", "as_told": true,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&object[name], value, "{name}");
    }
    let number = |name: &str| object[name].as_u64().unwrap();
    // Genesis is no command of the story, the repeat no entry; the dismissal goes on in a second entry.
    assert_eq!(number("size"), 1 + number("commands_accepted") - 1 + 1);
    assert!(number("events") > number("size") && number("signatures_verified") > number("size"));
    assert_eq!((&object["facts"]["wrong"], &object["facts"]["not_verifiable"]), (&json!(0), &json!(0)));

    // The state clinic keeps 40 of its 120 and gets one back; five of the private one's 50 left, and eight came.
    let seen = json!({
        "nobody": null, "a MIS for itself": null, "the state clinic's head": 41, "the state clinic's accountant": 41,
        "a doctor of the state clinic": 41, "the private clinic's head": 53, "the sole proprietor": 30, "the regulator": 124,
        "an auditor": 124, "a patient": 1, "the operator": null, "the state clinic's personnel officer": null,
        "a receptionist of the state clinic": 41, "an assistant of the state clinic": 41,
    });
    let read = &object["read"];
    assert_eq!((&read["seen"], &read["paid"], &read["not_verified"]), (&seen, &json!(94), &json!(30)));
    assert_eq!((&read["feed_entries"], &read["feed_cuts"]), (&object["size"], &json!(2)));

    nothing_personal(&dir, &text(&output.stderr), &text(&output.stdout));
    what_is_printed_works(&dir);

    // The registry is continued, and another seed changes nothing in it.
    let again = once(&dir, "8");
    assert!(again.status.success(), "{}", text(&again.stderr));
    let continued: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&continued["seed"], &continued["root"], &continued["size"]), (&json!(7), &object["root"], &object["size"]));

    // A folder of something else is left alone.
    fs::remove_file(dir.join("story.json")).unwrap();
    let refused = once(&dir, "7");
    assert_eq!(refused.status.code(), Some(5), "{}", text(&refused.stderr));
}

fn nothing_personal(dir: &Path, stderr: &str, stdout: &str) {
    let values = personal(dir);
    assert!(values.len() > 2000, "{}", values.len());
    let needles = Needles::new(&values);
    let places = entries(dir);
    for file in ["ledger.sqlite", "ledger.sqlite-wal", "high-water", "trust.json", "receipt.json", "story.json"] {
        let bytes = fs::read(dir.join(file)).unwrap_or_default();
        assert_eq!(needles.hits(&bytes), [""; 0], "{file}");
    }
    for (index, bytes) in &places {
        assert_eq!(needles.hits(bytes), [""; 0], "entry {index}");
    }
    // One-time codes are in the log by design, and nothing else of a patient's.
    assert!(stderr.contains("one-time code"));
    assert_eq!(needles.hits(stderr.as_bytes()), [""; 0], "stderr");
    assert_eq!(needles.hits(stdout.as_bytes()), [""; 0], "stdout");

    // The search finds what is there: public names in the entries, personal values in the vault.
    let names = Needles::new(&public_names(dir));
    assert!(places.iter().filter(|(_, bytes)| !names.hits(bytes).is_empty()).count() >= 15);
    let all: Vec<String> = values.into_iter().collect();
    assert_eq!(needles.hits(all.join("\n").as_bytes()).len(), all.len());
}

fn what_is_printed_works(dir: &Path) {
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let trust = path("trust.json");
    let verified = program(&["verify", &path("receipt.json"), "--trust", &trust]);
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    let weak = weak_point(&dir.join("ledger.sqlite")).unwrap();
    let mut bytes = fs::read(path("ledger.sqlite")).unwrap();
    let audited = |bytes: &[u8]| {
        fs::write(path("broken.sqlite"), bytes).unwrap();
        program(&["audit", "--ledger", &path("broken.sqlite"), "--trust", &trust])
    };
    let sound = audited(&bytes);
    assert!(sound.status.success(), "{}", text(&sound.stdout));
    bytes[weak.offset as usize] = weak.other as u8;
    let audit = audited(&bytes);
    let found = text(&audit.stdout);
    assert_eq!(audit.status.code(), Some(3), "{found}");
    assert!(found.contains(&format!("FOUND entries {}", weak.entry)), "{found}");
    let hints = demo::hints(dir, "http://127.0.0.1:8080", "litopys");
    assert!(hints.contains(&format!("seek={}", weak.offset)) && hints.contains("curl -s 'http://127.0.0.1:8080/v1/legal-entities'"));
}

fn settings(dir: &Path, swapped: bool) -> Settings {
    Settings { dir: dir.into(), seed: 3, patients: 40, listen: "127.0.0.1:0".parse().unwrap(), swapped, store: None }
}

fn play(settings: &Settings) -> Vec<Told> {
    let Playing { serving, told, .. } = demo::play(settings, &|_| {}).unwrap_or_else(|error| panic!("{error}"));
    serving.close().unwrap();
    told
}

/// Name, type, status, code and events: what does not depend on the moment.
type Outcome<'a> = (&'a str, &'a str, u16, Option<&'a str>, Vec<(&'a str, &'a str)>);

fn outcomes(told: &[Told]) -> Vec<Outcome<'_>> {
    told.iter()
        .map(|one| {
            let events = one.outcome.iter().map(|(kind, stream)| (kind.as_str(), stream.as_str())).collect();
            (one.name.as_str(), one.kind.as_str(), one.status, one.code.as_deref(), events)
        })
        .collect()
}

#[test]
fn no_rule_depends_on_which_mis_a_provider_works_with() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [first, swapped] = [(0, false), (1, true)].map(|(place, swapped)| play(&settings(folders[place].path(), swapped)));
    assert!(first.len() > 200 && first.iter().any(|told| told.status != 201));
    assert_eq!(outcomes(&first), outcomes(&swapped));

    // The problems that the interface answered quote nothing personal, not even of commands that were refused.
    for (folder, told) in [(&folders[0], &first), (&folders[1], &swapped)] {
        let needles = Needles::new(&personal(folder.path()));
        for one in told.iter().filter(|one| one.status != 201) {
            assert_eq!(needles.hits(one.text.as_bytes()), [""; 0], "{}", one.name);
        }
    }
}

#[test]
fn a_story_told_again_gets_the_same_answers_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = play(&settings(folder.path(), false));
    let size = entries(folder.path()).len();
    // As if the demo had been broken off just before it noted that the story was told.
    let path = folder.path().join("story.json");
    let mut story: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    story.as_object_mut().unwrap().remove("numbers");
    fs::write(&path, story.to_string()).unwrap();
    let again = play(&settings(folder.path(), false));
    assert_eq!(entries(folder.path()).len(), size);
    for one in &again {
        let before = first.iter().find(|before| before.name == one.name).unwrap();
        assert_eq!((one.status, &one.code), (before.status, &before.code), "{}", one.name);
        if one.status == 201 {
            assert_eq!(one.text, before.text, "{}: byte for byte the same receipt", one.name);
        }
    }
    // Only codes that have been used up are not tried again, nor is what a MIS may do by now.
    let missing = first.iter().filter(|before| again.iter().all(|one| one.name != before.name));
    assert!(missing.into_iter().all(|one| one.name.ends_with("confirmed") || one.code.as_deref() == Some("mis_not_accredited")));
}
