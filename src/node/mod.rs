//! A node: one ledger opened, with the sequencer running and readers at hand.

mod genesis;
mod paths;
mod readers;
mod standby;
mod trust;

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tlog::{Hash, KeyError, Tree};
use tokio::sync::watch;
use uuid::Uuid;

pub use genesis::{Founders, create};
pub use paths::{Paths, Place};
pub use readers::{MAX_READERS, Readers};
pub use standby::{LEASE, Way};
pub use trust::Trust;

use crate::admission::KeyDirectory;
use crate::envelope::{ComposeFault, Envelope};
use crate::keys::{KeyFileError, read_key_file};
use crate::sequencer::{self, Clock, Core, Fatal, Keys, LoadError, Opened, Probe, Published, RefusalNote, Sequencer};
use standby::Standby;

use crate::store::{AccessLog, LedgerReader, Missing, StoreError};

/// Why a node could not be opened or created.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A key file could not be read or written.
    #[error("key file {path}: {source}")]
    KeyFile {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        source: KeyFileError,
    },
    /// The origin is no name for a key.
    #[error("the origin: {0}")]
    Origin(#[from] KeyError),
    /// The key files are not those that genesis names.
    #[error("{0} is not the key that genesis names")]
    OtherKey(&'static str),
    /// The store holds no genesis.
    #[error("the ledger holds no readable genesis: {0}")]
    NoGenesis(String),
    /// The genesis command could not be composed.
    #[error(transparent)]
    Compose(#[from] ComposeFault),
    /// The genesis command was refused.
    #[error("genesis was refused: {0}")]
    Refused(String),
    /// The sequencer stopped.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// A file could not be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// One ledger, open for commands and reading.
pub struct Node {
    /// What outsiders pin.
    pub trust: Trust,
    /// The way to the sequencer.
    pub sequencer: Sequencer,
    /// The keys that admission knows.
    pub directory: KeyDirectory,
    /// Reading connections.
    pub readers: Readers,
    /// Who read what is personal.
    pub access_log: Arc<dyn AccessLog>,
    /// Where commands go.
    pub way: watch::Receiver<Way>,
    thread: JoinHandle<Result<(), Fatal>>,
}

/// How a node runs.
pub struct Options {
    /// Whether a missing high-water mark may be made anew.
    pub missing: Missing,
    /// The clock, made anew at each load.
    pub clock: fn() -> Clock,
    /// The probe, made anew at each load.
    pub probe: Box<dyn Fn() -> Box<dyn Probe> + Send>,
}

impl Default for Options {
    fn default() -> Options {
        Options { missing: Missing::Refuse, clock: sequencer::system_clock, probe: Box::new(|| Box::new(sequencer::Quiet)) }
    }
}

impl Node {
    /// Opens a ledger and starts its sequencer. On a store that several nodes share it follows whoever leads, and leads when nobody does.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn open(place: impl Into<Place>, options: Options) -> Result<Node, NodeError> {
        let place = place.into();
        let trust = Trust::read(&*place.store.reader()?)?;
        let keys = Arc::new(read_keys(&place, &trust)?);
        let directory = KeyDirectory::default();
        let (publisher, published) = watch::channel(Arc::new(nothing()));
        let readers = Readers::new(Arc::clone(&place.store));
        let access_log = place.store.access_log()?;
        let known = directory.clone();
        let peers = place.store.peers()?;
        let (way, ways) = watch::channel(if peers.is_some() { Way::Nowhere } else { Way::Here });
        let (sequencer, thread) = match peers {
            None => sequencer::start(move || load(&place, &keys, &options, known.clone(), publisher.clone()), published)?,
            Some(peers) => {
                let standby = Standby::new(place, keys, options, known, publisher, way, peers)?;
                sequencer::start_waiting(standby, published)?
            }
        };
        Ok(Node { trust, sequencer, directory, readers, access_log, way: ways, thread })
    }

    /// Waits until commands are taken, by this node or through it; false if that lasts longer.
    pub fn wait_until_ready(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while !self.sequencer.published().ready {
            if Instant::now() > until {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// Lets the sequencer finish what is queued and waits for its end. Every other handle must have been dropped.
    ///
    /// # Errors
    /// What the sequencer ended with, if it did not end by being closed.
    pub fn close(self) -> Result<(), Fatal> {
        drop(self.sequencer);
        // A panic of the sequencer's thread goes on in whoever waits for it.
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn load(
    place: &Place,
    keys: &Arc<Keys>,
    options: &Options,
    directory: KeyDirectory,
    publisher: watch::Sender<Arc<Published>>,
) -> Result<Core, LoadError> {
    let (ledger, vault) = place.store.open()?;
    let opened = Opened { ledger, vault, high_water: place.high_water.clone(), missing: options.missing, warm: None };
    sequencer::load(opened, Arc::clone(keys), (options.clock)(), (options.probe)(), directory, publisher)
}

/// The head before the first load.
fn nothing() -> Published {
    let tree = Tree::new();
    Published {
        size: 0,
        root: tree.root(),
        checkpoint: "".into(),
        tree: Arc::new(tree),
        time: aggregates::words::Instant::EPOCH,
        ready: false,
        lately: sequencer::Lately::default(),
    }
}

fn read_keys(place: &Place, trust: &Trust) -> Result<Keys, NodeError> {
    let signer = |path: &std::path::Path, name: &str| {
        let key = read_key_file(path).map_err(|source| NodeError::KeyFile { path: path.to_owned(), source })?;
        Ok::<_, NodeError>(tlog::Signer::ed25519(name, &key.seed())?)
    };
    let log = signer(&place.log_key, &trust.origin)?;
    let refusal = signer(&place.refusal_key, &RefusalNote::key_name(&trust.origin))?;
    if log.verifier() != trust.log_key {
        return Err(NodeError::OtherKey("the log key"));
    }
    if refusal.verifier() != trust.refusal_key {
        return Err(NodeError::OtherKey("the refusal key"));
    }
    Ok(Keys { log, refusal })
}

/// The envelope of the genesis command, from entry 0.
fn genesis_envelope(reader: &dyn LedgerReader) -> Result<(Envelope, Hash), NodeError> {
    let wrong = |why: String| NodeError::NoGenesis(why);
    let stored = reader.entry(0)?.ok_or_else(|| wrong("there is no entry".into()))?;
    let entry: crate::entry::Entry = serde_json::from_slice(&stored.bytes).map_err(|error| wrong(error.to_string()))?;
    let command = entry.command().ok_or_else(|| wrong("entry 0 has no command".into()))?;
    let envelope = Envelope::from_entry(command).map_err(|fault| wrong(fault.to_string()))?;
    Ok((envelope, tlog::leaf_hash(&stored.bytes)))
}

/// A UUID of version 7 (RFC 9562 §5.7) for something that begins now.
pub fn new_id() -> Uuid {
    let mut random = [0; 10];
    // An id without randomness could only collide, which the law refuses.
    let _ = getrandom::fill(&mut random);
    let ms = sequencer::system_clock()();
    uuid::Builder::from_unix_timestamp_millis(ms.max(0) as u64, &random).into_uuid()
}
