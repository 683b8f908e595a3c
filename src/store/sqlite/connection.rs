//! Opening a database file and making sure that it is the one meant.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::super::StoreError;
use super::sql;

/// Which place a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Ledger,
    Vault,
    AccessLog,
}

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Version of the tables.
const USER_VERSION: i32 = 1;

/// How long a statement waits for another connection. Readers wait for nobody but a recovery; the writer for a
/// stranger's transaction.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

impl Place {
    /// Marks the file as ours for `file` and other tools: "LITL", "LITV", "LITA".
    fn application_id(self) -> i32 {
        match self {
            Place::Ledger => i32::from_be_bytes(*b"LITL"),
            Place::Vault => i32::from_be_bytes(*b"LITV"),
            Place::AccessLog => i32::from_be_bytes(*b"LITA"),
        }
    }

    fn schema(self) -> String {
        match self {
            Place::Ledger => [include_str!("ledger.sql"), include_str!("rows.sql")].concat(),
            Place::Vault => include_str!("vault.sql").to_owned(),
            Place::AccessLog => include_str!("access_log.sql").to_owned(),
        }
    }

    /// Makes the tables and marks the file.
    pub(super) fn lay_out(self, connection: &Connection) -> Result<(), StoreError> {
        connection.execute_batch(&self.schema())?;
        connection.pragma_update(None, "application_id", self.application_id())?;
        connection.pragma_update(None, "user_version", USER_VERSION)?;
        Ok(())
    }
}

/// Opens a store's file. A file that is missing, something else, or altered in its tables or guards is refused.
pub(super) fn open(path: &Path, place: Place, access: Access) -> Result<Connection, StoreError> {
    if !path.try_exists()? {
        return Err(StoreError::not_found(path));
    }
    let flags = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    // One plan for a statement, whatever is bound to it: otherwise some are planned anew at every use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    let not_ours = |why: String| StoreError::NotALedger { place: path.display().to_string(), why };
    let recognised = recognise(&connection, place).map_err(|error| match error {
        StoreError::Corrupt { what } => not_ours(what),
        other => other,
    })?;
    recognised.map_err(not_ours)?;
    match access {
        Access::Read => connection.execute_batch(include_str!("reader.sql"))?,
        Access::Write => connection.execute_batch(include_str!("writer.sql"))?,
    }
    // Deleted values are overwritten. The ledger deletes nothing.
    connection.pragma_update_and_check(None, "secure_delete", place == Place::Vault, |_| Ok(()))?;
    Ok(connection)
}

/// The inner error says what is not as it should be.
fn recognise(connection: &Connection, place: Place) -> Result<Result<(), String>, StoreError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let id = pragma("application_id")?;
    if id != place.application_id() {
        return Ok(Err(format!("its application id is {id:#x}, not {:#x}", place.application_id())));
    }
    let version = pragma("user_version")?;
    if version != USER_VERSION {
        return Ok(Err(format!("its tables are of version {version}, not {USER_VERSION}")));
    }
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        return Ok(Err(format!("its journal mode is {mode}, not wal")));
    }
    let meant = Connection::open_in_memory()?;
    place.lay_out(&meant)?;
    if structure(connection)? != structure(&meant)? {
        return Ok(Err("its tables or guards were altered".to_owned()));
    }
    Ok(Ok(()))
}

/// Tables, indexes and triggers as text; what ANALYZE leaves behind is no part of it.
fn structure(connection: &Connection) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let mut statement = connection.prepare(sql!("structure"))?;
    let parts = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(parts.collect::<Result<_, _>>()?)
}

/// Sets the most pages that a database may have; none means SQLite's own limit.
pub(super) fn limit_pages(connection: &Connection, pages: Option<u32>) -> Result<(), StoreError> {
    let pages = pages.unwrap_or(u32::MAX - 1);
    connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    Ok(())
}

/// How many pages a database has.
pub(super) fn pages(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "page_count", |row| row.get(0))?)
}
