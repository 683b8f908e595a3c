//! States of the past in files of their own, and read models made anew.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../common/forge.rs"]
mod forge;
#[path = "../common/plain.rs"]
mod plain;
#[path = "../common/story.rs"]
mod story;

mod rebuild;
mod state;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use forge::Forge;
use serde_json::Value;
use tempfile::TempDir;

/// A ledger of the whole story, in a folder.
struct Told {
    forge: Forge,
    folder: TempDir,
}

impl Told {
    fn new() -> Told {
        let (forge, folder) = (Forge::big(), tempfile::tempdir().unwrap());
        forge.write(folder.path());
        Told { forge, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn size(&self) -> u64 {
        self.forge.entries().count() as u64
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs the program, which must end with this code.
#[track_caller]
fn litopys(arguments: &[&str], code: i32) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_litopys")).args(arguments).stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
    output
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}
