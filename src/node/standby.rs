//! A node among several: it follows whoever leads, and leads when nobody does.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{Options, Place};
use crate::admission::KeyDirectory;
use crate::sequencer::{self, Core, Fatal, Follower, Keys, LoadError, Opened, Published, Source, StepDown};
use crate::store::{HighWater, LedgerReader, Peers, StoreError};

/// How often a follower looks what is new and who leads.
const TICK: Duration = Duration::from_millis(50);

/// How often a leader says that it lives.
const BEAT: Duration = Duration::from_millis(500);

/// After how long a silence a leader counts as gone, though it holds its lock.
pub const LEASE: Duration = Duration::from_secs(3);

/// Where commands go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// To this node's own sequencer.
    Here,
    /// To the leader at this address.
    There(String),
    /// Nobody leads at the moment.
    Nowhere,
}

/// What a node among several is made of.
pub(super) struct Standby {
    place: Place,
    keys: Arc<Keys>,
    options: Options,
    directory: KeyDirectory,
    publisher: watch::Sender<Arc<Published>>,
    way: watch::Sender<Way>,
    peers: Box<dyn Peers>,
    reader: Box<dyn LedgerReader>,
    follower: Option<Follower>,
    heart: Option<Heart>,
    step_down: Option<StepDown>,
    /// When this node last lost the lead or saw nobody have it.
    since: Instant,
}

impl Standby {
    /// Catches up once, so that what is wrong with the ledger is told at once.
    pub(super) fn new(
        place: Place,
        keys: Arc<Keys>,
        options: Options,
        directory: KeyDirectory,
        publisher: watch::Sender<Arc<Published>>,
        way: watch::Sender<Way>,
        peers: Box<dyn Peers>,
    ) -> Result<Standby, LoadError> {
        let reader = place.store.reader()?;
        let (follower, heart, step_down) = (None, None, None);
        let mut standby =
            Standby { place, keys, options, directory, publisher, way, peers, reader, follower, heart, step_down, since: Instant::now() };
        standby.catch_up(false)?;
        Ok(standby)
    }

    fn catch_up(&mut self, ready: bool) -> Result<(), LoadError> {
        let follower = match &mut self.follower {
            Some(follower) => follower,
            none => {
                let mark = HighWater::open(&self.place.high_water, self.keys.log.name(), &self.reader.head()?, self.options.missing)?;
                none.insert(Follower::new(mark))
            }
        };
        let caught_up = follower.catch_up(&*self.reader, &self.keys, &self.directory, &self.publisher, ready);
        if !matches!(caught_up, Ok(()) | Err(LoadError::Store(_))) {
            self.follower = None;
        }
        caught_up
    }

    /// Looks what is new and who leads; takes the lead if it is free.
    fn tick(&mut self) -> Result<Option<Core>, LoadError> {
        let leader = self.peers.leader()?;
        let lives = leader.holds && leader.silent < LEASE;
        if lives {
            self.since = Instant::now();
        }
        let way = match (lives, leader.address.is_empty()) {
            (true, false) => Way::There(leader.address.clone()),
            _ => Way::Nowhere,
        };
        self.catch_up(way != Way::Nowhere)?;
        self.way.send_if_modified(|known| std::mem::replace(known, way.clone()) != way);
        if lives {
            return Ok(None);
        }
        if leader.holds {
            tracing::warn!(node = %leader.node, silent_ms = leader.silent.as_millis() as u64, "the leader says nothing any more; it is cut off");
            self.peers.depose(&leader)?;
        }
        self.lead()
    }

    /// Takes the lead, unless another was quicker.
    fn lead(&mut self) -> Result<Option<Core>, LoadError> {
        let (ledger, vault) = match self.place.store.open() {
            Ok(open) => open,
            Err(StoreError::Locked { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let warm = self.follower.take().map(Follower::into_warm);
        let opened = Opened { ledger, vault, high_water: self.place.high_water.clone(), missing: self.options.missing, warm };
        // The beats begin with the lead: what is left to fold may take longer than a lease.
        self.heart = Some(Heart::start(self.place.store.peers()?, self.step_down.clone())?);
        let (clock, probe) = ((self.options.clock)(), (self.options.probe)());
        let core = sequencer::load(opened, Arc::clone(&self.keys), clock, probe, self.directory.clone(), self.publisher.clone());
        let core = core.inspect_err(|_| self.heart = None)?;
        self.way.send_replace(Way::Here);
        tracing::info!(without_leader_ms = self.since.elapsed().as_millis() as u64, "this node leads");
        Ok(Some(core))
    }
}

impl Source for Standby {
    fn load(&mut self, idle: &mut dyn FnMut() -> bool) -> Result<Option<Core>, LoadError> {
        if self.heart.take().is_some() {
            self.since = Instant::now();
        }
        self.way.send_replace(Way::Nowhere);
        while idle() {
            match self.tick() {
                Ok(Some(core)) => return Ok(Some(core)),
                Ok(None) => thread::sleep(TICK),
                Err(error) => {
                    self.way.send_replace(Way::Nowhere);
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    /// Whoever was fenced off follows.
    fn may_go_on(&self, fatal: &Fatal) -> bool {
        fatal.may_recover() || matches!(fatal, Fatal::Store(StoreError::Fenced | StoreError::Locked { .. }))
    }

    fn attach(&mut self, step_down: StepDown) {
        self.step_down = Some(step_down);
    }
}

/// The thread that says that a leader lives. It ends when this is dropped.
struct Heart {
    // Before the thread, which ends when this has gone.
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heart {
    fn start(peers: Option<Box<dyn Peers>>, step_down: Option<StepDown>) -> Result<Heart, StoreError> {
        let mut peers = peers.ok_or_else(|| StoreError::Io("the store has only one node".into()))?;
        let (stop, stopped) = mpsc::channel::<()>();
        let beat = move || {
            loop {
                match peers.beat() {
                    Ok(()) => {}
                    Err(StoreError::Fenced) => {
                        tracing::warn!("another node has taken the lead");
                        step_down.iter().for_each(StepDown::tell);
                    }
                    // Should it last, another node takes the lead, and the next commit or beat finds it out.
                    Err(error) => tracing::warn!(%error, "it could not be said that this node lives"),
                }
                if stopped.recv_timeout(BEAT) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("heart".into()).spawn(beat)?;
        Ok(Heart { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been told.
            let _ = thread.join();
        }
    }
}
