//! Making the read models anew from the entries, beside the live ones.

use std::collections::BTreeMap;

use projections::{Change, Link};

use super::compare::TABLES;
use super::{LedgerReader, Live, LivePass, StoreError};

/// The most differences that are named; all are counted.
pub const MAX_DIFFERENCES: usize = 100;

/// How a live row differs from the row that the entries make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The entries make it and it is not there.
    Missing,
    /// No entry makes it.
    Surplus,
    /// It says something else.
    Altered,
}

/// One row that differs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row's key, its parts with a slash between them.
    pub key: String,
    /// How.
    pub fault: Fault,
}

/// Live rows held against new ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// SHA-256 over all live rows, table by table in the order of their keys.
    pub live: [u8; 32],
    /// The same over the new rows.
    pub new: [u8; 32],
    /// How many new rows each table has.
    pub rows: BTreeMap<&'static str, u64>,
    /// The first rows that differ.
    pub named: Vec<Difference>,
    /// How many differ.
    pub differences: u64,
}

impl Comparison {
    /// Where the rows are the same, as their sums said.
    pub(crate) fn same(live: &Live) -> Comparison {
        let rows = TABLES.iter().zip(&live.sums).map(|(table, sum)| (table.name, sum.rows())).collect();
        Comparison { live: live.digest, new: live.digest, rows, ..Comparison::default() }
    }
}

/// A ledger whose rows can be made anew. Whoever has one is the ledger's only writer, and writes nothing but rows.
///
/// **Invariant:** whenever the process ends, the ledger opens and has all its old rows or all the new ones.
pub trait Rebuild {
    /// A reader of the ledger's entries.
    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError>;

    /// A pass over the live rows: where their sums are those of the rows that entries make, none of what follows is needed.
    fn live(&self) -> LivePass;

    /// Begins with no new rows; what an interrupted rebuild left goes.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Folds further changes into the new rows, in the order of their entries, in a transaction of its own.
    fn fold(&mut self, changes: &[Change], links: &[Link]) -> Result<(), StoreError>;

    /// Holds the live rows against the new ones.
    fn compare(&self) -> Result<Comparison, StoreError>;

    /// Puts the new rows in the place of the live ones, in one transaction. `before_commit` is called within it.
    fn replace(&mut self, before_commit: &mut dyn FnMut()) -> Result<(), StoreError>;
}
