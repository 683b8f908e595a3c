//! A pass over the live rows: their digest and their sums.

use sha2::{Digest as _, Sha256};

use super::StoreError;
use super::compare::TABLES;
use super::sums::{CellRef, RowBytes, SumKey, Sums};

/// What a pass over the live rows gives.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    /// SHA-256 over all rows, table by table in the order of their keys.
    pub digest: [u8; 32],
    /// The sums of each table.
    pub sums: Sums,
}

/// A pass over the live rows that is still to be made, on whatever thread, with a connection of its own.
pub type LivePass = Box<dyn FnOnce(&SumKey) -> Result<Live, StoreError> + Send>;

/// A pass under way.
pub(super) struct Passing<'a> {
    key: &'a SumKey,
    digest: Sha256,
    sums: Sums,
    table: usize,
    row: RowBytes,
    hashed: Vec<u8>,
}

impl<'a> Passing<'a> {
    pub(super) fn new(key: &'a SumKey) -> Passing<'a> {
        Passing { key, digest: Sha256::new(), sums: Sums::default(), table: 0, row: RowBytes::default(), hashed: Vec::new() }
    }

    /// Begins the table of this place.
    pub(super) fn begin(&mut self, table: usize) {
        self.table = table;
        self.digest.update(TABLES[table].name);
    }

    /// Takes a table's next row.
    pub(super) fn take(&mut self, cells: &[CellRef<'_>]) {
        self.row.begin(self.table);
        self.hashed.clear();
        cells.iter().for_each(|cell| cell.put(&mut self.hashed));
        if let Some((last, others)) = cells.split_last() {
            others.iter().for_each(|cell| self.row.add(*cell));
            self.row.add_last(*last);
        }
        self.digest.update(&self.hashed);
        self.sums[self.table].add_row(self.key, &self.row);
    }

    pub(super) fn end(self) -> Live {
        Live { digest: self.digest.finalize().into(), sums: self.sums }
    }
}

impl CellRef<'_> {
    /// Adds what a digest of rows is over: no two lists of cells give the same bytes.
    pub(super) fn put(self, bytes: &mut Vec<u8>) {
        let (kind, text) = match self {
            CellRef::Integer(number) => {
                bytes.push(1);
                bytes.extend(number.to_be_bytes());
                return;
            }
            CellRef::Text(text) => (2, text),
            CellRef::Blob(blob) => (3, blob),
        };
        bytes.push(kind);
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text);
    }
}
