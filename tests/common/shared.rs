//! Files and tools outside the repository: tests use them when they are there, and say so when they are not.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The workspace's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Says that something was skipped, on a line of its own that begins with `SKIP`; panics instead where
/// `LITOPYS_NO_SKIP=1` forbids it.
pub fn skip(what: &str) {
    assert!(std::env::var_os("LITOPYS_NO_SKIP").is_none_or(|value| value != "1"), "LITOPYS_NO_SKIP=1 forbids skipping {what}");
    // Not println!, which the harness hides when a test passes.
    let _ = writeln!(std::io::stdout(), "\nSKIP {what}");
}

/// A file of the shared folder (`LITOPYS_SHARED`, or `../shared` beside the workspace); skips where it is missing.
pub fn file(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("LITOPYS_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    found(folder.join(path), path)
}

/// The Python interpreter with `tests/requirements.txt` installed (`LITOPYS_PYTHON`, or the workspace's
/// `.tools/python`); skips where it is missing.
pub fn python(what: &str) -> Option<PathBuf> {
    let python = std::env::var_os("LITOPYS_PYTHON").map_or_else(|| root().join(".tools/python/bin/python3"), PathBuf::from);
    found(python, what)
}

fn found(path: PathBuf, what: &str) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    skip(&format!("{what}: there is no {}", path.display()));
    None
}
