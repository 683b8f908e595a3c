//! What decides: the registry with everything that has been decided, committed or not.

use std::sync::Arc;

use aggregates::refusal::{Bond, Code};
use aggregates::words::{Bytes32, Instant, Kid};
use aggregates::{Context, Foreseen, OneTimeCode, Refusal, Registry, Ungathered, authority, decide, gather};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use super::archive::{Overlay, VaultArchive};
use super::batch::{Batch, Decided, Gained, Writes};
use super::clock::Clock;
use super::keys::Keys;
use super::note::RefusalNote;
use super::{Accepted, Answer, Published, Refused, Sealed};
use crate::admission::Admitted;
use crate::entry::{self, Entry, EntryError};
use crate::keys;
use crate::service::ServiceCode;
use crate::store::{Asked, LedgerReader, RefusalRow, StoreError, VaultReader};

/// How far the clock may stand behind the last entry before writing stops, in milliseconds.
const CLOCK_TOLERANCE_MS: i64 = 60_000;

/// The half of a core that decides. It reads what is committed and never writes.
pub(super) struct Decider {
    pub(super) origin: String,
    /// Signs refusal notes; the log's key is the committer's.
    pub(super) keys: Arc<Keys>,
    /// For outcomes and checkpoints.
    pub(super) reader: Box<dyn LedgerReader>,
    pub(super) vault: Box<dyn VaultReader>,
    /// After all that has been decided.
    pub(super) registry: Registry,
    /// The size after all batches that were closed, committed or not.
    pub(super) size: u64,
    pub(super) last_time: Instant,
    pub(super) clock: Clock,
    pub(super) published: watch::Receiver<Arc<Published>>,
    /// What the batch gained that is being committed, for the store may not show it yet.
    pub(super) closed: Option<Gained>,
}

/// What one command came to, before its batch is committed.
pub(super) enum Pending {
    /// Nothing was written for it.
    Now(Answer),
    /// Its answer is true once the batch is published; its commit's size, if that was an earlier one.
    Entry { index: u64, bytes: Arc<[u8]>, size: Option<u64>, replayed: bool },
}

impl Pending {
    /// The answer, once the batch is published.
    pub(super) fn after(self, sealed: &Arc<Sealed>) -> Answer {
        match self {
            Pending::Now(answer) => answer,
            Pending::Entry { index, bytes: entry, size: Some(size), replayed } => {
                Answer::Accepted(Accepted { index, size, entry, replayed, sealed: None })
            }
            Pending::Entry { index, bytes: entry, size: None, replayed } => {
                Answer::Accepted(Accepted { index, size: sealed.size, entry, replayed, sealed: Some(Arc::clone(sealed)) })
            }
        }
    }
}

impl Decider {
    /// Whether the clock allows to write now.
    fn clock_is_sane(&self) -> bool {
        (self.clock)() >= self.last_time.ms() - CLOCK_TOLERANCE_MS
    }

    /// Decides commands on top of a batch that has room for them.
    pub(super) fn decide_all(&mut self, commands: &[Admitted], batch: &mut Batch) -> Result<Vec<Pending>, StoreError> {
        self.reader.hold()?;
        self.vault.hold()?;
        let looked = self.look_ahead(commands, batch);
        let decided = looked.and_then(|()| commands.iter().map(|admitted| self.consider(admitted, batch)).collect());
        self.reader.release()?;
        self.vault.release()?;
        decided
    }

    /// Closes a batch: what is decided from now on is of the next. The one closed before must have been committed.
    pub(super) fn close(&mut self, batch: Batch) -> Writes {
        let Batch { writes, gained, .. } = batch;
        self.size += writes.entries.len() as u64;
        self.closed = Some(Gained { size: self.size, ..gained });
        writes
    }

    /// The batch that was closed is committed, so that the store shows all of it.
    pub(super) fn committed(&mut self) {
        self.closed = None;
    }

    /// Asks the store once for what the decisions on many commands will need. What the closed batch gained lies over the answers, and is
    /// kept until this batch is closed too: the store may have been asked before it showed that.
    fn look_ahead(&self, commands: &[Admitted], batch: &mut Batch) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = commands.iter().map(|admitted| admitted.command.id).collect();
        batch.earlier = self.reader.earlier(&ids)?;
        if self.vault.is_far() {
            let mut foreseen = Foreseen::default();
            for admitted in commands {
                foreseen.add(&admitted.command, &admitted.envelope.payload.data, &admitted.disclosed);
            }
            let Foreseen { keys, values, codes } = foreseen;
            let values = values.into_iter().map(|(subject, name)| (subject.to_string(), name)).collect();
            // What cannot be told now is asked again where it is needed, and if it fails there too, only that command is turned away.
            batch.known = self.vault.ask(&Asked { keys, values, codes }).unwrap_or_default();
        }
        Ok(())
    }

    /// What the vault does not show yet, the latest first.
    fn overlays<'a>(&'a self, batch: &'a Batch) -> impl Iterator<Item = &'a Overlay> + Clone {
        [Some(&batch.gained), self.closed.as_ref()].into_iter().flatten().map(|gained| &gained.overlay)
    }

    /// Decides one command on top of the batch.
    fn consider(&mut self, admitted: &Admitted, batch: &mut Batch) -> Result<Pending, StoreError> {
        if !self.clock_is_sane() {
            tracing::error!(clock_ms = (self.clock)(), last_ms = self.last_time.ms(), "the clock stands behind the last entry");
            return Ok(Pending::Now(Answer::Turned(ServiceCode::NotReady)));
        }
        if let Some(answer) = self.verify_late(admitted) {
            return Ok(Pending::Now(answer));
        }
        if let Some(earlier) = self.earlier(admitted, batch)? {
            return Ok(earlier);
        }
        let time = Instant::from_ms((self.clock)()).unwrap_or(self.last_time).max(self.last_time);
        if let Some(code) = self.outside(admitted, time)? {
            return Ok(Pending::Now(Answer::Turned(code)));
        }
        match self.decide(admitted, time, batch) {
            Ok(pending) => Ok(pending),
            Err(Ungathered::Unavailable(error)) => {
                tracing::error!(%error, "facts could not be gathered");
                Ok(Pending::Now(Answer::Turned(ServiceCode::NotReady)))
            }
            Err(Ungathered::Refused(refusal)) => Ok(Pending::Now(Answer::Refused(self.refuse(admitted, time, refusal, batch)))),
        }
    }

    /// Verifies the signatures of keys that admission did not know; by now an earlier command may have enrolled them.
    fn verify_late(&self, admitted: &Admitted) -> Option<Answer> {
        if admitted.verified {
            return None;
        }
        let carried = admitted.command.carried_keys();
        let key = |kid: &Kid| {
            let carried = carried.iter().find(|key| key.kid() == *kid).copied();
            carried.or_else(|| self.registry.key(kid).map(|key| key.x)).and_then(|key| keys::admit(key).ok())
        };
        let unknown = admitted.command.signers.iter().position(|signer| key(&signer.kid).is_none());
        if let Some(place) = unknown {
            let kid = admitted.command.signers[place].kid.to_string();
            let refusal = Refusal::new(Code::KeyUnknown).at(format!("/signers/{place}")).with("kid", kid);
            return Some(Answer::Refused(Refused { refusal, note: None, replayed: false }));
        }
        admitted.envelope.verify_signatures(key).err().map(Answer::Unsigned)
    }

    /// The answer that an earlier copy of this command was given, at any age.
    fn earlier(&self, admitted: &Admitted, batch: &Batch) -> Result<Option<Pending>, StoreError> {
        let (id, hash) = (&admitted.command.id, admitted.envelope.payload_hash);
        let conflict = || Some(Pending::Now(Answer::Turned(ServiceCode::IdConflict)));
        let closed = self.closed.as_ref().and_then(|gained| Some((gained.by_id.get(id)?, Some(gained.size))));
        if let Some((decided, size)) = batch.gained.by_id.get(id).map(|decided| (decided, None)).or(closed) {
            return Ok(match decided.clone() {
                Decided::Entry { payload_hash, .. } | Decided::Refusal { payload_hash, .. } if payload_hash != hash => conflict(),
                Decided::Entry { index, bytes, .. } => Some(Pending::Entry { index, bytes, size, replayed: true }),
                Decided::Refusal { refusal, note, .. } => {
                    Some(Pending::Now(Answer::Refused(Refused { refusal, note: Some(note), replayed: true })))
                }
            });
        }
        if let Some(outcome) = batch.earlier.outcomes.get(id) {
            if outcome.payload_hash != hash {
                return Ok(conflict());
            }
            let entry = self.reader.entry(outcome.index)?;
            let entry = entry.ok_or_else(|| StoreError::Corrupt { what: format!("entry {} of an outcome is missing", outcome.index) })?;
            let (index, size) = (outcome.index, outcome.size);
            let accepted = Accepted { index, size, entry: entry.bytes.into(), replayed: true, sealed: None };
            return Ok(Some(Pending::Now(Answer::Accepted(accepted))));
        }
        if let Some(row) = batch.earlier.refusals.get(id) {
            if row.payload_hash != hash {
                return Ok(conflict());
            }
            let refusal =
                stored_refusal(&row.refusal).ok_or_else(|| StoreError::Corrupt { what: format!("refusal {id} cannot be read") })?;
            return Ok(Some(Pending::Now(Answer::Refused(Refused { refusal, note: Some(row.note.clone()), replayed: true }))));
        }
        Ok(None)
    }

    /// The window of `issued_at`, and whether the checkpoint that the sender saw is one of ours.
    fn outside(&self, admitted: &Admitted, time: Instant) -> Result<Option<ServiceCode>, StoreError> {
        let window = self.registry.policy().issued_at;
        let issued_at = admitted.command.issued_at;
        if issued_at < time.plus_seconds(-window.past_seconds) || issued_at > time.plus_seconds(window.future_seconds) {
            return Ok(Some(ServiceCode::OutsideWindow));
        }
        let Some(seen) = admitted.envelope.payload.seen else { return Ok(None) };
        // Beyond the published size there is no checkpoint yet, though the batch at hand may reach there.
        let published = self.published.borrow().size;
        let checkpoint = if seen.size <= published { self.reader.checkpoint(seen.size)? } else { None };
        let root = checkpoint.and_then(|note| tlog::Checkpoint::open(&note, &[self.keys.log.verifier()], &self.origin).ok());
        if root.is_some_and(|(checkpoint, _)| checkpoint.root.0 == seen.root) {
            return Ok(None);
        }
        tracing::error!(command = %admitted.command.id, size = seen.size, published, "a sender saw a checkpoint that is not ours");
        Ok(Some(ServiceCode::ViewConflict))
    }

    fn decide(&mut self, admitted: &Admitted, time: Instant, batch: &mut Batch) -> Result<Pending, Ungathered> {
        let index = self.size + batch.writes.entries.len() as u64;
        let acting = authority::check(&self.registry, &admitted.command, time)?;
        let data = &admitted.envelope.payload.data;
        let gathered = {
            let archive = VaultArchive::over(&*self.vault, self.overlays(batch), &batch.known);
            gather(&self.registry, &admitted.command, &acting, data, &admitted.disclosed, &archive, time, &mut draw_code)?
        };
        let events = decide(&self.registry, &admitted.command, &Context { index, time, facts: gathered.facts })?;
        let new_streams: Vec<String> = events.iter().filter(|event| event.version == 1).map(|event| event.stream.to_string()).collect();
        let enrolled = events.iter().filter(|event| event.kind() == "key.enrolled").cloned();
        batch.writes.enrolled.extend(enrolled);
        let entries = entry::chain(entry::LAW, index, time, admitted.envelope.to_entry(), gathered.facts, events);
        let chain: Vec<(Entry, Vec<u8>)> = match entries.into_iter().map(|entry| entry.to_bytes().map(|bytes| (entry, bytes))).collect() {
            Ok(chain) => chain,
            Err(EntryError::TooLong(_) | EntryError::Malformed(_) | EntryError::NotCanonical) => {
                return Ok(Pending::Now(Answer::Turned(ServiceCode::EntryTooLarge)));
            }
        };
        for event in chain.iter().flat_map(|(entry, _)| &entry.events) {
            let applied = self.registry.apply(event);
            assert!(applied.is_ok(), "a decision follows the registry it was made on: {applied:?}");
        }
        self.last_time = time;
        batch.writes.streams.extend(new_streams);
        let bytes = batch.take(admitted, chain, gathered);
        Ok(Pending::Entry { index, bytes, size: None, replayed: false })
    }

    /// A final refusal gets a note and is kept; any other binds nothing.
    fn refuse(&self, admitted: &Admitted, time: Instant, refusal: Refusal, batch: &mut Batch) -> Refused {
        let size = self.size + batch.writes.entries.len() as u64;
        let note = (refusal.code.bond() == Bond::Final).then(|| RefusalNote {
            origin: self.origin.clone(),
            id: admitted.command.id,
            payload_hash: admitted.envelope.payload_hash,
            code: refusal.code.name().to_owned(),
            pointer: refusal.pointer.clone(),
            size,
            time,
        });
        let signed = note.as_ref().and_then(|note| note.sign(&self.keys.refusal).ok());
        if let (Some(note), Some(signed)) = (note, &signed) {
            let (id, payload_hash, note_text) = (note.id, note.payload_hash, signed.clone());
            let row = RefusalRow { id, payload_hash, refusal: written_refusal(&refusal), size, time: time.ms(), note: note_text };
            batch.refuse(id, row, refusal.clone());
        }
        Refused { refusal, note: signed, replayed: false }
    }
}

/// A code and its salt from the operating system.
fn draw_code() -> OneTimeCode {
    let mut random = [0; 40];
    // Without randomness no code may be sent at all, so that is fatal for the batch's thread.
    assert!(getrandom::fill(&mut random).is_ok(), "the operating system gives no randomness");
    let (salt, number) = random.split_at(32);
    let number = number.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    let mut bytes = [0; 32];
    bytes.copy_from_slice(salt);
    // 2⁶⁴ is so much larger than 10⁶ that the bias of the remainder is below 10⁻¹³.
    OneTimeCode { digits: format!("{:06}", number % 1_000_000), salt: Bytes32(bytes) }
}

/// A final refusal as the store keeps it, so that a repeat is answered alike. Faults of form are never final.
fn written_refusal(refusal: &Refusal) -> String {
    let mut written = serde_json::json!({ "code": refusal.code.name(), "params": refusal.params });
    if let Some(pointer) = &refusal.pointer {
        written["pointer"] = Value::from(pointer.as_str());
    }
    written.to_string()
}

fn stored_refusal(text: &str) -> Option<Refusal> {
    let stored: Value = serde_json::from_str(text).ok()?;
    let code = Code::ALL.iter().find(|code| stored["code"] == code.name())?;
    let pointer = stored["pointer"].as_str().map(str::to_owned);
    Some(Refusal { code: *code, pointer, params: stored["params"].as_object()?.clone(), faults: Vec::new() })
}
