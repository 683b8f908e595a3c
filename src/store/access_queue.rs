//! The queue before an access log: what is queued is written together, by a thread of its own.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use tokio::sync::oneshot;

use super::{QueueFull, Shown, StoreError};

/// How many reads may wait for their records to be durable.
const QUEUE: usize = 256;

/// For how long nobody reads before what is left to do is done.
const PAUSE: Duration = Duration::from_millis(50);

/// How many records may wait to be sorted while there are readers; a question about a subject looks through them.
const UNSORTED: u64 = 1 << 20;

/// For how long a write waits for more records while many read at a time: it costs as much for one as for all of them, and a part of the
/// processor that they need.
const GATHER: Duration = Duration::from_millis(1);

/// How many answers the write before must have had for that: a lone reader waits for nobody, and where they come in crowds anyway none is to
/// find the queue full.
const TOGETHER: Range<usize> = 4..QUEUE / 2;

type Done = oneshot::Sender<Result<(), StoreError>>;

/// What writes records.
pub(super) trait Keep: Send + 'static {
    /// Makes records durable, all of a call or none.
    fn write(&mut self, shown: &[&Shown]) -> Result<(), StoreError>;

    /// How many records are not sorted by their subjects yet.
    fn unsorted(&mut self) -> Result<u64, StoreError>;

    /// Sorts some rows more. How many records they have; zero alone says that nothing is left.
    fn sort(&mut self) -> Result<u64, StoreError>;

    /// Does what else nobody waits for.
    fn tidy(&mut self) -> Result<(), StoreError>;
}

/// The way to the thread that writes. When it is dropped, what is queued is written first.
pub(super) struct AccessQueue {
    // Before the thread: it ends when no more can come.
    queue: Option<SyncSender<(Vec<Shown>, Done)>>,
    thread: Option<JoinHandle<()>>,
}

impl AccessQueue {
    /// Starts the thread.
    pub(super) fn start(keep: impl Keep) -> io::Result<AccessQueue> {
        let (queue, queued) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("access-log".to_owned()).spawn(move || run(keep, &queued))?;
        Ok(AccessQueue { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues records; the answer comes when they are durable.
    pub(super) fn record(&self, shown: Vec<Shown>) -> Result<oneshot::Receiver<Result<(), StoreError>>, QueueFull> {
        let (done, waits) = oneshot::channel();
        match self.queue.as_ref().map(|queue| queue.try_send((shown, done))) {
            Some(Ok(())) => Ok(waits),
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => Err(QueueFull),
        }
    }
}

impl Drop for AccessQueue {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been told by whoever waited for an answer.
            let _ = thread.join();
        }
    }
}

/// Writes what is queued, each time all of it at once, until no more can come.
fn run(mut keep: impl Keep, queued: &Receiver<(Vec<Shown>, Done)>) {
    // What an earlier process left is done here too.
    let mut unsorted = keep.unsorted().unwrap_or_else(|error| later(&error));
    let mut idle = false;
    let mut together = 0;
    loop {
        let pause = if idle { Duration::ZERO } else { PAUSE };
        let next = if unsorted > 0 { queued.recv_timeout(pause) } else { queued.recv().map_err(|_| RecvTimeoutError::Disconnected) };
        idle = matches!(next, Err(RecvTimeoutError::Timeout));
        match next {
            Ok(first) => {
                if TOGETHER.contains(&together) {
                    sleep(GATHER);
                }
                let batch: Vec<_> = std::iter::once(first).chain(queued.try_iter().take(QUEUE)).collect();
                together = batch.len();
                unsorted += write(&mut keep, batch);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if idle || unsorted > UNSORTED {
            unsorted = match keep.sort() {
                Ok(0) => 0,
                Ok(sorted) => unsorted.saturating_sub(sorted).max(1),
                Err(error) => later(&error),
            };
        }
        if let Err(error) = keep.tidy() {
            later(&error);
        }
    }
}

/// Puts off what cannot be done now; with the next record it is tried again.
fn later(error: &StoreError) -> u64 {
    tracing::warn!(%error, "the access log is not put in order; it is tried again with the next record");
    0
}

/// Writes what is queued and tells who waits. How many records were written.
fn write(keep: &mut impl Keep, batch: Vec<(Vec<Shown>, Done)>) -> u64 {
    let shown: Vec<&Shown> = batch.iter().flat_map(|(shown, _)| shown).collect();
    let written = keep.write(&shown);
    if let Err(error) = &written {
        tracing::error!(%error, "the access log cannot be written; nothing personal is shown");
    }
    let count = shown.iter().map(|shown| shown.subject.count()).sum();
    for (_, done) in batch {
        let told = written.as_ref().copied().map_err(|error| StoreError::Io(error.to_string().into()));
        // Whoever went away needs no answer.
        let _ = done.send(told);
    }
    count
}
