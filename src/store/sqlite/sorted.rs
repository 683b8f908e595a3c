//! The rows of a read-model table in the order of its key.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Rows as SqlRows};

use super::super::StoreError;
use super::super::compare::{Cell, Cells, Sorted, TABLES, Table};
use super::super::live::{Live, Passing};
use super::super::sums::{CellRef, SumKey};
use super::{body_text, sql};

/// Gives a table's rows to `with`.
pub(super) fn sorted<T>(
    connection: &Connection,
    table: Table,
    with: impl FnOnce(&mut dyn Sorted) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut statement = connection.prepare_cached(list(table))?;
    let columns = statement.column_count();
    with(&mut Listed { rows: statement.query([])?, table, columns })
}

/// Passes over all rows once.
pub(super) fn live(connection: &Connection, key: &SumKey) -> Result<Live, StoreError> {
    let mut passing = Passing::new(key);
    for (place, table) in TABLES.into_iter().enumerate() {
        passing.begin(place);
        let mut statement = connection.prepare(list(table))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut cells = [CellRef::Integer(0); 4];
            for (column, cell) in cells[..columns].iter_mut().enumerate() {
                *cell = borrowed(row.get_ref(column)?)?;
            }
            let body = body(table, &cells);
            if let Some(body) = &body {
                cells[BODY] = CellRef::Text(body.as_bytes());
            }
            passing.take(&cells[..columns]);
        }
    }
    Ok(passing.end())
}

fn list(table: Table) -> &'static str {
    match table.name {
        "row_versions" => sql!("rebuild_list_versions"),
        "row_values" => sql!("rebuild_list_values"),
        _ => sql!("rebuild_list_links"),
    }
}

/// The place of the body in a version.
const BODY: usize = 3;

/// The text of a body that lies compressed. Bytes that are no body stay what they are, which is none that the entries make.
fn body(table: Table, cells: &[CellRef<'_>]) -> Option<String> {
    match cells.get(BODY) {
        Some(CellRef::Blob(frame)) if table.name == "row_versions" => body_text(frame).ok(),
        _ => None,
    }
}

struct Listed<'a> {
    rows: SqlRows<'a>,
    table: Table,
    columns: usize,
}

impl Sorted for Listed<'_> {
    fn next(&mut self) -> Result<Option<Cells>, StoreError> {
        let Some(row) = self.rows.next()? else { return Ok(None) };
        let cells = (0..self.columns).map(|column| borrowed(row.get_ref(column)?)).collect::<Result<Vec<_>, StoreError>>()?;
        let body = body(self.table, &cells);
        let mut cells: Cells = cells.into_iter().map(cell).collect();
        if let Some(body) = body {
            cells[BODY] = Cell::Text(body);
        }
        Ok(Some(cells))
    }
}

fn cell(cell: CellRef<'_>) -> Cell {
    match cell {
        CellRef::Integer(number) => Cell::Integer(number),
        CellRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        CellRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

fn borrowed(value: ValueRef<'_>) -> Result<CellRef<'_>, StoreError> {
    match value {
        ValueRef::Integer(number) => Ok(CellRef::Integer(number)),
        ValueRef::Text(text) => Ok(CellRef::Text(text)),
        ValueRef::Blob(bytes) => Ok(CellRef::Blob(bytes)),
        ValueRef::Null | ValueRef::Real(_) => Err(StoreError::corrupt("a row has a value of a type that its column does not take")),
    }
}
