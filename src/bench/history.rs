//! What grows with history: audit, rebuild, start.

use std::time::Instant as Moment;

use super::told::{Line, Wanted};
use super::{Bed, Bench, BenchError};
use crate::audit::{self, Verdict, WithVault};
use crate::node::{Paths, Trust};
use crate::replay;

const SECTION: &str = "History: audit, rebuild, start";

/// Measures each on the ledgers as they are by now.
///
/// # Errors
/// [`BenchError`].
pub(super) fn measure(bench: &mut Bench) -> Result<(), BenchError> {
    for bed in std::mem::take(&mut bench.beds) {
        let bed = one(bench, bed)?;
        bench.beds.push(bed);
    }
    Ok(())
}

fn one(bench: &mut Bench, bed: Bed) -> Result<Bed, BenchError> {
    let name = bed.name;
    let trust = Trust::read(&*bed.place.store.reader()?)?;
    let before = bench.ceiling();
    let start = Moment::now();
    let options = match bed.name {
        "SQLite" => audit::Options::new(Paths::in_dir(bed.folder().path()).ledger, trust),
        _ => audit::Options::of_store(bed.place.store.clone(), WithVault::No, trust),
    };
    let report = audit::audit(&options).map_err(|error| BenchError::Turned(error.to_string()))?;
    let audited = start.elapsed().as_secs_f64();
    if report.verdict != Verdict::Sound {
        return Err(BenchError::Turned(format!("the audit found {:?}", report.findings)));
    }
    let (size, events) = (report.size, report.events);
    bench.lines.push(Line::new(SECTION, format!("{name}: audit"), "entries/s", vec![size as f64 / audited]).with("entries", size));
    let signatures = report.signatures_verified as f64 / audited;
    let line = Line::new(SECTION, format!("{name}: audit, signatures"), "signatures/s", vec![signatures]);
    // Two signatures a command, and the mean of two ceilings: before the audit and after it.
    bench.lines.push(line.against("ceiling", before + bench.ceiling(), Wanted::Least(0.8)));
    let (mut bed, mut starts) = (bed, Vec::new());
    for _ in 0..bench.settings.rounds.min(3) {
        let (open, took) = bed.reopened()?;
        bed = open;
        starts.push(events as f64 / took.as_secs_f64());
    }
    let line = Line::new(SECTION, format!("{name}: start, everything folded and verified"), "events/s", starts);
    bench.lines.push(line.against("500,000 events/s", 500_000.0, Wanted::Least(1.0)).with("events", events));
    let (bed, took) = bed.while_closed(|place| {
        let start = Moment::now();
        let mut store = place.store.rebuild()?;
        let rebuilt = replay::rebuild(&mut *store, false, &mut |_| {}).map_err(|error| BenchError::Turned(error.to_string()))?;
        let took = start.elapsed();
        if rebuilt.before.differences > 0 {
            return Err(BenchError::Turned("the rebuilt rows differ from the live ones".into()));
        }
        Ok(took)
    })?;
    let line = Line::new(SECTION, format!("{name}: rebuild, with the comparison"), "events/s", vec![events as f64 / took.as_secs_f64()]);
    bench.lines.push(line.against("150,000 events/s", 150_000.0, Wanted::Least(1.0)));
    Ok(bed)
}
