//! The queue before an access log: what is queued is written together, by a thread of its own.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::{AccessRecord, QueueFull, StoreError};

/// How many reads may wait for their records to be durable.
const QUEUE: usize = 256;

type Done = oneshot::Sender<Result<(), StoreError>>;

/// The way to the thread that writes. When it is dropped, what is queued is written first.
pub(super) struct AccessQueue {
    // Before the thread: it ends when no more can come.
    queue: Option<SyncSender<(Vec<AccessRecord>, Done)>>,
    thread: Option<JoinHandle<()>>,
}

impl AccessQueue {
    /// Starts the thread. `write` makes records durable, all of a call or none.
    pub(super) fn start(write: impl FnMut(&[&AccessRecord]) -> Result<(), StoreError> + Send + 'static) -> io::Result<AccessQueue> {
        let (queue, queued) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("access-log".to_owned()).spawn(move || run(write, &queued))?;
        Ok(AccessQueue { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues records; the answer comes when they are durable.
    pub(super) fn record(&self, records: Vec<AccessRecord>) -> Result<oneshot::Receiver<Result<(), StoreError>>, QueueFull> {
        let (done, waits) = oneshot::channel();
        match self.queue.as_ref().map(|queue| queue.try_send((records, done))) {
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
fn run(mut write: impl FnMut(&[&AccessRecord]) -> Result<(), StoreError>, queued: &Receiver<(Vec<AccessRecord>, Done)>) {
    while let Ok(first) = queued.recv() {
        let batch: Vec<_> = std::iter::once(first).chain(queued.try_iter().take(QUEUE)).collect();
        let records: Vec<&AccessRecord> = batch.iter().flat_map(|(records, _)| records).collect();
        let written = write(&records);
        if let Err(error) = &written {
            tracing::error!(%error, "the access log cannot be written; nothing personal is shown");
        }
        for (_, done) in batch {
            let told = written.as_ref().copied().map_err(|error| StoreError::Io(error.to_string().into()));
            // Whoever went away needs no answer.
            let _ = done.send(told);
        }
    }
}
