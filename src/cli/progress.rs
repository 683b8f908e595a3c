//! How far something has come, on stderr where that is a terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often it is told.
const EVERY: Duration = Duration::from_millis(200);

/// A line that is written over again and again, and gone in the end.
pub(super) struct Progress {
    begun: Instant,
    terminal: bool,
    told: Option<Instant>,
}

impl Progress {
    /// Begins now.
    pub(super) fn new() -> Progress {
        Progress { begun: Instant::now(), terminal: io::stderr().is_terminal(), told: None }
    }

    /// Tells how many entries of how many are done.
    pub(super) fn at(&mut self, done: u64, of: u64) {
        if self.terminal && self.told.is_none_or(|told| told.elapsed() >= EVERY) {
            self.told = Some(Instant::now());
            let _ = write!(io::stderr(), "\r{done} of {of} entries");
        }
    }

    /// What went on in a second, of `count` in all.
    pub(super) fn per_second(&self, count: u64) -> u64 {
        (count as f64 / self.begun.elapsed().as_secs_f64().max(0.001)) as u64
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.told.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
