//! Reading versioned rows; the statements work on a ledger and on a [`super::RowFold`] alike.

use std::ops::Range;

use projections::{LINK_BLOCK, LinkKind, Resource, linked_in};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row as SqlRow, params};

use super::super::packed::Packed;
use super::super::rows::Lead;
use super::super::{MAX_PAGE_ROWS, Row, RowKey, RowQuery, StoreError};
use super::body::Body;
use super::failure::{bound, number, page};
use super::sql;

pub(super) fn row(connection: &Connection, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("row_read"))?;
    Ok(statement.query_row(params![resource.number(), Packed::of(id), bound(as_of)], read).optional()?)
}

pub(super) fn rows(connection: &Connection, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    let (resource, as_of) = (query.resource.number(), bound(query.as_of));
    let some = |lead: &Lead, after: &str, limit: usize| {
        let (after, limit) = (Packed::of(after), page(limit));
        match lead {
            Lead::All => list(connection, sql!("row_list"), params![resource, after, as_of, limit]),
            Lead::Value(member, value) => {
                list(connection, sql!("row_find"), params![resource, after, as_of, limit, member, Packed::of(value)])
            }
            Lead::Between(member, from, beyond) => {
                list(connection, sql!("row_search"), params![resource, after, as_of, limit, member, from, beyond])
            }
        }
    };
    query.page(|resource, id| row(connection, resource, id, query.as_of), some)
}

pub(super) fn linked(
    connection: &Connection,
    stream: &str,
    kinds: &[LinkKind],
    entries: Range<u64>,
    limit: usize,
) -> Result<Vec<u64>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("row_link_list"))?;
    let mut blocks = statement.query(params![stream, bound(entries.start / LINK_BLOCK), bound(entries.end.div_ceil(LINK_BLOCK))])?;
    let (limit, mut found) = (limit.min(MAX_PAGE_ROWS), Vec::new());
    while found.len() < limit
        && let Some(block) = blocks.next()?
    {
        let (number, bytes): (u64, Vec<u8>) = (number(block, 0)?, block.get(1)?);
        found.extend(linked_in(number, &bytes, kinds, entries.clone()));
    }
    found.truncate(limit);
    Ok(found)
}

pub(super) fn history(
    connection: &Connection,
    resource: Resource,
    id: &str,
    as_of: u64,
    from_size: u64,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let parameters = params![resource.number(), Packed::of(id), bound(as_of), bound(from_size), page(limit)];
    list(connection, sql!("row_history"), parameters)
}

pub(super) fn versions(connection: &Connection, after: Option<&RowKey>, limit: usize) -> Result<Vec<Row>, StoreError> {
    let (resource, id, from_size) = match after {
        Some(key) => (key.resource.number(), key.id.as_str(), bound(key.from_size)),
        None => (-1, "", 0),
    };
    list(connection, sql!("row_versions"), params![resource, Packed::of(id), from_size, page(limit)])
}

fn list(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Vec<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(parameters, read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

fn read(row: &SqlRow<'_>) -> Result<Row, rusqlite::Error> {
    let known: i64 = row.get(0)?;
    let resource = Resource::numbered(known).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, known))?;
    let from_size = number(row, 2)?;
    let until: Option<i64> = row.get(3)?;
    let until_size = until.map(|_| number(row, 3)).transpose()?;
    let Body(body) = row.get(4)?;
    let body = serde_json::from_str(&body).map_err(|error| rusqlite::Error::FromSqlConversionFailure(4, Type::Text, error.into()))?;
    // The table's CHECK keeps from_size above 0.
    let entry = from_size.saturating_sub(1);
    Ok(Row { resource, id: row.get::<_, Packed<'static>>(1)?.text(), from_size, until_size, entry, body })
}
