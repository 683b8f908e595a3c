//! `litopys rebuild`

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use tlog::Hash;

use super::failures::of_store;
use super::progress::Progress;
use super::replay::of_replay;
use super::store::DatabaseArgs;
use super::{Exit, Failure, say};
use crate::replay::{self, Rebuilt, Step};
use crate::store::Fault;

/// Make a ledger's read models anew from its entries, and put them in place where they differ.
///
/// No server may be running on the ledger. The rows that the entries make are added up and compared with the sums of the live ones, which takes some 2 kB of memory
/// for a patient with a key and a declaration. Where they differ, all entries are folded into a file beside the ledger's (with --store in the system's temporary folder), which needs room for as much as
/// the read models take; then live and new rows are compared one by one, and rows that differ are replaced in one transaction. Ended at any
/// moment it leaves the old rows or the new ones, and may be run again. Exit codes: 0 the rows are as the entries say, at the end
/// at least; 3 with --check, they differ, or the entries are not what the checkpoint says; 4 there is no ledger; 5 a server is running;
/// 6 reading or writing failed.
#[derive(Args)]
pub(super) struct Arguments {
    /// The ledger's folder
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The file of the ledger
    #[arg(long)]
    ledger: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Compare only, and change nothing
    #[arg(long)]
    check: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = arguments.database.open(arguments.ledger.as_deref(), arguments.dir.as_deref())?;
    let mut progress = Progress::new();
    let mut store = store.rebuild().map_err(|error| Failure::new(of_store(&error), error))?;
    let mut told = |step| {
        if let Step::Folded(done, of) = step {
            progress.at(done, of);
        }
    };
    let done = replay::rebuild(&mut *store, arguments.check, &mut told).map_err(|error| of_replay(&error))?;
    let pace = progress.per_second(done.events);
    drop(progress);
    say(&if arguments.json { in_json(&done, pace) } else { in_words(&done, pace) })?;
    Ok(if done.before.differences > 0 && !done.replaced { Exit::VerificationFailed } else { Exit::Ok })
}

fn in_json(done: &Rebuilt, pace: u64) -> String {
    let before = &done.before;
    let object: Value = json!({
        "size": done.size,
        "events": done.events,
        "events_per_second": pace,
        "rows": before.rows,
        "digest_live": Hash(before.live).to_string(),
        "digest_new": Hash(before.new).to_string(),
        "differences": before.differences,
        "differences_named": before.named,
        "replaced": done.replaced,
    });
    format!("{object:#}\n")
}

fn in_words(done: &Rebuilt, pace: u64) -> String {
    let before = &done.before;
    let (live, new) = (Hash(before.live), Hash(before.new));
    let mut text = format!("{} entries, {} events, {pace} a second.\n", done.size, done.events);
    for (table, rows) in &before.rows {
        let _ = writeln!(text, "  {table}: {rows}");
    }
    let _ = writeln!(text, "Digest of the live rows: {live}\nDigest of the new rows:  {new}");
    for one in &before.named {
        let how = match one.fault {
            Fault::Missing => "is missing",
            Fault::Surplus => "is made by no entry",
            Fault::Altered => "is not what the entries say",
        };
        let _ = writeln!(text, "  {} {} {how}", one.table, one.key);
    }
    let unnamed = before.differences - before.named.len() as u64;
    if unnamed > 0 {
        let _ = writeln!(text, "  and {unnamed} more");
    }
    text.push_str(match (before.differences, done.replaced) {
        (0, _) => "The rows are what the entries say; nothing was changed.\n",
        (_, true) => "The new rows were put in place.\n",
        (_, false) => "The rows are not what the entries say; nothing was changed.\n",
    });
    text
}
