//! A ledger to measure on: the product's own node in this process, on one engine, in a folder or database that goes with it.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant as Moment};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use uuid::Uuid;

use super::{BenchError, Cast, ORIGIN};
use crate::admission::admit_all;
use crate::node::{self, Node, Options, Paths, Place};
use crate::sequencer::{Answer, QUEUE};
use crate::store::{MAX_PAGE_ROWS, Store, StoreError};

/// How long to wait for the lead on a shared store.
const PATIENCE: Duration = Duration::from_secs(10);

/// Commands that a thread takes to admit at a time.
const CHUNK: usize = 16;

/// A running ledger.
pub struct Bed {
    /// The engine's name.
    pub name: &'static str,
    /// Where everything of it is.
    pub place: Place,
    /// It, open.
    pub node: Node,
    folder: TempDir,
}

impl Bed {
    /// A new ledger of this cast in a folder, founded; on the embedded store unless another is given.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn new(name: &'static str, cast: &Cast, folder: TempDir, store: Option<Arc<dyn Store>>) -> Result<Bed, BenchError> {
        let place = Place::from(Paths::in_dir(folder.path()));
        let place = match store {
            Some(store) => Place { store, ..place },
            None => place,
        };
        node::create(place.clone(), &cast.founders())?;
        let bed = Bed { name, node: open(&place)?, place, folder };
        for body in cast.founding()? {
            bed.take(&[body])?;
        }
        Ok(bed)
    }

    /// Closes the ledger and opens it anew; how long opening took.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn reopened(self) -> Result<(Bed, Duration), BenchError> {
        let Bed { name, place, node, folder } = self;
        node.close()?;
        let start = Moment::now();
        let node = open(&place)?;
        Ok((Bed { name, place, node, folder }, start.elapsed()))
    }

    /// Closes the ledger, works on its place, and opens it anew.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn while_closed<T>(self, work: impl FnOnce(&Place) -> Result<T, BenchError>) -> Result<(Bed, T), BenchError> {
        let Bed { name, place, node, folder } = self;
        node.close()?;
        let done = work(&place)?;
        let node = open(&place)?;
        Ok((Bed { name, place, node, folder }, done))
    }

    /// How many entries there are, and in how many commits they came.
    ///
    /// # Errors
    /// [`BenchError::Store`].
    pub fn commits(&self) -> Result<(u64, u64), BenchError> {
        let reader = self.place.store.reader()?;
        let (mut size, mut commits) = (0, 0);
        loop {
            let page = reader.checkpoints(size + 1, MAX_PAGE_ROWS)?;
            let Some((last, _)) = page.last() else { return Ok((size, commits)) };
            (size, commits) = (*last, commits + page.len() as u64);
        }
    }

    /// Bytes of the pages of the embedded store's ledger and vault, those that still lie in the WAL among them.
    ///
    /// # Errors
    /// [`BenchError::Store`].
    pub fn pages(&self) -> Result<u64, BenchError> {
        let paths = Paths::in_dir(self.folder.path());
        let mut bytes = 0;
        for path in [paths.ledger, paths.vault] {
            let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(StoreError::from)?;
            let figure = |name| file.pragma_query_value(None, name, |row| row.get::<_, u32>(0)).map_err(StoreError::from);
            bytes += u64::from(figure("page_count")?) * u64::from(figure("page_size")?);
        }
        Ok(bytes)
    }

    /// The folder that everything outside a database is in.
    pub fn folder(&self) -> &TempDir {
        &self.folder
    }

    /// Takes commands the whole way, admitted on all cores: how long until the last was answered. Each must be accepted.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn take(&self, bodies: &[String]) -> Result<Duration, BenchError> {
        let next = AtomicUsize::new(0);
        let start = Moment::now();
        let worker = || -> Result<(), BenchError> {
            let mut waiting = Vec::new();
            loop {
                let first = next.fetch_add(CHUNK, Ordering::Relaxed);
                let Some(some) = bodies.get(first..bodies.len().min(first + CHUNK)).filter(|some| !some.is_empty()) else { break };
                for admitted in admit_all(some.iter().map(String::as_bytes), ORIGIN, &self.node.directory) {
                    let admitted = admitted.map_err(|why| BenchError::Turned(why.to_string()))?;
                    waiting.push(self.node.sequencer.hand_over(admitted).map_err(|why| BenchError::Turned(why.to_string()))?);
                }
                if waiting.len() > QUEUE {
                    waiting.drain(..QUEUE / 2).try_for_each(settled)?;
                }
            }
            waiting.into_iter().try_for_each(settled)
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..bodies.len().min(cores())).map(|_| scope.spawn(worker)).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        Ok(start.elapsed())
    }

    /// The code that was sent for a request.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn code(&self, request: Uuid) -> Result<String, BenchError> {
        let code = self.node.readers.with_vault(|vault| vault.code(&request))?;
        code.map(|row| row.code).ok_or_else(|| BenchError::Turned("no code was sent".into()))
    }
}

fn open(place: &Place) -> Result<Node, BenchError> {
    let node = Node::open(place.clone(), Options::default())?;
    if node.wait_until_ready(PATIENCE) { Ok(node) } else { Err(BenchError::Turned("another node leads".into())) }
}

fn settled(answer: tokio::sync::oneshot::Receiver<Answer>) -> Result<(), BenchError> {
    match answer.blocking_recv() {
        Ok(Answer::Accepted(_)) => Ok(()),
        Ok(other) => Err(BenchError::Turned(format!("{other:?}"))),
        Err(_) => Err(BenchError::Turned("no answer".into())),
    }
}

/// How many cores there are.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
