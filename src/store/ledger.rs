//! The ledger's place: what is kept for ever.

use std::collections::BTreeSet;
use std::ops::Range;

use projections::{Change, Link};
use uuid::Uuid;

use super::{Earlier, Rows, StoreError};

/// The bytes of a full tile: 256 hashes.
pub const TILE_BYTES: usize = 8192;

/// The most bytes of an entry: what an entry bundle's 16-bit length can say.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// The ledger's head: what the one writer compares and swaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub size: u64,
    /// The Merkle tree's root over them; of the empty tree at size 0.
    pub root: [u8; 32],
    /// How often a writer has taken the lead.
    pub epoch: u64,
    /// The signed note for this size; empty at size 0.
    pub checkpoint: String,
}

/// One leaf of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its place, from 0.
    pub index: u64,
    /// Its time, in milliseconds since 1970.
    pub time: i64,
    /// The bytes that were hashed.
    pub bytes: Vec<u8>,
}

/// An entry in the store's own memory.
#[derive(Clone, Copy, Debug)]
pub struct Lent<'a> {
    /// Its place, from 0.
    pub index: u64,
    /// Its time, in milliseconds since 1970.
    pub time: i64,
    /// The bytes that were hashed.
    pub bytes: &'a [u8],
}

impl Lent<'_> {
    /// A copy.
    pub fn to_stored(self) -> StoredEntry {
        StoredEntry { index: self.index, time: self.time, bytes: self.bytes.to_vec() }
    }
}

/// A full hash tile of 256 hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullTile {
    /// Its level, from 0.
    pub level: u8,
    /// Its index within the level, from 0.
    pub index: u64,
    /// Exactly [`TILE_BYTES`] bytes.
    pub hashes: Vec<u8>,
}

/// What became of an accepted command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The command's id.
    pub id: Uuid,
    /// SHA-256 of its payload.
    pub payload_hash: [u8; 32],
    /// Its first entry.
    pub index: u64,
    /// The size of its commit's checkpoint.
    pub size: u64,
}

/// A final refusal with the note that was signed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalRow {
    /// The command's id.
    pub id: Uuid,
    /// SHA-256 of its payload.
    pub payload_hash: [u8; 32],
    /// What was answered, as JSON: code, parameters, and the member at fault.
    pub refusal: String,
    /// The size of the registry that it was decided on.
    pub size: u64,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// The signed note.
    pub note: String,
}

/// What one transaction adds to the ledger.
///
/// A batch holds entries, refusals, or both. Without entries it leaves size, root and checkpoint as they are.
#[derive(Clone, Debug)]
pub struct LedgerBatch {
    /// The head that the batch was made on.
    pub old: Head,
    /// The head after it; of the same epoch.
    pub new: Head,
    /// The new entries, dense from `old.size`.
    pub entries: Vec<StoredEntry>,
    /// Streams that appear for the first time, in that order; they are numbered on from those there are.
    pub streams: Vec<String>,
    /// Exactly the tiles that became full.
    pub tiles: Vec<FullTile>,
    /// The outcomes of the batch's commands.
    pub outcomes: Vec<Outcome>,
    /// Final refusals.
    pub refusals: Vec<RefusalRow>,
    /// Changes of read-model rows, in the order of their entries.
    pub changes: Vec<Change>,
    /// What the entries are about, but for providers, which follow from the rows.
    pub links: Vec<Link>,
}

/// What must have gone well before a batch commits.
pub type First<'a> = &'a mut (dyn FnMut() -> Result<(), StoreError> + Send);

/// The one writer of a ledger; owned by one thread.
pub trait Ledger: Send {
    /// The head as it is stored.
    fn head(&self) -> Result<Head, StoreError>;

    /// Takes the lead: raises the epoch durably, and with it fences off whoever led before. Needed before the first
    /// commit.
    fn lead(&mut self) -> Result<Head, StoreError>;

    /// Commits a batch in one transaction, of which the compare-and-swap of the head row is the first statement.
    ///
    /// On `Ok` all of it is durable (fsynced). On an error for which [`StoreError::rolled_back`] holds nothing of it
    /// is there. After [`StoreError::Unknown`] this writer commits nothing any more.
    fn commit(&mut self, batch: &LedgerBatch) -> Result<(), StoreError> {
        self.commit_together(std::slice::from_ref(batch))
    }

    /// Commits a batch behind something else: `first` is called, and only when it has gone well does the batch commit. A store that waits for
    /// answers does everything up to the commit itself meanwhile.
    fn commit_behind(&mut self, first: First<'_>, batch: &LedgerBatch) -> Result<(), StoreError> {
        first()?;
        self.commit(batch)
    }

    /// Commits batches, each made on the one before, in one transaction: for copying a ledger, whose batches are many and small.
    fn commit_together(&mut self, batches: &[LedgerBatch]) -> Result<(), StoreError>;

    /// A reader with a connection of its own, for another thread.
    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError>;

    /// Housekeeping between batches; cheap when there is nothing to do, so it may follow every commit.
    fn maintain(&mut self) -> Result<(), StoreError>;
}

/// Reads a ledger. Every answer is of one instant, shows committed batches only and those whole.
///
/// What is committed is not yet published: who answers from a reader keeps to the published size. Lists are bounded
/// by their `limit`, by [`super::MAX_PAGE_ROWS`] and, for entries, by [`super::MAX_PAGE_BYTES`]; an empty list is the
/// end.
pub trait LedgerReader: Rows + Send {
    /// From here until [`Self::release`] all reads are of one instant, which spares each of them finding one of its own.
    fn hold(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Ends what [`Self::hold`] began; between a writer's batches nothing may be held, or the store's files grow.
    fn release(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The head as it is stored.
    fn head(&self) -> Result<Head, StoreError>;

    /// The entry at an index.
    fn entry(&self, index: u64) -> Result<Option<StoredEntry>, StoreError>;

    /// Entries from an index on; at least one if there is one.
    fn entries(&self, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError>;

    /// Lends entries from an index on to `each`, at most `limit` of them; the end comes where there are fewer. Nothing is kept of them, so
    /// they are not bounded by their bytes.
    fn each_entry(&self, from: u64, limit: usize, each: &mut dyn FnMut(Lent<'_>)) -> Result<(), StoreError>;

    /// The head, and the entries from an index on as [`Self::each_entry`] lends them: what a writer reads back. The head is no later than the
    /// entries.
    fn head_and_entries(&self, from: u64, limit: usize, each: &mut dyn FnMut(Lent<'_>)) -> Result<Head, StoreError> {
        let head = self.head()?;
        self.each_entry(from, limit, each)?;
        Ok(head)
    }

    /// Another reader of the same ledger, with a connection of its own, for another thread and for reading much of it once.
    fn another(&self) -> Result<Box<dyn LedgerReader>, StoreError>;

    /// How many entries have a time not after `time` (milliseconds since 1970). Such a size never ends inside a
    /// chain, as a chain has one time.
    fn size_at(&self, time: i64) -> Result<u64, StoreError>;

    /// The checkpoint of a size, if a batch ended there.
    fn checkpoint(&self, size: u64) -> Result<Option<String>, StoreError>;

    /// Checkpoints with their sizes, from a size on.
    fn checkpoints(&self, from_size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError>;

    /// A full tile's hashes.
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Full tiles by level and index, the first with at least this level and index.
    fn tiles(&self, from: (u8, u64), limit: usize) -> Result<Vec<FullTile>, StoreError>;

    /// What became of an accepted command.
    fn outcome(&self, id: &Uuid) -> Result<Option<Outcome>, StoreError>;

    /// What became of these commands before: at most [`super::MAX_PAGE_ROWS`] of them.
    fn earlier(&self, ids: &[Uuid]) -> Result<Earlier, StoreError> {
        let mut earlier = Earlier::default();
        for id in ids {
            match self.outcome(id)? {
                Some(outcome) => earlier.outcomes.insert(*id, outcome).map(drop),
                None => self.refusal(id)?.and_then(|row| earlier.refusals.insert(*id, row)).map(drop),
            };
        }
        Ok(earlier)
    }

    /// Outcomes by their first entry, from an index on.
    fn outcomes(&self, from_index: u64, limit: usize) -> Result<Vec<Outcome>, StoreError>;

    /// The final refusal of a command.
    fn refusal(&self, id: &Uuid) -> Result<Option<RefusalRow>, StoreError>;

    /// Refusals by (time, id), with a time in the span, after a given one.
    fn refusals(&self, time: Range<i64>, after: Option<(i64, Uuid)>, limit: usize) -> Result<Vec<RefusalRow>, StoreError>;

    /// Streams with their numbers, from a number on.
    fn streams(&self, from: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError>;
}

impl LedgerBatch {
    /// A batch of nothing on a head.
    pub fn on(head: &Head) -> LedgerBatch {
        LedgerBatch {
            old: head.clone(),
            new: head.clone(),
            entries: Vec::new(),
            streams: Vec::new(),
            tiles: Vec::new(),
            outcomes: Vec::new(),
            refusals: Vec::new(),
            changes: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Checks batches that are committed together by a writer of this epoch. Every engine calls it before its transaction.
    pub(super) fn check_together(batches: &[LedgerBatch], lead: Option<u64>) -> Result<(), StoreError> {
        batches.iter().try_for_each(LedgerBatch::check)?;
        require(batches.windows(2).all(|pair| pair[0].new == pair[1].old), "a batch is not made on the one before")?;
        if batches.iter().all(|batch| lead == Some(batch.old.epoch)) { Ok(()) } else { Err(StoreError::Fenced) }
    }

    /// Checks what can be checked without the store. Every engine calls it before its transaction.
    pub fn check(&self) -> Result<(), StoreError> {
        require(self.old.epoch == self.new.epoch, "a batch does not change the epoch")?;
        require(self.old.size.checked_add(self.entries.len() as u64) == Some(self.new.size), "size is not dense")?;
        for (entry, index) in self.entries.iter().zip(self.old.size..) {
            require(entry.index == index, "entries are not dense")?;
            require((1..=MAX_ENTRY_BYTES).contains(&entry.bytes.len()), "an entry's length is out of bounds")?;
        }
        require(self.entries.is_sorted_by_key(|entry| entry.time), "time runs backwards")?;
        if self.entries.is_empty() {
            require(!self.refusals.is_empty(), "the batch is empty")?;
            require(self.old == self.new, "a head changes without an entry")?;
            require(self.streams.is_empty(), "a stream appears without an entry")?;
        } else {
            require(!self.new.checkpoint.is_empty(), "there is no checkpoint")?;
        }
        self.check_tiles()?;
        let added = self.old.size..self.new.size;
        for outcome in &self.outcomes {
            require(added.contains(&outcome.index), "an outcome is of another batch")?;
            require(outcome.size == self.new.size, "an outcome's size is not its commit's")?;
        }
        require(self.outcomes.is_sorted_by(|a, b| a.index < b.index), "outcomes are not in order")?;
        require(self.refusals.iter().all(|row| row.size <= self.new.size), "a refusal is ahead of the ledger")?;
        require(self.changes.iter().all(|change| added.contains(&change.entry)), "a change is of another batch")?;
        require(self.links.iter().all(|link| added.contains(&link.entry)), "a link is of another batch")?;
        require(self.changes.is_sorted_by_key(|change| change.entry), "changes are not in order")
    }

    /// A tile stored too early would be false for ever, and one left out is missing for ever: they must be exactly
    /// those that became full.
    fn check_tiles(&self) -> Result<(), StoreError> {
        let mut due = BTreeSet::new();
        for level in 0..8u8 {
            let shift = 8 * (u32::from(level) + 1);
            let full = |size: u64| size.checked_shr(shift).unwrap_or(0);
            due.extend((full(self.old.size)..full(self.new.size)).map(|index| (level, index)));
        }
        for tile in &self.tiles {
            require(tile.hashes.len() == TILE_BYTES, "a tile is not full")?;
            require(due.remove(&(tile.level, tile.index)), "a tile did not become full in this batch")?;
        }
        require(due.is_empty(), "a tile that became full is missing")
    }
}

fn require(holds: bool, otherwise: &str) -> Result<(), StoreError> {
    if holds { Ok(()) } else { Err(StoreError::invalid(otherwise)) }
}
