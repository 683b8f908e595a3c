//! Checking receipts, offline.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::{Checkpoint, Hash, TlogProof, TlogProofError, Verifier, leaf_hash};

use super::Receipt;
use crate::entry::{Entry, EntryError};

/// What a receipt proves.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The entry.
    pub entry: Entry,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The checkpoint under which it stands in the log.
    pub checkpoint: Checkpoint,
}

/// Why a receipt proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// It is not a receipt.
    #[error("not a receipt: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The entry is not base64.
    #[error("the entry is not standard padded base64")]
    NotBase64,
    /// The entry is not one.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The proof does not hold.
    #[error("the proof of the entry: {0}")]
    Proof(#[source] TlogProofError),
    /// The entry names another index than the proof.
    #[error("the entry says index {entry}, the proof {proof}")]
    OtherIndex {
        /// The entry's.
        entry: u64,
        /// The proof's.
        proof: u64,
    },
    /// The outcome is not that of the entry's events.
    #[error("the outcome is not what the entry's events say")]
    OtherOutcome,
    /// The proof of entry 0 does not hold for the pinned hash, or is missing though a hash is pinned.
    #[error("entry 0 is not proved to be the pinned one: {0}")]
    Genesis(String),
}

/// Checks a receipt against the log's key and, if given, the pinned leaf hash of entry 0.
///
/// # Errors
/// [`ReceiptError`].
pub fn verify(json: &[u8], keys: &[Verifier], origin: &str, genesis: Option<&Hash>) -> Result<Proven, ReceiptError> {
    let receipt: Receipt = serde_json::from_slice(json)?;
    let bytes = STANDARD.decode(&receipt.entry).map_err(|_| ReceiptError::NotBase64)?;
    let entry = Entry::from_bytes(&bytes)?;
    let leaf = leaf_hash(&bytes);
    let proof = TlogProof::parse(&receipt.proof).map_err(ReceiptError::Proof)?;
    let checkpoint = proof.verify(&leaf, keys, origin).map_err(ReceiptError::Proof)?;
    if proof.index != entry.index {
        return Err(ReceiptError::OtherIndex { entry: entry.index, proof: proof.index });
    }
    let told = receipt.outcome.iter().map(|caused| (caused.kind.clone(), caused.stream, caused.version));
    if !told.eq(entry.events.iter().map(|event| (event.kind(), event.stream, event.version))) {
        return Err(ReceiptError::OtherOutcome);
    }
    if let Some(pinned) = genesis {
        begins_with(&receipt, pinned, keys, origin, &checkpoint, (&leaf, entry.index))?;
    }
    Ok(Proven { entry, leaf, checkpoint })
}

fn begins_with(
    receipt: &Receipt,
    pinned: &Hash,
    keys: &[Verifier],
    origin: &str,
    checkpoint: &Checkpoint,
    this: (&Hash, u64),
) -> Result<(), ReceiptError> {
    let wrong = |why: String| ReceiptError::Genesis(why);
    if this == (pinned, 0) {
        return Ok(());
    }
    let text = receipt.genesis_proof.as_deref().ok_or_else(|| wrong("the receipt has no genesis_proof".into()))?;
    let proof = TlogProof::parse(text).map_err(|error| wrong(error.to_string()))?;
    let under = proof.verify(pinned, keys, origin).map_err(|error| wrong(error.to_string()))?;
    if proof.index != 0 || under != *checkpoint {
        return Err(wrong("it is a proof of something else".into()));
    }
    Ok(())
}
