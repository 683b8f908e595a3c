//! The benchmark: what commands, reads and audits cost beside the limit that signatures set, measured side by side in one run.
//!
//! It measures the product itself: its node, its interface, its audit. Commands are signed beforehand; every commit is durable.

mod bed;
mod cast;
mod ceiling;
mod founding;
mod growth;
mod history;
mod http;
mod load;
mod machine;
mod memory;
mod people;
mod process;
mod reads;
mod served;
mod told;
mod workload;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use aggregates::words::Instant;
use serde_json::Value;
use tempfile::TempDir;

pub use bed::{Bed, cores};
pub use cast::{Cast, ORIGIN, Step};
pub use ceiling::{Signed, signatures, verified};
pub use http::{LOAD, declared_over_http, loaded, loaded_by, with_latencies};
pub use load::{LoadFault, Orders, Seen, What, load};
pub use machine::machine;
pub use memory::weigh;
pub use told::{Against, Line, Wanted, json, median, table};
pub use workload::{Taken, Workload};

use crate::envelope::ComposeFault;
use crate::node::NodeError;
use crate::sequencer::{Fatal, system_clock};
use crate::store::{Store, StoreError};

/// Why a measurement was broken off.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A command could not be composed.
    #[error(transparent)]
    Compose(#[from] ComposeFault),
    /// The ledger could not be created or opened.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The ledger could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sequencer ended.
    #[error("the sequencer: {0}")]
    Fatal(#[from] Fatal),
    /// Something did not go as it must, so that nothing was measured.
    #[error("{0}")]
    Turned(String),
    /// The system around.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// What to measure, and how long.
#[derive(Clone)]
pub struct Settings {
    /// Where the ledgers are made; they go at the end.
    pub folder: PathBuf,
    /// A store on an empty database, measured beside the embedded one.
    pub database: Option<Arc<dyn Store>>,
    /// Rounds of each measurement.
    pub rounds: usize,
    /// Declarations of a round in process.
    pub declarations: u64,
    /// How many connections send single commands over HTTP, one line each.
    pub connections: Vec<usize>,
    /// To how many declarations a ledger is grown, rising.
    pub growth: Vec<u64>,
    /// Which parts are measured.
    pub parts: Vec<Part>,
}

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Part {
    /// In process, beside strict verification alone; the other parts are held against it.
    Process,
    /// Over HTTP.
    Http,
    /// Reads while commands are written.
    Reads,
    /// Audit, rebuild, start.
    History,
    /// Growth.
    Growth,
}

/// Measures a part.
type Measure = fn(&mut Bench) -> Result<(), BenchError>;

/// A benchmark under way.
struct Bench {
    settings: Settings,
    begun: Instant,
    cast: Cast,
    beds: Vec<Bed>,
    /// The first patient who has not been used.
    next: u64,
    /// Patients who have declarations on every engine.
    declared: Range<u64>,
    /// Signatures of which two stand for a command, to measure the ceiling with.
    signed: Vec<Signed>,
    lines: Vec<Line>,
}

impl Bench {
    /// Patients who have not been used yet.
    fn patients(&mut self, count: u64) -> Range<u64> {
        let first = self.next;
        self.next += count;
        first..self.next
    }

    /// Commands per second that two strict verifications each allow, here and now: the machine is not the same from minute to minute.
    fn ceiling(&self) -> f64 {
        self.signed.len() as f64 / 2.0 / verified(&self.signed).as_secs_f64()
    }

    /// The pace that was reached over HTTP with 64 connections, if it was measured.
    fn paced(&self, engine: usize) -> Option<f64> {
        let name = format!("{}: single, 64 connections", self.beds[engine].name);
        self.lines.iter().find(|line| line.name == name).map(Line::median)
    }
}

/// Measures; `tell` hears of each part as it begins.
///
/// # Errors
/// [`BenchError`].
pub fn run(settings: Settings, tell: &dyn Fn(&str)) -> Result<(Value, Vec<Line>), BenchError> {
    let begun = Instant::from_ms(system_clock()()).unwrap_or(Instant::EPOCH);
    // More than all parts but growth need.
    let cast = Cast::new(40 * settings.declarations.max(4_000), begun);
    let mut beds = vec![Bed::new("SQLite", &cast, TempDir::new_in(&settings.folder)?, None)?];
    if let Some(store) = &settings.database {
        beds.push(Bed::new("PostgreSQL", &cast, TempDir::new_in(&settings.folder)?, Some(Arc::clone(store)))?);
    }
    let mut bench =
        Bench { begun, cast, beds, next: 0, declared: 0..settings.declarations, signed: Vec::new(), lines: Vec::new(), settings };
    let parts: [(Part, &str, Measure); 5] = [
        (Part::Process, "in process", process::measure),
        (Part::Http, "over HTTP", http::measure),
        (Part::Reads, "reads", reads::measure),
        (Part::History, "audit, rebuild, start", history::measure),
        (Part::Growth, "growth", growth::measure),
    ];
    // All but growth are held against the first, and work on what it wrote.
    let needs_first = bench.settings.parts.iter().any(|part| *part != Part::Growth);
    for (part, name, measure) in parts {
        if bench.settings.parts.contains(&part) || (part == Part::Process && needs_first) {
            tell(&format!("measuring {name} …"));
            let before = bench.lines.len();
            measure(&mut bench)?;
            tell(&table(&bench.lines[before..]));
        }
    }
    Ok((machine(), bench.lines))
}
