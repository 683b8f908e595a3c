//! The copy held against its source, table by table.

use super::CopyError;
use crate::store::{LedgerReader, MAX_PAGE_ROWS, RowKey, StoreError};

/// Names the first row that differs. Entries need no comparing: they were hashed to the checkpoints' roots.
pub(super) fn compare(from: &dyn LedgerReader, to: &dyn LedgerReader) -> Result<(), CopyError> {
    let limit = MAX_PAGE_ROWS;
    table("checkpoints", from, to, |reader, after: Option<&(u64, String)>| {
        reader.checkpoints(after.map_or(0, |(size, _)| size + 1), limit)
    })?;
    table("tiles", from, to, |reader, after: Option<&crate::store::FullTile>| {
        // A tile has 8 KiB.
        reader.tiles(after.map_or((0, 0), |tile| (tile.level, tile.index + 1)), 64)
    })?;
    table("streams", from, to, |reader, after: Option<&(u64, String)>| reader.streams(after.map_or(0, |(number, _)| number + 1), limit))?;
    table("outcomes", from, to, |reader, after: Option<&crate::store::Outcome>| {
        reader.outcomes(after.map_or(0, |outcome| outcome.index + 1), limit)
    })?;
    table("refusals", from, to, |reader, after: Option<&crate::store::RefusalRow>| {
        reader.refusals(i64::MIN..i64::MAX, after.map(|row| (row.time, row.id)), limit)
    })?;
    table("row_versions", from, to, |reader, after: Option<&crate::store::Row>| reader.versions(after.map(RowKey::from).as_ref(), limit))
}

fn table<T: PartialEq + std::fmt::Debug>(
    name: &'static str,
    from: &dyn LedgerReader,
    to: &dyn LedgerReader,
    page: impl Fn(&dyn LedgerReader, Option<&T>) -> Result<Vec<T>, StoreError>,
) -> Result<(), CopyError> {
    let mut last: Option<T> = None;
    let mut place = 0;
    loop {
        let mut meant = page(from, last.as_ref()).map_err(CopyError::Source)?;
        let found = page(to, last.as_ref()).map_err(CopyError::Target)?;
        if let Some(differs) = (0..meant.len().max(found.len())).find(|row| meant.get(*row) != found.get(*row)) {
            return Err(CopyError::Differs { table: name, key: format!("number {}", place + differs) });
        }
        place += meant.len();
        match meant.pop() {
            Some(end) => last = Some(end),
            None => return Ok(()),
        }
    }
}
