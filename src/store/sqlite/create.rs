//! Creating a store: a separate, explicit act.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use super::super::high_water::sync_directory;
use super::super::{IndexKey, StoreError};
use super::connection::Place;
use super::sql;

/// Creates an empty ledger and its vault. Neither file may exist.
///
/// Each is made under another name and appears whole and durable or not at all; the vault first, so that a ledger is
/// never there without one. After a crash in between, the empty vault must be removed by hand.
pub fn create(ledger: &Path, vault: &Path) -> Result<(), StoreError> {
    create_with(ledger, vault, &IndexKey::draw()?)
}

/// The same with this key of the matching index.
pub(super) fn create_with(ledger: &Path, vault: &Path, key: &IndexKey) -> Result<(), StoreError> {
    for path in [ledger, vault] {
        if fs::symlink_metadata(path).is_ok() {
            return Err(StoreError::exists(path));
        }
    }
    let mut pair = [0; 16];
    getrandom::fill(&mut pair).map_err(|error| StoreError::Io(Box::new(error)))?;
    make(vault, Place::Vault, |connection| connection.execute(sql!("vault_head_insert"), params![pair, key.bytes()]))?;
    make(ledger, Place::Ledger, |connection| connection.execute(sql!("head_insert"), params![empty_root(), pair]))
}

/// Makes the folder that a file is to lie in, if it is not there.
pub(super) fn folder_of(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => StoreError::exists(folder),
        _ => error.into(),
    })
}

/// The root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1).
fn empty_root() -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest([]).into()
}

pub(super) fn make(
    path: &Path,
    place: Place,
    first_rows: impl FnOnce(&Connection) -> Result<usize, rusqlite::Error>,
) -> Result<(), StoreError> {
    let mut new = PathBuf::from(path);
    new.as_mut_os_string().push(".new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    private(place).open(&new)?;
    let mut connection = Connection::open(&new)?;
    connection.pragma_update(None, "page_size", if place == Place::Ledger { 8192 } else { 4096 })?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    let transaction = connection.transaction()?;
    place.lay_out(&transaction)?;
    first_rows(&transaction)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    File::open(&new)?.sync_all()?;
    appear(&new, path)?;
    sync_directory(path)?;
    Ok(())
}

/// The vault is its owner's alone; a ledger's group may read. The files beside a database get its rights.
fn private(place: Place) -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if place == Place::Ledger { 0o640 } else { 0o600 });
    options
}

/// Gives a finished file its name, unless something has that name.
fn appear(new: &Path, path: &Path) -> Result<(), StoreError> {
    match fs::hard_link(new, path) {
        Ok(()) => Ok(fs::remove_file(new)?),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(StoreError::exists(path)),
        // A file system without hard links.
        Err(_) => Ok(fs::rename(new, path)?),
    }
}
