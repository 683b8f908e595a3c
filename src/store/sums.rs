//! Sums of rows: whether two sides have the same rows, found out without keeping or sorting them.
//!
//! A row's number is SHA-256 over its table and cells under a key that is drawn each time, cut to 128 bits, and a table's sum is that of
//! its rows' numbers (MSet-Add-Hash: Clarke, Devadas, van Dijk, Gassend and Suh, "Incremental multiset hash functions and their application to
//! memory integrity checking", Asiacrypt 2003). Whoever wrote the ledger could not know the key, so other rows have the same sum with a
//! chance of 2⁻¹²⁸. Where sums differ, rows are compared one by one, which says what is wrong.

use sha2::{Digest as _, Sha256};

use super::StoreError;
use super::packed::Packed;

/// What makes numbers of rows.
#[derive(Clone)]
pub struct SumKey(Sha256);

impl SumKey {
    /// A key that nobody knows.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn drawn() -> Result<SumKey, StoreError> {
        let mut key = [0; 64];
        getrandom::fill(&mut key).map_err(|error| StoreError::Io(format!("drawing a key: {error}").into()))?;
        Ok(SumKey(Sha256::new_with_prefix(key)))
    }

    pub(super) fn number(&self, row: &RowBytes) -> u128 {
        let hash = self.0.clone().chain_update(&row.0).finalize();
        hash.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
    }
}

/// The rows of a table: how many, and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    rows: u64,
    sum: u128,
}

impl Sum {
    /// Adds a row by its number.
    pub(super) fn add(&mut self, number: u128) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(number);
    }

    /// Takes a row away that was added.
    pub(super) fn take_away(&mut self, number: u128) {
        self.rows -= 1;
        self.sum = self.sum.wrapping_sub(number);
    }

    /// Adds a row.
    pub(crate) fn add_row(&mut self, key: &SumKey, row: &RowBytes) {
        self.add(key.number(row));
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

/// A cell of a row, as stores have it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CellRef<'a> {
    Integer(i64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

impl<'a> CellRef<'a> {
    /// An id or value of a row.
    pub(crate) fn of(packed: &'a Packed<'_>) -> CellRef<'a> {
        match packed {
            Packed::Text(text) => CellRef::Text(text.as_bytes()),
            Packed::Uuid(uuid) => CellRef::Blob(uuid),
        }
    }
}

/// A row as bytes. They are in the order in which SQLite has rows with these cells: numbers, then texts, then blobs.
#[derive(Debug, Default)]
pub(crate) struct RowBytes(Vec<u8>);

impl RowBytes {
    /// An empty row of a table.
    pub(crate) fn begin(&mut self, table: usize) {
        self.0.clear();
        self.0.push(table as u8);
    }

    /// The bytes so far.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Adds a cell. Two zero bytes end a text or blob, so a zero in it is followed by a byte that comes after all others.
    pub(crate) fn add(&mut self, cell: CellRef<'_>) {
        let from = self.0.len() + 1;
        self.add_last(cell);
        if matches!(cell, CellRef::Integer(_)) {
            return;
        }
        let mut place = from;
        while let Some(zero) = self.0[place..].iter().position(|byte| *byte == 0) {
            place += zero + 1;
            self.0.insert(place, 0xff);
            place += 1;
        }
        self.0.extend([0, 0]);
    }

    /// Adds the last cell, which the row's end ends.
    pub(crate) fn add_last(&mut self, cell: CellRef<'_>) {
        match cell {
            CellRef::Integer(number) => {
                self.0.push(1);
                // With the sign's bit turned over, numbers below 0 come first.
                self.0.extend((number ^ i64::MIN).to_be_bytes());
            }
            CellRef::Text(text) => {
                self.0.push(2);
                self.0.extend(text);
            }
            CellRef::Blob(bytes) => {
                self.0.push(3);
                self.0.extend(bytes);
            }
        }
    }
}

/// The places of the tables that are summed.
pub(crate) const VERSIONS: usize = 0;
pub(crate) const VALUES: usize = 1;
pub(crate) const LINKS: usize = 2;

/// The sums of `row_versions`, `row_values` and `row_links`.
pub type Sums = [Sum; 3];

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[CellRef<'_>]) -> RowBytes {
        let mut row = RowBytes::default();
        row.begin(VERSIONS);
        let (last, others) = cells.split_last().unwrap();
        others.iter().for_each(|cell| row.add(*cell));
        row.add_last(*last);
        row
    }

    #[test]
    fn rows_are_ordered_by_their_cells_and_no_two_are_the_same_bytes() {
        let text = |text: &'static str| CellRef::Text(text.as_bytes());
        let rows = [
            [CellRef::Integer(i64::MIN), text("z")],
            [CellRef::Integer(-1), text("z")],
            [CellRef::Integer(0), text("z")],
            [CellRef::Integer(256), text("a")],
            [text(""), text("ab")],
            [text("a"), text("b")],
            [text("a"), text("bc")],
            [text("a\0"), text("b")],
            [text("a\0\0"), text("b")],
            [text("a\0b"), text("")],
            [text("ab"), text("")],
            [CellRef::Blob(&[]), text("")],
            [CellRef::Blob(&[0, 255]), text("")],
        ];
        let bytes: Vec<Vec<u8>> = rows.iter().map(|cells| row(cells).0).collect();
        assert!(bytes.is_sorted_by(|one, next| one < next), "{bytes:?}");
    }

    #[test]
    fn a_sum_knows_neither_the_order_of_rows_nor_another_key() {
        let rows: Vec<RowBytes> = (0..3).map(|number| row(&[CellRef::Integer(number)])).collect();
        let sum = |key: &SumKey, order: &[usize]| {
            let mut sum = Sum::default();
            order.iter().for_each(|place| sum.add_row(key, &rows[*place]));
            sum
        };
        let (key, other) = (SumKey::drawn().unwrap(), SumKey::drawn().unwrap());
        assert_eq!(sum(&key, &[0, 1, 2]), sum(&key, &[2, 0, 1]));
        assert_ne!(sum(&key, &[0, 1, 2]), sum(&key, &[0, 1, 1]));
        assert_ne!(sum(&key, &[0, 1, 2]), sum(&other, &[0, 1, 2]));
        let mut less = sum(&key, &[0, 1, 2]);
        less.take_away(key.number(&rows[1]));
        assert_eq!(less, sum(&key, &[2, 0]));
    }
}
