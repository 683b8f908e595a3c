//! Reading versioned rows.

use std::ops::Range;

use projections::{LinkKind, Resource, WORD};
use serde_json::{Map, Value, json};
use tokio_postgres::Row as SqlRow;

use super::super::{Row, RowKey, RowQuery, StoreError};
use super::failure::{bound, page};
use super::session::{Parameters, Reading, number, value};
use super::sql;

pub(super) fn row(session: &Reading, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError> {
    session.one(sql!("row_read"), &[&resource.name(), &id, &bound(as_of)], read)
}

pub(super) fn rows(session: &Reading, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    if query.words.is_empty() { find(session, query) } else { search(session, query) }
}

fn find(session: &Reading, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    // No id is empty.
    let after = query.after.as_deref().unwrap_or("");
    let (resource, as_of, limit, conditions) = (query.resource.name(), bound(query.as_of), page(query.limit), conditions(query)?);
    let common: Parameters<'_> = &[&resource, &after, &as_of, &limit];
    match query.leading() {
        None => session.many(sql!("row_list"), &[common, &[&conditions]].concat(), read),
        Some((member, value)) => session.many(sql!("row_find"), &[common, &[&member, &value, &conditions]].concat(), read),
    }
}

fn search(session: &Reading, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    let (resource, as_of, limit, conditions) = (query.resource.name(), bound(query.as_of), page(query.limit), conditions(query)?);
    query.by_words(|after, from, beyond| {
        let parameters: Parameters<'_> = &[&resource, &after, &as_of, &limit, &WORD, &from, &beyond, &conditions];
        session.many(sql!("row_search"), parameters, read)
    })
}

pub(super) fn linked(
    session: &Reading,
    stream: &str,
    kinds: &[LinkKind],
    entries: Range<u64>,
    limit: usize,
) -> Result<Vec<u64>, StoreError> {
    let kinds: Vec<i64> = kinds.iter().map(|kind| kind.number()).collect();
    let parameters: Parameters<'_> = &[&stream, &kinds, &bound(entries.start), &bound(entries.end), &page(limit)];
    session.many(sql!("row_link_list"), parameters, |row| number(row, 0))
}

pub(super) fn history(
    session: &Reading,
    resource: Resource,
    id: &str,
    as_of: u64,
    from_size: u64,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let parameters: Parameters<'_> = &[&resource.name(), &id, &bound(as_of), &bound(from_size), &page(limit)];
    session.many(sql!("row_history"), parameters, read)
}

pub(super) fn versions(session: &Reading, after: Option<&RowKey>, limit: usize) -> Result<Vec<Row>, StoreError> {
    let (resource, id, from_size) = match after {
        Some(key) => (key.resource.name(), key.id.as_str(), bound(key.from_size)),
        None => ("", "", 0),
    };
    session.many(sql!("row_versions"), &[&resource, &id, &from_size, &page(limit)], read)
}

/// The conditions as the statements take them: a value stands for the string and, where it is written so, for the number or the
/// boolean.
fn conditions(query: &RowQuery) -> Result<String, StoreError> {
    query.conditions(|member, values| json!([member, values.iter().flat_map(|value| meanings(value)).collect::<Vec<Value>>()]))
}

fn meanings(value: &str) -> Vec<Value> {
    let mut meant = vec![Value::from(value)];
    if let Ok(plain @ (Value::Bool(_) | Value::Number(_))) = serde_json::from_str(value) {
        meant.push(plain);
    }
    meant
}

fn read(row: &SqlRow) -> Result<Row, StoreError> {
    let from_size = number(row, 2)?;
    let until: Option<i64> = value(row, 3)?;
    let until_size = until.map(|_| number(row, 3)).transpose()?;
    // The table's CHECK keeps from_size above 0.
    let entry = from_size.saturating_sub(1);
    Ok(Row { resource: resource(row, 0)?, id: value(row, 1)?, from_size, until_size, entry, body: body(row, 4)? })
}

/// The resource that a column names.
pub(super) fn resource(row: &SqlRow, column: usize) -> Result<Resource, StoreError> {
    let name: &str = value(row, column)?;
    let known = Resource::ALL.into_iter().find(|(_, known)| *known == name);
    known.map(|(resource, _)| resource).ok_or_else(|| StoreError::corrupt(format!("no resource is named {name:?}")))
}

/// The body in a column.
pub(super) fn body(row: &SqlRow, column: usize) -> Result<Map<String, Value>, StoreError> {
    let text: &str = value(row, column)?;
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(format!("a row's body: {error}")))
}
