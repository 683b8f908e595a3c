//! `litopys replay`

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::audit::PinnedArgs;
use super::failures::of_store;
use super::progress::Progress;
use super::store::DatabaseArgs;
use super::{Exit, Failure, say};
use crate::replay::{self, AsOf, Replay, ReplayError, Replayed};

/// Write the registry's state of a day, an instant or a size into an SQLite file.
///
/// The state is folded from the entries alone, and these are held against the log's checkpoint; with --trust or --key its
/// signature is verified too. Reads only; works beside a running server. Personal values (names and documents of patients, tax
/// numbers, birth dates) are not in it: patients stand there by their pseudonyms. Every table and column is explained in the file's
/// own table data_dictionary. Exit codes: 0 written, 2 the size ends inside a command's entries, 3 the ledger is not what its
/// checkpoint says, 4 there is no such file or state, 5 the file exists already, 6 reading or writing failed, 7 a file is malformed.
#[derive(Args)]
pub(super) struct Arguments {
    /// The ledger's file
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArgs,
    /// A size, an instant (2026-11-23T10:15:30Z, with all that happened by then), or a date (the end of that day in UTC)
    #[arg(long, value_name = "STATE")]
    as_of: AsOf,
    /// The file to make
    #[arg(long, value_name = "FILE")]
    into: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    pinned: PinnedArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let job = Replay {
        store: arguments.database.open(arguments.ledger.as_deref(), None)?,
        as_of: arguments.as_of,
        into: arguments.into.clone(),
        force: arguments.force,
        pinned: arguments.pinned.read_any()?,
    };
    let mut progress = Progress::new();
    let done = replay::replay(&job, &mut |done, of| progress.at(done, of)).map_err(|error| of_replay(&error))?;
    let pace = progress.per_second(done.events);
    drop(progress);
    say(&if arguments.json { in_json(&done, pace) } else { in_words(&done, pace) })
}

fn in_json(done: &Replayed, pace: u64) -> String {
    let mut object = json!(done);
    object["events_per_second"] = json!(pace);
    format!("{object:#}\n")
}

fn in_words(done: &Replayed, pace: u64) -> String {
    let mut text = format!("The state after {} entries, with root {}", done.size, done.root);
    if let Some(time) = &done.time {
        let _ = write!(text, ", the last of {time}");
    }
    let signed =
        if done.signature_verified { "whose signature was verified" } else { "whose signature was not verified: no key was given" };
    let _ = writeln!(text, ".\nThe entries agree with the checkpoint of size {}, {signed}.", done.checkpoint_size);
    for (table, rows) in &done.rows {
        let _ = writeln!(text, "  {table}: {rows}");
    }
    let _ = writeln!(text, "{} events, {pace} a second.", done.events);
    text
}

/// The failure of a replay or rebuild.
pub(super) fn of_replay(error: &ReplayError) -> Failure {
    let exit = match error {
        ReplayError::Store(error) => of_store(error),
        ReplayError::Entry { .. } | ReplayError::Checkpoint { .. } | ReplayError::OtherRoot { .. } | ReplayError::OtherGenesis => {
            Exit::VerificationFailed
        }
        ReplayError::Beyond { .. } => Exit::NotFound,
        ReplayError::InChain { .. } => Exit::Usage,
        ReplayError::Exists(_) | ReplayError::Precious(_) => Exit::Conflict,
        ReplayError::Output(_) => Exit::Io,
        ReplayError::NoColumn { .. } | ReplayError::NotReplaced => Exit::Failure,
    };
    Failure::new(exit, error)
}
