//! Folding changes into versioned rows: the same for the live ledger and for an auditor's own.

use std::ops::Range;
use std::path::Path;

use projections::{Change, Indexed, Link, LinkKind, Open, Resource, Stored, Version, link_blocks};
use rusqlite::{Connection, OptionalExtension, params};

use super::super::compare::{Sorted, Table};
use super::super::packed::Packed;
use super::super::recent::Recent;
use super::super::{Row, RowKey, RowQuery, Rows, StoreError};
use super::body::Body;
use super::failure::{number, stored};
use super::{rows, scratch, sorted, sql};

/// The rows alone, apart from a ledger: empty at first, then folded from all entries and held against the ledger's.
#[derive(Debug)]
pub struct RowFold {
    connection: Connection,
    recent: Recent,
}

impl RowFold {
    /// Rows of the empty ledger.
    pub fn new() -> Result<Self, StoreError> {
        RowFold::within(Connection::open_in_memory()?)
    }

    /// The same, in a file that is not there yet.
    pub(in super::super) fn in_file(path: &Path) -> Result<Self, StoreError> {
        RowFold::within(scratch(path)?)
    }

    fn within(connection: Connection) -> Result<Self, StoreError> {
        connection.execute_batch(include_str!("rows.sql"))?;
        connection.execute_batch(include_str!("fold.sql"))?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(RowFold { connection, recent: Recent::default() })
    }

    /// The tables, for an auditor's statements.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Gives a table's rows, in the order of its key, to `with`.
    pub(in super::super) fn sorted<T>(
        &self,
        table: Table,
        with: impl FnOnce(&mut dyn Sorted) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        sorted::sorted(&self.connection, table, with)
    }

    /// Folds further changes, in the order of their entries. How they are cut into calls makes no difference.
    pub fn fold(&mut self, changes: &[Change], links: &[Link]) -> Result<(), StoreError> {
        let mut recent = std::mem::take(&mut self.recent);
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(sql!("fold_stream_insert"))?;
            let mut number = |stream: &str| {
                insert.execute([stream])?;
                number_of(&transaction, stream)
            };
            links.iter().try_for_each(|link| recent.stream(&link.stream, &mut number).map(drop))?;
        }
        apply(&transaction, changes, links, &mut recent)?;
        transaction.commit()?;
        self.recent = recent;
        Ok(())
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

    fn linked(&self, stream: &str, kinds: &[LinkKind], entries: Range<u64>, limit: usize) -> Result<Vec<u64>, StoreError> {
        rows::linked(&self.connection, stream, kinds, entries, limit)
    }
}

/// Folds changes within the caller's transaction. Each version is written once, however many changes made it.
///
/// After a failure, the transaction's too, what was recent is of no more use.
pub(super) fn apply(connection: &Connection, changes: &[Change], links: &[Link], recent: &mut Recent) -> Result<(), StoreError> {
    let open = |resource, id: &str| match recent.take_row(&(resource, id.to_owned())) {
        Some(known) => Ok(Some(known)),
        None => last(connection, resource, id),
    };
    let folded = projections::fold(changes, open)?;
    for ((resource, id), versions) in &folded.versions {
        versions.iter().try_for_each(|version| write(connection, *resource, id, version))?;
    }
    let mut insert = connection.prepare_cached(sql!("row_value_insert"))?;
    for Indexed { member, value, id } in &folded.indexed {
        insert.execute(params![member, Packed::of(value), Packed::of(id)])?;
    }
    let mut insert = connection.prepare_cached(sql!("row_link_insert"))?;
    for ((stream, block), entries) in link_blocks(links.iter().chain(&folded.links)) {
        let number = recent.stream(stream, |stream| number_of(connection, stream))?;
        insert.execute(params![number, stored(block)?, entries])?;
    }
    recent.keep_rows(folded);
    Ok(())
}

/// A stream's number.
fn number_of(connection: &Connection, stream: &str) -> Result<i64, StoreError> {
    let number = connection.prepare_cached(sql!("stream_number"))?.query_row([stream], |row| row.get(0)).optional()?;
    number.ok_or_else(|| StoreError::invalid(format!("{stream} is no stream of the ledger")))
}

/// A row's last version, which is the open one: rows end by a status, never by vanishing.
fn last(connection: &Connection, resource: Resource, id: &str) -> Result<Option<Open>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("row_last"))?;
    Ok(statement
        .query_row(params![resource.number(), Packed::of(id)], |row| Ok((number(row, 0)?, row.get::<_, Body<'_>>(1)?.0.into_owned())))
        .optional()?)
}

fn write(connection: &Connection, resource: Resource, id: &str, version: &Version) -> Result<(), StoreError> {
    let statement = match version.stored {
        Stored::Same => return Ok(()),
        Stored::Other => sql!("row_rewrite"),
        Stored::No => sql!("row_insert"),
    };
    let parameters = params![resource.number(), Packed::of(id), stored(version.from_size)?, Body(version.body.as_str().into())];
    match connection.prepare_cached(statement)?.execute(parameters)? {
        1 => Ok(()),
        _ => Err(StoreError::corrupt(format!("row {id} of {} is missing", resource.name()))),
    }
}
