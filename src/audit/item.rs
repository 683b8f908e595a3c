//! What can be judged of an entry by itself, and its signatures: on all cores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use aggregates::Refusal;
use aggregates::commands::{self, Command};
use aggregates::refusal::Code;
use aggregates::words::{Kid, PublicKey};
use aggregates::{commands::Spec, form};
use tlog::{Hash, leaf_hash};

use crate::admission::{KeyDirectory, command_of};
use crate::entry::{Entry, EntryError};
use crate::envelope::Envelope;
use crate::keys::{self, AdmittedKey};

/// A stored entry on its way through the audit.
pub(super) struct Item {
    /// Its place among the entries.
    pub(super) place: u64,
    /// The column `time`.
    pub(super) time: Option<i64>,
    /// The bytes that were hashed.
    pub(super) bytes: Vec<u8>,
    /// Their leaf hash.
    pub(super) leaf: Hash,
    /// What the bytes say; none if they are no entry.
    pub(super) entry: Option<Entry>,
    /// The command in it, if it has one that can be read.
    pub(super) signed: Option<Signed>,
    /// What is wrong with it: code and text.
    pub(super) faults: Vec<(&'static str, String)>,
}

/// A signed command.
pub(super) struct Signed {
    pub(super) envelope: Envelope,
    pub(super) command: Command,
    /// For each signer its key, as payload or registry have it at this entry. Set while following the law.
    pub(super) keys: Vec<Option<PublicKey>>,
}

impl Item {
    pub(super) fn new(place: u64, time: Option<i64>, bytes: Vec<u8>) -> Item {
        Item { place, time, bytes, leaf: tlog::EMPTY_ROOT, entry: None, signed: None, faults: Vec::new() }
    }

    fn read(&mut self) {
        self.leaf = leaf_hash(&self.bytes);
        let entry = match Entry::from_bytes(&self.bytes) {
            Ok(entry) => entry,
            Err(EntryError::NotCanonical) => {
                self.faults.push(("entry_not_canonical", EntryError::NotCanonical.to_string()));
                match serde_json::from_slice(&self.bytes) {
                    Ok(entry) => entry,
                    Err(_) => return,
                }
            }
            Err(error) => return self.faults.push(("entry_unreadable", error.to_string())),
        };
        if let Some(command) = entry.command() {
            match Envelope::from_entry(command) {
                Ok(envelope) => self.read_command(envelope),
                Err(fault) => self.faults.push(("envelope", fault.to_string())),
            }
        }
        self.entry = Some(entry);
    }

    fn read_command(&mut self, envelope: Envelope) {
        if let Err(refusal) = clear_form(&envelope) {
            self.faults.push(("form", refused(&refusal)));
        }
        match command_of(&envelope.payload, None) {
            Ok(command) => self.signed = Some(Signed { envelope, command, keys: Vec::new() }),
            Err(refusal) => self.faults.push(("form", refused(&refusal))),
        }
    }

    /// Verifies the signatures under the keys found: how many are good.
    fn verify(&mut self, known: &KnownKeys) -> u64 {
        let Some(signed) = &self.signed else { return 0 };
        let at = |kid: &Kid| signed.command.signers.iter().position(|signer| signer.kid == *kid);
        let key = |kid: &Kid| signed.keys.get(at(kid)?).copied().flatten().and_then(|key| known.admitted(key));
        match signed.envelope.verify_signatures(key) {
            Ok(()) => signed.envelope.signatures.len() as u64,
            Err(fault) => {
                self.faults.push(("signature", fault.to_string()));
                0
            }
        }
    }
}

/// A refusal in words, without the values in its parameters.
pub(super) fn refused(refusal: &Refusal) -> String {
    let faults: Vec<String> = refusal.faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect();
    match &refusal.pointer {
        Some(pointer) if faults.is_empty() => format!("{} at {pointer}", refusal.code),
        _ if faults.is_empty() => refusal.code.to_string(),
        _ => format!("{}: {}", refusal.code, faults.join(", ")),
    }
}

/// The form as far as the payload alone shows it: of everything if nothing is disclosed, else of the members in clear.
fn clear_form(envelope: &Envelope) -> Result<(), Refusal> {
    let payload = &envelope.payload;
    if envelope.digests.is_empty() {
        return commands::read(&payload.kind, &payload.data, Some(&[])).map(drop);
    }
    let Some(spec) = Spec::named(&payload.kind) else { return Ok(()) };
    let mut faults = form::check(spec.members, &payload.data, &[]);
    // What is missing in clear may stand in a disclosure.
    faults.retain(|fault| fault.code != Code::Required);
    if faults.is_empty() { Ok(()) } else { Err(Refusal::form(faults)) }
}

/// Keys that were admitted once. A kid is the hash of its key, so it stands for one key for ever.
#[derive(Default)]
pub(super) struct KnownKeys(KeyDirectory);

impl KnownKeys {
    fn admitted(&self, key: PublicKey) -> Option<AdmittedKey> {
        let kid = key.kid();
        self.0.get(&kid).or_else(|| {
            let admitted = keys::admit(key).ok()?;
            self.0.add([(kid, key)]);
            Some(admitted)
        })
    }
}

/// Reads every item.
pub(super) fn read_all(items: &mut [Item]) {
    on_all_cores(items, |item| {
        if catch_unwind(AssertUnwindSafe(|| item.read())).is_err() {
            item.entry = None;
            item.faults.push(("entry_unreadable", "reading it failed in a way that nobody foresaw".into()));
        }
        0
    });
}

/// Verifies every item's signatures: how many are good.
pub(super) fn verify_all(items: &mut [Item], known: &KnownKeys) -> u64 {
    on_all_cores(items, |item| match catch_unwind(AssertUnwindSafe(|| item.verify(known))) {
        Ok(good) => good,
        Err(_) => {
            item.faults.push(("signature", "verifying failed in a way that nobody foresaw".into()));
            0
        }
    })
}

fn on_all_cores(items: &mut [Item], work: impl Fn(&mut Item) -> u64 + Sync) -> u64 {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = items.chunks_mut(share).map(|part| scope.spawn(move || part.iter_mut().map(work).sum::<u64>())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).sum()
    })
}
