//! What a failure of the system means to whoever ran the program.

use std::io;
use std::path::Path;

use super::{Exit, Failure};
use crate::keys::KeyFileError;
use crate::node::NodeError;
use crate::sequencer::{Fatal, LoadError};
use crate::store::{HighWaterError, StoreError};

/// The exit code of an I/O error.
pub(super) fn of_io(error: &io::Error) -> Exit {
    match error.kind() {
        io::ErrorKind::NotFound => Exit::NotFound,
        io::ErrorKind::AlreadyExists | io::ErrorKind::AddrInUse => Exit::Conflict,
        _ => Exit::Io,
    }
}

/// The failure of a key file.
pub(super) fn of_key_file(path: &Path, error: &KeyFileError) -> Failure {
    let exit = match error {
        KeyFileError::Io(error) => of_io(error),
        KeyFileError::Permissions(_) | KeyFileError::Json(_) | KeyFileError::Form | KeyFileError::Mismatch => Exit::Configuration,
    };
    Failure::new(exit, format!("key file {}: {error}", path.display()))
}

/// The exit code of a sequencer that ended.
pub(super) fn of_fatal(fatal: &Fatal) -> Exit {
    match fatal {
        Fatal::Store(error) => of_store(error),
        Fatal::HighWater(error) => of_high_water(error),
        Fatal::Checkpoint(_) | Fatal::ReadBack(_) => Exit::VerificationFailed,
    }
}

/// The exit code of a store's failure.
pub(super) fn of_store(error: &StoreError) -> Exit {
    match error {
        StoreError::NotFound { .. } => Exit::NotFound,
        StoreError::Exists { .. } | StoreError::Locked { .. } | StoreError::Fenced => Exit::Conflict,
        StoreError::NotALedger { .. } | StoreError::Misconfigured { .. } => Exit::Configuration,
        StoreError::Corrupt { .. } => Exit::VerificationFailed,
        StoreError::Invalid { .. } => Exit::Failure,
        StoreError::Full | StoreError::Io(_) | StoreError::Unknown(_) => Exit::Io,
    }
}

fn of_high_water(error: &HighWaterError) -> Exit {
    match error {
        HighWaterError::RolledBack { .. } | HighWaterError::OtherRoot { .. } => Exit::VerificationFailed,
        HighWaterError::Io { .. } => Exit::Io,
        _ => Exit::Configuration,
    }
}

fn of_load(error: &LoadError) -> Exit {
    match error {
        LoadError::Store(error) => of_store(error),
        LoadError::HighWater(error) => of_high_water(error),
        LoadError::Checkpoint(_) | LoadError::Entry { .. } | LoadError::Stream { .. } | LoadError::OtherRoot { .. } => {
            Exit::VerificationFailed
        }
        LoadError::VaultBehind { .. } => Exit::Configuration,
    }
}

/// The failure of opening or creating a node.
pub(super) fn of_node(error: &NodeError) -> Failure {
    let exit = match error {
        NodeError::Store(error) => of_store(error),
        NodeError::Load(error) => of_load(error),
        NodeError::KeyFile { path, source } => return of_key_file(path, source),
        NodeError::Origin(_) | NodeError::OtherKey(_) => Exit::Configuration,
        NodeError::NoGenesis(_) => Exit::VerificationFailed,
        NodeError::Compose(_) | NodeError::Refused(_) => Exit::Configuration,
        NodeError::Fatal(fatal) => of_fatal(fatal),
        NodeError::Io(error) => of_io(error),
    };
    Failure::new(exit, error)
}
