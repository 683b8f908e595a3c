//! A batch: what has been decided and not yet committed.

use std::collections::HashMap;
use std::sync::Arc;

use aggregates::commands::Data;
use aggregates::{Event, Gathered, Refusal};
use projections::{Change, Link};
use serde_json::json;
use uuid::Uuid;

use super::archive::Overlay;
use super::edits::edits;
use crate::admission::Admitted;
use crate::entry::Entry;
use crate::store::{CodeRow, DisclosureRow, Earlier, IndexRow, Known, OutboxRow, Outcome, RefusalRow, StoredEntry, VaultEdit};

/// The most commands in a batch.
pub const MAX_BATCH: usize = 512;

/// The kind of the outbox's messages that a one-time code is to be sent.
///
/// The message names request and patient only. Who sends looks up code and phone in the vault at that moment, so that an
/// ended code is not sent and nothing personal stands twice.
pub const CODE_MESSAGE: &str = "one_time_code";

/// What a command of this batch came to.
#[derive(Clone)]
pub(super) enum Decided {
    /// Entries from this index.
    Entry { index: u64, bytes: Arc<[u8]>, payload_hash: [u8; 32] },
    /// A final refusal.
    Refusal { refusal: Refusal, note: String, payload_hash: [u8; 32] },
}

/// A batch that is being decided.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) writes: Writes,
    pub(super) gained: Gained,
    /// What became of its commands before.
    pub(super) earlier: Earlier,
    /// What the vault said about them beforehand.
    pub(super) known: Known,
}

/// What those who decide must know of a batch until the store shows it.
#[derive(Default)]
pub(super) struct Gained {
    /// Commands decided in it, so that a second copy waits for the first.
    pub(super) by_id: HashMap<Uuid, Decided>,
    pub(super) overlay: Overlay,
    /// The size after it, once it is closed.
    pub(super) size: u64,
}

/// Everything that one commit writes.
#[derive(Default)]
pub(super) struct Writes {
    pub(super) entries: Vec<StoredEntry>,
    pub(super) streams: Vec<String>,
    pub(super) outcomes: Vec<(Uuid, [u8; 32], u64)>,
    pub(super) refusals: Vec<RefusalRow>,
    pub(super) changes: Vec<Change>,
    pub(super) links: Vec<Link>,
    pub(super) disclosures: Vec<DisclosureRow>,
    pub(super) index: Vec<IndexRow>,
    pub(super) codes: Vec<CodeRow>,
    pub(super) outbox: Vec<OutboxRow>,
    pub(super) edits: Vec<VaultEdit>,
    pub(super) enrolled: Vec<Event>,
}

impl Writes {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.refusals.is_empty()
    }

    pub(super) fn outcomes(&self, size: u64) -> Vec<Outcome> {
        self.outcomes
            .iter()
            .map(|(id, payload_hash, index)| Outcome { id: *id, payload_hash: *payload_hash, index: *index, size })
            .collect()
    }
}

impl Batch {
    /// Takes an accepted command: its entries with their bytes, and what the vault gains by it. Gives the first entry's bytes back, for
    /// whoever is answered by them.
    pub(super) fn take(&mut self, admitted: &Admitted, chain: Vec<(Entry, Vec<u8>)>, gathered: Gathered) -> Arc<[u8]> {
        let Some((first, bytes)) = chain.first() else { return Arc::default() };
        let (index, shared) = (first.index, Arc::<[u8]>::from(bytes.as_slice()));
        self.writes.outcomes.push((admitted.command.id, admitted.envelope.payload_hash, index));
        let decided = Decided::Entry { index, bytes: Arc::clone(&shared), payload_hash: admitted.envelope.payload_hash };
        self.gained.by_id.insert(admitted.command.id, decided);
        let signers = admitted.envelope.payload.rights();
        for (entry, bytes) in chain {
            self.writes.entries.push(StoredEntry { index: entry.index, time: entry.time.ms(), bytes });
            self.writes.changes.extend(projections::changes(entry.index, &admitted.envelope.payload.data, &entry.events));
            self.writes.links.extend(projections::links(entry.index, &signers, &entry.events));
            self.writes.edits.extend(edits(entry.index, &entry.events));
        }
        self.keep_disclosures(admitted, index, &gathered);
        if let Some(request) = gathered.ends_code {
            self.gained.overlay.set_code(request, None);
        }
        if let Some((request, code)) = gathered.code {
            let Data::SendCode(sent) = &admitted.command.data else { unreachable!("a code is drawn to be sent") };
            let body = json!({ "request": request, "patient": sent.patient });
            self.writes.outbox.push(OutboxRow { entry: index, ordinal: 0, kind: CODE_MESSAGE.to_owned(), body });
            self.writes.codes.push(CodeRow { entry: index, request, code: code.digits.clone(), salt: code.salt.0 });
            self.gained.overlay.set_code(request, Some(code));
        }
        shared
    }

    fn keep_disclosures(&mut self, admitted: &Admitted, entry: u64, gathered: &Gathered) {
        let Some(subject) = gathered.subject else {
            debug_assert!(admitted.disclosed.is_empty(), "a disclosure has a subject");
            return;
        };
        for one in &admitted.envelope.disclosures {
            self.writes.disclosures.push(DisclosureRow {
                entry,
                ordinal: one.ordinal as u32,
                subject: subject.to_string(),
                object: one.object.clone(),
                name: one.name.clone(),
                text: one.text.clone(),
                on_file: gathered.on_file,
            });
            // Whoever is merely recognised changes nothing on file. The one value that facts read back, the birth date, is
            // part of every identity key, so a recognised identity's is the same.
            if gathered.on_file {
                self.gained.overlay.learn_value(subject, one.name.clone(), one.value.clone());
            }
        }
        for key in &gathered.index {
            self.writes.index.push(IndexRow { entry, subject: subject.to_string(), key: key.clone() });
            self.gained.overlay.learn_key(key.clone(), subject);
        }
    }

    pub(super) fn refuse(&mut self, id: Uuid, row: RefusalRow, refusal: Refusal) {
        let decided = Decided::Refusal { refusal, note: row.note.clone(), payload_hash: row.payload_hash };
        self.gained.by_id.insert(id, decided);
        self.writes.refusals.push(row);
    }
}
