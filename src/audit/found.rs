//! The read models as the ledger has them, summed in one pass over each table.

use projections::LINK_BLOCK;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use super::row_tables::{TABLES, Table, value};
use super::source::{Cell, Unread, each};
use crate::store::sqlite::body_text;
use crate::store::{CellRef, LINKS, RowBytes, SumKey, Sums, VERSIONS};

/// How many rows are read with one statement.
const PAGE: usize = 4_096;

/// What was found of the rows of the first entries.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) sums: Sums,
    /// The greatest size that rows left alone speak of: the ledger must have grown to it during the audit.
    pub(super) reached: u64,
}

/// Sums the rows that are of the first `size` entries.
///
/// # Errors
/// Reading failed, or rows are not what sums can tell of.
pub(super) fn found(connection: &Connection, key: &SumKey, size: u64) -> Result<Found, Unread> {
    let mut found = Found::default();
    for (place, table) in TABLES.iter().enumerate() {
        let mut pass = Pass { place, table, size, key, row: RowBytes::default(), last: Vec::new() };
        pass.run(connection, &mut found)?;
    }
    Ok(found)
}

/// A pass over one table, in the order of its key.
struct Pass<'a> {
    place: usize,
    table: &'a Table,
    size: u64,
    key: &'a SumKey,
    row: RowBytes,
    /// The key of the row before.
    last: Vec<u8>,
}

fn strange() -> Unread {
    Unread::Damaged("rows that are to be compared one by one".into())
}

impl Pass<'_> {
    fn run(&mut self, connection: &Connection, found: &mut Found) -> Result<(), Unread> {
        let columns = &self.table.columns[..self.table.key];
        let mut after: Vec<Value> = Vec::new();
        loop {
            let sql = self.table.page(after.len(), PAGE);
            let mut taken = 0;
            let mut next = Vec::new();
            each(connection, &sql, params_from_iter(&after), |row| {
                taken += 1;
                if taken == PAGE {
                    let cells = (0..columns.len()).map(|column| row.get_ref(column).map(Cell::of));
                    next = cells.map(|cell| cell.map(|cell| value(&cell))).collect::<Result<_, _>>()?;
                }
                self.take(row, found)
            })?;
            if taken < PAGE {
                return Ok(());
            }
            after = next;
        }
    }

    fn take(&mut self, row: &Row<'_>, found: &mut Found) -> Result<(), Unread> {
        self.row.begin(self.place);
        for column in 0..self.table.key {
            let cell = cell(row.get_ref(column)?)?;
            if column + 1 < self.table.columns.len() { self.row.add(cell) } else { self.row.add_last(cell) }
        }
        if self.last[..] >= *self.row.bytes() {
            return Err(strange());
        }
        self.last.clear();
        self.last.extend(self.row.bytes());
        match self.place {
            VERSIONS => {
                let from = row.get_ref(2)?.as_i64().ok().and_then(|from| u64::try_from(from).ok()).ok_or_else(strange)?;
                if from > self.size {
                    found.reached = found.reached.max(from);
                    return Ok(());
                }
                let stored = row.get_ref(3)?;
                let body = stored.as_blob().ok().and_then(|frame| body_text(frame).ok());
                self.row.add_last(body.as_ref().map_or_else(|| cell(stored), |text| Ok(CellRef::Text(text.as_bytes())))?);
            }
            LINKS => {
                let block = row.get_ref(1)?.as_i64().ok().and_then(|block| u64::try_from(block).ok()).ok_or_else(strange)?;
                let entries = row.get_ref(2)?.as_blob().map_err(|_| strange())?;
                let size = |pair: &[u8]| block.saturating_mul(LINK_BLOCK).saturating_add(u64::from(pair[0]) + 1);
                let later = entries.chunks(2).position(|pair| size(pair) > self.size).map_or(entries.len(), |place| 2 * place);
                for pair in entries[later..].chunks(2) {
                    if pair.len() < 2 || size(pair) <= self.size {
                        return Err(strange());
                    }
                    found.reached = found.reached.max(size(pair));
                }
                if later == 0 && !entries.is_empty() {
                    return Ok(());
                }
                self.row.add_last(CellRef::Blob(&entries[..later]));
            }
            _ => {}
        }
        found.sums[self.place].add_row(self.key, &self.row);
        Ok(())
    }
}

/// A cell as a file has it, unless no row of ours has such a one.
fn cell(value: ValueRef<'_>) -> Result<CellRef<'_>, Unread> {
    match value {
        ValueRef::Integer(number) => Ok(CellRef::Integer(number)),
        ValueRef::Text(text) => Ok(CellRef::Text(text)),
        ValueRef::Blob(bytes) => Ok(CellRef::Blob(bytes)),
        ValueRef::Null | ValueRef::Real(_) => Err(strange()),
    }
}

#[cfg(test)]
mod tests {
    use projections::{Change, Link, LinkKind, Resource};
    use serde_json::json;

    use super::*;
    use crate::store::Expected;
    use crate::store::sqlite::RowFold;

    /// What an entry changes: a row whose values come again, changed twice, and another one each time.
    fn entry(entry: u64) -> (Vec<Change>, Vec<Link>) {
        let row =
            |id: String, set: serde_json::Value| Change { resource: Resource::Mis, id, entry, set: set.as_object().cloned().unwrap() };
        let first = "01970000-0000-7000-8000-000000000000";
        let status = if entry.is_multiple_of(2) { "accredited" } else { "suspended" };
        let changes = vec![
            row(first.into(), json!({ "status": "applied", "product": "Продукт", "edrpou": format!("{:08}", entry % 3) })),
            row(first.into(), json!({ "status": status, "product": if entry.is_multiple_of(5) { json!(null) } else { json!("Інший") } })),
            row(format!("01970000-0000-7000-8000-{:012x}", entry + 1), json!({ "status": status })),
        ];
        let link = |id: u64, kind| Link { stream: format!("mis/{id}"), kind, entry };
        (changes, vec![link(entry, LinkKind::Event), link(0, LinkKind::Signer)])
    }

    /// The sums of what the first entries make, and the tables that a store makes of all of them.
    fn folded(key: &SumKey, size: u64, all: u64) -> (Sums, RowFold) {
        let (mut expected, mut fold) = (Expected::new(key.clone()), RowFold::new().unwrap());
        for place in 0..all {
            let (changes, links) = entry(place);
            fold.fold(&changes, &links).unwrap();
            if place < size {
                expected.fold(&changes, links).unwrap();
            }
        }
        (expected.sums().unwrap(), fold)
    }

    #[test]
    fn tables_of_the_same_entries_have_the_same_sums() {
        let key = SumKey::drawn().unwrap();
        let (sums, fold) = folded(&key, 300, 300);
        let same = found(fold.connection(), &key, 300).unwrap();
        assert_eq!((same.sums, same.reached), (sums, 0));
        // Each table is looked at, and no cell can be another.
        for change in [
            "UPDATE row_versions SET body = body || ' ' WHERE from_size = 7 AND id = (SELECT min(id) FROM row_versions)",
            "UPDATE row_versions SET resource = resource + 1 WHERE from_size = 7",
            "DELETE FROM row_values WHERE id = (SELECT max(id) FROM row_values)",
            "UPDATE row_links SET entries = x'0001' WHERE stream = 3",
        ] {
            let (_, fold) = folded(&key, 0, 300);
            assert!(fold.connection().execute(change, []).unwrap() > 0, "{change}");
            assert_ne!(found(fold.connection(), &key, 300).unwrap().sums, sums, "{change}");
        }
    }

    #[test]
    fn what_a_ledger_grew_by_is_left_alone() {
        let key = SumKey::drawn().unwrap();
        let (sums, fold) = folded(&key, 270, 300);
        let grown = found(fold.connection(), &key, 270).unwrap();
        assert_eq!((grown.sums[VERSIONS], grown.sums[LINKS]), (sums[VERSIONS], sums[LINKS]));
        assert_eq!(grown.reached, 300);
        // A later entry does not stand before an earlier one.
        fold.connection().execute("UPDATE row_links SET entries = x'1f010001' WHERE stream = 0 AND block = 1", []).unwrap();
        assert!(found(fold.connection(), &key, 270).is_err());
    }
}
