//! In process: admit, decide, durable commit, read model, on each engine, beside strict verification alone.

use super::ceiling::{signatures, verified};
use super::told::{Line, Wanted};
use super::{Bed, Bench, BenchError, Workload, median};

/// What is wanted of each engine's pace, as parts of the ceiling.
const WANTED: [(&str, f64); 2] = [("SQLite", 0.6), ("PostgreSQL", 0.5)];

const SECTION: &str = "In process: admit, decide, durable commit, read model";

/// Measures both workloads on every engine, in rounds that take turns.
///
/// # Errors
/// [`BenchError`].
pub(super) fn measure(bench: &mut Bench) -> Result<(), BenchError> {
    for workload in Workload::ALL {
        let mut ceiling = Vec::new();
        let mut paces = vec![Vec::new(); bench.beds.len()];
        let before = bench.beds.iter().map(Bed::commits).collect::<Result<Vec<_>, _>>()?;
        let (mut bytes, mut commands, mut signed) = (0, 0, Vec::new());
        for _ in 0..bench.settings.rounds {
            let patients = bench.patients(bench.settings.declarations);
            for (bed, paces) in bench.beds.iter().zip(&mut paces) {
                let mut bodies = Vec::new();
                let taken =
                    workload.play(&bench.cast, patients.clone(), &|request| bed.code(request).unwrap_or_default(), |some, measured| {
                        if measured && bodies.len() < bench.settings.declarations as usize {
                            bodies.extend_from_slice(some);
                        }
                        bed.take(some)
                    })?;
                paces.push(taken.commands as f64 / taken.time.as_secs_f64());
                (bytes, commands) = (bytes + taken.bytes, commands + taken.commands);
                if bed.name == bench.beds[0].name {
                    signed = signatures(&bodies, &bed.node.directory)?;
                    ceiling.push(signed.len() as f64 / 2.0 / verified(&signed).as_secs_f64());
                }
            }
        }
        let body = bytes / commands.max(1);
        let limit = median(&ceiling);
        let name = workload.name();
        bench.signed = signed;
        bench.lines.push(Line::new(SECTION, format!("{name}: two verify_strict, nothing else"), "commands/s", ceiling).with("bytes", body));
        for ((bed, paces), (size, commits)) in bench.beds.iter().zip(paces).zip(before) {
            let (size_after, commits_after) = bed.commits()?;
            let batch = (size_after - size) / (commits_after - commits).max(1);
            let wanted = WANTED.iter().find(|(name, _)| *name == bed.name).map_or(Wanted::Nothing, |(_, least)| Wanted::Least(*least));
            let line = Line::new(SECTION, format!("{name}: {}", bed.name), "commands/s", paces);
            bench.lines.push(line.against("ceiling", limit, wanted).with("entries_per_commit", batch));
        }
    }
    Ok(())
}
