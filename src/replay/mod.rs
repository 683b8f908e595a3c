//! Replay: the state of a ledger after some of its entries, folded from the entries alone.
//!
//! The read models of the ledger are not looked at: rows come from entries, and entries are held against a checkpoint by the
//! root over them. [`replay`] writes a state into a file for regulators; [`rebuild`] makes a ledger's own rows anew.

mod as_of;
mod latest;
mod proof;
mod rebuild;
mod state;
mod walk;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aggregates::words::Instant;
use projections::Resource;
use tempfile::TempPath;
use tlog::Hash;

pub use as_of::AsOf;
pub use rebuild::{Rebuilt, Step, rebuild};
pub use walk::{Walk, Write};

use crate::audit::Pinned;
use crate::store::{Store, StoreError, sync_directory};
use latest::Latest;
use state::Meta;

/// What to replay, and where to.
#[derive(Clone)]
pub struct Replay {
    /// The ledger's store; a server may be writing to it.
    pub store: Arc<dyn Store>,
    /// Which state.
    pub as_of: AsOf,
    /// The file to make.
    pub into: PathBuf,
    /// Whether a file of that name is replaced.
    pub force: bool,
    /// Whose ledger it must be. Without it the signature of the checkpoint is not verified.
    pub pinned: Option<Pinned>,
}

/// What was replayed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Replayed {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: String,
    /// The time of the last of them.
    pub time: Option<String>,
    /// The size of the checkpoint that proves them.
    pub checkpoint_size: u64,
    /// Whether its signature was verified.
    pub signature_verified: bool,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// How many events were folded.
    pub events: u64,
}

/// Why a replay or rebuild did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The ledger's store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry is not one, or not where it stands.
    #[error("entry {index}: {why}")]
    Entry {
        /// Its index.
        index: u64,
        /// What is wrong.
        why: String,
    },
    /// The checkpoint for a size is missing or not to be believed.
    #[error("the checkpoint of size {size}: {why}")]
    Checkpoint {
        /// The size.
        size: u64,
        /// What is wrong.
        why: String,
    },
    /// The entries are not those that a checkpoint was signed for.
    #[error("the entries give root {computed} at size {size}, but the checkpoint says {signed}")]
    OtherRoot {
        /// The size.
        size: u64,
        /// The root of the entries.
        computed: Hash,
        /// The checkpoint's.
        signed: Hash,
    },
    /// The log does not begin with the entry that was pinned.
    #[error("entry 0 is not the one that is pinned")]
    OtherGenesis,
    /// The ledger is not so long.
    #[error("there is no state of size {asked}: the ledger has {size} entries")]
    Beyond {
        /// The size asked for.
        asked: u64,
        /// The ledger's.
        size: u64,
    },
    /// A command's entries go on beyond the size.
    #[error("size {asked} ends inside the entries of one command; the states around it are those of sizes {before} and {after}")]
    InChain {
        /// The size asked for.
        asked: u64,
        /// The size before the command.
        before: u64,
        /// The size after it.
        after: u64,
    },
    /// There is a file already.
    #[error("{} exists already; --force replaces it", .0.display())]
    Exists(PathBuf),
    /// The file to be replaced is a ledger or a vault.
    #[error("{} is a ledger or a vault, which nothing replaces", .0.display())]
    Precious(PathBuf),
    /// A row has a member that the file to be made has no column for.
    #[error("{} have a member {member:?} that no column is made for", .resource.name())]
    NoColumn {
        /// The resource.
        resource: Resource,
        /// The member.
        member: String,
    },
    /// The file could not be made.
    #[error("the file to be made: {0}")]
    Output(#[source] StoreError),
    /// The rows that were put in place are not those that were folded.
    #[error("the rows are not those that were folded, though they were put in place")]
    NotReplaced,
}

/// Replays a ledger into a file, which appears whole or not at all. `told` hears how many entries of how many are folded.
///
/// # Errors
/// [`ReplayError`].
pub fn replay(job: &Replay, told: &mut dyn FnMut(u64, u64)) -> Result<Replayed, ReplayError> {
    check_target(&job.into, job.force)?;
    let reader = job.store.reader()?;
    let reader = &*reader;
    let size = job.as_of.size(reader)?;
    let (scratch, file) = (beside(&job.into)?, beside(&job.into)?);
    let mut latest = Latest::new(&scratch).map_err(ReplayError::Output)?;

    let mut walk = Walk::new(reader);
    let mut write = |changes: &[_], _: &[_]| latest.fold(changes).map_err(ReplayError::Output);
    walk.fold(size, &mut write, &mut |done| told(done, size))?;
    let (root, time, events) = (walk.root(), walk.last_time().map(|time: Instant| time.to_string()), walk.events());
    let pinned = job.pinned.as_ref();
    let proven = proof::prove(&mut walk, reader, size, pinned)?;
    // That the state ends here is what the next entry says, so that one is proved too.
    let end = reader.head()?.size;
    if size < end {
        proof::prove(&mut walk, reader, size + 1, pinned)?;
    }
    let meta = Meta {
        origin: &proven.checkpoint.origin,
        size,
        time: time.clone(),
        root,
        checkpoint: &proven.text,
        checkpoint_size: proven.checkpoint.size,
        verified: pinned.is_some(),
    };
    let rows = state::write(&file, &latest, &meta)?;
    appear(file, job).map_err(|error| {
        if matches!(error, StoreError::Exists { .. }) { ReplayError::Exists(job.into.clone()) } else { ReplayError::Output(error) }
    })?;
    let checkpoint_size = proven.checkpoint.size;
    Ok(Replayed { size, root: root.to_string(), time, checkpoint_size, signature_verified: pinned.is_some(), rows, events })
}

/// An empty file beside the one to be made, gone when dropped. As a ledger it may be read by its group.
fn beside(into: &Path) -> Result<TempPath, ReplayError> {
    let parent = into.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o640));
    let made = builder.prefix(".replay-").suffix(".sqlite").tempfile_in(parent);
    made.map(tempfile::NamedTempFile::into_temp_path).map_err(|error| ReplayError::Output(error.into()))
}

/// Gives the finished file its name.
fn appear(file: TempPath, job: &Replay) -> Result<(), StoreError> {
    File::open(&file)?.sync_all()?;
    let done = if job.force { file.persist(&job.into) } else { file.persist_noclobber(&job.into) };
    done.map_err(|failed| match failed.error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::exists(&job.into),
        _ => failed.error.into(),
    })?;
    Ok(sync_directory(&job.into)?)
}

/// Refuses to replace what was not to be replaced, and ledgers always.
fn check_target(into: &Path, force: bool) -> Result<(), ReplayError> {
    if fs::symlink_metadata(into).is_err() {
        return Ok(());
    }
    if !force {
        return Err(ReplayError::Exists(into.into()));
    }
    let mut mark = [0; 4];
    let read = File::open(into).and_then(|mut file| {
        file.seek(SeekFrom::Start(APPLICATION_ID_OFFSET))?;
        file.read_exact(&mut mark)
    });
    if read.is_ok() && [*b"LITL", *b"LITV"].contains(&mark) { Err(ReplayError::Precious(into.into())) } else { Ok(()) }
}

/// Where SQLite's header has the application's mark.
const APPLICATION_ID_OFFSET: u64 = 68;
