//! Walking the entries from the first on: hashing them, and folding what they change.

use aggregates::Event;
use aggregates::words::Instant;
use projections::{Change, Link};
use tlog::{Hash, Tree, leaf_hash};

use super::ReplayError;
use crate::entry::{Effects, Entry, Outline, OutlineCause};
use crate::store::{LedgerReader, Lent, StoreError, StoredEntry, parsed};

/// How many changes are gathered before they are written.
const BATCH_CHANGES: usize = 10_000;

/// How many entries are read at once where they are only hashed, and after how many it is told how far the walk has come.
const PAGE: usize = 256;

/// Takes the changes and links of some entries, each time of the entries after the last.
pub type Write<'a> = dyn FnMut(&[Change], &[Link]) -> Result<(), ReplayError> + 'a;

/// A walk under way.
pub struct Walk<'a> {
    reader: &'a dyn LedgerReader,
    tree: Tree,
    effects: Effects,
    genesis: Option<Hash>,
    last_time: Option<Instant>,
    events: u64,
}

impl<'a> Walk<'a> {
    /// Before the first entry.
    pub fn new(reader: &'a dyn LedgerReader) -> Walk<'a> {
        Walk { reader, tree: Tree::new(), effects: Effects::default(), genesis: None, last_time: None, events: 0 }
    }

    /// How many entries have been walked.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The root over them.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// The leaf hash of entry 0.
    pub fn genesis(&self) -> Option<Hash> {
        self.genesis
    }

    /// The time of the last entry folded.
    pub fn last_time(&self) -> Option<Instant> {
        self.last_time
    }

    /// How many events were folded.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Goes on to a size, writing in batches and telling how far it has come.
    ///
    /// # Errors
    /// [`ReplayError`]; an entry is missing or cannot be read, or writing failed.
    pub fn fold(&mut self, size: u64, write: &mut Write<'_>, told: &mut dyn FnMut(u64)) -> Result<(), ReplayError> {
        let (mut changes, mut links) = (Vec::new(), Vec::new());
        let mut take = |(some, others): Changed| {
            changes.extend(some);
            links.extend(others);
            if changes.len() >= BATCH_CHANGES {
                write(&changes, &links)?;
                (changes, links) = (Vec::new(), Vec::new());
            }
            Ok(())
        };
        self.each(size, &mut take, told)?;
        if changes.is_empty() && links.is_empty() { Ok(()) } else { write(&changes, &links) }
    }

    /// Goes on to a size, taking what each entry changes and telling how far it has come.
    ///
    /// # Errors
    /// [`ReplayError`]; an entry is missing or cannot be read, or taking failed.
    pub(super) fn each(
        &mut self,
        size: u64,
        take: &mut dyn FnMut(Changed) -> Result<(), ReplayError>,
        told: &mut dyn FnMut(u64),
    ) -> Result<(), ReplayError> {
        parsed(self.reader, self.size()..size, Read::from, |index, Read { leaf, time, events, told: what }| {
            if self.last_time.is_some_and(|last| time < last) {
                return Err(wrong(index, "it is before the entry that it follows"));
            }
            self.last_time = Some(time);
            self.events += events;
            take(match what {
                What::Begun(begun, changed) => {
                    self.effects = begun;
                    changed
                }
                What::Continued(events) => self.effects.within(index, &events),
            })?;
            self.push(leaf);
            if self.size().is_multiple_of(PAGE as u64) || self.size() == size {
                told(self.size());
            }
            Ok(())
        })
    }

    /// Goes on to a size without folding.
    ///
    /// # Errors
    /// An entry is missing.
    pub fn hash(&mut self, size: u64) -> Result<(), ReplayError> {
        while self.size() < size {
            for stored in self.page(size)? {
                self.push(leaf_hash(&stored.bytes));
            }
        }
        Ok(())
    }

    /// The next entries below a size; at least one.
    fn page(&self, size: u64) -> Result<Vec<StoredEntry>, ReplayError> {
        let next = self.size();
        let page = self.reader.entries(next, usize::try_from(size - next).map_or(PAGE, |left| left.min(PAGE)))?;
        match page.iter().zip(next..).find(|(entry, index)| entry.index != *index) {
            None if !page.is_empty() => Ok(page),
            None => Err(StoreError::corrupt(format!("entry {next} is missing")).into()),
            Some((_, missing)) => Err(StoreError::corrupt(format!("entry {missing} is missing")).into()),
        }
    }

    fn push(&mut self, leaf: Hash) {
        self.genesis.get_or_insert(leaf);
        // Full tiles are of no use here.
        self.tree.push(leaf, &mut Vec::new());
    }
}

/// What an entry changes.
pub(super) type Changed = (Vec<Change>, Vec<Link>);

/// What can be read of an entry by itself.
struct Read {
    leaf: Hash,
    time: Instant,
    /// How many events it has.
    events: u64,
    told: What,
}

enum What {
    /// Of an entry with a command: what continues after it, and what it changes.
    Begun(Effects, Changed),
    /// Of a continuation: its events.
    Continued(Vec<Event>),
}

impl Read {
    fn from(Lent { index, bytes, .. }: Lent<'_>) -> Result<Read, ReplayError> {
        let outline = Outline::from(bytes).map_err(|error| wrong(index, error))?;
        stands_at(index, outline.index)?;
        let cause = outline.cause().map_err(|error| wrong(index, error))?;
        let Outline { time, events, .. } = outline;
        let (leaf, many) = (leaf_hash(bytes), events.len() as u64);
        let told = match cause {
            OutlineCause::Command { payload } => {
                let begun = Effects::begun(payload).map_err(|error| wrong(index, error))?;
                let changed = begun.within(index, &events);
                What::Begun(begun, changed)
            }
            OutlineCause::Continues(_) => What::Continued(events),
        };
        Ok(Read { leaf, time, events: many, told })
    }
}

/// An entry as it stands in the ledger.
pub(super) fn parse(stored: &StoredEntry) -> Result<Entry, ReplayError> {
    let entry: Entry = serde_json::from_slice(&stored.bytes).map_err(|error| wrong(stored.index, error))?;
    stands_at(stored.index, entry.index).map(|()| entry)
}

fn stands_at(index: u64, told: u64) -> Result<(), ReplayError> {
    if told == index { Ok(()) } else { Err(wrong(index, format!("it says that it is entry {told}"))) }
}

pub(super) fn wrong(index: u64, why: impl std::fmt::Display) -> ReplayError {
    ReplayError::Entry { index, why: why.to_string() }
}
