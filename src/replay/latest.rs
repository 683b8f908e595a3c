//! The last version of every row, on disk, while entries are folded: memory holds one batch.

use std::path::Path;

use projections::{Change, Open, Resource};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use crate::store::{StoreError, sqlite};

/// One row as it stands after the last entry folded.
pub(super) struct LatestRow {
    pub(super) id: String,
    pub(super) from_size: u64,
    pub(super) body: Map<String, Value>,
}

/// The rows folded so far.
pub(super) struct Latest {
    connection: Connection,
}

impl Latest {
    /// No rows yet, in an empty file.
    pub(super) fn new(file: &Path) -> Result<Latest, StoreError> {
        let connection = sqlite::scratch(file)?;
        connection.execute_batch(include_str!("latest.sql"))?;
        Ok(Latest { connection })
    }

    /// Folds further changes, in the order of their entries.
    pub(super) fn fold(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        {
            let mut read = transaction.prepare_cached(include_str!("sql/latest_read.sql"))?;
            let last = |resource, id: &str| last(&mut read, resource, id);
            let folded = projections::fold(changes, last)?;
            let mut write = transaction.prepare_cached(include_str!("sql/latest_write.sql"))?;
            for ((resource, id), versions) in &folded.versions {
                let Some(version) = versions.last() else { continue };
                write.execute(params![*resource as i64, id, stored(version.from_size)?, version.body])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Gives each row of a resource, by id.
    pub(super) fn each<E: From<StoreError>>(&self, resource: Resource, mut take: impl FnMut(LatestRow) -> Result<(), E>) -> Result<u64, E> {
        let failed = |error: rusqlite::Error| E::from(error.into());
        let mut statement = self.connection.prepare_cached(include_str!("sql/latest_list.sql")).map_err(failed)?;
        let mut rows = statement.query([resource as i64]).map_err(failed)?;
        let mut count = 0;
        while let Some(row) = rows.next().map_err(failed)? {
            let body = serde_json::from_str(row.get_ref(2).map_err(failed)?.as_str().map_err(|error| corrupt(&error))?);
            let body = body.map_err(|error| corrupt(&error))?;
            take(LatestRow { id: row.get(0).map_err(failed)?, from_size: size(row.get(1).map_err(failed)?)?, body })?;
            count += 1;
        }
        Ok(count)
    }
}

fn last(read: &mut rusqlite::CachedStatement<'_>, resource: Resource, id: &str) -> Result<Option<Open>, StoreError> {
    let found = read.query_row(params![resource as i64, id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    found.map(|(from_size, body)| Ok((size(from_size)?, body))).transpose()
}

fn corrupt(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::corrupt(format!("a row that was just folded: {error}"))
}

fn size(from_size: i64) -> Result<u64, StoreError> {
    u64::try_from(from_size).map_err(|error| corrupt(&error))
}

/// SQLite's integers are signed; no size comes near the difference.
pub(super) fn stored(size: u64) -> Result<i64, StoreError> {
    i64::try_from(size).map_err(|_| StoreError::invalid(format!("{size} is too large")))
}
