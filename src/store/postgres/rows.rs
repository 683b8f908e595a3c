//! Reading versioned rows.

use std::ops::Range;

use projections::{LINK_BLOCK, LinkKind, Resource, linked_in};
use serde_json::{Map, Value};
use tokio_postgres::Row as SqlRow;

use super::super::rows::Lead;
use super::super::{MAX_PAGE_ROWS, Row, RowKey, RowQuery, StoreError};
use super::failure::{bound, page};
use super::packed::{packed, unpacked};
use super::session::{Parameters, Reading, number, value};
use super::sql;

pub(super) fn row(session: &Reading, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError> {
    session.one(sql!("row_read"), &[&code(resource.number()), &packed(id), &bound(as_of)], read)
}

pub(super) fn rows(session: &Reading, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    let (resource, as_of) = (code(query.resource.number()), bound(query.as_of));
    let some = |lead: &Lead, after: &str, limit: usize| {
        let (after, limit) = (packed(after), page(limit));
        let common: Parameters<'_> = &[&resource, &after, &as_of, &limit];
        match lead {
            Lead::All => session.many(sql!("row_list"), common, read),
            Lead::Value(member, value) => session.many(sql!("row_find"), &[common, &[&code(*member), &packed(value)]].concat(), read),
            Lead::Between(member, from, beyond) => {
                session.many(sql!("row_search"), &[common, &[&code(*member), &packed(from), &packed(beyond)]].concat(), read)
            }
        }
    };
    query.page(|resource, id| row(session, resource, id, query.as_of), some)
}

pub(super) fn linked(
    session: &Reading,
    stream: &str,
    kinds: &[LinkKind],
    entries: Range<u64>,
    limit: usize,
) -> Result<Vec<u64>, StoreError> {
    let (mut block, end) = (entries.start / LINK_BLOCK, entries.end.div_ceil(LINK_BLOCK));
    let (limit, mut found) = (limit.min(MAX_PAGE_ROWS), Vec::new());
    while found.len() < limit && block < end {
        let read = |row: &SqlRow| Ok((number(row, 0)?, value::<Vec<u8>>(row, 1)?));
        // A block that is there has an entry at least, so this is rarely asked twice.
        let blocks = session.many(sql!("row_link_list"), &[&stream, &bound(block), &bound(end), &page(limit)], read)?;
        let ended = blocks.len() < limit;
        for (number, bytes) in blocks {
            found.extend(linked_in(number, &bytes, kinds, entries.clone()));
            block = number + 1;
        }
        if ended {
            break;
        }
    }
    found.truncate(limit);
    Ok(found)
}

pub(super) fn history(
    session: &Reading,
    resource: Resource,
    id: &str,
    as_of: u64,
    from_size: u64,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let parameters: Parameters<'_> = &[&code(resource.number()), &packed(id), &bound(as_of), &bound(from_size), &page(limit)];
    session.many(sql!("row_history"), parameters, read)
}

pub(super) fn versions(session: &Reading, after: Option<&RowKey>, limit: usize) -> Result<Vec<Row>, StoreError> {
    let (resource, id, from_size) = match after {
        Some(key) => (key.resource.number(), key.id.as_str(), bound(key.from_size)),
        None => (-1, "", 0),
    };
    session.many(sql!("row_versions"), &[&code(resource), &packed(id), &from_size, &page(limit)], read)
}

/// A resource's or a member's number as its column has it; there are few.
pub(super) fn code(number: i64) -> i16 {
    i16::try_from(number).unwrap_or(i16::MAX)
}

fn read(row: &SqlRow) -> Result<Row, StoreError> {
    let from_size = number(row, 2)?;
    let until: Option<i64> = value(row, 3)?;
    let until_size = until.map(|_| number(row, 3)).transpose()?;
    // The table's CHECK keeps from_size above 0.
    let entry = from_size.saturating_sub(1);
    Ok(Row { resource: resource(row, 0)?, id: id(row, 1)?, from_size, until_size, entry, body: body(row, 4)? })
}

/// The resource whose number is in a column.
pub(super) fn resource(row: &SqlRow, column: usize) -> Result<Resource, StoreError> {
    let number: i16 = value(row, column)?;
    Resource::numbered(number.into()).ok_or_else(|| StoreError::corrupt(format!("no resource has the number {number}")))
}

/// The id in a column.
pub(super) fn id(row: &SqlRow, column: usize) -> Result<String, StoreError> {
    Ok(unpacked(value(row, column)?)?.text())
}

/// The body in a column.
fn body(row: &SqlRow, column: usize) -> Result<Map<String, Value>, StoreError> {
    let text: &str = value(row, column)?;
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(format!("a row's body: {error}")))
}
