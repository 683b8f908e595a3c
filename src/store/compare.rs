//! Live read-model rows held against new ones, whatever engines they come from.

use std::cmp::Ordering;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::sums::CellRef;
use super::{Comparison, Difference, Fault, MAX_DIFFERENCES, StoreError};

/// A table of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// How many of its first columns are its key.
    pub(super) key: usize,
}

/// The tables of the read models, in the order in which they are digested.
pub(super) const TABLES: [Table; 3] =
    [Table { name: "row_versions", key: 3 }, Table { name: "row_values", key: 3 }, Table { name: "row_links", key: 2 }];

/// A value, in the order of a key: numbers by size, then texts by their bytes, then bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row: its cells in the order of the table's columns.
pub(super) type Cells = Vec<Cell>;

impl Cell {
    fn as_ref(&self) -> CellRef<'_> {
        match self {
            Cell::Integer(number) => CellRef::Integer(*number),
            Cell::Text(text) => CellRef::Text(text.as_bytes()),
            Cell::Bytes(bytes) => CellRef::Blob(bytes),
        }
    }

    fn text(&self) -> String {
        match self {
            Cell::Integer(number) => number.to_string(),
            Cell::Text(text) => text.clone(),
            Cell::Bytes(bytes) => match Uuid::from_slice(bytes) {
                Ok(id) => id.to_string(),
                Err(_) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            },
        }
    }
}

/// Hears of a pair that differs: the live row, the new one.
pub(super) type Differs<'a> = dyn FnMut(Option<&Cells>, Option<&Cells>) -> Result<(), StoreError> + 'a;

/// Rows of one table in the order of its key; none at the end.
pub(super) trait Sorted {
    fn next(&mut self) -> Result<Option<Cells>, StoreError>;
}

/// A comparison under way.
pub(super) struct Comparing {
    live: Sha256,
    new: Sha256,
    comparison: Comparison,
}

impl Comparing {
    pub(super) fn new() -> Comparing {
        Comparing { live: Sha256::new(), new: Sha256::new(), comparison: Comparison::default() }
    }

    /// Walks both tables in the order of their key. `differs` hears of each pair that differs.
    pub(super) fn table(
        &mut self,
        table: Table,
        live: &mut dyn Sorted,
        new: &mut dyn Sorted,
        differs: &mut Differs<'_>,
    ) -> Result<(), StoreError> {
        self.live.update(table.name);
        self.new.update(table.name);
        let mut found = hashed(live, &mut self.live)?;
        let mut meant = hashed(new, &mut self.new)?;
        let mut rows = 0;
        loop {
            let order = match (&found, &meant) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(found), Some(meant)) => found[..table.key].cmp(&meant[..table.key]),
            };
            match order {
                Ordering::Less => differs(found.as_ref(), None)?,
                Ordering::Greater => differs(None, meant.as_ref())?,
                Ordering::Equal if found != meant => differs(found.as_ref(), meant.as_ref())?,
                Ordering::Equal => {}
            }
            let (row, fault) = match order {
                Ordering::Less => (&found, Some(Fault::Surplus)),
                Ordering::Greater => (&meant, Some(Fault::Missing)),
                Ordering::Equal => (&meant, (found != meant).then_some(Fault::Altered)),
            };
            if let (Some(row), Some(fault)) = (row, fault) {
                self.name(table, row, fault);
            }
            if order != Ordering::Greater {
                found = hashed(live, &mut self.live)?;
            }
            if order != Ordering::Less {
                rows += 1;
                meant = hashed(new, &mut self.new)?;
            }
        }
        self.comparison.rows.insert(table.name, rows);
        Ok(())
    }

    fn name(&mut self, table: Table, row: &Cells, fault: Fault) {
        self.comparison.differences += 1;
        if self.comparison.named.len() < MAX_DIFFERENCES {
            let key = row[..table.key].iter().map(Cell::text).collect::<Vec<_>>().join("/");
            self.comparison.named.push(Difference { table: table.name, key, fault });
        }
    }

    /// What was found.
    pub(super) fn end(mut self) -> Comparison {
        (self.comparison.live, self.comparison.new) = (self.live.finalize().into(), self.new.finalize().into());
        self.comparison
    }
}

/// The next row, hashed.
fn hashed(rows: &mut dyn Sorted, hash: &mut Sha256) -> Result<Option<Cells>, StoreError> {
    let row = rows.next()?;
    let mut bytes = Vec::new();
    row.iter().flatten().for_each(|cell| cell.as_ref().put(&mut bytes));
    hash.update(&bytes);
    Ok(row)
}
