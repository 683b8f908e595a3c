//! Folding changes into versioned rows: the same for the live ledger and for an auditor's own.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use projections::{Change, Resource};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Map;

use super::super::{Row, RowKey, RowQuery, Rows, StoreError};
use super::failure::stored;
use super::{rows, sql};

/// The rows alone, in memory: empty at first, then folded from all entries and held against a ledger's.
#[derive(Debug)]
pub struct RowFold {
    connection: Connection,
}

impl RowFold {
    /// Rows of the empty ledger.
    pub fn new() -> Result<Self, StoreError> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(include_str!("rows.sql"))?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(RowFold { connection })
    }

    /// Folds further changes, in the order of their entries. How they are cut into calls makes no difference.
    pub fn fold(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        apply(&transaction, changes)?;
        Ok(transaction.commit()?)
    }
}

impl Rows for RowFold {
    fn row(&self, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError> {
        rows::row(&self.connection, resource, id, as_of)
    }

    fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        rows::rows(&self.connection, query)
    }

    fn history(&self, resource: Resource, id: &str, as_of: u64, from_size: u64, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::history(&self.connection, resource, id, as_of, from_size, limit)
    }

    fn versions(&self, after: Option<&RowKey>, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::versions(&self.connection, after, limit)
    }
}

/// A version on its way to the table.
struct Version {
    from_size: u64,
    until_size: Option<u64>,
    body: Map<String, serde_json::Value>,
    /// It is in the table already, without these changes.
    stored: bool,
}

/// Folds changes within the caller's transaction. Each version is written once, however many changes made it.
pub(super) fn apply(connection: &Connection, changes: &[Change]) -> Result<(), StoreError> {
    let mut touched: BTreeMap<(Resource, &str), Vec<Version>> = BTreeMap::new();
    for change in changes {
        let from_size = change.entry + 1;
        let key = (change.resource, change.id.as_str());
        let versions = match touched.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(last(connection, change.resource, &change.id)?.into_iter().collect()),
        };
        let mut body = Map::new();
        match versions.last_mut() {
            Some(last) if last.from_size > from_size => {
                return Err(StoreError::invalid(format!("row {} has changes beyond {from_size}", change.id)));
            }
            Some(last) if last.from_size == from_size => {
                last.body.extend(change.set.clone());
                continue;
            }
            Some(last) => {
                last.until_size = Some(from_size);
                body.clone_from(&last.body);
            }
            None => {}
        }
        body.extend(change.set.clone());
        versions.push(Version { from_size, until_size: None, body, stored: false });
    }
    for ((resource, id), versions) in &touched {
        versions.iter().try_for_each(|version| write(connection, resource.name(), id, version))?;
    }
    changes.iter().try_for_each(|change| write_values(connection, change))
}

/// A row's last version, which is the open one: rows end by a status, never by vanishing.
fn last(connection: &Connection, resource: Resource, id: &str) -> Result<Option<Version>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("row_last"))?;
    let found =
        statement.query_row([resource.name(), id], |row| Ok((super::failure::number(row, 0)?, row.get::<_, String>(1)?))).optional()?;
    let Some((from_size, text)) = found else {
        return Ok(None);
    };
    let body = rows::body(&text).map_err(|error| StoreError::corrupt(format!("row {id} of {}: {error}", resource.name())))?;
    Ok(Some(Version { from_size, until_size: None, body, stored: true }))
}

fn write(connection: &Connection, resource: &str, id: &str, version: &Version) -> Result<(), StoreError> {
    let from_size = stored(version.from_size)?;
    let until_size = version.until_size.map(stored).transpose()?;
    let name = if version.stored { sql!("row_rewrite") } else { sql!("row_insert") };
    let body = serde_json::to_string(&version.body).map_err(|error| StoreError::invalid(error.to_string()))?;
    let written = connection.prepare_cached(name)?.execute(params![resource, id, from_size, until_size, body])?;
    if written == 1 { Ok(()) } else { Err(StoreError::corrupt(format!("row {id} of {resource} is missing"))) }
}

fn write_values(connection: &Connection, change: &Change) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql!("row_value_insert"))?;
    for (member, value) in &change.set {
        if let Some(value) = rows::askable(value) {
            statement.execute([change.resource.name(), member, &value, &change.id])?;
        }
    }
    Ok(())
}
