//! Checkpoints: the signed size and root of a log (<https://c2sp.org/tlog-checkpoint>), without extension lines, which no
//! monitor can audit.

use std::fmt;
use std::str::FromStr;

use crate::encoding::from_decimal;
use crate::hash::Hash;
use crate::key::{SignatureType, Signer, Verifier};
use crate::note::{Note, NoteError, Verified};

/// What a log says about itself. `Display` is the note text: origin, size, root, each with a newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's unique name; the name of its key is the same.
    pub origin: String,
    /// How many leaves the tree has.
    pub size: u64,
    /// The tree's root.
    pub root: Hash,
}

/// What can be wrong with a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not exactly three lines that each end with a newline.
    #[error("a checkpoint has exactly three lines")]
    Lines,
    /// An empty origin or one with control characters.
    #[error("the checkpoint's origin is empty or has control characters")]
    Origin,
    /// Not a decimal number without sign and leading zeroes below 2⁶⁴.
    #[error("the checkpoint's size is not a plain decimal number")]
    Size,
    /// Not the canonical base64 of 32 bytes.
    #[error("the checkpoint's root is not the base64 of a hash")]
    Root,
    /// The note around it is malformed, or a known key's signature in it is wrong.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Another log's.
    #[error("this is a checkpoint of {0}")]
    OtherOrigin(String),
    /// Known keys signed, but none of them is a key of the log itself (type 0x01, named as the origin).
    #[error("no known key of the log itself signed the checkpoint")]
    NoLogSignature,
    /// The key to sign with is not named as the origin.
    #[error("the key {0} is not the log's")]
    OtherSigner(String),
}

impl Checkpoint {
    /// The note text: what is signed.
    #[must_use]
    pub fn body(&self) -> String {
        self.to_string()
    }

    /// Reads a note text, strictly: [`Checkpoint::body`] of the result is the same text again.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Lines`], [`CheckpointError::Origin`], [`CheckpointError::Size`], [`CheckpointError::Root`].
    pub fn parse(body: &str) -> Result<Checkpoint, CheckpointError> {
        let lines = body.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Lines);
        };
        if origin.is_empty() || origin.bytes().any(|byte| byte < b' ') {
            return Err(CheckpointError::Origin);
        }
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size: from_decimal(size).ok_or(CheckpointError::Size)?,
            root: root.parse().map_err(|_| CheckpointError::Root)?,
        })
    }

    /// The whole signed note. Signing the same checkpoint again gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Origin`], [`CheckpointError::Lines`] if no checkpoint can have this origin;
    /// [`CheckpointError::OtherSigner`] unless the key is named as the origin; [`NoteError::WrongSignerType`] for a cosigner.
    pub fn sign(&self, signer: &Signer) -> Result<String, CheckpointError> {
        let body = self.body();
        Checkpoint::parse(&body)?;
        if signer.name() != self.origin {
            return Err(CheckpointError::OtherSigner(signer.name().to_owned()));
        }
        Ok(Note::sign(&body, &[signer])?.to_string())
    }

    /// Reads and verifies a signed checkpoint of the log `origin`. Among `known` are the log's keys and those of the
    /// cosigners one cares about; which of these suffice, the caller decides by the signatures returned.
    ///
    /// # Errors
    ///
    /// Those of [`Note::parse`], [`Note::verify`] and [`Checkpoint::parse`]; [`CheckpointError::OtherOrigin`];
    /// [`CheckpointError::NoLogSignature`].
    pub fn open(signed: &str, known: &[Verifier], origin: &str) -> Result<(Checkpoint, Vec<Verified>), CheckpointError> {
        let note = Note::parse(signed)?;
        let signatures = note.verify(known)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != origin {
            return Err(CheckpointError::OtherOrigin(checkpoint.origin));
        }
        // Cosigners vouch for what the log signed; they cannot stand in for it.
        let by_the_log = |s: &Verified| s.kind == SignatureType::Ed25519 && s.name == origin;
        if !signatures.iter().any(by_the_log) {
            return Err(CheckpointError::NoLogSignature);
        }
        Ok((checkpoint, signatures))
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(body: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::parse(body)
    }
}
