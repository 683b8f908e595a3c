//! Over HTTP: the server in this process, the load in another on the same cores.

use std::fs;
use std::io::{Read as _, Write as _};
use std::ops::Range;
use std::process::{Command, Stdio};

use super::load::{Orders, Seen, What};
use super::served::Served;
use super::told::{Line, Wanted};
use super::{Bed, Bench, BenchError, Cast, Step, median};

/// The arguments with which a program that measures over HTTP starts itself as the client, with its [`Orders`] on stdin.
pub const LOAD: [&str; 2] = ["bench", "--load"];

const SECTION: &str = "Over HTTP, the load in a process of its own on the same cores";

/// What is wanted of so many connections that send single commands.
const SINGLE: (usize, Wanted) = (64, Wanted::Least(0.4));

/// Connections that send batches, lines of each, and what is wanted.
const BATCHES: (usize, usize, Wanted) = (4, 500, Wanted::Least(0.5));

/// Measures single commands and batches on every engine.
///
/// # Errors
/// [`BenchError`].
pub(super) fn measure(bench: &mut Bench) -> Result<(), BenchError> {
    let whole = bench.settings.declarations;
    let single = |connections: &usize| {
        let wanted = if *connections == SINGLE.0 { SINGLE.1 } else { Wanted::Nothing };
        // Few connections wait for most of the time, and so make fewer.
        let declarations = (whole / 2).min(whole * *connections as u64 / 40).max(1);
        (format!("single, {connections} connections"), *connections, What::Commands, declarations, wanted)
    };
    let mut cases: Vec<_> = bench.settings.connections.iter().map(single).collect();
    let (connections, lines, wanted) = BATCHES;
    // A stage's first and last batches find nobody beside them, so there are more of these.
    cases.push((format!("batches of {lines}, {connections} connections"), connections, What::Batches(lines), 2 * whole, wanted));
    for engine in 0..bench.beds.len() {
        for (name, connections, what, declarations, wanted) in &cases {
            let (mut paces, mut all) = (Vec::new(), Seen::default());
            let (mut entries, mut commits, mut ceilings) = (0, 0, Vec::new());
            for _ in 0..bench.settings.rounds.min(3) {
                let patients = bench.patients(*declarations);
                ceilings.push(bench.ceiling());
                let seen = declared_over_http(&bench.beds[engine], &bench.cast, patients, *connections, *what)?;
                paces.push(3.0 * *declarations as f64 / seen.seconds);
                all.latencies.extend(seen.latencies);
                (entries, commits) = (entries + 3 * declarations, commits + seen.commits);
            }
            all.latencies.sort_unstable();
            let line = Line::new(SECTION, format!("{}: {name}", bench.beds[engine].name), "commands/s", paces);
            let line = line.against("ceiling", median(&ceilings), *wanted);
            bench.lines.push(with_latencies(line, &all).with("entries_per_commit", entries / commits.max(1)));
        }
    }
    Ok(())
}

/// How long the requests of a line took.
pub fn with_latencies(line: Line, seen: &Seen) -> Line {
    line.with("p50_µs", seen.percentile(0.5)).with("p99_µs", seen.percentile(0.99)).with("p999_µs", seen.percentile(0.999))
}

/// Requests, confirms and signs these patients' declarations over HTTP, of whom the ledger knows nothing yet.
///
/// # Errors
/// [`BenchError`].
pub fn declared_over_http(bed: &Bed, cast: &Cast, patients: Range<u64>, connections: usize, what: What) -> Result<Seen, BenchError> {
    bed.take(&cast.commands(&Step::Enrol, patients.clone())?)?;
    bed.take(&cast.commands(&Step::Register { with_key: true }, patients.clone())?)?;
    let served = Served::start(&bed.node)?;
    let mut all = Seen::default();
    let (_, before) = bed.commits()?;
    for step in [Step::Request, Step::ConfirmByKey, Step::Sign] {
        let file = bed.folder().path().join("load");
        fs::write(&file, cast.commands(&step, patients.clone())?.join("\n"))?;
        let seen = loaded(&Orders { server: served.address(), file, connections, what, pace: None })?;
        all.seconds += seen.seconds;
        all.latencies.extend(seen.latencies);
    }
    served.stop();
    all.commits = bed.commits()?.1 - before;
    all.latencies.sort_unstable();
    Ok(all)
}

/// Has a process of its own, this program with [`LOAD`] as arguments, do what the orders say. Every request must succeed.
///
/// # Errors
/// [`BenchError`].
pub fn loaded(orders: &Orders) -> Result<Seen, BenchError> {
    begin(orders)?.seen()
}

/// The same with other arguments, for another protocol.
///
/// # Errors
/// [`BenchError`].
pub fn loaded_by(arguments: &[&str], orders: &Orders) -> Result<Seen, BenchError> {
    begin_by(arguments, orders)?.seen()
}

/// A load under way.
pub(super) struct Loading(std::process::Child);

/// Starts a load.
pub(super) fn begin(orders: &Orders) -> Result<Loading, BenchError> {
    begin_by(&LOAD, orders)
}

fn begin_by(arguments: &[&str], orders: &Orders) -> Result<Loading, BenchError> {
    let program = std::env::current_exe()?;
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let orders = serde_json::to_vec(orders).map_err(|error| BenchError::Turned(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(&orders)?;
    }
    Ok(Loading(child))
}

impl Loading {
    /// Waits for its end.
    pub(super) fn seen(mut self) -> Result<Seen, BenchError> {
        let mut text = Vec::new();
        if let Some(mut stdout) = self.0.stdout.take() {
            stdout.read_to_end(&mut text)?;
        }
        let status = self.0.wait()?;
        let seen: Seen =
            serde_json::from_slice(&text).map_err(|error| BenchError::Turned(format!("the load ended with {status}: {error}")))?;
        match seen.failed {
            0 => Ok(seen),
            failed => Err(BenchError::Turned(format!("{failed} requests failed, such as: {}", seen.example.unwrap_or_default()))),
        }
    }
}
