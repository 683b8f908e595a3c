//! Refusal notes: the signed word that a command was refused for good.

use std::collections::HashSet;

use aggregates::refusal::{Bond, Code};
use aggregates::words::Instant;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::{Note, NoteError, Signer, Verifier};
use uuid::Uuid;

/// What a refusal note says (design §6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalNote {
    /// The ledger.
    pub origin: String,
    /// The command's id.
    pub id: Uuid,
    /// SHA-256 of its payload.
    pub payload_hash: [u8; 32],
    /// Why.
    pub code: String,
    /// The member at fault.
    pub pointer: Option<String>,
    /// The size of the registry decided on.
    pub size: u64,
    /// When.
    pub time: Instant,
}

/// A text that is not a refusal note of this ledger.
#[derive(Debug, thiserror::Error)]
pub enum RefusalNoteError {
    /// The signed note is at fault.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// No signature by the refusal key.
    #[error("the refusal key has not signed it")]
    Unsigned,
    /// The lines are not those of a refusal note.
    #[error("the text is not that of a refusal note")]
    Malformed,
}

impl RefusalNote {
    /// The name of the refusal key, and the first line of its notes.
    pub fn key_name(origin: &str) -> String {
        format!("{origin}/refusals")
    }

    /// The signed note.
    ///
    /// # Errors
    /// A text that a note cannot hold; the members of a refusal never make one.
    pub fn sign(&self, signer: &Signer) -> Result<String, NoteError> {
        let RefusalNote { origin, id, payload_hash, code, pointer, size, time } = self;
        let (name, hash) = (RefusalNote::key_name(origin), STANDARD.encode(payload_hash));
        let pointer = pointer.as_deref().unwrap_or("-");
        let text = format!("{name}\n{id}\n{hash}\n{code}\n{pointer}\n{size}\n{time}\n");
        Ok(Note::sign(&text, &[signer])?.to_string())
    }

    /// Reads a note that the refusal key of this ledger signed.
    ///
    /// # Errors
    /// [`RefusalNoteError`].
    pub fn open(note: &str, key: &Verifier, origin: &str) -> Result<RefusalNote, RefusalNoteError> {
        let note = Note::parse(note)?;
        if note.verify(std::slice::from_ref(key))?.is_empty() {
            return Err(RefusalNoteError::Unsigned);
        }
        read(note.text(), origin).ok_or(RefusalNoteError::Malformed)
    }

    /// Whether a stored refusal, from which a repeat is answered, says what this note says, in the one way that it is written.
    pub fn says(&self, stored: &str) -> bool {
        let Ok(refusal) = serde_json::from_str::<serde_json::Value>(stored) else { return false };
        let members: HashSet<&str> = refusal.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let code = Code::ALL.iter().find(|code| refusal["code"] == code.name());
        let canonical = refusal.to_string();
        canonical == stored
            && members.is_subset(&HashSet::from(["code", "params", "pointer"]))
            && refusal["params"].is_object()
            && code.is_some_and(|code| code.name() == self.code && code.bond() == Bond::Final)
            && refusal["pointer"].as_str() == self.pointer.as_deref()
    }
}

fn read(text: &str, origin: &str) -> Option<RefusalNote> {
    let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
    let [name, id, hash, code, pointer, size, time] = lines[..] else { return None };
    let read = RefusalNote {
        origin: origin.to_owned(),
        id: Uuid::try_parse(id).ok()?,
        payload_hash: STANDARD.decode(hash).ok()?.try_into().ok()?,
        code: code.to_owned(),
        pointer: (pointer != "-").then(|| pointer.to_owned()),
        size: size.parse().ok()?,
        time: time.parse().ok()?,
    };
    // One spelling for one content: what was read is written the same way.
    (name == RefusalNote::key_name(origin) && read.id.to_string() == id && read.size.to_string() == size).then_some(read)
}
