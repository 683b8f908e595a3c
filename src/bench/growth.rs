//! Growth: what a command, a start, a patient and a declaration cost as the registry grows, on the embedded store.

use std::time::Duration;

use tempfile::TempDir;

use super::machine::resident;
use super::told::{Line, Wanted};
use super::{Bed, Bench, BenchError, Cast, Step};

const SECTION: &str = "Growth, on SQLite";

/// Patients that are taken through each step at once.
const ROUND: u64 = 10_000;

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
    for goal in bench.settings.growth.clone() {
        let mut cost = f64::NAN;
        while done < goal {
            let patients = done..goal.min(done + ROUND);
            bed.take(&cast.commands(&Step::Enrol, patients.clone())?)?;
            bed.take(&cast.commands(&Step::Register { with_key: true }, patients.clone())?)?;
            let mut time = Duration::ZERO;
            for step in [Step::Request, Step::ConfirmByKey, Step::Sign] {
                time += bed.take(&cast.commands(&step, patients.clone())?)?;
            }
            cost = time.as_secs_f64() * 1e6 / (3 * (patients.end - patients.start)) as f64;
            done = patients.end;
        }
        let first = *first.get_or_insert(cost);
        let line = Line::new(SECTION, format!("{goal} declarations: a command of theirs"), "µs", vec![cost]);
        bench.lines.push(line.against("the first", first, Wanted::Most(1.2)));
        let (open, took) = bed.reopened()?;
        bed = open;
        bench.lines.push(Line::new(SECTION, format!("{goal} declarations: a start"), "s", vec![took.as_secs_f64()]));
        if let Some(bytes) = resident() {
            let line = Line::new(
                SECTION,
                format!("{goal} declarations: memory of the process, a patient"),
                "bytes",
                vec![bytes as f64 / goal as f64],
            );
            bench.lines.push(line.with("bytes", bytes));
        }
        let disk = bed.disk()?;
        bench.lines.push(Line::new(
            SECTION,
            format!("{goal} declarations: on disk, a patient with key and declaration"),
            "bytes",
            vec![disk as f64 / goal as f64],
        ));
    }
    Ok(())
}
