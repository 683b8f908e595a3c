//! Every column of every table of the ledger, changed; rows deleted and inserted.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::forge::Forge;
use super::{Report, audited, change, copy};

fn tables(connection: &Connection) -> Vec<String> {
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn rows(connection: &Connection, table: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let width = statement.column_count();
    let read = |row: &rusqlite::Row<'_>| (0..width).map(|place| row.get(place)).collect();
    statement.query_map([], read).unwrap().collect::<Result<_, _>>().unwrap()
}

/// The key by which a finding names a row. A table that is not here has no audit.
fn key(table: &str, row: &[Value]) -> String {
    let text = |place: usize| match &row[place] {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => id.to_string(),
            Err(_) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        },
        other => panic!("{other:?}"),
    };
    match table {
        "head" | "entries" | "streams" | "checkpoints" | "outcomes" | "refusals" => text(0),
        "tiles" | "row_links" => format!("{}/{}", text(0), text(1)),
        "row_versions" | "row_values" => format!("{}/{}/{}", text(0), text(1), text(2)),
        other => panic!("nothing audits the table {other}"),
    }
}

/// Another value in its place, as like as can be.
fn altered(column: &str, value: &Value) -> Value {
    match value {
        // A ledger led once more often than it was is the same ledger; led less often than its vault it is not.
        Value::Integer(number) if column == "epoch" => Value::Integer(number - 1),
        Value::Integer(number) => Value::Integer(number + 1),
        Value::Null => Value::Integer(1_000),
        Value::Text(text) => {
            let middle = text.chars().count() / 2;
            let other = |(place, letter)| {
                if place != middle {
                    letter
                } else if letter == 'x' {
                    'y'
                } else {
                    'x'
                }
            };
            Value::Text(text.chars().enumerate().map(other).collect())
        }
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            Value::Blob(bytes)
        }
        Value::Real(_) => panic!("no column holds fractions"),
    }
}

fn update(connection: &Connection, table: &str, columns: &[String], row: &[Value], place: usize, value: Value) {
    let conditions: Vec<String> = columns.iter().enumerate().map(|(place, name)| format!("\"{name}\" IS ?{}", place + 2)).collect();
    let sql = format!("UPDATE {table} SET \"{}\" = ?1 WHERE {}", columns[place], conditions.join(" AND "));
    let parameters = std::iter::once(value).chain(row.iter().cloned());
    assert_eq!(connection.execute(&sql, params_from_iter(parameters)).unwrap(), 1);
}

/// The report names table, row and column.
fn names(report: &Report, table: &str, keys: &[String], column: Option<&str>) -> bool {
    report.findings.iter().any(|finding| {
        let same_column = match (&finding.column, column) {
            (Some(found), Some(wanted)) => found == wanted || is_key(table, wanted),
            _ => true,
        };
        finding.table == table && keys.contains(&finding.key) && same_column
    })
}

/// A row whose key is changed is one row missing and one to spare.
fn is_key(table: &str, column: &str) -> bool {
    match table {
        "tiles" => column != "hashes",
        "row_links" => column != "entries",
        "row_values" => true,
        "row_versions" => ["resource", "id", "from_size"].contains(&column),
        _ => false,
    }
}

#[test]
fn every_column_of_every_table_is_held_against_the_entries() {
    let original = tempfile::tempdir().unwrap();
    let forge = Forge::big();
    forge.write(original.path());
    let connection = Connection::open(super::ledger(original.path())).unwrap();
    let mut tried = 0;
    for table in tables(&connection) {
        let (columns, rows) = (columns(&connection, &table), rows(&connection, &table));
        assert!(!rows.is_empty(), "the story leaves {table} empty");
        let mut places = vec![0, rows.len() - 1];
        places.dedup();
        for (place, column) in columns.iter().enumerate() {
            for row in places.iter().map(|place| &rows[*place]) {
                let mut value = altered(column, &row[place]);
                // The next integer may be taken.
                if let (Value::Integer(number), false) = (&row[place], row == &rows[rows.len() - 1])
                    && ["index", "number", "size", "stream", "block", "resource", "member", "from_size"].contains(&column.as_str())
                {
                    value = Value::Integer(number + 1_000_000);
                }
                let mut after = row.clone();
                after[place] = value.clone();
                let folder = copy(original.path());
                change(folder.path(), |connection| update(connection, &table, &columns, row, place, value));
                let report = audited(folder.path(), &forge);
                let keys = [key(&table, row), key(&table, &after)];
                assert!(names(&report, &table, &keys, Some(column)), "{table} {keys:?} {column}:\n{report}");
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn rows_deleted_are_missed_and_rows_inserted_are_found() {
    let original = tempfile::tempdir().unwrap();
    let forge = Forge::big();
    forge.write(original.path());
    let connection = Connection::open(super::ledger(original.path())).unwrap();
    for table in tables(&connection) {
        let (columns, rows) = (columns(&connection, &table), rows(&connection, &table));
        let names_of: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
        // A refusal that is gone leaves no trace in the ledger; day.close will count them.
        if table != "refusals" {
            for place in [0, rows.len() / 2, rows.len() - 1] {
                let row = &rows[place];
                let folder = copy(original.path());
                change(folder.path(), |connection| {
                    let conditions: Vec<String> =
                        names_of.iter().enumerate().map(|(place, name)| format!("{name} IS ?{}", place + 1)).collect();
                    let sql = format!("DELETE FROM {table} WHERE {}", conditions.join(" AND "));
                    assert_eq!(connection.execute(&sql, params_from_iter(row.iter().cloned())).unwrap(), 1);
                });
                let report = audited(folder.path(), &forge);
                let keys = [key(&table, row), "-".to_owned()];
                assert!(names(&report, &table, &keys, None), "{table} {keys:?} deleted:\n{report}");
            }
        }
        let mut row = rows[rows.len() - 1].clone();
        for (place, column) in columns.iter().enumerate() {
            if ["one", "index", "number", "size", "name", "id", "value", "from_size", "block"].contains(&column.as_str()) {
                row[place] = altered(column, &row[place]);
            }
        }
        let folder = copy(original.path());
        change(folder.path(), |connection| {
            let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
            let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names_of.join(", "), places.join(", "));
            connection.execute(&sql, params_from_iter(row.iter().cloned())).unwrap();
        });
        let report = audited(folder.path(), &forge);
        let keys = [key(&table, &row), "-".to_owned()];
        assert!(names(&report, &table, &keys, None), "{table} {keys:?} inserted:\n{report}");
    }
}

#[test]
fn guards_that_are_gone_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::small();
    forge.write(folder.path());
    Connection::open(super::ledger(folder.path())).unwrap().execute_batch("DROP TRIGGER entries_stay").unwrap();
    let report = audited(folder.path(), &forge);
    assert!(super::must(&report, "tables_altered").text.contains("entries_stay"), "{report}");
}
