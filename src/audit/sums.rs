//! Sums of rows: whether two sides have the same rows, found out without keeping or sorting them.
//!
//! A row's number is SHA-256 over its table and cells under a key that is drawn for this audit, cut to 128 bits, and a table's sum is that of
//! its rows' numbers (MSet-Add-Hash: Clarke, Devadas, van Dijk, Gassend and Suh, "Incremental multiset hash functions and their application to
//! memory integrity checking", Asiacrypt 2003). Whoever wrote the ledger could not know the key, so other rows have the same sum with a
//! chance of 2⁻¹²⁸. Where sums differ, [`super::rows`] compares row by row and says what is wrong.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

use projections::{Change, Indexed, LINK_BLOCK, Link, Open, Resource, Stored, Version};
use rusqlite::types::ValueRef;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::AuditError;

/// What makes numbers of rows.
#[derive(Clone)]
pub(super) struct Key(Sha256);

impl Key {
    /// A key that nobody knows.
    pub(super) fn drawn() -> Result<Key, AuditError> {
        let mut key = [0; 64];
        getrandom::fill(&mut key).map_err(|error| AuditError::Io(format!("drawing a key: {error}")))?;
        Ok(Key(Sha256::new_with_prefix(key)))
    }

    fn number(&self, row: &[u8]) -> u128 {
        let hash = self.0.clone().chain_update(row).finalize();
        hash.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
    }
}

/// The rows of a table: how many, and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    rows: u64,
    sum: u128,
}

impl Sum {
    fn add(&mut self, number: u128) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(number);
    }

    /// Adds a row.
    pub(super) fn add_row(&mut self, key: &Key, row: &RowBytes) {
        self.add(key.number(&row.0));
    }
}

/// A row as bytes. They are in the order in which SQLite has rows with these cells: numbers, then texts, then blobs.
#[derive(Debug, Default)]
pub(super) struct RowBytes(Vec<u8>);

impl RowBytes {
    /// An empty row of a table.
    pub(super) fn begin(&mut self, table: u8) {
        self.0.clear();
        self.0.push(table);
    }

    /// The bytes so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn integer(&mut self, number: i64) {
        self.0.push(1);
        // With the sign's bit turned over, numbers below 0 come first.
        self.0.extend((number ^ i64::MIN).to_be_bytes());
    }

    /// A text or blob: two zero bytes end it, so a zero in it is followed by a byte that comes after all others.
    fn string(&mut self, kind: u8, bytes: &[u8]) {
        self.0.push(kind);
        for (place, part) in bytes.split(|byte| *byte == 0).enumerate() {
            if place > 0 {
                self.0.extend([0, 0xff]);
            }
            self.0.extend(part);
        }
        self.0.extend([0, 0]);
    }

    fn text(&mut self, text: &[u8]) {
        self.string(2, text);
    }

    pub(super) fn blob(&mut self, bytes: &[u8]) {
        self.string(3, bytes);
    }

    /// An id or value: a UUID (RFC 9562) in the one form that the ledger writes as its bytes, anything else as the text that it is.
    fn packed(&mut self, text: &str) {
        match Uuid::try_parse(text) {
            Ok(id) if id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text => self.blob(id.as_bytes()),
            _ => self.text(text.as_bytes()),
        }
    }

    /// A cell as a file has it; false where no row of ours has such a one.
    pub(super) fn cell(&mut self, cell: ValueRef<'_>) -> bool {
        match cell {
            ValueRef::Integer(number) => self.integer(number),
            ValueRef::Text(text) => self.text(text),
            ValueRef::Blob(bytes) => self.blob(bytes),
            ValueRef::Null | ValueRef::Real(_) => return false,
        }
        true
    }
}

/// The places of the tables that are summed.
pub(super) const VERSIONS: usize = 0;
pub(super) const VALUES: usize = 1;
pub(super) const LINKS: usize = 2;

/// The sums of `row_versions`, `row_values` and `row_links`.
pub(super) type Sums = [Sum; 3];

/// The rows that entries make, as far as their sums ask: open versions in whole, values as numbers, links of the last block.
pub(super) struct Expected {
    key: Key,
    open: HashMap<(Resource, String), Open>,
    values: HashSet<u128>,
    links: Vec<Link>,
    /// Streams with their numbers, which are given by first appearance.
    streams: HashMap<String, i64>,
    sums: Sums,
    row: RowBytes,
}

/// Rows whose sums mean nothing: they are to be compared one by one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Strange;

impl Expected {
    /// Without entries.
    pub(super) fn new(key: Key) -> Expected {
        let (open, values, streams) = (HashMap::new(), HashSet::new(), HashMap::new());
        Expected { key, open, values, links: Vec::new(), streams, sums: Sums::default(), row: RowBytes::default() }
    }

    /// A stream that has its first event.
    pub(super) fn begin_stream(&mut self, name: String) {
        let number = self.streams.len() as i64;
        self.streams.insert(name, number);
    }

    /// Folds what one entry changes.
    pub(super) fn fold(&mut self, changes: &[Change], links: impl IntoIterator<Item = Link>) -> Result<(), Strange> {
        let open = &mut self.open;
        let last = |resource, id: &str| Ok::<_, Infallible>(open.remove(&(resource, id.to_owned())));
        let folded = projections::fold(changes, last).map_err(|_| Strange)?;
        for ((resource, id), versions) in folded.versions {
            for version in &versions {
                match version.stored {
                    Stored::Same => {}
                    Stored::No => self.version(resource, &id, version)?,
                    // An entry is folded once.
                    Stored::Other => return Err(Strange),
                }
            }
            self.open.extend(versions.into_iter().next_back().map(|last| ((resource, id), (last.from_size, last.body))));
        }
        folded.indexed.iter().for_each(|indexed| self.value(indexed));
        let links = links.into_iter().chain(folded.links).collect::<Vec<_>>();
        let block = |links: &[Link]| links.first().map(|link| link.entry / LINK_BLOCK);
        if !links.is_empty() && block(&links) != block(&self.links) {
            self.end_block()?;
        }
        self.links.extend(links);
        Ok(())
    }

    fn version(&mut self, resource: Resource, id: &str, version: &Version) -> Result<(), Strange> {
        self.row.begin(VERSIONS as u8);
        self.row.integer(resource.number());
        self.row.packed(id);
        self.row.integer(i64::try_from(version.from_size).map_err(|_| Strange)?);
        self.row.text(&serde_json::to_vec(&version.body).map_err(|_| Strange)?);
        self.sums[VERSIONS].add_row(&self.key, &self.row);
        Ok(())
    }

    fn value(&mut self, Indexed { member, value, id }: &Indexed) {
        self.row.begin(VALUES as u8);
        self.row.integer(*member);
        self.row.packed(value);
        self.row.packed(id);
        let number = self.key.number(self.row.bytes());
        // A value that a row has again is there once.
        if self.values.insert(number) {
            self.sums[VALUES].add(number);
        }
    }

    /// The links of a block are all known.
    fn end_block(&mut self) -> Result<(), Strange> {
        let links = std::mem::take(&mut self.links);
        for ((stream, block), entries) in projections::link_blocks(&links) {
            self.row.begin(LINKS as u8);
            self.row.integer(*self.streams.get(stream).ok_or(Strange)?);
            self.row.integer(i64::try_from(block).map_err(|_| Strange)?);
            self.row.blob(&entries);
            self.sums[LINKS].add_row(&self.key, &self.row);
        }
        Ok(())
    }

    /// The sums, with the links of the last block.
    pub(super) fn sums(mut self) -> Result<Sums, Strange> {
        self.end_block()?;
        Ok(self.sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[ValueRef<'_>]) -> RowBytes {
        let mut row = RowBytes::default();
        row.begin(0);
        assert!(cells.iter().all(|cell| row.cell(*cell)));
        row
    }

    #[test]
    fn rows_are_ordered_by_their_cells_and_no_two_are_the_same_bytes() {
        let text = |text: &'static str| ValueRef::Text(text.as_bytes());
        let rows = [
            [ValueRef::Integer(i64::MIN), text("z")],
            [ValueRef::Integer(-1), text("z")],
            [ValueRef::Integer(0), text("z")],
            [ValueRef::Integer(256), text("a")],
            [text(""), text("ab")],
            [text("a"), text("b")],
            [text("a"), text("bc")],
            [text("a\0"), text("b")],
            [text("a\0\0"), text("b")],
            [text("a\0b"), text("")],
            [text("ab"), text("")],
            [ValueRef::Blob(&[]), text("")],
            [ValueRef::Blob(&[0, 255]), text("")],
        ];
        let bytes: Vec<Vec<u8>> = rows.iter().map(|cells| row(cells).0).collect();
        assert!(bytes.is_sorted_by(|one, next| one < next), "{bytes:?}");
        assert!(!RowBytes::default().cell(ValueRef::Null) && !RowBytes::default().cell(ValueRef::Real(1.0)));
    }

    #[test]
    fn a_sum_knows_neither_the_order_of_rows_nor_another_key() {
        let rows: Vec<RowBytes> = (0..3).map(|number| row(&[ValueRef::Integer(number)])).collect();
        let sum = |key: &Key, order: [usize; 3]| {
            let mut sum = Sum::default();
            order.iter().for_each(|place| sum.add_row(key, &rows[*place]));
            sum
        };
        let (key, other) = (Key::drawn().unwrap(), Key::drawn().unwrap());
        assert_eq!(sum(&key, [0, 1, 2]), sum(&key, [2, 0, 1]));
        assert_ne!(sum(&key, [0, 1, 2]), sum(&key, [0, 1, 1]));
        assert_ne!(sum(&key, [0, 1, 2]), sum(&other, [0, 1, 2]));
    }
}
