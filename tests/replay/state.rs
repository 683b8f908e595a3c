//! `litopys replay`

use std::collections::{BTreeMap, BTreeSet};

use litopys::store::{MAX_PAGE_ROWS, RowQuery, Rows as _, sqlite};
use projections::Resource;
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::Value;

use super::{Told, json, litopys, plain, text};

/// Every row of every table, as SQLite gives it.
fn dump(connection: &Connection) -> BTreeMap<String, BTreeSet<String>> {
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let rows = |table: &str| {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get::<_, Cell>(column)).collect::<Result<Vec<_>, _>>();
        statement.query_map([], row).unwrap().map(|row| format!("{:?}", row.unwrap())).collect()
    };
    names.iter().map(|name| (name.clone(), rows(name))).collect()
}

/// A row of a state as the read models would have its body.
fn body(connection: &Connection, table: &str, id: &str, expected: &serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
    let mut found = serde_json::Map::new();
    for (member, value) in expected {
        // Two members are words of SQL; their columns have names of their own.
        let column = match member.as_str() {
            "from" => "valid_from",
            "until" => "valid_until",
            other => other,
        };
        let sql = format!("SELECT {column} FROM {table} WHERE id = ?1");
        let cell: Cell = connection.query_row(&sql, [id], |row| row.get(0)).unwrap();
        let value = match (cell, value) {
            (Cell::Integer(number), Value::Bool(_)) => Value::from(number == 1),
            (Cell::Integer(number), _) => Value::from(number),
            (Cell::Text(text), Value::String(_)) => Value::from(text),
            (Cell::Text(text), _) => serde_json::from_str(&text).unwrap(),
            (cell, _) => panic!("{table}.{member}: {cell:?}"),
        };
        found.insert(member.clone(), value);
    }
    found
}

#[test]
fn a_state_of_any_size_is_that_of_the_ledger_then() {
    let told = Told::new();
    let (ledger, size) = (told.path("ledger.sqlite"), told.size());
    let reader = sqlite::open_reader(&ledger).unwrap();
    for (number, as_of) in [0, 1, 2, 17, size / 2, size].into_iter().enumerate() {
        let file = told.path(&format!("state-{number}.sqlite"));
        let arguments = ["replay", "--json", "--ledger", text(&ledger), "--as-of", &as_of.to_string(), "--into", text(&file)];
        let summary = json(&litopys(&arguments, 0));
        assert_eq!((&summary["size"], &summary["signature_verified"]), (&as_of.into(), &false.into()));
        let state = Connection::open(&file).unwrap();
        for (resource, name) in Resource::ALL {
            let table = name.replace('-', "_");
            let query = RowQuery { resource, filters: Vec::new(), words: Vec::new(), after: None, limit: MAX_PAGE_ROWS, as_of };
            let expected = reader.rows(&query).unwrap();
            let count: i64 = state.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
            assert_eq!((count, &summary["rows"][&table]), (expected.len() as i64, &count.into()), "{table} as of {as_of}");
            for row in expected {
                assert_eq!(body(&state, &table, &row.id, &row.body), row.body, "{table} {} as of {as_of}", row.id);
            }
        }
    }
}

#[test]
fn two_replays_give_the_same_rows_and_every_column_is_explained() {
    let told = Told::new();
    let (ledger, size) = (told.path("ledger.sqlite"), told.size().to_string());
    let replayed = |name: &str| {
        let file = told.path(name);
        litopys(&["replay", "--ledger", text(&ledger), "--as-of", &size, "--into", text(&file)], 0);
        Connection::open(file).unwrap()
    };
    let (first, second) = (replayed("a.sqlite"), replayed("b.sqlite"));
    assert_eq!(dump(&first), dump(&second));
    let unexplained = "SELECT tables.name || '.' || columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND NOT EXISTS (
            SELECT 1 FROM data_dictionary
            WHERE table_name = tables.name AND column_name = columns.name AND type = columns.type AND english <> '' AND ukrainian <> '' AND source <> ''
        )";
    let mut statement = first.prepare(unexplained).unwrap();
    let left: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(left, [""; 0]);
    let explained: i64 = first.query_row("SELECT count(*) FROM data_dictionary", [], |row| row.get(0)).unwrap();
    let columns = "SELECT count(*) FROM sqlite_schema AS tables, pragma_table_info(tables.name) WHERE tables.type = 'table'";
    assert_eq!(first.query_row(columns, [], |row| row.get::<_, i64>(0)).unwrap(), explained, "and nothing else is");
}

#[test]
fn a_state_is_of_an_instant_or_a_day_and_never_inside_a_command() {
    let told = Told::new();
    let ledger = told.path("ledger.sqlite");
    let reader = sqlite::open_reader(&ledger).unwrap();
    let replay = |as_of: &str, name: &str, code: i32| {
        litopys(&["replay", "--json", "--ledger", text(&ledger), "--as-of", as_of, "--into", text(&told.path(name))], code)
    };
    let entry = litopys::store::LedgerReader::entry(&reader, 20).unwrap().unwrap();
    let instant = aggregates::words::Instant::from_ms(entry.time).unwrap();
    let size = litopys::store::LedgerReader::size_at(&reader, entry.time).unwrap();
    assert_eq!(json(&replay(&instant.to_string(), "instant.sqlite", 0))["size"], size);
    assert_eq!(json(&replay("2039-12-31", "day.sqlite", 0))["size"], told.size());
    assert_eq!(json(&replay("2001-01-01", "before.sqlite", 0))["size"], 0);
    let inside = replay(&(told.size() - 1).to_string(), "inside.sqlite", 2);
    let said = String::from_utf8(inside.stderr).unwrap();
    assert!(said.contains(&(told.size() - 2).to_string()) && said.contains(&told.size().to_string()), "{said}");
    replay(&(told.size() + 1).to_string(), "beyond.sqlite", 4);
    replay("yesterday", "wrong.sqlite", 2);
    replay("1", "instant.sqlite", 5);
    for name in ["inside", "beyond", "wrong"] {
        assert!(!told.path(&format!("{name}.sqlite")).exists(), "nothing half-made is left");
    }
    let left =
        std::fs::read_dir(told.folder.path()).unwrap().filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(left.count(), 0);
    let force = |into: &str, code| {
        litopys(&["replay", "--ledger", text(&ledger), "--as-of", "1", "--force", "--into", text(&told.path(into))], code);
    };
    force("instant.sqlite", 0);
    force("vault.sqlite", 5);
    force("ledger.sqlite", 5);
}

#[test]
fn a_ledger_that_is_not_what_was_signed_is_not_replayed() {
    let told = Told::new();
    let (ledger, into) = (told.path("ledger.sqlite"), told.path("state.sqlite"));
    let connection = Connection::open(&ledger).unwrap();
    let guard = "SELECT sql FROM sqlite_schema WHERE name = 'entries_stay_as_they_are'";
    let guard: String = connection.query_row(guard, [], |row| row.get(0)).unwrap();
    connection.execute_batch("DROP TRIGGER entries_stay_as_they_are").unwrap();
    plain::store_plainly(&connection);
    let edit = r#"UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '"reason":"fraud"', '"reason":"moved_away"') AS BLOB)"#;
    connection.execute(edit, []).unwrap();
    connection.execute_batch(&guard).unwrap();
    litopys(&["replay", "--ledger", text(&ledger), "--as-of", &told.size().to_string(), "--into", text(&into)], 3);
    assert!(!into.exists());
    litopys(&["rebuild", "--dir", text(told.folder.path())], 3);
}
