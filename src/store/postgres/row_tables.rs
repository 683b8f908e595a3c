//! The tables of the read models: what their columns hold, and the statements for reading and replacing their rows.

use super::sql;

/// What a column of a read model holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Number,
    Packed,
    Text,
    Bytes,
}

/// The statements for one table.
pub(super) struct Statements {
    pub(super) columns: &'static [Kind],
    pub(super) cursor: &'static str,
    pub(super) delete: &'static str,
    pub(super) insert: &'static str,
}

/// One for each table, in the order of [`super::super::compare::TABLES`].
pub(super) const STATEMENTS: [Statements; 3] = [
    Statements {
        columns: &[Kind::Number, Kind::Packed, Kind::Number, Kind::Text],
        cursor: sql!("rebuild_cursor_versions"),
        delete: sql!("rebuild_delete_versions"),
        insert: sql!("rebuild_insert_versions"),
    },
    Statements {
        columns: &[Kind::Number, Kind::Packed, Kind::Packed],
        cursor: sql!("rebuild_cursor_values"),
        delete: sql!("rebuild_delete_values"),
        insert: sql!("rebuild_insert_values"),
    },
    Statements {
        columns: &[Kind::Number, Kind::Number, Kind::Bytes],
        cursor: sql!("rebuild_cursor_links"),
        delete: sql!("rebuild_delete_links"),
        insert: sql!("rebuild_insert_links"),
    },
];
