//! The bytes of entries: one of each shape is kept, and the present code must make the same.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]

#[path = "common/forge.rs"]
mod forge;
#[path = "common/story.rs"]
mod story;

use std::collections::BTreeSet;
use std::path::PathBuf;

use aggregates::commands::Spec;
use aggregates::facts::{Facts, Match};
use aggregates::words::{Bytes32, Instant};
use litopys::entry::{Cause, Entry, MAX_BYTES};
use litopys::envelope::Envelope;
use proptest::prelude::*;
use serde_json::{Map, Value};

use forge::Forge;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/entries.jsonl")
}

/// What two entries of one shape have in common: type of the command, facts by name and kind of value, types of the events.
fn shape(entry: &Entry) -> String {
    let kind = match &entry.cause {
        Cause::Command(command) => Envelope::from_entry(command).unwrap().payload.kind,
        Cause::Continues(_) => "continues".into(),
    };
    let facts = serde_json::to_value(entry.facts).unwrap();
    let told = |(name, value): (&String, &Value)| match value {
        Value::Bool(_) | Value::Object(_) => format!("{name}={}", value.to_string().split('"').nth(1).unwrap_or(&value.to_string())),
        Value::String(text) if text.len() < 43 => format!("{name}={text}"),
        _ => name.clone(),
    };
    let facts: Vec<String> = facts.as_object().into_iter().flatten().map(told).collect();
    let events: BTreeSet<String> = entry.events.iter().map(aggregates::Event::kind).collect();
    format!("{kind} {facts:?} {events:?}")
}

#[test]
fn one_entry_of_each_shape_is_what_it_was() {
    let forge = Forge::big();
    let mut shapes = BTreeSet::new();
    let mut commands = BTreeSet::new();
    let mut golden = Vec::new();
    for stored in forge.entries() {
        let entry = Entry::from_bytes(&stored.bytes).unwrap();
        if let Some(command) = entry.command() {
            commands.insert(Envelope::from_entry(command).unwrap().payload.kind);
        }
        if shapes.insert(shape(&entry)) {
            golden.extend_from_slice(&stored.bytes);
            golden.push(b'\n');
        }
    }
    assert!(shapes.len() >= 20, "{}", shapes.len());
    assert!(shapes.iter().any(|shape| shape.starts_with("continues")));
    let law: BTreeSet<String> = Spec::ALL.iter().map(|spec| spec.name.to_owned()).collect();
    assert_eq!(commands, law, "the story tells every command of the law");
    if std::env::var_os("LITOPYS_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(file(), &golden).unwrap();
    }
    let kept = std::fs::read(file()).unwrap();
    let lines =
        |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>();
    for (kept, made) in lines(&kept).iter().zip(&lines(&golden)) {
        assert_eq!(kept, made, "an entry's bytes changed; LITOPYS_BLESS=1 rewrites the file if that is meant");
    }
    assert!(kept == golden, "shapes came or went; LITOPYS_BLESS=1 rewrites the file if that is meant");
}

#[test]
fn the_kept_entries_are_canonical() {
    let kept = std::fs::read_to_string(file()).unwrap();
    let mut count = 0;
    for line in kept.lines() {
        let entry = Entry::from_bytes(line.as_bytes()).unwrap();
        assert_eq!(entry.to_bytes().unwrap(), line.as_bytes());
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json_canonicalizer::to_vec(&value).unwrap(), line.as_bytes());
        count += 1;
    }
    assert!(count >= 20, "{count}");
}

/// Values of the kind that entries hold: objects with ASCII names, strings, integers, booleans, lists.
fn value() -> impl Strategy<Value = Value> {
    let limit = (1i64 << 53) - 1;
    let leaf =
        prop_oneof![any::<String>().prop_map(Value::from), (-limit..=limit).prop_map(Value::from), any::<bool>().prop_map(Value::from)];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[ -~]{0,8}", inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn facts() -> impl Strategy<Value = Option<Facts>> {
    let facts = (any::<Option<bool>>(), any::<Option<[u8; 32]>>(), prop::option::of(any::<Option<u128>>()));
    let facts = facts.prop_map(|(forms_ok, code_salt, patient_match)| Facts {
        forms_ok,
        code_salt: code_salt.map(Bytes32),
        patient_match: patient_match.map(|one| one.map_or(Match::Several, |id| Match::One(uuid::Uuid::from_u128(id)))),
        ..Facts::default()
    });
    prop::option::of(facts)
}

proptest! {
    #[test]
    fn an_entry_is_written_as_rfc_8785_says(
        command in value(),
        facts in facts(),
        index in 0..(1u64 << 53),
        ms in 0i64..4_102_444_800_000,
        continues in any::<Option<u32>>(),
    ) {
        let cause = continues.map_or(Cause::Command(command), |index| Cause::Continues(index.into()));
        let entry = Entry { v: 1, law: 1, index, time: Instant::from_ms(ms).unwrap(), cause, facts, events: Vec::new() };
        let canonical = serde_json_canonicalizer::to_vec(&entry).unwrap();
        match entry.to_bytes() {
            Ok(bytes) => {
                prop_assert_eq!(&bytes, &canonical);
                prop_assert_eq!(Entry::from_bytes(&bytes).unwrap(), entry);
            }
            Err(_) => prop_assert!(canonical.len() > MAX_BYTES),
        }
    }
}
