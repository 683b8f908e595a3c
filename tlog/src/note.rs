//! Signed notes: a text and signature lines under it (<https://c2sp.org/signed-note>).

use std::fmt;
use std::str::FromStr;

use crate::cosignature;
use crate::encoding::{from_base64, to_base64};
use crate::key::{SignatureType, Signer, Verifier, is_key_name};

/// The longest note that is read; the specification leaves the limit to the reader.
pub const MAX_NOTE_BYTES: usize = 1 << 20;
/// The most signatures that a note may have; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// How a signature line begins.
const LINE_START: &str = "— ";

/// What can be wrong with a note.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Above [`MAX_NOTE_BYTES`] or [`MAX_SIGNATURES`].
    #[error("the note is too large")]
    TooLarge,
    /// A control character other than newline, carriage returns included.
    #[error("the note contains a control character")]
    ControlCharacter,
    /// The text does not end with a newline.
    #[error("the note's text does not end with a newline")]
    TextEnd,
    /// No blank line with signature lines after it, or no newline at the end.
    #[error("the note has no signature block")]
    NoSignatureBlock,
    /// A line that should be `— name base64`, with one space each and canonical base64 of at least five bytes.
    #[error("malformed signature line")]
    SignatureLine,
    /// None of the known keys signed.
    #[error("no known key signed the note")]
    NoKnownSignature,
    /// A line under a known key's name and id that this key did not make.
    #[error("the signature of {0} does not verify")]
    BadSignature(String),
    /// Two different known keys share name and id, so that a line could mean either.
    #[error("two known keys share the name and id of {0}")]
    AmbiguousKeys(String),
    /// A cosigner asked to sign without a time, or a plain signer to cosign.
    #[error("a key of this type cannot sign this way")]
    WrongSignerType,
    /// A cosigner asked to sign what is no checkpoint.
    #[error("only a checkpoint can be cosigned")]
    NotACheckpoint,
    /// A time above 2⁶³ − 1.
    #[error("the time of a cosignature is out of range")]
    Timestamp,
}

/// A text with its signatures, not yet verified.
///
/// `Display` is the whole note as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line; nothing is known about whether it is right.
///
/// `Display` is the line with its newline; `FromStr` takes it with or without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    id: u32,
    bytes: Vec<u8>,
}

/// A signature that a known key really made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub id: u32,
    /// What the signature says.
    pub kind: SignatureType,
    /// When a cosigner signed, in seconds since 1970-01-01T00:00:00Z; `None` for type 0x01.
    pub timestamp: Option<u64>,
    /// The key's place in the list that was given.
    pub verifier: usize,
}

impl Note {
    /// Signs a text with keys of type 0x01; cosigners are added with [`Note::cosign`].
    ///
    /// # Errors
    ///
    /// [`NoteError::TextEnd`], [`NoteError::ControlCharacter`], [`NoteError::TooLarge`] if no note can have this text;
    /// [`NoteError::WrongSignerType`] for a cosigner; [`NoteError::NoSignatureBlock`] without any signer.
    pub fn sign(text: &str, signers: &[&Signer]) -> Result<Note, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::TextEnd);
        }
        check_characters(text)?;
        if signers.is_empty() {
            return Err(NoteError::NoSignatureBlock);
        }
        let mut note = Note { text: text.to_owned(), signatures: Vec::new() };
        for signer in signers {
            if signer.kind() != SignatureType::Ed25519 {
                return Err(NoteError::WrongSignerType);
            }
            let bytes = signer.sign_raw(text.as_bytes()).to_vec();
            note.add(NoteSignature { name: signer.name().to_owned(), id: signer.id(), bytes })?;
        }
        Ok(note)
    }

    /// Adds a cosignature (type 0x04) made at `timestamp`, in seconds since 1970-01-01T00:00:00Z, and returns its line, which
    /// is what a witness answers with.
    ///
    /// # Errors
    ///
    /// [`NoteError::WrongSignerType`] for a signer of type 0x01, [`NoteError::NotACheckpoint`] for another text,
    /// [`NoteError::Timestamp`] above 2⁶³ − 1, [`NoteError::TooLarge`].
    pub fn cosign(&mut self, signer: &Signer, timestamp: u64) -> Result<NoteSignature, NoteError> {
        let bytes = cosignature::sign(signer, timestamp, &self.text)?;
        let signature = NoteSignature { name: signer.name().to_owned(), id: signer.id(), bytes };
        self.add(signature.clone())?;
        Ok(signature)
    }

    /// Adds a signature line that someone else made, unverified.
    ///
    /// # Errors
    ///
    /// [`NoteError::TooLarge`]; the note is then unchanged.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        let length: usize = self.signatures.iter().map(NoteSignature::line_bytes).sum();
        let length = self.text.len() + 1 + length + signature.line_bytes();
        if self.signatures.len() == MAX_SIGNATURES || length > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Reads a note, strictly: what [`Note`]'s `Display` writes for the result is the same text again.
    ///
    /// # Errors
    ///
    /// [`NoteError::TooLarge`], [`NoteError::ControlCharacter`], [`NoteError::NoSignatureBlock`],
    /// [`NoteError::SignatureLine`].
    pub fn parse(note: &str) -> Result<Note, NoteError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge);
        }
        check_characters(note)?;
        // The last blank line parts text and signatures; the text may have blank lines of its own.
        let blank = note.rfind("\n\n").ok_or(NoteError::NoSignatureBlock)?;
        let (text, block) = (&note[..=blank], &note[blank + 2..]);
        let block = block.strip_suffix('\n').ok_or(NoteError::NoSignatureBlock)?;
        let mut signatures = Vec::new();
        for line in block.split('\n') {
            if signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::TooLarge);
            }
            signatures.push(NoteSignature::parse_line(line)?);
        }
        Ok(Note { text: text.to_owned(), signatures })
    }

    /// The text with its last newline. Not to be believed before [`Note::verify`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Checks the signatures of the known keys. Lines of other keys are ignored, also if they share a name or an id (but not
    /// both) with a known one. Each key is reported once, however many lines it has: its first line counts.
    ///
    /// # Errors
    ///
    /// [`NoteError::BadSignature`] if any line of a known key is wrong, [`NoteError::NoKnownSignature`] if there is no line of
    /// a known key, [`NoteError::AmbiguousKeys`] if a line could be of two.
    pub fn verify(&self, known: &[Verifier]) -> Result<Vec<Verified>, NoteError> {
        let mut verified: Vec<Verified> = Vec::new();
        for signature in &self.signatures {
            let mut matching = known.iter().enumerate().filter(|(_, key)| key.name() == signature.name && key.id() == signature.id);
            let Some((place, key)) = matching.next() else {
                continue;
            };
            if matching.any(|(_, other)| other != key) {
                return Err(NoteError::AmbiguousKeys(signature.name.clone()));
            }
            let timestamp = check(key, &self.text, &signature.bytes).ok_or_else(|| NoteError::BadSignature(signature.name.clone()))?;
            if verified.iter().all(|earlier| earlier.verifier != place) {
                verified.push(Verified { name: signature.name.clone(), id: signature.id, kind: key.kind(), timestamp, verifier: place });
            }
        }
        if verified.is_empty() { Err(NoteError::NoKnownSignature) } else { Ok(verified) }
    }
}

/// `Some` if the key made this signature: of its time, if its type has one.
fn check(key: &Verifier, text: &str, signature: &[u8]) -> Option<Option<u64>> {
    match key.kind() {
        SignatureType::Ed25519 => key.verify_raw(text.as_bytes(), signature.try_into().ok()?).then_some(None),
        SignatureType::CosignatureV1 => cosignature::verify(key, text, signature).map(Some),
    }
}

/// Newlines are the only control characters that a note may have.
fn check_characters(text: &str) -> Result<(), NoteError> {
    let bad = text.bytes().any(|byte| byte < b' ' && byte != b'\n');
    if bad { Err(NoteError::ControlCharacter) } else { Ok(()) }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| signature.fmt(f))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Note, NoteError> {
        Note::parse(note)
    }
}

impl NoteSignature {
    /// The name of the key that is said to have signed.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key that is said to have signed.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The signature without the key id: 64 bytes for type 0x01, 72 for type 0x04.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn line_bytes(&self) -> usize {
        LINE_START.len() + self.name.len() + 1 + (4 + self.bytes.len()).div_ceil(3) * 4 + 1
    }

    fn parse_line(line: &str) -> Result<NoteSignature, NoteError> {
        let (name, signature) = line.strip_prefix(LINE_START).and_then(|rest| rest.split_once(' ')).ok_or(NoteError::SignatureLine)?;
        let bytes = from_base64(signature).ok_or(NoteError::SignatureLine)?;
        let (id, bytes) = bytes.split_first_chunk::<4>().ok_or(NoteError::SignatureLine)?;
        if !is_key_name(name) || bytes.is_empty() {
            return Err(NoteError::SignatureLine);
        }
        Ok(NoteSignature { name: name.to_owned(), id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.bytes);
        writeln!(f, "{LINE_START}{} {}", self.name, to_base64(&bytes))
    }
}

impl FromStr for NoteSignature {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<NoteSignature, NoteError> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge);
        }
        NoteSignature::parse_line(line)
    }
}
