//! Working: one thread decides what comes, another commits what was decided.
//!
//! A batch stays open while the one before is being committed, and is closed as soon as that is done or it is full: so under load
//! batches grow by themselves, and a single command waits for nothing.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;

use tokio::runtime;
use tokio::sync::{mpsc, oneshot};

use super::batch::{Batch, MAX_BATCH, Writes};
use super::commit::Committer;
use super::core::Core;
use super::decider::{Decider, Pending};
use super::{Answer, Fatal};
use crate::admission::Admitted;
use crate::store::StoreError;

/// What comes to the thread.
pub(super) enum Waiting {
    /// A command, with the way of its answer.
    Command(Box<Admitted>, oneshot::Sender<Answer>),
    /// Another leads.
    StepDown,
}

/// Answers that are true once their batch is published, with those who wait for them.
type Replies = Vec<(Pending, oneshot::Sender<Answer>)>;

/// Works until the queue closes.
///
/// # Errors
/// [`Fatal`]: whoever still waits is told that the outcome is not known, as his reply is dropped.
pub(super) fn work(core: &mut Core, waiting: &mut mpsc::Receiver<Waiting>) -> Result<(), Fatal> {
    let Core { decider, committer } = core;
    let (hand_over, closed) = sync_channel(1);
    let (tell, done) = mpsc::channel(1);
    thread::scope(|scope| {
        let name = thread::Builder::new().name("committer".into());
        let committing = name.spawn_scoped(scope, move || commit_all(committer, &closed, &tell)).map_err(StoreError::from)?;
        let deciding = Deciding { decider, hand_over, done, open: Batch::default(), replies: Vec::new(), committing: false };
        let decided = deciding.run(waiting);
        // The committer ends by itself, as nobody can hand anything over any more. Its own failure is the first.
        committing.join().unwrap_or_else(|panic| resume_unwind(panic)).and(decided)
    })
}

/// Commits batch after batch, and answers each. What the vault must forget leaves its files soon: when no batch has come for a while, or
/// every so often while they come; and at the start and the end, whatever there was before.
fn commit_all(committer: &mut Committer, closed: &Receiver<(Writes, Replies)>, tell: &mpsc::Sender<()>) -> Result<(), Fatal> {
    committer.forget()?;
    loop {
        let (writes, replies) = match closed.recv_timeout(committer.forgets_in()) {
            Ok(batch) => batch,
            Err(RecvTimeoutError::Timeout) => {
                committer.forget()?;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return committer.forget(),
        };
        let sealed = committer.commit(writes)?;
        for (pending, reply) in replies {
            // Whoever went away will ask again with the same command.
            let _ = reply.send(pending.after(&sealed));
        }
        committer.tidy()?;
        // Nobody is left to hear it at the end.
        let _ = tell.blocking_send(());
    }
}

/// The deciding thread's state.
struct Deciding<'a> {
    decider: &'a mut Decider,
    hand_over: SyncSender<(Writes, Replies)>,
    done: mpsc::Receiver<()>,
    open: Batch,
    replies: Replies,
    /// Whether a batch is being committed.
    committing: bool,
}

/// What happened next.
enum Next {
    /// The batch under way is committed; or the committer has ended.
    Done(Option<()>),
    /// So many came; none once the queue is closed.
    Come(usize),
}

impl Deciding<'_> {
    fn run(mut self, waiting: &mut mpsc::Receiver<Waiting>) -> Result<(), Fatal> {
        // Without drivers: it only parks this thread until one of two channels has something.
        let runtime = runtime::Builder::new_current_thread().build().map_err(StoreError::from)?;
        let mut come = Vec::with_capacity(MAX_BATCH);
        let mut ended = false;
        while !ended || self.committing || !self.replies.is_empty() {
            let room = MAX_BATCH - self.replies.len();
            let next = runtime.block_on(async {
                tokio::select! {
                    biased;
                    done = self.done.recv(), if self.committing => Next::Done(done),
                    count = waiting.recv_many(&mut come, room), if room > 0 && !ended => Next::Come(count),
                }
            });
            match next {
                Next::Done(Some(())) => {
                    self.committing = false;
                    self.decider.committed();
                }
                // It says itself why.
                Next::Done(None) => return Ok(()),
                Next::Come(0) => ended = true,
                Next::Come(_) => self.decide(&mut come)?,
            }
            if !self.committing && !self.replies.is_empty() && !self.close() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn decide(&mut self, come: &mut Vec<Waiting>) -> Result<(), Fatal> {
        let (mut commands, mut replies) = (Vec::with_capacity(come.len()), Vec::with_capacity(come.len()));
        for one in come.drain(..) {
            match one {
                Waiting::Command(command, reply) => {
                    commands.push(*command);
                    replies.push(reply);
                }
                // Whoever waits is told that the outcome is not known, and asks again where it is.
                Waiting::StepDown => return Err(StoreError::Fenced.into()),
            }
        }
        let pending = self.decider.decide_all(&commands, &mut self.open)?;
        assert_eq!(pending.len(), replies.len(), "every command is answered");
        self.replies.extend(pending.into_iter().zip(replies));
        assert!(self.replies.len() <= MAX_BATCH, "a batch is bounded");
        Ok(())
    }

    /// Closes the open batch and hands it over; false if the committer has ended.
    fn close(&mut self) -> bool {
        let writes = self.decider.close(std::mem::take(&mut self.open));
        let replies = std::mem::take(&mut self.replies);
        self.committing = true;
        // There is room: the committer holds one batch at a time, and has told that it has none.
        self.hand_over.try_send((writes, replies)).is_ok()
    }
}
