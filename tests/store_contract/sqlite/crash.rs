//! A writer that ends at any moment.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::Sqlite;
use super::child::{COUNT, child, last_number};
use crate::engine::Engine;
use crate::sample::{entry, everything, grow};

/// Killed at any moment, a writer leaves all that it acknowledged, and only whole batches.
#[test]
fn a_killed_writer_leaves_whole_batches() {
    let store = Sqlite::fresh();
    let mut last = 0;
    for lines in [1, 3, 10, 25, 40] {
        let mut child = child("run", &store, "").stdout(Stdio::piped()).spawn().unwrap();
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
