//! Growth: what a command, a start, a patient and a declaration cost as the registry grows, on the embedded store.

use std::ops::Range;
use std::time::Duration;

use tempfile::TempDir;

use super::machine::resident;
use super::memory;
use super::told::{Line, Wanted};
use super::{Bed, Bench, BenchError, Cast, Step, median};

const SECTION: &str = "Growth, on SQLite";

/// Patients that are taken through each step at once.
const ROUND: u64 = 5_000;

/// Of how many rounds before a goal the cost is the median.
const LATEST: usize = 5;

/// Patients whose way is weighed from registration to the declaration's end.
const WEIGHED: u64 = 2_000;

/// Grows a ledger to each of these numbers of declarations.
///
/// # Errors
/// [`BenchError`].
pub(super) fn measure(bench: &mut Bench) -> Result<(), BenchError> {
    let Some(most) = bench.settings.growth.iter().max().copied() else { return Ok(()) };
    // Those who are weighed come after all others.
    let cast = Cast::new(most + WEIGHED, bench.begun);
    let folder = TempDir::new_in(&bench.settings.folder)?;
    let mut bed = Bed::new("SQLite", &cast, folder, None)?;
    let (mut first, mut done) = (None, 0);
    for goal in bench.settings.growth.clone() {
        let (mut costs, mut declared) = (Vec::new(), f64::NAN);
        while done < goal {
            let patients = done..goal.min(done + ROUND);
            let many = (patients.end - patients.start) as f64;
            bed.take(&cast.commands(&Step::Enrol, patients.clone())?)?;
            bed.take(&cast.commands(&Step::Register { with_key: true }, patients.clone())?)?;
            let mut before = None;
            if patients.end == goal {
                let (open, bytes) = weighed(bed)?;
                (bed, before) = (open, Some(bytes));
            }
            let mut time = Duration::ZERO;
            for step in [Step::Request, Step::ConfirmByKey, Step::Sign] {
                time += bed.take(&cast.commands(&step, patients.clone())?)?;
            }
            // Opened anew for weighing, a ledger remembers nothing yet, so such a round tells the cost only where there is no other.
            if before.is_none() || costs.is_empty() {
                costs.push(time.as_secs_f64() * 1e6 / (3.0 * many));
            }
            if let Some(before) = before {
                let (open, bytes) = weighed(bed)?;
                (bed, declared) = (open, bytes.saturating_sub(before) as f64 / many);
            }
            done = patients.end;
        }
        let cost = median(&costs[costs.len().saturating_sub(LATEST)..]);
        let first = *first.get_or_insert(cost);
        let tell = |what: &str, unit, figure| Line::new(SECTION, format!("{goal} declarations: {what}"), unit, vec![figure]);
        bench.lines.push(tell("a command of theirs", "µs", cost).against("the first", first, Wanted::Most(1.2)));
        let (open, took) = bed.reopened()?;
        bed = open;
        bench.lines.push(tell("a start", "s", took.as_secs_f64()));
        if let Some(bytes) = resident() {
            let line = tell("memory of the process, a patient", "bytes", bytes as f64 / goal as f64);
            bench.lines.push(line.with("bytes", bytes));
        }
        bench.lines.push(tell("on disk, a patient with key and declaration", "bytes", bed.disk()? as f64 / goal as f64));
        let line = tell("on disk, request, confirmation and signature", "bytes", declared);
        bench.lines.push(line.against("7,000 bytes", 7_000.0, Wanted::Most(1.0)));
    }
    let whole = whole_way(bed, &cast, most..most + WEIGHED)?;
    let line = Line::new(SECTION, "on disk, from a patient's registration to his declaration's end", "bytes", vec![whole]);
    bench.lines.push(line.against("12,000 bytes", 12_000.0, Wanted::Most(1.0)));
    let line = Line::new(SECTION, "memory of the registry alone, a patient without key with a declaration", "bytes", memory::weighed()?);
    bench.lines.push(line.against("300 bytes", 300.0, Wanted::Most(1.0)));
    Ok(())
}

/// Bytes on disk with nothing left in the WAL.
fn weighed(bed: Bed) -> Result<(Bed, u64), BenchError> {
    let (bed, _) = bed.reopened()?;
    let bytes = bed.disk()?;
    Ok((bed, bytes))
}

/// What the whole way of a patient without a key takes on disk: registration, request, code, confirmation, signature, end.
fn whole_way(bed: Bed, cast: &Cast, patients: Range<u64>) -> Result<f64, BenchError> {
    let (bed, before) = weighed(bed)?;
    for step in [Step::Register { with_key: false }, Step::Request, Step::SendCode] {
        bed.take(&cast.commands(&step, patients.clone())?)?;
    }
    let code = |request| bed.code(request).unwrap_or_default();
    let confirmations = cast.commands(&Step::ConfirmByCode(&code), patients.clone())?;
    bed.take(&confirmations)?;
    for step in [Step::Sign, Step::Terminate] {
        bed.take(&cast.commands(&step, patients.clone())?)?;
    }
    let (_, after) = weighed(bed)?;
    Ok(after.saturating_sub(before) as f64 / (patients.end - patients.start) as f64)
}
