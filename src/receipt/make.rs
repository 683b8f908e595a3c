//! Making receipts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::{Edge, Hash, ProofError, TileId, TileSource, TlogProof, Tree, hashes_from_bytes, inclusion_proof};

use super::{Caused, Receipt};
use crate::entry::Entry;
use crate::store::{LedgerReader, StoreError};

/// Why a receipt could not be made: always the store's fault.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tiles do not give the proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The entry cannot be read.
    #[error("the entry cannot be read: {0}")]
    Entry(#[from] serde_json::Error),
    /// There is no checkpoint of this size.
    #[error("there is no checkpoint of size {0}")]
    NoCheckpoint(u64),
}

/// The full tiles of a store.
pub struct StoreTiles<'a>(pub &'a dyn LedgerReader);

impl TileSource for StoreTiles<'_> {
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, ProofError> {
        let bytes = self.0.tile(id.level, id.index).map_err(|error| ProofError::Source(error.to_string()))?;
        hashes_from_bytes(&bytes.ok_or(ProofError::MissingTile(id))?)
    }
}

/// The tlog-proof of an entry under the checkpoint of `size`. `tree` is the published one, of that size or greater.
///
/// # Errors
/// [`MakeError`].
pub fn proof(reader: &dyn LedgerReader, tree: &Tree, index: u64, size: u64) -> Result<String, MakeError> {
    let tiles = Edge { tree, full: &StoreTiles(reader) };
    let checkpoint = reader.checkpoint(size)?.ok_or(MakeError::NoCheckpoint(size))?;
    let proof = inclusion_proof(index, size, &tiles)?;
    Ok(TlogProof { index, proof, checkpoint, extra: None }.to_string())
}

/// The receipt of an entry under the checkpoint of its commit, so that a repeat is byte for byte the same.
///
/// # Errors
/// [`MakeError`].
pub fn make(reader: &dyn LedgerReader, tree: &Tree, index: u64, size: u64, bytes: &[u8], genesis: bool) -> Result<Receipt, MakeError> {
    let entry: Entry = serde_json::from_slice(bytes)?;
    let caused = |event: &aggregates::Event| Caused { kind: event.kind(), stream: event.stream, version: event.version };
    Ok(Receipt {
        entry: STANDARD.encode(bytes),
        proof: proof(reader, tree, index, size)?,
        outcome: entry.events.iter().map(caused).collect(),
        genesis_proof: if genesis { Some(proof(reader, tree, 0, size)?) } else { None },
    })
}
