//! Holding the entries that were folded against the log's checkpoints.

use tlog::{Checkpoint, Note};

use super::ReplayError;
use super::walk::Walk;
use crate::audit::Pinned;
use crate::store::LedgerReader;

/// A checkpoint whose root the entries give.
pub(super) struct Proven {
    pub(super) checkpoint: Checkpoint,
    /// The note as it was signed.
    pub(super) text: String,
}

/// Goes on to the first checkpoint of at least this size and compares its root with that of the entries; its signature too
/// where a key is trusted.
pub(super) fn prove(walk: &mut Walk<'_>, reader: &dyn LedgerReader, size: u64, trusted: Option<&Pinned>) -> Result<Proven, ReplayError> {
    let found = reader.checkpoints(size, 1)?.pop();
    let (signed, text) = found.ok_or_else(|| ReplayError::Checkpoint { size, why: "there is none of this size or a later one".into() })?;
    let checkpoint = open(&text, trusted).map_err(|why| ReplayError::Checkpoint { size: signed, why })?;
    if checkpoint.size != signed {
        return Err(ReplayError::Checkpoint { size: signed, why: format!("it is signed for size {}", checkpoint.size) });
    }
    walk.hash(signed)?;
    if checkpoint.root != walk.root() {
        return Err(ReplayError::OtherRoot { size: signed, computed: walk.root(), signed: checkpoint.root });
    }
    let genesis = trusted.and_then(|trusted| trusted.genesis);
    if genesis.is_some_and(|genesis| walk.genesis() != Some(genesis)) {
        return Err(ReplayError::OtherGenesis);
    }
    Ok(Proven { checkpoint, text })
}

fn open(text: &str, trusted: Option<&Pinned>) -> Result<Checkpoint, String> {
    match trusted {
        Some(trusted) => {
            let keys = std::slice::from_ref(&trusted.log_key);
            Checkpoint::open(text, keys, &trusted.origin).map(|(checkpoint, _)| checkpoint).map_err(|error| error.to_string())
        }
        None => {
            let note = Note::parse(text).map_err(|error| error.to_string())?;
            Checkpoint::parse(note.text()).map_err(|error| error.to_string())
        }
    }
}
