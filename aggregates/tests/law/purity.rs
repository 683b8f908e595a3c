//! The law is pure: what it may depend on. What it may call, `aggregates/clippy.toml` says and clippy checks; that one
//! log gives one registry under any hash seed, `story::neutrality` and the walk below show.
#![expect(clippy::disallowed_methods, reason = "a test reads the manifest; the law does not")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aggregates::Registry;
use proptest::prelude::*;

use crate::support::*;

/// Each does no I/O, or none that the law could reach: cqrs-es is a vocabulary (its tokio is never started).
const ALLOWED: [&str; 10] = ["ahash", "base64", "cqrs-es", "hashbrown", "jiff", "serde", "serde_json", "sha2", "thiserror", "uuid"];

fn manifest(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The tables of a manifest with their lines.
fn tables(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut tables: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match (line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')), tables.last_mut()) {
            (Some(name), _) => tables.push((name, Vec::new())),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => panic!("a line before the first table: {line}"),
        }
    }
    tables
}

fn dependency(line: &str) -> &str {
    line.split(['=', '.', ' ']).next().unwrap()
}

#[test]
fn the_law_depends_on_this_list_and_nothing_else() {
    let text = manifest("Cargo.toml");
    let tables = tables(&text);
    let names: BTreeSet<&str> = tables.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, BTreeSet::from(["package", "dependencies", "dev-dependencies", "lints"]), "no build script, no features, no targets");
    let (_, lines) = tables.iter().find(|(name, _)| *name == "dependencies").unwrap();
    let found: Vec<&str> = lines.iter().map(|line| dependency(line)).collect();
    assert_eq!(found, ALLOWED);
    assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs").exists());
}

/// Features through which a clock or random numbers would come are off.
#[test]
fn clocks_and_random_numbers_are_switched_off_in_the_dependencies() {
    let (root, own) = (manifest("../Cargo.toml"), manifest("Cargo.toml"));
    let line = |text: &str, name: &str| text.lines().find(|line| dependency(line) == name).unwrap_or_default().to_owned();
    for (name, text, features) in [
        ("jiff", &root, r#"features = ["alloc"]"#),
        ("uuid", &root, r#"features = ["serde"]"#),
        ("ahash", &own, "default-features = false }"),
    ] {
        let line = line(text, name);
        assert!(line.contains("default-features = false") && line.contains(features), "{line}");
    }
}

#[test]
fn clippy_forbids_clock_files_network_threads_and_random_seeds() {
    let text = manifest("clippy.toml");
    for path in [
        "std::time::SystemTime",
        "std::time::Instant",
        "std::fs::File",
        "std::net::TcpStream",
        "std::process::Command",
        "std::hash::RandomState",
        "std::collections::HashMap",
        "std::env::var",
        "std::time::SystemTime::now",
        "std::fs::read",
        "std::thread::spawn",
        "std::io::stdout",
    ] {
        assert!(text.contains(&format!("path = \"{path}\"")), "{path}");
    }
    // Who would switch the lints off in the law itself says so here.
    let lifted: Vec<String> = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .into_iter()
        .filter(|path| fs::read_to_string(path).unwrap().contains("clippy::disallowed"))
        .collect();
    assert_eq!(lifted.len(), 1, "{lifted:?}");
    assert!(lifted[0].ends_with("registry/map.rs"));
}

fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(sources(&entry.path()));
        } else {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 6, ..ProptestConfig::default() })]

    /// Random steps, many of them refused: the log of what was accepted, replayed under another seed, gives one digest.
    #[test]
    fn a_random_walk_replays_to_one_digest(steps in prop::collection::vec((0..9_u8, 0..6_u8, 0..2_u8), 60..120), seed: u64) {
        let mut world = World::practice_with(|policy| policy.limits.family_doctor = 3);
        world.doctor("colleague", "clinic", &["therapist"]);
        let mut accepted = 0;
        for (turn, (step, who, which)) in steps.into_iter().enumerate() {
            let (patient_name, doctor_name) = (format!("patient {who}"), ["doctor", "colleague"][usize::from(which)]);
            let employee = format!("{doctor_name} post");
            let by = [mis(["mis", "mis 2"][turn % 2]), doctor(doctor_name)];
            let request_name = format!("r {who} {}", turn / 12);
            let (kind, data, signers) = match step {
                0 | 1 => ("patient.register", patient_register(&patient_name, "1990-01-02"), by.to_vec()),
                2 => ("declaration_request.create", request_create(&request_name, &patient_name, &employee, "clinic division"), by.to_vec()),
                3 => ("declaration_request.send_code", request(&request_name, &patient_name), by.to_vec()),
                4 | 5 => {
                    let right = world.known_code(&request_name).filter(|_| step == 4);
                    let code = right.unwrap_or_else(|| "999999".to_owned());
                    ("declaration_request.confirm_by_code", confirm_by_code(&request_name, &patient_name, &code), by.to_vec())
                }
                6 => ("declaration.sign", declaration_sign(&request_name, &patient_name, &employee, "clinic division"), by.to_vec()),
                7 => ("declaration.terminate", terminate(&request_name, &patient_name, "fraud"), vec![regulator("regulator")]),
                _ => {
                    world.now = world.now.plus_seconds(if turn % 7 == 0 { 90_000 } else { 400 });
                    continue;
                }
            };
            accepted += usize::from(world.send(kind, data, &signers).is_ok());
        }
        prop_assert!(accepted > 0);
        let mut registry = Registry::new(seed);
        for event in world.log.iter().flat_map(|taken| &taken.events) {
            registry.apply(event).unwrap();
        }
        prop_assert_eq!(registry.digest(), world.registry.digest());
    }
}
