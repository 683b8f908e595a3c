//! Making receipts.

use aggregates::words::Stream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::Error as _;
use tlog::{Edge, Hash, ProofError, TileId, TileSource, TlogProof, Tree, hashes_from_bytes, inclusion_proof};

use super::{Caused, Receipt};
use crate::json::Members;
use crate::sequencer::Sealed;
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
    /// The entry cannot be read, or not be written.
    #[error("the entry as JSON: {0}")]
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
    let genesis_proof = if genesis { Some(proof(reader, tree, 0, size)?) } else { None };
    Ok(Receipt { entry: STANDARD.encode(bytes), proof: proof(reader, tree, index, size)?, outcome: outcome(bytes)?, genesis_proof })
}

/// The same of an entry of a commit that has just been made, without asking the store, and written as JSON.
///
/// # Errors
/// [`MakeError`].
pub fn write_now(sealed: &Sealed, index: u64, bytes: &[u8]) -> Result<Vec<u8>, MakeError> {
    let proof = TlogProof { index, proof: sealed.proof(index)?, checkpoint: sealed.checkpoint.to_string(), extra: None };
    // Most of it is the entry, in an alphabet that needs no escapes: it is encoded in its place and not looked through again.
    let mut written = String::with_capacity(bytes.len().div_ceil(3) * 4 + (3 << 10));
    written.push_str(r#"{"entry":""#);
    STANDARD.encode_string(bytes, &mut written);
    let mut written = written.into_bytes();
    written.extend_from_slice(br#"","proof":"#);
    serde_json::to_writer(&mut written, &proof.to_string())?;
    written.extend_from_slice(br#","outcome":"#);
    serde_json::to_writer(&mut written, &outcome(bytes)?)?;
    written.push(b'}');
    Ok(written)
}

/// What an entry's events are. The rest of the entry, which is one that was made or read back here, is passed over.
fn outcome(bytes: &[u8]) -> Result<Vec<Caused>, MakeError> {
    #[derive(Deserialize)]
    struct ShownEvent {
        #[serde(rename = "type")]
        kind: String,
        stream: Stream,
        version: u64,
    }
    let mut members = Members::of(bytes);
    while let Some(name) = members.name()? {
        if name == b"events" {
            let shown: Vec<ShownEvent> = members.read()?;
            let caused = |event: ShownEvent| Caused { kind: event.kind, stream: event.stream, version: event.version };
            return Ok(shown.into_iter().map(caused).collect());
        }
        members.skip()?;
    }
    Err(serde_json::Error::missing_field("events").into())
}
