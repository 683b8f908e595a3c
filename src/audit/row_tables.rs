//! The tables of the read models, as the auditor asks for their rows.

use rusqlite::types::Value;

use super::source::{Cell, Row};
use crate::store::sqlite::body_text;

/// A table that is folded.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Its columns, those of its key first.
    pub(super) columns: &'static [&'static str],
    /// How many of them are its key.
    pub(super) key: usize,
}

pub(super) const TABLES: [Table; 3] = [
    Table { name: "row_versions", columns: &["resource", "id", "from_size", "body"], key: 3 },
    Table { name: "row_values", columns: &["member", "value", "id"], key: 3 },
    Table { name: "row_links", columns: &["stream", "block", "entries"], key: 2 },
];

impl Table {
    /// The statement for a page of rows in the order of the key, which takes as many cells of the row that it comes after; none for the first page.
    pub(super) fn page(&self, after: usize, limit: usize) -> String {
        let (columns, key) = (self.columns.join(", "), self.columns[..self.key].join(", "));
        let places: Vec<String> = (1..=after).map(|place| format!("?{place}")).collect();
        let beyond = if after == 0 { String::new() } else { format!("WHERE ({key}) > ({})", places.join(", ")) };
        format!("SELECT {columns} FROM {} {beyond} ORDER BY {key} LIMIT {limit}", self.name)
    }

    /// A row of it, with the body that is in it laid open.
    pub(super) fn opened(&self, mut row: Row) -> Row {
        let place = self.columns.iter().position(|column| *column == "body");
        if let Some(cell) = place.and_then(|place| row.get_mut(place)) {
            *cell = body(std::mem::replace(cell, Cell::Null));
        }
        row
    }
}

/// A body as it was before it was compressed. Bytes that are none stay what they are, which is no body that the entries make.
pub(super) fn body(cell: Cell) -> Cell {
    match cell.blob().map(body_text) {
        Some(Ok(text)) => Cell::Text(text),
        _ => cell,
    }
}

/// A cell as a parameter of a statement.
pub(super) fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null | Cell::Strange => Value::Null,
        Cell::Integer(number) => Value::Integer(*number),
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Blob(bytes) => Value::Blob(bytes.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn the_tables_are_those_of_the_store() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../store/sqlite/rows.sql")).unwrap();
        let sql = "SELECT name, (SELECT group_concat(name) FROM pragma_table_info(tables.name)) FROM sqlite_schema AS tables WHERE type = 'table'";
        let known: Vec<(String, String)> = TABLES.iter().map(|table| (table.name.to_owned(), table.columns.join(","))).collect();
        let found = source::rows(&connection, sql, []).unwrap();
        let found: Vec<_> = found.iter().map(|row| (row[0].to_string(), row[1].to_string())).collect();
        assert_eq!(found, known);
    }
}
