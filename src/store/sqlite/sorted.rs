//! The rows of a read-model table in the order of its key.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Rows as SqlRows};

use super::super::StoreError;
use super::super::compare::{Cell, Cells, Sorted, Table};
use super::sql;

/// Gives a table's rows to `with`.
pub(super) fn sorted<T>(
    connection: &Connection,
    table: Table,
    with: impl FnOnce(&mut dyn Sorted) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let list = match table.name {
        "row_versions" => sql!("rebuild_list_versions"),
        "row_values" => sql!("rebuild_list_values"),
        _ => sql!("rebuild_list_links"),
    };
    let mut statement = connection.prepare_cached(list)?;
    let columns = statement.column_count();
    with(&mut Listed { rows: statement.query([])?, columns })
}

struct Listed<'a> {
    rows: SqlRows<'a>,
    columns: usize,
}

impl Sorted for Listed<'_> {
    fn next(&mut self) -> Result<Option<Cells>, StoreError> {
        let Some(row) = self.rows.next()? else { return Ok(None) };
        (0..self.columns).map(|column| cell(row.get_ref(column)?)).collect::<Result<_, _>>().map(Some)
    }
}

fn cell(value: ValueRef<'_>) -> Result<Cell, StoreError> {
    match value {
        ValueRef::Integer(number) => Ok(Cell::Integer(number)),
        ValueRef::Text(text) => Ok(Cell::Text(String::from_utf8_lossy(text).into_owned())),
        ValueRef::Blob(bytes) => Ok(Cell::Bytes(bytes.to_vec())),
        ValueRef::Null | ValueRef::Real(_) => Err(StoreError::corrupt("a row has a value of a type that its column does not take")),
    }
}
