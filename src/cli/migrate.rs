//! `litopys migrate`

use clap::Args;
use serde_json::json;

use super::failures::of_store;
use super::store::{DatabaseArgs, OwnerArgs};
use super::{Exit, Failure, say};

/// Bring the tables of a store on PostgreSQL to this version, and give the server's role its rights.
///
/// Runs under the role that owns the tables; stop all nodes first. Migrations run once each, in one transaction for each place, and
/// only forward: back up before. Exit codes: 0 the tables are of this version; 7 they are of another, or the roles will not do;
/// 6 the database cannot be reached.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    owners: OwnerArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let store = arguments.database.postgres(&arguments.owners)?;
    let store = store.ok_or_else(|| Failure::new(Exit::Usage, "give --store and --store-owner"))?;
    let migrated = store.migrate().map_err(|error| Failure::new(of_store(&error), error))?;
    if arguments.json {
        let [ledger, vault] = &migrated;
        return say(&format!("{:#}\n", json!({ "ledger": ledger.run, "vault": vault.run })));
    }
    let mut run = migrated.iter().flat_map(|migrated| &migrated.run).peekable();
    if run.peek().is_none() {
        return say("The tables are of this version; nothing was changed.\n");
    }
    run.try_for_each(|name| say(&format!("{name}\n")))
}
