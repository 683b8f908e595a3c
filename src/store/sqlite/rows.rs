//! Reading versioned rows; the statements work on a ledger and on a [`super::RowFold`] alike.

use std::ops::Range;

use projections::{LinkKind, Resource, WORD};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row as SqlRow, params};
use serde_json::{Map, Value, json};

use super::super::{Row, RowKey, RowQuery, StoreError};
use super::failure::{bound, number, page};
use super::sql;

pub(super) fn row(connection: &Connection, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("row_read"))?;
    Ok(statement.query_row(params![resource.name(), id, bound(as_of)], read).optional()?)
}

pub(super) fn rows(connection: &Connection, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    if query.words.is_empty() { find(connection, query) } else { search(connection, query) }
}

fn find(connection: &Connection, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    // No id is empty.
    let after = query.after.as_deref().unwrap_or("");
    let (resource, as_of, limit, conditions) = (query.resource.name(), bound(query.as_of), page(query.limit), conditions(query)?);
    match query.leading() {
        None => list(connection, sql!("row_list"), params![resource, after, as_of, limit, conditions]),
        Some((member, value)) => list(connection, sql!("row_find"), params![resource, after, as_of, limit, member, value, conditions]),
    }
}

fn search(connection: &Connection, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    let (resource, as_of, limit, conditions) = (query.resource.name(), bound(query.as_of), page(query.limit), conditions(query)?);
    query.by_words(|after, from, beyond| {
        list(connection, sql!("row_search"), params![resource, after, as_of, limit, WORD, from, beyond, conditions])
    })
}

pub(super) fn linked(
    connection: &Connection,
    stream: &str,
    kinds: &[LinkKind],
    entries: Range<u64>,
    limit: usize,
) -> Result<Vec<u64>, StoreError> {
    let kinds = Value::from(kinds.iter().map(|kind| kind.number()).collect::<Vec<_>>()).to_string();
    let mut statement = connection.prepare_cached(sql!("row_link_list"))?;
    let parameters = params![stream, kinds, bound(entries.start), bound(entries.end), page(limit)];
    Ok(statement.query_map(parameters, |row| number(row, 0))?.collect::<Result<_, _>>()?)
}

pub(super) fn history(
    connection: &Connection,
    resource: Resource,
    id: &str,
    as_of: u64,
    from_size: u64,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let parameters = params![resource.name(), id, bound(as_of), bound(from_size), page(limit)];
    list(connection, sql!("row_history"), parameters)
}

pub(super) fn versions(connection: &Connection, after: Option<&RowKey>, limit: usize) -> Result<Vec<Row>, StoreError> {
    let (resource, id, from_size) = match after {
        Some(key) => (key.resource.name(), key.id.as_str(), bound(key.from_size)),
        None => ("", "", 0),
    };
    list(connection, sql!("row_versions"), params![resource, id, from_size, page(limit)])
}

/// A body from its text.
pub(super) fn body(text: &str) -> Result<Map<String, Value>, serde_json::Error> {
    serde_json::from_str(text)
}

/// The conditions as the statements take them.
fn conditions(query: &RowQuery) -> Result<String, StoreError> {
    query.conditions(|member, values| {
        let texts: Vec<String> = values.iter().flat_map(|value| written(value)).collect();
        json!([format!("$.\"{member}\""), texts])
    })
}

/// The JSON texts of the members that a value asks for.
fn written(value: &str) -> Vec<String> {
    let mut texts = vec![Value::from(value).to_string()];
    if let Ok(Value::Bool(_) | Value::Number(_)) = serde_json::from_str(value) {
        texts.push(value.to_owned());
    }
    texts
}

fn list(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Vec<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(parameters, read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

fn read(row: &SqlRow<'_>) -> Result<Row, rusqlite::Error> {
    let name = row.get_ref(0)?.as_str()?;
    let known = Resource::ALL.into_iter().find(|(_, known)| *known == name);
    let (resource, _) = known.ok_or_else(|| {
        let unknown = format!("no resource is named {name:?}");
        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, unknown.into())
    })?;
    let from_size = number(row, 2)?;
    let until: Option<i64> = row.get(3)?;
    let until_size = until.map(|_| number(row, 3)).transpose()?;
    let body = body(row.get_ref(4)?.as_str()?).map_err(|error| rusqlite::Error::FromSqlConversionFailure(4, Type::Text, error.into()))?;
    // The table's CHECK keeps from_size above 0.
    let entry = from_size.saturating_sub(1);
    Ok(Row { resource, id: row.get(1)?, from_size, until_size, entry, body })
}
