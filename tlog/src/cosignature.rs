//! Cosignatures of checkpoints, `cosignature/v1` (<https://c2sp.org/tlog-cosignature>, signature type 0x04).
//!
//! A cosignature says: at this time, this was the largest consistent tree of this log that the cosigner had seen. They are
//! made with [`crate::Note::cosign`] and verified with [`crate::Note::verify`].

use crate::checkpoint::Checkpoint;
use crate::key::{SignatureType, Signer, Verifier};
use crate::note::NoteError;

/// The latest time that a cosignature may have: 2⁶³ − 1 seconds.
pub const MAX_TIMESTAMP: u64 = i64::MAX as u64;

/// What a cosigner signs: two lines, then the checkpoint's text with its last newline.
fn message(timestamp: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {timestamp}\n{text}").into_bytes()
}

/// The 72 bytes of a cosignature: the time as a big-endian `u64`, then the Ed25519 signature.
pub(crate) fn sign(signer: &Signer, timestamp: u64, text: &str) -> Result<Vec<u8>, NoteError> {
    if signer.kind() != SignatureType::CosignatureV1 {
        return Err(NoteError::WrongSignerType);
    }
    if timestamp > MAX_TIMESTAMP {
        return Err(NoteError::Timestamp);
    }
    Checkpoint::parse(text).map_err(|_| NoteError::NotACheckpoint)?;
    let mut bytes = timestamp.to_be_bytes().to_vec();
    bytes.extend_from_slice(&signer.sign_raw(&message(timestamp, text)));
    Ok(bytes)
}

/// The time of a cosignature, if the key made it over this text.
pub(crate) fn verify(key: &Verifier, text: &str, bytes: &[u8]) -> Option<u64> {
    let (timestamp, signature) = bytes.split_first_chunk::<8>()?;
    let timestamp = u64::from_be_bytes(*timestamp);
    let genuine = key.verify_raw(&message(timestamp, text), signature.try_into().ok()?);
    (genuine && timestamp <= MAX_TIMESTAMP).then_some(timestamp)
}
