//! `litopys keys`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, of_key_file, random, say};
use crate::keys::{SecretKey, read_key_file, to_jwk, write_key_file};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a key file; an existing one is never overwritten
    New {
        /// The file to make
        file: PathBuf,
    },
    /// Print a key file's public part
    Show {
        /// The file
        file: PathBuf,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let key = match &arguments.action {
        Action::New { file } => {
            let key = SecretKey::generate(random);
            write_key_file(file, &key).map_err(|error| of_key_file(file, &error))?;
            key
        }
        Action::Show { file } => read_key_file(file).map_err(|error| of_key_file(file, &error))?,
    };
    say(&format!("{:#}\n", json!({ "kid": key.kid(), "jwk": to_jwk(&key.public()) })))
}
