//! The thread that runs a core, and the handle by which others reach it.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::batch::MAX_BATCH;
use super::{Answer, Core, Fatal, LoadError, Published};
use crate::admission::Admitted;
use crate::service::ServiceCode;

/// How many commands may wait for the sequencer. One more is told to come again.
pub const QUEUE: usize = 1024;

/// How long to wait before loading again after a failure, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

type Waiting = (Admitted, oneshot::Sender<Answer>);

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
        self.queue.try_send((admitted, reply)).map_err(|error| match error {
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
        self.queue.send((admitted, reply)).await.map_err(|_| Turned(ServiceCode::NotReady))?;
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

/// Starts the thread. `reload` opens the store anew and loads a core from it; it is called first at once, and again after
/// each failure that may pass.
///
/// The thread ends when every handle is dropped, or with the failure that loading again cannot mend.
///
/// # Errors
/// The first load's.
pub fn start(
    mut reload: impl FnMut() -> Result<Core, LoadError> + Send + 'static,
    published: watch::Receiver<Arc<Published>>,
) -> Result<(Sequencer, thread::JoinHandle<Result<(), Fatal>>), LoadError> {
    let core = reload()?;
    let (queue, waiting) = mpsc::channel(QUEUE);
    let thread = thread::Builder::new().name("sequencer".into()).spawn(move || run(core, &mut reload, waiting));
    let thread = thread.map_err(|error| LoadError::Store(error.into()))?;
    Ok((Sequencer { queue, published }, thread))
}

fn run(first: Core, reload: &mut dyn FnMut() -> Result<Core, LoadError>, mut waiting: mpsc::Receiver<Waiting>) -> Result<(), Fatal> {
    let mut core = first;
    loop {
        let Err(fatal) = work(&mut core, &mut waiting) else { return Ok(()) };
        tracing::error!(error = %fatal, may_recover = fatal.may_recover(), size = core.head.size, "the sequencer stopped");
        core.publish(false);
        if !fatal.may_recover() {
            return Err(fatal);
        }
        // The store's lock goes with the core, so that it can be opened anew.
        drop(core);
        let Some(loaded) = recover(reload, &mut waiting) else { return Err(fatal) };
        core = loaded;
    }
}

/// Takes batches until the queue closes.
fn work(core: &mut Core, waiting: &mut mpsc::Receiver<Waiting>) -> Result<(), Fatal> {
    while let Some(first) = waiting.blocking_recv() {
        let (mut commands, mut replies) = (vec![first.0], vec![first.1]);
        while commands.len() < MAX_BATCH
            && let Ok((command, reply)) = waiting.try_recv()
        {
            commands.push(command);
            replies.push(reply);
        }
        // On failure the replies are dropped, which tells each waiter that the outcome is not known.
        let answers = core.process(&commands)?;
        assert_eq!(answers.len(), replies.len(), "every command is answered");
        for (answer, reply) in answers.into_iter().zip(replies) {
            // Whoever went away will ask again with the same command.
            let _ = reply.send(answer);
        }
    }
    Ok(())
}

/// Loads until it succeeds, turning away what comes in the meantime; `None` once nobody is left to answer.
fn recover(reload: &mut dyn FnMut() -> Result<Core, LoadError>, waiting: &mut mpsc::Receiver<Waiting>) -> Option<Core> {
    let mut pause = BACK_OFF.0;
    while !waiting.is_closed() {
        while let Ok((_, reply)) = waiting.try_recv() {
            let _ = reply.send(Answer::Turned(ServiceCode::NotReady));
        }
        thread::sleep(pause);
        match reload() {
            Ok(core) => {
                tracing::info!(size = core.head.size, "the sequencer works again");
                return Some(core);
            }
            Err(error) => tracing::error!(%error, retry_ms = (pause * 2).as_millis() as u64, "the ledger could not be loaded"),
        }
        pause = (pause * 2).min(BACK_OFF.1);
    }
    None
}
