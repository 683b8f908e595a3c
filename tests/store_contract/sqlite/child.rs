//! Child processes: this test binary again, running only [`as_a_child`].
#![expect(clippy::print_stdout, reason = "a child tells its parent what became of its task")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use litopys::store::sqlite::{self, SqliteLedger, SqliteVault};
use litopys::store::{Ledger, StoreError};

use super::Sqlite;
use crate::sample::{batch, entry, grow};

/// What a child is to do, and where.
const TASK: &str = "STORE_CONTRACT_TASK";
const PLACE: &str = "STORE_CONTRACT_PLACE";

/// How many entries a child commits at once.
pub const COUNT: u64 = 50;

/// A child for a task on a store. The shell runs `before` first; the store's directory is `$STORE_CONTRACT_PLACE`.
pub fn child(task: &str, store: &Sqlite, before: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{before}\nexec \"$0\" \"$@\"")]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", "sqlite::child::as_a_child", "--nocapture"]);
    command.env(TASK, task).env(PLACE, store.directory.path()).stdin(Stdio::null());
    command
}

/// Runs a child to its end and answers what it said.
pub fn said(mut child: Command) -> String {
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// The number after the last `label`.
pub fn last_number(text: &str, label: &str) -> Option<u64> {
    text.lines().rev().find_map(|line| line.split_once(label)?.1.trim().parse().ok())
}

/// Does nothing in the run of all tests.
#[test]
fn as_a_child() {
    let (Some(task), Some(place)) = (std::env::var(TASK).ok(), std::env::var_os(PLACE)) else {
        return;
    };
    let place = PathBuf::from(place);
    match task.as_str() {
        "open" => match open(&place) {
            Ok(_) => println!("\nresult: opened"),
            Err(StoreError::Locked { .. }) => println!("\nresult: locked"),
            Err(error) => panic!("{error}"),
        },
        "run" => {
            let error = fill(&mut open(&place).unwrap().0);
            panic!("{error}");
        }
        "small files" => small_files(&place),
        "small disk" => small_disk(&place),
        _ => panic!("no such task: {task}"),
    }
}

fn open(place: &Path) -> Result<(SqliteLedger, SqliteVault), StoreError> {
    sqlite::open(&place.join("ledger.sqlite"), &place.join("vault.sqlite"))
}

/// Commits until that fails.
fn fill(ledger: &mut SqliteLedger) -> StoreError {
    ledger.lead().unwrap();
    loop {
        let next = batch(&ledger.head().unwrap(), COUNT);
        match ledger.commit(&next) {
            Ok(()) => println!("\ncommitted: {}", next.new.size),
            Err(error) => break error,
        }
        if next.new.size.is_multiple_of(500)
            && let Err(error) = ledger.maintain()
        {
            break error;
        }
    }
}

/// Under `ulimit -S -f`: no file may grow beyond some MiB.
fn small_files(place: &Path) {
    let (mut ledger, vault) = open(place).unwrap();
    let reader = ledger.reader().unwrap();
    let error = fill(&mut ledger);
    assert!(matches!(error, StoreError::Full | StoreError::Io(_) | StoreError::Unknown(_)), "{error:?}");
    println!("\nresult: {}", if error.rolled_back() { "rolled back" } else { "unknown" });
    let head = reader.head().unwrap();
    assert_eq!(reader.entries(head.size - 1, 9).unwrap(), [entry(head.size - 1)], "reads go on");
    let own = std::process::id().to_string();
    let lifted = Command::new("prlimit").args(["--pid", &own, "--fsize=unlimited"]).status();
    if !lifted.is_ok_and(|status| status.success()) {
        return;
    }
    let again = ledger.commit(&batch(&head, COUNT));
    assert_eq!(again.is_ok(), error.rolled_back(), "a writer that does not know its last outcome writes no more");
    drop((ledger, vault));
    let (mut ledger, _vault) = open(place).unwrap();
    ledger.lead().unwrap();
    println!("\ncommitted: {}", grow(&mut ledger, COUNT).size);
    println!("\nresult: resumed");
}

/// On a file system of 4 MiB, which is gone afterwards.
fn small_disk(place: &Path) {
    sqlite::create(&place.join("ledger.sqlite"), &place.join("vault.sqlite")).unwrap();
    let ballast = place.join("ballast");
    std::fs::write(&ballast, vec![1; 2 << 20]).unwrap();
    let (mut ledger, _vault) = open(place).unwrap();
    let reader = ledger.reader().unwrap();
    let error = fill(&mut ledger);
    assert!(matches!(error, StoreError::Full), "{error:?}");
    assert!(error.rolled_back());
    let head = ledger.head().unwrap();
    assert_eq!(reader.head().unwrap(), head);
    assert_eq!(reader.entries(head.size - 1, 9).unwrap(), [entry(head.size - 1)], "reads go on");
    assert!(matches!(ledger.commit(&batch(&head, COUNT)), Err(StoreError::Full)), "still");
    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(grow(&mut ledger, COUNT).size, head.size + COUNT);
    assert_eq!(reader.head().unwrap().size, head.size + COUNT);
    println!("\nresult: resumed");
}
