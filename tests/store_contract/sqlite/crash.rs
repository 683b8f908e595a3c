//! Processes that end at any moment. A child is this test binary again, running only [`as_a_child`].

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use litopys::store::{Ledger, StoreError};

use super::Sqlite;
use crate::engine::Engine;
use crate::sample::{batch, entry, everything, grow};

/// What a child is to do, and where.
const TASK: &str = "STORE_CONTRACT_TASK";
const PLACE: &str = "STORE_CONTRACT_PLACE";

/// How many entries a child commits at once.
pub const COUNT: u64 = 50;

pub fn child(task: &str, store: &Sqlite) -> Command {
    prepared(Command::new(std::env::current_exe().unwrap()), task, store)
}

/// A child whose files may have 4 MiB, or 2 where the shell counts in smaller blocks, and that gets an error, not a
/// signal.
pub fn limited_child(task: &str, store: &Sqlite) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
    prepared(shell, task, store)
}

fn prepared(mut command: Command, task: &str, store: &Sqlite) -> Command {
    command.args(["--exact", "sqlite::crash::as_a_child", "--nocapture"]);
    command.env(TASK, task).env(PLACE, store.directory.path()).stdin(Stdio::null());
    command
}

/// The number after the last `label`.
pub fn last_number(text: &str, label: &str) -> Option<u64> {
    text.lines().rev().find_map(|line| line.split_once(label)?.1.trim().parse().ok())
}

/// Does nothing in the run of all tests.
#[test]
fn as_a_child() {
    let (Some(task), Some(place)) = (std::env::var_os(TASK), std::env::var_os(PLACE)) else {
        return;
    };
    let place = std::path::PathBuf::from(place);
    let open = || litopys::store::sqlite::open(&place.join("ledger.sqlite"), &place.join("vault.sqlite"));
    if task == "open" {
        match open() {
            Ok(_) => println!("\nresult: opened"),
            Err(StoreError::Locked { .. }) => println!("\nresult: locked"),
            Err(error) => panic!("{error}"),
        }
        return;
    }
    let (mut ledger, _vault) = open().unwrap();
    ledger.lead().unwrap();
    let reader = ledger.reader().unwrap();
    let error = loop {
        let next = batch(&ledger.head().unwrap(), COUNT);
        match ledger.commit(&next) {
            Ok(()) => println!("\ncommitted: {}", next.new.size),
            Err(error) => break error,
        }
        if task == "run" && next.new.size.is_multiple_of(500) {
            ledger.maintain().unwrap();
        }
    };
    assert!(matches!(error, StoreError::Full | StoreError::Io(_) | StoreError::Unknown(_)), "{error:?}");
    println!("\nresult: {} ({error:?})", if error.rolled_back() { "rolled back" } else { "unknown" });
    let head = reader.head().unwrap();
    assert_eq!(reader.entries(head.size - 1, 9).unwrap(), [entry(head.size - 1)], "reads go on");
    let again = ledger.commit(&batch(&head, COUNT));
    assert!(again.is_err(), "a writer that does not know its last outcome, or has no room, goes on");
}

/// Killed at any moment, a writer leaves all that it acknowledged, and only whole batches.
#[test]
fn a_killed_writer_leaves_whole_batches() {
    let store = Sqlite::fresh();
    let mut last = 0;
    for lines in [1, 3, 10, 25, 40] {
        let mut child = child("run", &store).stdout(Stdio::piped()).spawn().unwrap();
        let mut text = String::new();
        for line in BufReader::new(child.stdout.as_mut().unwrap())
            .lines()
            .filter(|line| line.as_ref().is_ok_and(|line| line.starts_with("committed")))
            .take(lines)
        {
            text.push_str(&(line.unwrap() + "\n"));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = last_number(&text, "committed: ").unwrap();
        assert!(acknowledged > last);
        // A reader may be the first to come after the crash.
        let seen = everything(&*store.reader().unwrap(), 1000);
        assert!(seen.head.size >= acknowledged && seen.head.size.is_multiple_of(COUNT));
        assert_eq!(seen.entries.len() as u64, seen.head.size);
        assert_eq!(seen.checkpoints.len() as u64, seen.head.size / COUNT);
        assert!(seen.entries.iter().zip(0..).all(|(found, index)| *found == entry(index)));
        last = seen.head.size;
    }
    grow(&mut *store.lead(), COUNT);
}
