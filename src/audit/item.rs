//! What can be judged of an entry by itself, and its signatures: on all cores.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aggregates::Refusal;
use aggregates::commands::{self, Command};
use aggregates::refusal::Code;
use aggregates::words::{Kid, PublicKey};
use aggregates::{commands::Spec, form};
use tlog::{Hash, leaf_hash};

use crate::admission::{KeyDirectory, command_of};
use crate::entry::{Entry, EntryError};
use crate::envelope::Envelope;
use crate::keys::{self, AdmittedKey, Begun};
use crate::store::EntryDecompressor;

/// A stored entry on its way through the audit.
pub(super) struct Item {
    /// Its place among the entries.
    pub(super) place: u64,
    /// The column `time`.
    pub(super) time: Option<i64>,
    /// The bytes that were hashed; before [`read_all`] as they are stored.
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

    fn read(&mut self, decompressor: &mut EntryDecompressor) {
        match decompressor.decompress(&self.bytes) {
            Ok(bytes) => self.bytes = bytes.to_vec(),
            Err(error) => self.faults.push(("entry_unreadable", error.to_string())),
        }
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
        // Where nothing is disclosed, the whole form is in clear.
        let whole = envelope.digests.is_empty().then(|| command_of(&envelope.payload, Some(&[])));
        if let Some(Ok(command)) = whole {
            self.signed = Some(Signed { envelope, command, keys: Vec::new() });
            return;
        }
        if let Err(refusal) = clear_form(&envelope) {
            self.faults.push(("form", refused(&refusal)));
        }
        match command_of(&envelope.payload, None) {
            Ok(command) => self.signed = Some(Signed { envelope, command, keys: Vec::new() }),
            Err(refusal) => self.faults.push(("form", refused(&refusal))),
        }
    }

    /// Begins to verify the signatures under the keys found.
    fn begin(&self, known: &KnownKeys) -> Vec<Begun> {
        let Some(signed) = &self.signed else { return Vec::new() };
        let at = |kid: &Kid| signed.command.signers.iter().position(|signer| signer.kid == *kid);
        signed.envelope.begin_under(|kid| signed.keys.get(at(kid)?).copied().flatten().and_then(|key| known.admitted(kid, key)))
    }

    /// Takes the verdicts on what was begun: how many signatures are good.
    fn judge(&mut self, verdicts: &[bool]) -> u64 {
        let Some(signed) = &self.signed else { return 0 };
        match signed.envelope.judged(verdicts) {
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
#[derive(Clone, Default)]
pub(super) struct KnownKeys(KeyDirectory);

impl KnownKeys {
    /// The key, if it may be admitted; `kid` is what a signature calls it.
    fn admitted(&self, kid: &Kid, key: PublicKey) -> Option<AdmittedKey> {
        if let Some(known) = self.0.get(kid).filter(|known| known.public() == key) {
            return Some(known);
        }
        let admitted = keys::admit(key).ok()?;
        self.0.add([(admitted.kid(), key)]);
        Some(admitted)
    }
}

/// Reads every item.
pub(super) fn read_all(mut items: Vec<Item>) -> Vec<Item> {
    let mut decompressor = EntryDecompressor::default();
    for item in &mut items {
        if catch_unwind(AssertUnwindSafe(|| item.read(&mut decompressor))).is_err() {
            item.entry = None;
            item.faults.push(("entry_unreadable", "reading it failed in a way that nobody foresaw".into()));
        }
    }
    items
}

/// What verifying some items gave.
#[derive(Default)]
pub(super) struct Verified {
    /// How many signatures are good.
    pub(super) good: u64,
    /// What is wrong with the items: place, code and text.
    pub(super) faults: Vec<(u64, &'static str, String)>,
}

/// Verifies every item's signatures, all together up to the verdict on each.
pub(super) fn verify_all(items: Vec<Item>, known: &KnownKeys) -> Verified {
    let mut begun = Vec::new();
    let begin = |item: &Item| {
        let own = catch_unwind(AssertUnwindSafe(|| item.begin(known))).ok()?;
        let count = own.len();
        begun.extend(own);
        Some(count)
    };
    let counts: Vec<Option<usize>> = items.iter().map(begin).collect();
    let mut verdicts = keys::verdicts(&begun).into_iter();
    let mut verified = Verified::default();
    for (mut item, count) in items.into_iter().zip(counts) {
        match count {
            Some(count) => verified.good += item.judge(&verdicts.by_ref().take(count).collect::<Vec<_>>()),
            None => item.faults.push(("signature", "verifying failed in a way that nobody foresaw".into())),
        }
        verified.faults.extend(item.faults.into_iter().map(|(code, text)| (item.place, code, text)));
    }
    verified
}
