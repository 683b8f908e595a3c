//! One writing process for a file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::super::StoreError;

/// An exclusive lock on `<path>.lock`, held until dropped; the system releases it when the process ends, however it
/// ends.
///
/// The database itself is not locked: closing another handle of it would drop SQLite's own locks.
#[derive(Debug)]
pub(super) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Locks for the file behind `path`, by whatever link it was named.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let mut name: PathBuf = path.canonicalize()?;
        name.as_mut_os_string().push(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(&name)?;
        match file.try_lock() {
            Ok(()) => Ok(WriterLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { what: name.display().to_string() }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
