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
            let (mut all, mut used) = (Vec::new(), (0.0, 0.0));
            let taken = workload.play(&cast, next..next + declarations, &codes, |bodies, measured| {
                if measured {
                    all.extend_from_slice(bodies);
                }
                let before = cpu();
                let time = bed.take(bodies)?;
                let after = cpu();
                if measured {
                    used.0 += after.0 - before.0;
                    used.1 += after.1 - before.1;
                }
                Ok(time)
            })?;
            next += declarations;
            let signed = signatures(&all, &bed.node.directory)?;
            let limit = verified(&signed);
            let pace = taken.commands as f64 / taken.time.as_secs_f64();
            let ceiling = signed.len() as f64 / 2.0 / limit.as_secs_f64();
            told.push(format!("{} {pace:.0}/s of {ceiling:.0} = {:.3}; {} bytes; cpu {:.1} µs, sequencer {:.1} µs, wall {:.1}", workload.name(), pace / ceiling, taken.bytes / taken.commands, used.0 * 1e6 / taken.commands as f64, used.1 * 1e6 / taken.commands as f64, 1e6 / pace));
        }
    }
    Ok(told)
}

/// Processor time of the process and of the sequencer, in seconds.
fn cpu() -> (f64, f64) {
    let ticks = |path: &str| -> f64 {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
        let fields: Vec<f64> = rest.split_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect();
        fields.get(11).copied().unwrap_or(0.0) + fields.get(12).copied().unwrap_or(0.0)
    };
    let mut sequencer = 0.0;
    for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        if matches!(name.trim(), "sequencer" | "committer") {
            let text = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            sequencer += text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9;
        }
    }
    (ticks("/proc/self/stat") / 100.0, sequencer)
}
