//! The threads that run a core, and the handle by which others reach it.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};

use super::work::{Waiting, work};
use super::{Answer, Core, Fatal, LoadError, Published};
use crate::admission::Admitted;
use crate::service::ServiceCode;

/// How many commands may wait for the sequencer. One more is told to come again.
pub const QUEUE: usize = 1024;

/// How long to wait before loading again after a failure, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Where cores come from: the first, and one after each that failed.
pub trait Source: Send + 'static {
    /// Opens the store anew and loads a core from it; `None` once nobody is left to work for. What takes long, such as waiting for the
    /// lead, calls `idle` every moment, which answers those who wait and says whether anybody is left.
    ///
    /// # Errors
    /// [`LoadError`]; then it is called again after a while.
    fn load(&mut self, idle: &mut dyn FnMut() -> bool) -> Result<Option<Core>, LoadError>;

    /// Whether another core may follow one that failed so.
    fn may_go_on(&self, fatal: &Fatal) -> bool {
        fatal.may_recover()
    }

    /// Hears how to tell the thread that another leads.
    fn attach(&mut self, _: StepDown) {}
}

/// A source that waits for nothing.
impl<F: FnMut() -> Result<Core, LoadError> + Send + 'static> Source for F {
    fn load(&mut self, _: &mut dyn FnMut() -> bool) -> Result<Option<Core>, LoadError> {
        self().map(Some)
    }
}

/// The way to tell the thread that another leads, so that it gives up its core at the next batch.
#[derive(Clone)]
pub struct StepDown(mpsc::WeakSender<Waiting>);

impl StepDown {
    /// Tells it.
    pub fn tell(&self) {
        if let Some(queue) = self.0.upgrade() {
            // From a queue that is full the next commit finds it out.
            let _ = queue.try_send(Waiting::StepDown);
        }
    }
}

/// Why a command could not be handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Turned(pub ServiceCode);

/// The way to the sequencer. Cheap to clone; when the last one is dropped, the thread finishes what is queued and ends.
#[derive(Clone)]
pub struct Sequencer {
    queue: mpsc::Sender<Waiting>,
    published: watch::Receiver<Arc<Published>>,
}

impl Sequencer {
    /// Hands a command over and waits for its answer. Every command taken is answered.
    ///
    /// # Errors
    /// At once, if the queue is full or the sequencer has ended.
    pub async fn submit(&self, admitted: Admitted) -> Result<Answer, Turned> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Waiting::Command(Box::new(admitted), reply)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Turned(ServiceCode::Overloaded),
            mpsc::error::TrySendError::Closed(_) => Turned(ServiceCode::NotReady),
        })?;
        // A reply dropped unanswered means that the thread ended with the batch's outcome unknown.
        Ok(answer.await.unwrap_or(Answer::Turned(ServiceCode::NotCommitted)))
    }

    /// Hands a command over as soon as there is room: for whoever has many and may wait, such as a batch.
    ///
    /// # Errors
    /// If the sequencer has ended.
    pub async fn submit_when_free(&self, admitted: Admitted) -> Result<oneshot::Receiver<Answer>, Turned> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Waiting::Command(Box::new(admitted), reply)).await.map_err(|_| Turned(ServiceCode::NotReady))?;
        Ok(answer)
    }

    /// The same for a thread of its own, which blocks until there is room.
    ///
    /// # Errors
    /// If the sequencer has ended.
    pub fn hand_over(&self, admitted: Admitted) -> Result<oneshot::Receiver<Answer>, Turned> {
        let (reply, answer) = oneshot::channel();
        self.queue.blocking_send(Waiting::Command(Box::new(admitted), reply)).map_err(|_| Turned(ServiceCode::NotReady))?;
        Ok(answer)
    }

    /// The published heads as they come.
    pub fn watch(&self) -> watch::Receiver<Arc<Published>> {
        self.published.clone()
    }

    /// The last published head.
    pub fn published(&self) -> Arc<Published> {
        self.published.borrow().clone()
    }
}

/// Starts the thread with a first core from this source.
///
/// The thread ends when every handle is dropped, or with the failure that loading again cannot mend.
///
/// # Errors
/// The first load's.
pub fn start(mut source: impl Source, published: watch::Receiver<Arc<Published>>) -> Result<Started, LoadError> {
    let first = source.load(&mut || true)?;
    spawn(first, source, published)
}

/// Starts the thread without a core: the source is asked for one there, and may wait for the lead.
///
/// # Errors
/// The system's: there is no thread to be had.
pub fn start_waiting(source: impl Source, published: watch::Receiver<Arc<Published>>) -> Result<Started, LoadError> {
    spawn(None, source, published)
}

/// The way to the sequencer, and its thread.
pub type Started = (Sequencer, thread::JoinHandle<Result<(), Fatal>>);

fn spawn(first: Option<Core>, mut source: impl Source, published: watch::Receiver<Arc<Published>>) -> Result<Started, LoadError> {
    let (queue, waiting) = mpsc::channel(QUEUE);
    source.attach(StepDown(queue.downgrade()));
    let thread = thread::Builder::new().name("sequencer".into()).spawn(move || run(first, &mut source, waiting));
    let thread = thread.map_err(|error| LoadError::Store(error.into()))?;
    Ok((Sequencer { queue, published }, thread))
}

fn run(first: Option<Core>, source: &mut dyn Source, mut waiting: mpsc::Receiver<Waiting>) -> Result<(), Fatal> {
    let mut next = first;
    let mut last = Ok(());
    loop {
        let Some(mut core) = next.take().or_else(|| recover(source, &mut waiting)) else { return last };
        let Err(fatal) = work(&mut core, &mut waiting) else { return Ok(()) };
        let goes_on = source.may_go_on(&fatal);
        tracing::error!(error = %fatal, goes_on, size = core.committer.head.size, "the sequencer stopped");
        core.committer.publish(false);
        if !goes_on {
            return Err(fatal);
        }
        last = Err(fatal);
        // The store's lock goes with the core, so that it can be opened anew.
        drop(core);
    }
}

/// Loads until it succeeds, turning away what comes in the meantime; `None` once nobody is left to answer.
fn recover(source: &mut dyn Source, waiting: &mut mpsc::Receiver<Waiting>) -> Option<Core> {
    let mut pause = BACK_OFF.0;
    let mut idle = || {
        while let Ok(come) = waiting.try_recv() {
            if let Waiting::Command(_, reply) = come {
                let _ = reply.send(Answer::Turned(ServiceCode::NotReady));
            }
        }
        !waiting.is_closed()
    };
    while idle() {
        match source.load(&mut idle) {
            Ok(Some(core)) => {
                tracing::info!(size = core.committer.head.size, "the sequencer works");
                return Some(core);
            }
            Ok(None) => return None,
            Err(error) => tracing::error!(%error, retry_ms = pause.as_millis() as u64, "the ledger could not be loaded"),
        }
        let until = Instant::now() + pause;
        while Instant::now() < until && idle() {
            thread::sleep(BACK_OFF.0);
        }
        pause = (pause * 2).min(BACK_OFF.1);
    }
    None
}
