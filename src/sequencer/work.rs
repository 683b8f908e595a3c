//! Working: one thread decides what comes, three commit what was decided, part by part.
//!
//! A batch stays open while others are being committed, and is closed as soon as the first part of the way is free or it is full: so under
//! load batches grow by themselves, and a single command waits for nothing.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::thread;

use tokio::runtime;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;

use super::batch::{Batch, MAX_BATCH, Writes};
use super::commit::Committer;
use super::core::Core;
use super::decider::{Decider, Pending};
use super::publish::Publisher;
use super::seal::{NOTED_ENTRIES, Prepared, Sealer, Sealing};
use super::{Answer, Fatal};
use crate::admission::Admitted;
use crate::store::{StoreError, VaultEdit};

/// How many closed batches are under way at once: one in each part of a commit.
const UNDER_WAY: usize = 3;

/// What comes to the thread.
pub(super) enum Waiting {
    /// A command, with the way of its answer.
    Command(Box<Admitted>, oneshot::Sender<Answer>),
    /// Another leads.
    StepDown,
}

/// Answers that are true once their batch is published, with those who wait for them.
type Replies = Vec<(Pending, oneshot::Sender<Answer>)>;

/// What the vault's thread is to do.
enum Task {
    Batch(Writes, Replies),
    /// The edits of the batch that is published with this size.
    Edit(u64, Vec<VaultEdit>),
}

/// What the deciding thread is told.
enum Told {
    /// A batch is published with this size; it has these edits.
    Published(u64, Vec<VaultEdit>),
    Edited,
}

/// Works until the queue closes.
///
/// # Errors
/// [`Fatal`]: whoever still waits is told that the outcome is not known, as his reply is dropped.
pub(super) fn work(core: &mut Core, waiting: &mut Receiver<Waiting>) -> Result<(), Fatal> {
    let Core { decider, sealer, committer, publisher } = core;
    let noted = sealer.vault_head.edited;
    // Closed batches, and the edits of those that are published: see `Deciding::may_close`.
    let (tasks, come) = mpsc::channel(4 * UNDER_WAY);
    let (tell, told) = mpsc::channel(2 * UNDER_WAY);
    let (sealed, to_commit) = mpsc::channel(1);
    let (committed, to_publish) = mpsc::channel(1);
    thread::scope(|scope| {
        let name = |name: &str| thread::Builder::new().name(name.into());
        let edited = tell.clone();
        let sealing = name("vault").spawn_scoped(scope, move || seal_all(sealer, come, &sealed, &edited)).map_err(StoreError::from)?;
        let committing =
            name("committer").spawn_scoped(scope, move || commit_all(committer, to_commit, &committed)).map_err(StoreError::from)?;
        let publishing =
            name("publisher").spawn_scoped(scope, move || publish_all(publisher, to_publish, &tell)).map_err(StoreError::from)?;
        let deciding =
            Deciding { decider, tasks, told, open: Batch::default(), replies: Vec::new(), closed: 0, published: VecDeque::new(), noted };
        let decided = deciding.run(waiting);
        // Each ends by itself, as nobody can hand anything over to it any more; the failure of one ends those before it quietly.
        let ended = [publishing.join(), committing.join(), sealing.join()];
        let ended: Result<(), Fatal> = ended.into_iter().try_for_each(|end| end.unwrap_or_else(|panic| resume_unwind(panic)));
        ended.and(decided)
    })
}

/// Hashes, signs, and commits to the vault, batch after batch; edits it after they are published.
fn seal_all(
    sealer: &mut Sealer,
    mut tasks: Receiver<Task>,
    sealed: &Sender<(Prepared, Replies)>,
    edited: &Sender<Told>,
) -> Result<(), Fatal> {
    while let Some(task) = tasks.blocking_recv() {
        match task {
            Task::Batch(writes, replies) => {
                let prepared = sealer.seal(writes)?;
                if sealed.blocking_send((prepared, replies)).is_err() {
                    return Ok(());
                }
            }
            Task::Edit(size, edits) => {
                sealer.edit(size, &edits)?;
                // Nobody is left to hear it at the end.
                let _ = edited.blocking_send(Told::Edited);
            }
        }
        sealer.tidy()?;
    }
    Ok(())
}

/// Commits to the ledger, batch after batch.
fn commit_all(
    committer: &mut Committer,
    mut sealed: Receiver<(Prepared, Replies)>,
    committed: &Sender<(Option<Sealing>, Replies)>,
) -> Result<(), Fatal> {
    while let Some((prepared, replies)) = sealed.blocking_recv() {
        let sealing = committer.commit(prepared)?;
        if committed.blocking_send((sealing, replies)).is_err() {
            return Ok(());
        }
        committer.tidy()?;
    }
    Ok(())
}

/// Marks and publishes, batch after batch, and answers each.
fn publish_all(publisher: &mut Publisher, mut committed: Receiver<(Option<Sealing>, Replies)>, tell: &Sender<Told>) -> Result<(), Fatal> {
    while let Some((sealing, replies)) = committed.blocking_recv() {
        let (sealed, edits) = publisher.publish(sealing)?;
        // Nobody is left to hear it at the end.
        let _ = tell.blocking_send(Told::Published(sealed.size, edits));
        for (pending, reply) in replies {
            // Whoever went away will ask again with the same command.
            let _ = reply.send(pending.after(&sealed));
        }
    }
    Ok(())
}

/// The deciding thread's state.
struct Deciding<'a> {
    decider: &'a mut Decider,
    tasks: Sender<Task>,
    told: Receiver<Told>,
    open: Batch,
    replies: Replies,
    /// How many batches are closed and not published.
    closed: usize,
    /// Published batches whose edits, or those of a batch before them, are not done yet, the oldest first: whether their own are done.
    published: VecDeque<bool>,
    /// The size up to which the vault knows that edits are done.
    noted: u64,
}

/// What happened next.
enum Next {
    /// A part of a commit told something; or they have ended.
    Told(Option<Told>),
    /// So many came; none once the queue is closed.
    Come(usize),
}

impl Deciding<'_> {
    fn run(mut self, waiting: &mut Receiver<Waiting>) -> Result<(), Fatal> {
        // Without drivers: it only parks this thread until one of two channels has something.
        let runtime = runtime::Builder::new_current_thread().build().map_err(StoreError::from)?;
        let mut come = Vec::with_capacity(MAX_BATCH);
        let mut ended = false;
        while !ended || self.under_way() || !self.replies.is_empty() {
            let room = MAX_BATCH - self.replies.len();
            let under_way = self.under_way();
            let next = runtime.block_on(async {
                tokio::select! {
                    biased;
                    told = self.told.recv(), if under_way => Next::Told(told),
                    count = waiting.recv_many(&mut come, room), if room > 0 && !ended => Next::Come(count),
                }
            });
            let goes_on = match next {
                Next::Told(Some(Told::Published(size, edits))) => self.published(size, edits),
                Next::Told(Some(Told::Edited)) => {
                    self.edited();
                    true
                }
                // It says itself why.
                Next::Told(None) => false,
                Next::Come(0) => {
                    ended = true;
                    true
                }
                Next::Come(_) => {
                    self.decide(&mut come)?;
                    true
                }
            };
            if !goes_on || (self.may_close() && !self.close()) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether the open batch may go on its way. So at most UNDER_WAY batches are closed, and at most twice as many wait for edits.
    fn may_close(&self) -> bool {
        self.closed < UNDER_WAY && self.published.len() <= UNDER_WAY && !self.replies.is_empty()
    }

    /// Whether anything is to be told yet.
    fn under_way(&self) -> bool {
        self.closed > 0 || !self.published.is_empty()
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

    /// Closes the open batch and hands it over; false if the commit's parts have ended.
    fn close(&mut self) -> bool {
        let writes = self.decider.close(std::mem::take(&mut self.open));
        let replies = std::mem::take(&mut self.replies);
        self.closed += 1;
        self.hand_over(Task::Batch(writes, replies))
    }

    /// A batch is published: its edits come next, if it has any or none were noted for long.
    fn published(&mut self, size: u64, edits: Vec<VaultEdit>) -> bool {
        self.closed -= 1;
        let done = edits.is_empty() && size - self.noted <= NOTED_ENTRIES;
        self.published.push_back(done);
        if done {
            self.drop_done();
            return true;
        }
        self.noted = size;
        self.hand_over(Task::Edit(size, edits))
    }

    /// The edits of the oldest batch that has any are done.
    fn edited(&mut self) {
        if let Some(done) = self.published.iter_mut().find(|done| !**done) {
            *done = true;
        }
        self.drop_done();
    }

    /// The store shows all of the oldest batches whose edits are done.
    fn drop_done(&mut self) {
        while self.published.pop_front_if(|done| *done).is_some() {
            self.decider.committed();
        }
    }

    /// There is room: the vault's thread never has more to do than it was told of.
    fn hand_over(&mut self, task: Task) -> bool {
        self.tasks.try_send(task).is_ok()
    }
}
