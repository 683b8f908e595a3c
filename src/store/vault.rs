//! The vault's place: personal values and what is derived from them, which alone can be forgotten.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Asked, Known, StoreError};

/// The vault's own head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultHead {
    /// Rows are complete for entries below this size.
    pub size: u64,
    /// How often a writer has taken the lead.
    pub epoch: u64,
    /// Edits are done for entries below this size.
    pub edited: u64,
}

/// A disclosure as it was received.
#[derive(Clone, PartialEq, Eq)]
pub struct DisclosureRow {
    /// The entry of the command that it belongs to.
    pub entry: u64,
    /// Its place among that entry's disclosures.
    pub ordinal: u32,
    /// The stream whose erasure deletes it.
    pub subject: String,
    /// JSON pointer of the object that holds its digest.
    pub object: String,
    /// The member's name.
    pub name: String,
    /// The disclosure, base64url, as received.
    pub text: String,
    /// Whether its value is the one on file for the subject until another takes its place; otherwise it is kept with its
    /// entry and nothing more.
    pub on_file: bool,
}

/// An identity key by which a subject is found.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexRow {
    /// The entry that gave it.
    pub entry: u64,
    /// The stream that it leads to.
    pub subject: String,
    /// The plain key. It is not stored: the vault keeps its HMAC-SHA-256 under a key that never leaves the vault.
    pub key: String,
}

/// What the index has in place of an identity key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchRow {
    /// HMAC-SHA-256 of the key, under the vault's own.
    pub mac: [u8; 32],
    /// The stream that it leads to.
    pub subject: String,
    /// The entry that gave it.
    pub entry: u64,
}

/// The key of a vault's matching index. It stays in the vault, and goes with it where a vault is moved whole.
#[derive(Clone)]
pub struct IndexKey(Zeroizing<[u8; 32]>);

impl IndexKey {
    /// A new one.
    ///
    /// # Errors
    /// The system's: it gives no randomness.
    pub fn draw() -> Result<IndexKey, StoreError> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|error| StoreError::Io(Box::new(error)))?;
        Ok(IndexKey(key))
    }

    pub(super) fn of(key: [u8; 32]) -> IndexKey {
        IndexKey(Zeroizing::new(key))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What stands in the index for an identity key.
    pub(super) fn mac(&self, key: &str) -> [u8; 32] {
        // HMAC takes a key of any length.
        let mac = Hmac::<Sha256>::new_from_slice(&*self.0).map(|mac| mac.chain_update(key).finalize().into_bytes().into());
        mac.unwrap_or_else(|_| unreachable!("HMAC takes a key of 32 bytes"))
    }

    /// What stands in the index for the rows of a batch, each once: an entry may give the same key more than once.
    pub(super) fn matches(&self, rows: &[IndexRow]) -> Vec<MatchRow> {
        let row = |row: &IndexRow| MatchRow { mac: self.mac(&row.key), subject: row.subject.clone(), entry: row.entry };
        let all: BTreeSet<MatchRow> = rows.iter().map(row).collect();
        all.into_iter().collect()
    }
}

/// A one-time code that was drawn for a request.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// The entry with its commitment.
    pub entry: u64,
    /// The declaration request.
    pub request: Uuid,
    /// Six digits.
    pub code: String,
    /// The commitment's salt.
    pub salt: [u8; 32],
}

/// A message that waits to be sent.
#[derive(Clone, PartialEq)]
pub struct OutboxRow {
    /// The entry that caused it.
    pub entry: u64,
    /// Its place among that entry's messages.
    pub ordinal: u32,
    /// What kind of message.
    pub kind: String,
    /// The message.
    pub body: Value,
}

/// Rows as they stand in a vault.
#[derive(Clone, Copy, Debug)]
pub struct VaultRows<'a> {
    /// Disclosures.
    pub disclosures: &'a [DisclosureRow],
    /// The matching index, each row once.
    pub matches: &'a [MatchRow],
    /// One-time codes.
    pub codes: &'a [CodeRow],
    /// Messages.
    pub outbox: &'a [OutboxRow],
}

/// The rows that some entries stamped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StampedRows {
    /// Disclosures, by (entry, ordinal).
    pub disclosures: Vec<DisclosureRow>,
    /// The matching index, by (mac, subject, entry).
    pub matches: Vec<MatchRow>,
    /// One-time codes, by (request, entry).
    pub codes: Vec<CodeRow>,
    /// Messages, by (entry, ordinal).
    pub outbox: Vec<OutboxRow>,
}

impl StampedRows {
    /// As a vault takes them.
    pub fn rows(&self) -> VaultRows<'_> {
        VaultRows { disclosures: &self.disclosures, matches: &self.matches, codes: &self.codes, outbox: &self.outbox }
    }
}

/// What one transaction adds to the vault, before the ledger commits the entries that it belongs to.
#[derive(Clone, PartialEq)]
pub struct VaultBatch {
    /// The head that the batch was made on; its `edited` is not compared, as edits may come between.
    pub old: VaultHead,
    /// The size after it. Every row is stamped with an entry in `old.size..size`.
    pub size: u64,
    /// Disclosures.
    pub disclosures: Vec<DisclosureRow>,
    /// Identity keys.
    pub index: Vec<IndexRow>,
    /// One-time codes.
    pub codes: Vec<CodeRow>,
    /// Messages to send once the entries are published.
    pub outbox: Vec<OutboxRow>,
}

/// A deletion. Each ends at an entry, so that repeating it after later rows came spares those.
#[derive(Clone, PartialEq, Eq)]
pub enum VaultEdit {
    /// Deletes a request's codes stamped with an entry up to `through`.
    EndCodes {
        /// The declaration request.
        request: Uuid,
        /// The last entry whose codes go.
        through: u64,
    },
    /// Deletes identity keys of a subject stamped with an entry up to `through`.
    Unindex {
        /// The stream.
        subject: String,
        /// The plain keys.
        keys: Vec<String>,
        /// The last entry whose keys go.
        through: u64,
    },
    /// Deletes all disclosures and identity keys of a subject stamped with an entry up to `through`.
    Erase {
        /// The stream.
        subject: String,
        /// The last entry whose rows go.
        through: u64,
    },
}

/// Reads a vault. Rows of a batch that the ledger has not committed yet are among them.
pub trait VaultReader: Send {
    /// From here until [`Self::release`] all reads are of one instant, which spares each of them finding one of its own.
    fn hold(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Ends what [`Self::hold`] began; between a writer's batches nothing may be held, or the store's files grow.
    fn release(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The head as it is stored.
    fn head(&self) -> Result<VaultHead, StoreError>;

    /// The subjects that an identity key leads to, sorted, each once.
    fn find(&self, key: &str) -> Result<Vec<String>, StoreError>;

    /// An entry's disclosures that are still there, by ordinal.
    fn disclosures(&self, entry: u64) -> Result<Vec<DisclosureRow>, StoreError>;

    /// A subject's disclosures that are still there, by (entry, ordinal).
    fn disclosures_of(&self, subject: &str) -> Result<Vec<DisclosureRow>, StoreError>;

    /// The last value on file of a subject's member.
    fn value(&self, subject: &str, name: &str) -> Result<Option<DisclosureRow>, StoreError>;

    /// Whether asking for much at once is cheaper than one by one, as it is where every answer comes over a wire.
    fn is_far(&self) -> bool {
        false
    }

    /// What the single questions would answer, to many at once.
    fn ask(&self, asked: &Asked) -> Result<Known, StoreError> {
        let mut known = Known::default();
        for key in &asked.keys {
            known.keys.insert(key.clone(), self.find(key)?);
        }
        for (subject, name) in &asked.values {
            known.values.entry(subject.clone()).or_default().insert(name, self.value(subject, name)?);
        }
        for request in &asked.codes {
            known.codes.insert(*request, self.code(request)?);
        }
        Ok(known)
    }

    /// A page of the disclosures on file of one member name, of all subjects, by (subject, entry, ordinal), after a given
    /// one; at most [`super::MAX_PAGE_ROWS`].
    fn disclosures_named(&self, name: &str, after: Option<&DisclosureRow>, limit: usize) -> Result<Vec<DisclosureRow>, StoreError>;

    /// The latest code of a request.
    fn code(&self, request: &Uuid) -> Result<Option<CodeRow>, StoreError>;

    /// All rows that are stamped with one of these entries; for moving a vault whole. They are not bounded but by the entries.
    fn stamped(&self, entries: Range<u64>) -> Result<StampedRows, StoreError>;

    /// The key of the matching index; for moving a vault whole.
    fn index_key(&self) -> &IndexKey;

    /// Messages to send, oldest first, caused by entries below the `published` size.
    fn outbox(&self, published: u64, limit: usize) -> Result<Vec<OutboxRow>, StoreError>;
}

/// The one writer of a vault; owned by the ledger's writer. On `Ok` every call's changes are durable (fsynced).
pub trait Vault: VaultReader {
    /// Takes the lead: raises the vault's own epoch durably. Needed before any change.
    fn lead(&mut self) -> Result<VaultHead, StoreError>;

    /// Deletes the rows of entries that never came to be: those at or beyond the ledger's size. At start, by the
    /// leader of the ledger.
    ///
    /// A vault that ends below the ledger's size stays as it is: it is an old copy, and its caller's business.
    fn truncate(&mut self, ledger_size: u64) -> Result<VaultHead, StoreError>;

    /// Adds rows; the compare-and-swap of the vault's size and epoch comes first.
    fn gain(&mut self, batch: &VaultBatch) -> Result<VaultHead, StoreError> {
        batch.check()?;
        let matches = self.index_key().matches(&batch.index);
        let VaultBatch { disclosures, codes, outbox, .. } = batch;
        self.receive(batch.old, batch.size, VaultRows { disclosures, matches: &matches, codes, outbox })
    }

    /// The same with rows as they stand in a vault: those of another one that is moved here.
    fn receive(&mut self, old: VaultHead, size: u64, rows: VaultRows<'_>) -> Result<VaultHead, StoreError>;

    /// Does the edits of entries below `through_size`, which the ledger has committed, and notes that they are done.
    ///
    /// Repeating edits is harmless; at start they are redone from `head().edited`. The deleted values leave the files
    /// with the next [`Vault::maintain`].
    fn edit(&mut self, through_size: u64, edits: &[VaultEdit]) -> Result<VaultHead, StoreError>;

    /// Deletes a message that was sent.
    fn sent(&mut self, entry: u64, ordinal: u32) -> Result<(), StoreError>;

    /// A reader with a connection of its own, for another thread.
    fn reader(&self) -> Result<Box<dyn VaultReader>, StoreError>;

    /// Housekeeping after each batch, as cheap as can be. Answers whether nothing remains to be overwritten, by [`Self::maintain`].
    fn tidy(&mut self) -> Result<bool, StoreError> {
        self.maintain()
    }

    /// Housekeeping between batches, every second or so. Overwrites what was deleted since the last time in every
    /// file of the vault, unless a reader is in the midst of reading: then it tries again the next time. Answers
    /// whether nothing remains to be overwritten.
    fn maintain(&mut self) -> Result<bool, StoreError>;
}

impl VaultBatch {
    /// Checks what can be checked without the store. Every engine calls it before its transaction.
    pub fn check(&self) -> Result<(), StoreError> {
        let added = self.old.size..self.size;
        let stamped = (self.disclosures.iter().map(|row| row.entry))
            .chain(self.index.iter().map(|row| row.entry))
            .chain(self.codes.iter().map(|row| row.entry))
            .chain(self.outbox.iter().map(|row| row.entry));
        if self.size < self.old.size {
            Err(StoreError::invalid("a batch makes the vault smaller"))
        } else if !stamped.into_iter().all(|entry| added.contains(&entry)) {
            Err(StoreError::invalid("a row of the vault is stamped with an entry of another batch"))
        } else {
            Ok(())
        }
    }
}

/// Personal values never reach a log line through `{:?}`.
macro_rules! without_values {
    ($($name:ident: $($shown:ident),+;)+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($shown), &self.$shown))+.finish_non_exhaustive()
            }
        }
    )+};
}

without_values! {
    DisclosureRow: entry, ordinal, subject, object, name, on_file;
    IndexRow: entry, subject;
    CodeRow: entry, request;
    OutboxRow: entry, ordinal, kind;
    VaultBatch: old, size;
}

impl fmt::Debug for VaultEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VaultEdit::EndCodes { request, through } => write!(f, "EndCodes({request}, {through})"),
            VaultEdit::Unindex { subject, keys, through } => {
                write!(f, "Unindex({subject}, {} keys, {through})", keys.len())
            }
            VaultEdit::Erase { subject, through } => write!(f, "Erase({subject}, {through})"),
        }
    }
}
