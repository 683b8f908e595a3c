//! Reading versioned rows; the statements work on a ledger and on a [`super::RowFold`] alike.

use projections::Resource;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row as SqlRow, params};
use serde_json::{Map, Value};

use super::super::{Row, RowKey, RowQuery, StoreError};
use super::failure::{bound, number, page};
use super::sql;

/// Values stand in `row_values` with at most this many bytes of their beginning.
const VALUE_BYTES: usize = 64;

pub(super) fn row(connection: &Connection, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("row_read"))?;
    Ok(statement.query_row(params![resource.name(), id, bound(as_of)], read).optional()?)
}

pub(super) fn rows(connection: &Connection, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    // No id is empty.
    let after = query.after.as_deref().unwrap_or("");
    let (resource, as_of, limit) = (query.resource.name(), bound(query.as_of), page(query.limit));
    let Some((member, value)) = query.equals.first() else {
        return list(connection, sql!("row_list"), params![resource, after, as_of, limit]);
    };
    let parameters = params![resource, after, as_of, limit, member, beginning(value), conditions(query)?];
    list(connection, sql!("row_find"), parameters)
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

/// The text by which a member can be asked for; none for arrays and objects.
pub(super) fn askable(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(beginning(text).to_owned()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A body from its text.
pub(super) fn body(text: &str) -> Result<Map<String, Value>, serde_json::Error> {
    serde_json::from_str(text)
}

fn beginning(value: &str) -> &str {
    &value[..value.floor_char_boundary(VALUE_BYTES)]
}

/// The conditions as `row_find` takes them.
fn conditions(query: &RowQuery) -> Result<String, StoreError> {
    let condition = |(member, value): &(String, String)| {
        let plain = !member.is_empty() && member.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !plain {
            return Err(StoreError::invalid(format!("no row has a member named {member:?}")));
        }
        let string = Value::from(value.as_str()).to_string();
        let scalar = match serde_json::from_str(value) {
            Ok(Value::Bool(_) | Value::Number(_)) => value.clone(),
            _ => string.clone(),
        };
        Ok(Value::from(vec![format!("$.\"{member}\""), string, scalar]))
    };
    let all: Vec<Value> = query.equals.iter().map(condition).collect::<Result<_, _>>()?;
    Ok(Value::from(all).to_string())
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
