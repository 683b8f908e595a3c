//! A crew: threads, one for each core, that do what they are given in the order in which it was given.
//!
//! Whoever gives the work goes on meanwhile and asks for each result when it is due, so that what must be done in order by one thread
//! never waits for what any thread may do, and no core waits for either.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// The threads, as long as [`with_crew`] lasts.
pub(crate) struct Crew<'a>(Sender<Job<'a>>);

/// What a crew will have done.
pub(crate) struct Due<T>(Receiver<thread::Result<T>>);

impl<T> Due<T> {
    /// Waits for it; a panic of the work goes on here.
    pub(crate) fn wait(self) -> T {
        let done = self.0.recv().expect("every job of a crew sends its result");
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl<'a> Crew<'a> {
    /// Gives the crew something to do.
    pub(crate) fn start<T: Send + 'a>(&self, work: impl FnOnce() -> T + Send + 'a) -> Due<T> {
        let (done, due) = mpsc::sync_channel(1);
        // Nobody may wait for it any more.
        let job = move || drop(done.send(catch_unwind(AssertUnwindSafe(work))));
        // The threads take jobs as long as the crew is there.
        let _ = self.0.send(Box::new(job));
        Due(due)
    }
}

/// How many cores there are to work on.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Works with a crew, which ends when this does and all that was begun is done.
pub(crate) fn with_crew<'a, T>(work: impl FnOnce(&Crew<'a>) -> T) -> T {
    let (jobs, given) = mpsc::channel::<Job<'a>>();
    let given = Mutex::new(given);
    let next = || given.lock().unwrap_or_else(PoisonError::into_inner).recv();
    thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                while let Ok(job) = next() {
                    job();
                }
            });
        }
        work(&Crew(jobs))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_as_they_are_asked_for_and_panics_go_on_where_they_are_waited_for() {
        let numbers: Vec<u64> = (0..100).collect();
        let sum: u64 = with_crew(|crew| {
            let due: Vec<_> = numbers.iter().map(|number| crew.start(move || number * 2)).collect();
            drop(crew.start(|| panic!("nobody waits for it")));
            due.into_iter().map(Due::wait).sum()
        });
        assert_eq!(sum, 9_900);
        let failed = catch_unwind(|| with_crew(|crew| crew.start(|| -> u64 { panic!("as it must") }).wait()));
        assert_eq!(failed.unwrap_err().downcast_ref::<&str>(), Some(&"as it must"));
    }
}
