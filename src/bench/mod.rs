//! The benchmark: what commands, reads and audits cost beside the limit that signatures set, measured side by side in one run.
//!
//! It measures the product itself: its node, its server, its audit. Commands are signed beforehand; every commit is durable.

mod bed;
mod cast;
mod ceiling;
mod people;
mod workload;

use tempfile::TempDir;

pub use bed::{Bed, cores};
pub use cast::{Cast, ORIGIN, Step};
pub use ceiling::{Signed, signatures, verified};
pub use workload::{Taken, Workload};

use crate::envelope::ComposeFault;
use crate::node::NodeError;
use crate::sequencer::Fatal;
use crate::store::StoreError;

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
    /// A command was not accepted, so that nothing was measured.
    #[error("a command was not accepted: {0}")]
    Turned(String),
    /// The system around.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// First figures.
pub fn probe(declarations: u64, rounds: u64) -> Result<Vec<String>, BenchError> {
    let begun = aggregates::words::Instant::from_ms(crate::sequencer::system_clock()()).unwrap_or(aggregates::words::Instant::EPOCH);
    let cast = Cast::new(declarations * rounds, begun);
    let mut told = Vec::new();
    for workload in Workload::ALL {
        let bed = Bed::new("SQLite", &cast, TempDir::new()?, None)?;
        let mut next = 0;
        for _ in 0..rounds {
            let codes = |request| bed.code(request).unwrap_or_default();
            let mut all = Vec::new();
            let taken = workload.play(&cast, next..next + declarations, &codes, |bodies, measured| {
                if measured {
                    all.extend_from_slice(bodies);
                }
                bed.take(bodies)
            })?;
            next += declarations;
            let signed = signatures(&all, &bed.node.directory)?;
            let limit = verified(&signed);
            let pace = taken.commands as f64 / taken.time.as_secs_f64();
            let ceiling = signed.len() as f64 / 2.0 / limit.as_secs_f64();
            told.push(format!("{} {pace:.0}/s of {ceiling:.0} = {:.3}; {} bytes", workload.name(), pace / ceiling, taken.bytes / taken.commands));
        }
    }
    Ok(told)
}
