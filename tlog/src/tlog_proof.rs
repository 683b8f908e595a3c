//! Proofs that can be checked offline: index, inclusion proof and signed checkpoint in one text
//! (<https://c2sp.org/tlog-proof>, version 1).

use std::fmt;
use std::str::FromStr;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::encoding::{from_base64, from_decimal, to_base64};
use crate::hash::Hash;
use crate::key::Verifier;
use crate::note::{MAX_NOTE_BYTES, Note, NoteError, Verified};
use crate::proof::{MAX_PROOF_HASHES, ProofError, verify_inclusion};

/// The first line of every proof.
const MAGIC: &str = "c2sp.org/tlog-proof@v1";

/// That an entry lies at an index of a log. The entry itself stands beside the proof, not in it.
///
/// `Display` is the text as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// The entry's index, from 0.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up; at most 63 hashes in a tree of 2⁶³ leaves.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
    /// Opaque bytes that nothing vouches for.
    pub extra: Option<Vec<u8>>,
}

/// What can be wrong with a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// Longer than any proof can be.
    #[error("the proof is too large")]
    TooLarge,
    /// Another first line, perhaps of a later version.
    #[error("not a c2sp.org/tlog-proof@v1")]
    Header,
    /// `extra` without canonical base64.
    #[error("the extra line is malformed")]
    Extra,
    /// No `index` line with a plain decimal number.
    #[error("the index line is malformed")]
    Index,
    /// A line of the inclusion proof that is not the canonical base64 of a hash, or no blank line after them.
    #[error("the inclusion proof is malformed")]
    Hashes,
    /// The checkpoint cannot be read or does not verify.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The inclusion proof does not lead from the leaf to the checkpoint's root.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
}

impl From<NoteError> for TlogProofError {
    fn from(error: NoteError) -> Self {
        TlogProofError::Checkpoint(error.into())
    }
}

impl TlogProof {
    /// Reads a proof, strictly: its `Display` is the same text again. Nothing is verified yet.
    ///
    /// # Errors
    ///
    /// All of [`TlogProofError`] but [`TlogProofError::Inclusion`].
    pub fn parse(text: &str) -> Result<TlogProof, TlogProofError> {
        // Room for a checkpoint and as much extra data as a checkpoint may have.
        if text.len() > 2 * MAX_NOTE_BYTES {
            return Err(TlogProofError::TooLarge);
        }
        let rest = text.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix('\n'));
        let mut rest = rest.ok_or(TlogProofError::Header)?;
        let mut extra = None;
        if let Some(after) = rest.strip_prefix("extra ") {
            let (line, after) = after.split_once('\n').ok_or(TlogProofError::Extra)?;
            extra = Some(from_base64(line).ok_or(TlogProofError::Extra)?);
            rest = after;
        }
        let index = rest.strip_prefix("index ").and_then(|rest| rest.split_once('\n'));
        let (index, mut rest) = index.ok_or(TlogProofError::Index)?;
        let index = from_decimal(index).ok_or(TlogProofError::Index)?;
        let mut proof = Vec::new();
        loop {
            let (line, after) = rest.split_once('\n').ok_or(TlogProofError::Hashes)?;
            rest = after;
            if line.is_empty() {
                break;
            }
            if proof.len() == MAX_PROOF_HASHES {
                return Err(TlogProofError::TooLarge);
            }
            proof.push(line.parse().map_err(|_| TlogProofError::Hashes)?);
        }
        Checkpoint::parse(Note::parse(rest)?.text())?;
        Ok(TlogProof { index, proof, checkpoint: rest.to_owned(), extra })
    }

    /// Verifies offline that the leaf is in the log `origin`: the checkpoint's signatures by `known` keys, the log's own among
    /// them, and the inclusion proof. The leaf hash is [`Hash::leaf`] of the entry's bytes.
    ///
    /// # Errors
    ///
    /// Those of [`Checkpoint::open`] and [`verify_inclusion`].
    pub fn verify(&self, leaf: &Hash, known: &[Verifier], origin: &str) -> Result<Checkpoint, TlogProofError> {
        self.verify_with_signatures(leaf, known, origin).map(|(checkpoint, _)| checkpoint)
    }

    /// As [`TlogProof::verify`], and also tells which known keys signed, for a policy that asks for witnesses.
    ///
    /// # Errors
    ///
    /// Those of [`TlogProof::verify`].
    pub fn verify_with_signatures(
        &self,
        leaf: &Hash,
        known: &[Verifier],
        origin: &str,
    ) -> Result<(Checkpoint, Vec<Verified>), TlogProofError> {
        let (checkpoint, signatures) = Checkpoint::open(&self.checkpoint, known, origin)?;
        verify_inclusion(leaf, self.index, checkpoint.size, &checkpoint.root, &self.proof)?;
        Ok((checkpoint, signatures))
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = TlogProofError;

    fn from_str(text: &str) -> Result<TlogProof, TlogProofError> {
        TlogProof::parse(text)
    }
}
