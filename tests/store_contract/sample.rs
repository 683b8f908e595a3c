//! Batches to commit: not real entries, but with everything that a store looks at.

use std::ops::Range;

use litopys::store::{FullTile, Head, Ledger, LedgerBatch, LedgerReader, Outcome, RefusalRow, Row, RowKey, Rows, StoredEntry, TILE_BYTES};
use projections::{Change, Link, LinkKind, Resource};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The time of entry `index`: two entries share one.
pub fn time(index: u64) -> i64 {
    1_800_000_000_000 + (index / 2) as i64
}

/// The id of the command with first entry `index`.
pub fn id(index: u64) -> Uuid {
    Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0000 + u128::from(index))
}

/// A batch of `count` entries on `head`; each is a command of its own, and names a new stream.
pub fn batch(head: &Head, count: u64) -> LedgerBatch {
    let size = head.size + count;
    let added = head.size..size;
    let entries: Vec<StoredEntry> = added.clone().map(entry).collect();
    let mut root = Sha256::new_with_prefix(head.root);
    entries.iter().for_each(|entry| root.update(&entry.bytes));
    let root: [u8; 32] = if count == 0 { head.root } else { root.finalize().into() };
    let checkpoint = if count == 0 { head.checkpoint.clone() } else { format!("ledger.example\n{size}\n") };
    let change = |entry| change(entry, entry % 5, &[("status", "active".into()), ("entry", entry.into())]);
    let outcome = |index| Outcome { id: id(index), payload_hash: hash(index), index, size };
    LedgerBatch {
        old: head.clone(),
        new: Head { size, root, epoch: head.epoch, checkpoint },
        entries,
        streams: added.clone().map(|index| format!("patient/{}", id(index))).collect(),
        tiles: (0..8).flat_map(|level| tiles(level, &added)).collect(),
        outcomes: added.clone().map(outcome).collect(),
        refusals: Vec::new(),
        changes: added.clone().map(change).collect(),
        links: added.map(link).collect(),
    }
}

/// Entry `index` is about the stream that it names.
fn link(index: u64) -> Link {
    Link { stream: format!("patient/{}", id(index)), kind: LinkKind::Event, entry: index }
}

/// Commits [`batch`] and answers the head after it.
pub fn grow(ledger: &mut dyn Ledger, count: u64) -> Head {
    let batch = batch(&ledger.head().unwrap(), count);
    ledger.commit(&batch).unwrap();
    batch.new
}

/// Entry `index`, some hundred bytes.
pub fn entry(index: u64) -> StoredEntry {
    StoredEntry { index, time: time(index), bytes: format!("entry {index} ").repeat(20).into_bytes() }
}

/// The tiles of a level that become full.
fn tiles(level: u8, added: &Range<u64>) -> impl Iterator<Item = FullTile> + use<> {
    let full = |size: u64| size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
    (full(added.start)..full(added.end)).map(move |index| FullTile {
        level,
        index,
        hashes: hash(index + u64::from(level)).repeat(TILE_BYTES / 32),
    })
}

/// Some 32 bytes.
pub fn hash(number: u64) -> [u8; 32] {
    Sha256::digest(number.to_be_bytes()).into()
}

/// A refusal of command `number`, which is no entry's.
pub fn refusal(number: u64, size: u64) -> RefusalRow {
    RefusalRow {
        id: id(1_000_000 + number),
        payload_hash: hash(number),
        refusal: "limit_reached".into(),
        size,
        time: time(number),
        note: format!("ledger.example/refusals\n{number}\n"),
    }
}

/// A change of row `row` of the legal entities.
pub fn change(entry: u64, row: u64, members: &[(&str, Value)]) -> Change {
    let set = members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Change { resource: Resource::LegalEntity, id: format!("row-{row}"), entry, set }
}

/// A row's body that these entries made.
pub fn body(entries: &[u64], members: &[(&str, Value)]) -> Map<String, Value> {
    let members = members.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    members.chain([("entries".to_owned(), entries.into())]).collect()
}

/// Everything that a ledger's reader shows, for comparison.
#[derive(Debug, PartialEq)]
pub struct Everything {
    pub head: Head,
    pub entries: Vec<StoredEntry>,
    pub streams: Vec<(u64, String)>,
    pub checkpoints: Vec<(u64, String)>,
    pub tiles: Vec<FullTile>,
    pub outcomes: Vec<Outcome>,
    pub refusals: Vec<RefusalRow>,
    pub versions: Vec<Row>,
}

/// Reads a ledger by pages of `limit`.
pub fn everything(reader: &dyn LedgerReader, limit: usize) -> Everything {
    let place = |time: i64, id: Uuid| Some((time, id));
    Everything {
        head: reader.head().unwrap(),
        entries: pages(0, |from| {
            let page = reader.entries(*from, limit).unwrap();
            page.last().map(|last| last.index + 1).map(|next| (page, next))
        }),
        streams: pages(0, |from| {
            let page = reader.streams(*from, limit).unwrap();
            page.last().map(|last| last.0 + 1).map(|next| (page, next))
        }),
        checkpoints: pages(0, |from| {
            let page = reader.checkpoints(*from, limit).unwrap();
            page.last().map(|last| last.0 + 1).map(|next| (page, next))
        }),
        tiles: pages((0, 0), |from| {
            let page = reader.tiles(*from, limit).unwrap();
            page.last().map(|last| (last.level, last.index + 1)).map(|next| (page, next))
        }),
        outcomes: pages(0, |from| {
            let page = reader.outcomes(*from, limit).unwrap();
            page.last().map(|last| last.index + 1).map(|next| (page, next))
        }),
        refusals: pages(None, |after| {
            let page = reader.refusals(i64::MIN..i64::MAX, *after, limit).unwrap();
            page.last().map(|last| place(last.time, last.id)).map(|next| (page, next))
        }),
        versions: versions(reader, limit),
    }
}

/// Reads all versions of all rows by pages of `limit`.
pub fn versions<R: Rows + ?Sized>(rows: &R, limit: usize) -> Vec<Row> {
    pages(None, |after: &Option<RowKey>| {
        let page = rows.versions(after.as_ref(), limit).unwrap();
        page.last().map(RowKey::from).map(|next| (page, Some(next)))
    })
}

/// Reads page after page until there is none.
pub fn pages<C, T>(mut cursor: C, read: impl Fn(&C) -> Option<(Vec<T>, C)>) -> Vec<T> {
    let mut all = Vec::new();
    while let Some((page, next)) = read(&cursor) {
        all.extend(page);
        cursor = next;
    }
    all
}
