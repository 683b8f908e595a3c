//! The same answers from PostgreSQL.

use std::process::{Command, Stdio};

use crate::live::on_a_database;

/// Runs every test of this file's neighbours again, with the ledger on a database.
#[test]
#[cfg(feature = "postgres")]
fn every_read_is_answered_alike_on_postgresql() {
    // Within that run it has nothing to do.
    if on_a_database() || !crate::common::postgres::is_here() {
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--test-threads", "2"])
        .env("LITOPYS_TEST_STORE", "postgres")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
}
