//! Moving the WAL into the database, which the writer does between batches.

use rusqlite::Connection;

use super::super::StoreError;
use super::connection::PATIENCE;
use super::sql;

/// How the WAL stands: frames in it, and how many of them are in the database too.
struct Wal {
    busy: bool,
    frames: i64,
    moved: i64,
}

/// From this many frames on that are not in the database yet, `tidy` moves them: some 16 MiB of a ledger's
/// pages.
const MOVE_FRAMES: i64 = 2_000;

/// From this many frames on, readers that never pause are waited for, so that the WAL starts over.
const RESTART_FRAMES: i64 = 32_000;

/// Moves the WAL into the database when it pays. Never blocks, except when readers kept it from starting over for
/// long.
pub(super) fn tidy(connection: &Connection) -> Result<(), StoreError> {
    let wal = checkpoint(connection, sql!("wal_look"))?;
    if wal.frames - wal.moved < MOVE_FRAMES {
        return Ok(());
    }
    let mode = if wal.frames < RESTART_FRAMES { sql!("wal_move") } else { sql!("wal_restart") };
    checkpoint(connection, mode).map(drop)
}

/// Moves all of the WAL and empties its file; false when a reader is in the way.
pub(super) fn empty(connection: &Connection) -> Result<bool, StoreError> {
    // Waiting would hold up the writer; the next call tries again.
    connection.busy_timeout(std::time::Duration::ZERO)?;
    let wal = checkpoint(connection, sql!("wal_empty"));
    connection.busy_timeout(PATIENCE)?;
    Ok(!wal?.busy)
}

fn checkpoint(connection: &Connection, sql: &str) -> Result<Wal, StoreError> {
    let read = |row: &rusqlite::Row<'_>| Ok(Wal { busy: row.get(0)?, frames: row.get(1)?, moved: row.get(2)? });
    Ok(connection.prepare_cached(sql)?.query_row([], read)?)
}
