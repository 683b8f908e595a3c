//! What SQLite's errors mean to a writer.

use rusqlite::{Error, ErrorCode, Transaction};

use super::super::StoreError;

/// Errors before COMMIT: the transaction is rolled back when it is dropped, and until a commit frame is written
/// nobody sees any of it.
impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match &error {
            Error::SqliteFailure(cause, message) => match cause.code {
                ErrorCode::DiskFull => StoreError::Full,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                    StoreError::Locked { what: error.to_string() }
                }
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::corrupt(error.to_string()),
                ErrorCode::ConstraintViolation => StoreError::invalid(message.clone().unwrap_or_else(|| error.to_string())),
                _ => StoreError::Io(Box::new(error)),
            },
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => StoreError::corrupt(error.to_string()),
            _ => StoreError::Io(Box::new(error)),
        }
    }
}

/// Commits; tells a commit that surely did not happen from one that may have.
///
/// SQLite writes the frame that makes a transaction valid last, and only then syncs. When a write finds no room
/// (`SQLITE_FULL`: no space, or a write cut short) that frame is not whole, and what is there of it has no valid
/// checksum. After any other error, a failed sync above all, the frame may be on disk and a later start may find it.
pub(super) fn commit(transaction: Transaction<'_>) -> Result<(), StoreError> {
    transaction.commit().map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        _ => StoreError::Unknown(Box::new(error)),
    })
}

/// SQLite's integers are signed; no size, index or epoch comes near the difference.
pub(super) fn stored(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::invalid(format!("{number} is too large")))
}

/// A bound given by a reader: one beyond what can be stored means the greatest.
pub(super) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The number in a column that holds none below zero.
pub(super) fn number(row: &rusqlite::Row<'_>, column: usize) -> Result<u64, Error> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| Error::IntegralValueOutOfRange(column, value))
}

/// A page's limit as SQLite takes it.
pub(super) fn page(limit: usize) -> i64 {
    limit.min(super::super::MAX_PAGE_ROWS) as i64
}
