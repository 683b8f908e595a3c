//! What PostgreSQL's errors mean to a store.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

use super::super::StoreError;

/// Errors before COMMIT: the server rolls a transaction back whose session ends, and shows nobody any of it.
impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let told = told(&error);
        match error.code().cloned() {
            // Class 23: a constraint or a guard of ours.
            Some(code) if code.code().starts_with("23") => StoreError::invalid(told),
            Some(SqlState::DISK_FULL) => StoreError::Full,
            Some(SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED) => StoreError::corrupt(told),
            Some(SqlState::LOCK_NOT_AVAILABLE) => StoreError::Locked { what: told },
            _ => StoreError::Io(Box::new(error)),
        }
    }
}

/// What COMMIT's failure means: the server says that it did not commit, or nobody knows.
///
/// An ERROR comes before the commit record is written. Anything else (the connection cut, the session ended by an
/// administrator, no answer in time) may have come after.
pub(super) fn of_commit(error: Error) -> StoreError {
    let refused = error.as_db_error().is_some_and(|cause| cause.parsed_severity() == Some(Severity::Error));
    if refused { error.into() } else { StoreError::Unknown(Box::new(error)) }
}

/// An error with what the server said.
pub(super) fn told(error: &Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(cause), _) => cause.message().to_owned(),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

/// Whether a statement asked for a text that no text of the database can be, such as one with U+0000.
pub(super) fn is_unheard_of(error: &Error) -> bool {
    let codes = [SqlState::CHARACTER_NOT_IN_REPERTOIRE, SqlState::UNTRANSLATABLE_CHARACTER];
    error.code().is_some_and(|code| codes.contains(code))
}

/// How statements went that went out together: well, or with the error that came first. After it the database refuses all others
/// of the transaction, which says nothing.
pub(super) fn together<const N: usize>(results: [Result<(), StoreError>; N]) -> Result<(), StoreError> {
    let mut errors: Vec<StoreError> = results.into_iter().filter_map(Result::err).collect();
    let first = errors.iter().position(|error| !is_consequence(error)).unwrap_or(0);
    if errors.is_empty() { Ok(()) } else { Err(errors.swap_remove(first)) }
}

fn is_consequence(error: &StoreError) -> bool {
    let StoreError::Io(cause) = error else { return false };
    cause.downcast_ref::<Error>().and_then(Error::code) == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)
}

/// Whether the session is gone, so that only another can answer.
pub(super) fn is_lost(error: &Error) -> bool {
    let ended =
        [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW, SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT];
    error.is_closed() || error.as_db_error().is_none() || error.code().is_some_and(|code| ended.contains(code))
}

/// The database's integers are signed; no size, index or epoch comes near the difference.
pub(super) fn stored(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::invalid(format!("{number} is too large")))
}

/// A bound given by a reader: one beyond what can be stored means the greatest.
pub(super) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A page's limit.
pub(super) fn page(limit: usize) -> i64 {
    limit.min(super::super::MAX_PAGE_ROWS) as i64
}
