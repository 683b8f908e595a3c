//! Litopys beside what somebody would take instead: postgres-es with the same checks before it, and UmaDB without any.
//!
//! All is measured in one run, in rounds that take turns, with the same commands, signed beforehand.

mod rules;
mod run;
mod through_postgres_es;
mod through_umadb;
mod way;

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use litopys::bench::{LOAD, Orders, Seen, json, load, machine, table};

/// Why nothing was measured.
type Fault = Box<dyn Error + Send + Sync>;

/// Measure Litopys, postgres-es and UmaDB side by side.
#[derive(Parser)]
struct Arguments {
    /// Where Litopys's ledgers are made
    #[arg(long)]
    folder: PathBuf,
    /// An empty database for Litopys, under a role that owns it and may make roles
    #[arg(long)]
    store: String,
    /// An empty database for postgres-es
    #[arg(long)]
    peer_store: String,
    /// Where UmaDB listens
    #[arg(long)]
    umadb: SocketAddr,
    /// Rounds, of which the median is told
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Declarations of a round, three commands each
    #[arg(long, default_value_t = 2_000)]
    declarations: u64,
    /// Write the figures to this file as JSON too
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> Result<(), Fault> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let clients: [(_, fn(&Orders) -> Result<Seen, Fault>); 2] = [(LOAD, load), (through_umadb::LOAD, through_umadb::load)];
    let client = clients.into_iter().find(|(arguments, _)| given == arguments).map(|(_, client)| client);
    if let Some(client) = client {
        let mut text = Vec::new();
        io::stdin().read_to_end(&mut text)?;
        let seen = client(&serde_json::from_slice(&text)?)?;
        return Ok(serde_json::to_writer(io::stdout(), &seen)?);
    }
    let arguments = Arguments::parse();
    let lines = run::run(&arguments)?;
    let figures = json(machine(), &lines);
    if let Some(file) = &arguments.json {
        std::fs::write(file, format!("{figures:#}\n"))?;
    }
    Ok(writeln!(io::stdout(), "{:#}\n{}", machine(), table(&lines))?)
}
