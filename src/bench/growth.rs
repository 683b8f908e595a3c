//! Growth: what a command, a start, a patient and a declaration cost as the registry grows, on the embedded store.

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

/// Patients whose way is weighed from registration to the declaration's end, on a ledger of their own.
const WEIGHED: u64 = 20_000;

/// Grows a ledger to each of these numbers of declarations.
///
/// # Errors
/// [`BenchError`].
pub(super) fn measure(bench: &mut Bench) -> Result<(), BenchError> {
    let Some(most) = bench.settings.growth.iter().max().copied() else { return Ok(()) };
    let cast = Cast::new(most, bench.begun);
    let folder = TempDir::new_in(&bench.settings.folder)?;
    let mut bed = Bed::new("SQLite", &cast, folder, None)?;
    let (mut first, mut done) = (None, 0);
    // Files grow by leaps, as pages that are filled in no order split about the same time: each figure is a mean from the first patient on.
    let mut declared = 0;
    for goal in bench.settings.growth.clone() {
        let mut costs = Vec::new();
        while done < goal {
            let patients = done..goal.min(done + ROUND);
            bed.take(&cast.commands(&Step::Enrol, patients.clone())?)?;
            bed.take(&cast.commands(&Step::Register { with_key: true }, patients.clone())?)?;
            let (mut time, before) = (Duration::ZERO, bed.pages()?);
            for step in [Step::Request, Step::ConfirmByKey, Step::Sign] {
                time += bed.take(&cast.commands(&step, patients.clone())?)?;
            }
            declared += bed.pages()? - before;
            costs.push(time.as_secs_f64() * 1e6 / (3.0 * (patients.end - patients.start) as f64));
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
        bench.lines.push(tell("on disk, a patient with key and declaration", "bytes", bed.pages()? as f64 / goal as f64));
        let line = tell("on disk, request, confirmation and signature", "bytes", declared as f64 / goal as f64);
        bench.lines.push(line.against("7,000 bytes", 7_000.0, Wanted::Most(1.0)));
    }
    let whole = whole_way(bench, most.min(WEIGHED))?;
    let line = Line::new(SECTION, "on disk, from a patient's registration to his declaration's end", "bytes", vec![whole]);
    bench.lines.push(line.against("12,000 bytes", 12_000.0, Wanted::Most(1.0)));
    let line = Line::new(SECTION, "memory of the registry alone, a patient without key with a declaration", "bytes", memory::weighed()?);
    bench.lines.push(line.against("300 bytes", 300.0, Wanted::Most(1.0)));
    Ok(())
}

/// What the whole way of a patient without a key takes on disk: registration, request, code, confirmation, signature, end.
fn whole_way(bench: &Bench, patients: u64) -> Result<f64, BenchError> {
    let cast = Cast::new(patients, bench.begun);
    let bed = Bed::new("SQLite", &cast, TempDir::new_in(&bench.settings.folder)?, None)?;
    let before = bed.pages()?;
    for first in (0..patients).step_by(ROUND as usize) {
        let some = first..patients.min(first + ROUND);
        let code = |request| bed.code(request).unwrap_or_default();
        let with_code = Step::ConfirmByCode(&code);
        for step in [Step::Register { with_key: false }, Step::Request, Step::SendCode, with_code, Step::Sign, Step::Terminate] {
            bed.take(&cast.commands(&step, some.clone())?)?;
        }
    }
    Ok((bed.pages()? - before) as f64 / patients as f64)
}
