//! The tour of `docs/tour.md`, walked by a shell: every command is run, and what it prints is compared with the page.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tour.md");

/// What stands on the page for what differs each time.
const ANYTHING: char = '…';

/// A block of commands with what it prints.
struct Step {
    commands: String,
    prints: String,
}

/// The steps of the page. Blocks marked `once` prepare the machine, which the test's own has behind it.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```") {
        let (kind, after) = after.split_once('\n').unwrap();
        let (block, after) = after.split_once("```").unwrap();
        match kind {
            "sh" => steps.push(Step { commands: block.to_owned(), prints: String::new() }),
            "sh once" => {}
            "text" => steps.last_mut().unwrap().prints = block.to_owned(),
            other => panic!("a block of kind {other:?}"),
        }
        rest = after;
    }
    steps
}

/// Whether a text is what a pattern says, in which `…` is anything.
fn is(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split(ANYTHING);
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn patterns_are_read() {
    assert!(is("a\n", "a\n") && is("a-1-b\n", "a…b\n") && is("xyz", "…") && is("one two three", "o…two…e"));
    assert!(!is("a\nb\n", "a\n") && !is("a-1-c\n", "a…b\n") && !is("one three", "o…two…e"));
}

#[test]
fn the_tour_can_be_walked() {
    if Command::new("jq").arg("--version").stdout(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("LITOPYS_NO_SKIP").is_none(), "jq is missing, and LITOPYS_NO_SKIP=1 forbids doing without");
        println!("SKIP the_tour_can_be_walked: there is no jq");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let steps = steps(&fs::read_to_string(PAGE).unwrap());
    assert!(steps.len() > 10, "the page has {} steps", steps.len());
    // One shell walks all of it; each step's output goes to a file of its own.
    let mut script = String::from("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n");
    for (number, step) in steps.iter().enumerate() {
        script += &format!("{{\n{}}} > {number}.out 2>&1\n", step.commands);
    }
    let program = Path::new(env!("CARGO_BIN_EXE_litopys"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).current_dir(folder.path()).env("PATH", path).env_remove("RUST_LOG");
    let done = shell.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap();
    for (number, step) in steps.iter().enumerate() {
        let printed = fs::read_to_string(folder.path().join(format!("{number}.out"))).unwrap_or_else(|_| "nothing: not reached".into());
        assert!(is(&printed, &step.prints), "step {number}:\n{}\nshould print:\n{}\nprinted:\n{printed}", step.commands, step.prints);
    }
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
