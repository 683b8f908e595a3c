//! The auditor's own way into a ledger's file: it trusts neither the tables' guards nor the values in them.
//!
//! It shares no code with the store that wrote them but the text of the tables, and what decompresses an entry's bytes and a row's body. Each call is one statement, so that an audit
//! of a ledger in use never holds up the writer for long; what belongs together is kept together by the size read first.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Params, ffi};
use tempfile::TempDir;
use uuid::Uuid;

use super::AuditError;
use crate::store::{Snapshot, Store, StoreError};

/// The tables as they were meant.
const LEDGER: &str = include_str!("../store/sqlite/ledger.sql");
const ROWS: &str = include_str!("../store/sqlite/rows.sql");

/// "LITL" in the header of the file.
const APPLICATION_ID: i64 = i32::from_be_bytes(*b"LITL") as i64;

/// The version of the tables.
const USER_VERSION: i64 = 1;

/// How many rows are read with one statement.
pub(super) const PAGE: usize = 512;

/// A page of entries from an index on.
pub(super) const ENTRIES: &str = r#"SELECT "index", time, bytes FROM entries WHERE "index" >= ?1 ORDER BY "index" LIMIT ?2"#;

/// How many bytes of entries are read with one statement, roughly.
const PAGE_BYTES: usize = 4 << 20;

/// A value as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
    /// A number with a fraction, or a text that is not UTF-8.
    Strange,
}

impl Cell {
    pub(super) fn of(value: ValueRef<'_>) -> Cell {
        match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            ValueRef::Text(text) => String::from_utf8(text.to_vec()).map_or(Cell::Strange, Cell::Text),
            ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
            ValueRef::Real(_) => Cell::Strange,
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        if let Cell::Integer(number) = self { Some(*number) } else { None }
    }

    pub(super) fn size(&self) -> Option<u64> {
        self.integer().and_then(|number| u64::try_from(number).ok())
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Cell::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn blob(&self) -> Option<&[u8]> {
        if let Cell::Blob(bytes) = self { Some(bytes) } else { None }
    }

    pub(super) fn uuid(&self) -> Option<Uuid> {
        self.blob().and_then(|bytes| Uuid::from_slice(bytes).ok())
    }

    pub(super) fn hash(&self) -> Option<[u8; 32]> {
        self.blob().and_then(|bytes| bytes.try_into().ok())
    }

    fn bytes(&self) -> usize {
        match self {
            Cell::Text(text) => text.len(),
            Cell::Blob(bytes) => bytes.len(),
            _ => 8,
        }
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Null => f.write_str("null"),
            Cell::Integer(number) => write!(f, "{number}"),
            Cell::Text(text) => f.write_str(text),
            Cell::Blob(bytes) => match self.uuid() {
                Some(id) => write!(f, "{id}"),
                None => bytes.iter().take(16).try_for_each(|byte| write!(f, "{byte:02x}")),
            },
            Cell::Strange => f.write_str("?"),
        }
    }
}

/// A row: its cells in the order asked for.
pub(super) type Row = Vec<Cell>;

/// Why rows could not be read.
#[derive(Debug)]
pub(super) enum Unread {
    /// The file is damaged, which is a finding.
    Damaged(String),
    /// The machine failed, which says nothing about the ledger.
    Failed(AuditError),
}

impl From<AuditError> for Unread {
    fn from(error: AuditError) -> Unread {
        Unread::Failed(error)
    }
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Unread {
        let text = error.to_string();
        match error.sqlite_error() {
            Some(cause) if failed(cause) => Unread::Failed(AuditError::Io(text)),
            _ => Unread::Damaged(text),
        }
    }
}

/// Errors of the machine; all others are errors of the file. A file that ends too early is a damaged one.
fn failed(cause: &ffi::Error) -> bool {
    match cause.code {
        ErrorCode::SystemIoFailure => ![ffi::SQLITE_IOERR_SHORT_READ, ffi::SQLITE_IOERR_CORRUPTFS].contains(&cause.extended_code),
        ErrorCode::CannotOpen
        | ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::PermissionDenied
        | ErrorCode::ReadOnly
        | ErrorCode::FileLockingProtocolFailed => true,
        _ => false,
    }
}

/// A read-only connection of the auditor's own.
pub(super) struct Source {
    pub(super) connection: Connection,
    file: PathBuf,
    /// Of a store that is no file: what was wrong with its guards, and the copy.
    copied: Option<(Snapshot, TempDir)>,
}

impl Source {
    /// Opens a ledger's file. What is in it is not looked at yet.
    pub(super) fn open(path: &Path) -> Result<Source, AuditError> {
        let io = |error: &dyn std::fmt::Display| AuditError::Io(format!("{}: {error}", path.display()));
        match File::open(path).and_then(|file| file.metadata()) {
            Ok(data) if data.is_file() => {}
            Ok(_) => return Err(io(&"it is not a file")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(AuditError::NotFound(path.into())),
            Err(error) => return Err(io(&error)),
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| io(&error))?;
        connection.busy_timeout(Duration::from_secs(5)).map_err(|error| io(&error))?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Source { connection, file: path.into(), copied: None })
    }

    /// The file that is read, for another connection.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Copies the tables of a store that is no file, in one transaction of its own, and reads the copy.
    pub(super) fn copy(store: &dyn Store) -> Result<Source, StoreError> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("ledger.sqlite");
        let snapshot = store.snapshot(&file)?.unwrap_or_default();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&file, flags)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Source { connection, file, copied: Some((snapshot, folder)) })
    }

    /// Whether this is the copy of a store that is no file.
    pub(super) fn copied(&self) -> bool {
        self.copied.is_some()
    }

    /// What the vault of a store that is no file says to which ledger it belongs.
    pub(super) fn vault_pair(&self) -> Option<Vec<u8>> {
        self.copied.as_ref().and_then(|(snapshot, _)| snapshot.vault_pair.clone())
    }

    /// All rows that a statement gives.
    pub(super) fn rows(&self, sql: &str, parameters: impl Params) -> Result<Vec<Row>, Unread> {
        rows(&self.connection, sql, parameters)
    }

    /// The first row, if there is one.
    pub(super) fn row(&self, sql: &str, parameters: impl Params) -> Result<Option<Row>, Unread> {
        Ok(self.rows(sql, parameters)?.into_iter().next())
    }

    /// The integer that a statement gives; none for null or no row.
    pub(super) fn integer(&self, sql: &str, parameters: impl Params) -> Result<Option<i64>, Unread> {
        Ok(self.row(sql, parameters)?.and_then(|row| row.first().and_then(Cell::integer)))
    }

    /// What is wrong with the file as a whole: its header, its tables and guards, its pages and indexes.
    pub(super) fn faults(&self) -> Result<Vec<(&'static str, String)>, Unread> {
        if let Some((snapshot, _)) = &self.copied {
            let altered = |guard: &String| ("tables_altered", format!("the guard {guard} is missing or disabled"));
            return Ok(snapshot.faults.iter().map(altered).collect());
        }
        let mut faults = Vec::new();
        for (name, meant) in [("application_id", APPLICATION_ID), ("user_version", USER_VERSION)] {
            let found = self.integer(&format!("PRAGMA {name}"), [])?.unwrap_or_default();
            if found != meant {
                faults.push(("file_header", format!("{name} is {found}, not {meant}")));
            }
        }
        let meant = Connection::open_in_memory()?;
        meant.execute_batch(&[LEDGER, ROWS].concat())?;
        let meant = structure(&meant)?;
        let found = structure(&self.connection)?;
        let altered = |part: &&Row| format!("{} was altered, added or removed", part.first().map(Cell::to_string).unwrap_or_default());
        faults.extend(found.iter().filter(|part| !meant.contains(part)).map(|part| ("tables_altered", altered(&part))));
        faults.extend(meant.iter().filter(|part| !found.contains(part)).map(|part| ("tables_altered", altered(&part))));
        for row in self.rows("PRAGMA integrity_check(20)", [])? {
            match row.first() {
                Some(Cell::Text(text)) if text == "ok" => {}
                Some(cell) => faults.push(("file_damaged", cell.to_string())),
                None => {}
            }
        }
        Ok(faults)
    }
}

/// Tables, indexes and guards; what ANALYZE leaves behind is no part of them.
fn structure(connection: &Connection) -> Result<Vec<Row>, Unread> {
    let sql = r"SELECT type || ' ' || name || ' on ' || tbl_name, sql FROM sqlite_schema
        WHERE name NOT LIKE 'sqlite\_stat%' ESCAPE '\' ORDER BY 1";
    rows(connection, sql, [])
}

/// All rows that a statement gives.
pub(super) fn rows(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Vec<Row>, Unread> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(parameters)?;
    let mut all = Vec::new();
    let mut bytes = 0;
    while bytes < PAGE_BYTES
        && let Some(row) = rows.next()?
    {
        let row: Row = (0..columns).map(|column| row.get_ref(column).map(Cell::of)).collect::<Result<_, _>>()?;
        bytes += row.iter().map(Cell::bytes).sum::<usize>();
        all.push(row);
    }
    Ok(all)
}

/// Gives each row of a statement to `take`, without copying its cells.
pub(super) fn each(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<(), Unread>,
) -> Result<(), Unread> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// Rows of one table in the order of a key, page by page.
pub(super) struct Cursor {
    sql: &'static str,
    /// The next key to ask for; none after the end.
    from: Option<i64>,
    rows: std::collections::VecDeque<Row>,
}

impl Cursor {
    /// `sql` takes the least key and the most rows; the key is its first column.
    pub(super) fn new(sql: &'static str) -> Cursor {
        Cursor { sql, from: Some(i64::MIN), rows: std::collections::VecDeque::new() }
    }

    /// The next row, not taken.
    pub(super) fn peek(&mut self, source: &Source) -> Result<Option<&Row>, Unread> {
        if self.rows.is_empty()
            && let Some(from) = self.from.take()
        {
            self.rows = source.rows(self.sql, rusqlite::params![from, PAGE as i64])?.into();
            let last = self.rows.back().and_then(|row| row.first()?.integer());
            if last.is_some_and(|last| last < from) {
                self.rows.clear();
                return Err(Unread::Damaged("keys are out of order".into()));
            }
            self.from = last.and_then(|last| last.checked_add(1));
        }
        Ok(self.rows.front())
    }

    /// The key of the next row.
    pub(super) fn key(&mut self, source: &Source) -> Result<Option<i64>, Unread> {
        Ok(self.peek(source)?.and_then(|row| row.first()?.integer()))
    }

    /// The next row, if its key is at most this.
    pub(super) fn up_to(&mut self, source: &Source, key: u64) -> Result<Option<Row>, Unread> {
        let due = self.key(source)?.is_some_and(|next| next < 0 || next as u64 <= key);
        Ok(if due { self.rows.pop_front() } else { None })
    }
}
