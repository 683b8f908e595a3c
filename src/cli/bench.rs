//! `litopys bench`

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
#[cfg(feature = "postgres")]
use std::sync::Arc;

use clap::Args;

use super::failures::{of_io, of_node, of_store};
#[cfg(feature = "postgres")]
use super::store::target;
use super::{Exit, Failure, say};
use crate::bench::{self, BenchError, Orders, Part, Settings};
#[cfg(feature = "postgres")]
use crate::store::postgres::PostgresStore;

/// Measure this machine: commands in process and over HTTP, reads, audit, rebuild, start and growth, beside the limit that signatures set.
///
/// Commands are signed beforehand, every commit is durable, and ledgers are made for the run and thrown away. The figures mean something only
/// in a release build on a machine that does nothing else. Exit code 0 says that all was measured, not that every ratio holds.
#[derive(Args)]
pub(super) struct Arguments {
    /// Where the ledgers are made; a disk like the one that is to be used
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// A database to measure too: an empty one, under a role that owns it and may make roles
    #[cfg(feature = "postgres")]
    #[arg(long, value_name = "URL", env = "LITOPYS_STORE_OWNER", hide_env_values = true)]
    store: Option<String>,
    /// Which parts; `process` is part of all but growth, as their ratios are held against it
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["process", "http", "reads", "history"])]
    parts: Vec<Part>,
    /// Rounds of each measurement, of which the median is told
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100))]
    rounds: u64,
    /// Declarations of a round in process
    #[arg(long, default_value_t = 8_000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    declarations: u64,
    /// With --parts http: how many connections send single commands
    #[arg(long, value_delimiter = ',', default_values = ["1", "16", "64", "256"], value_parser = clap::value_parser!(u16).range(1..=1_000))]
    connections: Vec<u16>,
    /// With --parts growth: to how many declarations a ledger is grown
    #[arg(long, value_delimiter = ',', default_values = ["10000", "100000"], value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    growth: Vec<u64>,
    /// Write the figures to this file as JSON too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Be the client of a benchmark, whose orders are on stdin
    #[arg(long, hide = true)]
    load: bool,
    /// Weigh the registry in memory and nothing else
    #[arg(long, hide = true)]
    weigh: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.load {
        return load();
    }
    if arguments.weigh {
        let figures = bench::weigh().map_err(|error| Failure::new(Exit::Failure, error))?;
        return say(&serde_json::to_string(&figures).map_err(|error| Failure::new(Exit::Failure, error))?);
    }
    let mut growth = arguments.growth.clone();
    growth.sort_unstable();
    let settings = Settings {
        folder: arguments.folder.clone(),
        database: database(arguments)?,
        rounds: arguments.rounds as usize,
        declarations: arguments.declarations,
        connections: arguments.connections.iter().copied().map(usize::from).collect(),
        growth,
        parts: arguments.parts.clone(),
    };
    let tell = |text: &str| {
        let _ = writeln!(io::stderr(), "{text}");
    };
    let (machine, lines) = bench::run(settings, &tell).map_err(of_bench)?;
    let figures = bench::json(machine.clone(), &lines);
    if let Some(file) = &arguments.json {
        fs::write(file, format!("{figures:#}\n")).map_err(|error| Failure::new(of_io(&error), format!("{}: {error}", file.display())))?;
    }
    say(&format!("{machine:#}\n{}", bench::table(&lines)))
}

fn load() -> Result<(), Failure> {
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).map_err(|error| Failure::new(of_io(&error), error))?;
    let orders: Orders = serde_json::from_slice(&text).map_err(|error| Failure::new(Exit::Usage, error))?;
    let seen = bench::load(&orders).map_err(|error| Failure::new(Exit::Io, error))?;
    say(&serde_json::to_string(&seen).map_err(|error| Failure::new(Exit::Failure, error))?)
}

#[cfg(feature = "postgres")]
fn database(arguments: &Arguments) -> Result<Option<Arc<dyn crate::store::Store>>, Failure> {
    let Some(owner) = &arguments.store else { return Ok(None) };
    let mut secret = [0; 16];
    super::random(&mut secret);
    let password: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let role = format!("litopys_bench_{}", &password[..8]);
    let store = PostgresStore::with_new_role(target(owner)?, &role, &password).map_err(|error| Failure::new(of_store(&error), error))?;
    Ok(Some(Arc::new(store)))
}

#[cfg(not(feature = "postgres"))]
fn database(_: &Arguments) -> Result<Option<std::sync::Arc<dyn crate::store::Store>>, Failure> {
    Ok(None)
}

fn of_bench(error: BenchError) -> Failure {
    let exit = match &error {
        BenchError::Store(error) => of_store(error),
        BenchError::Io(error) => of_io(error),
        BenchError::Node(_) | BenchError::Compose(_) | BenchError::Fatal(_) | BenchError::Turned(_) => Exit::Failure,
    };
    match error {
        BenchError::Node(error) => of_node(&error),
        other => Failure::new(exit, other),
    }
}
