//! What several test files need: a log in memory, the slow definition of a root, the shared vectors' folder.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::path::PathBuf;
use std::sync::LazyLock;

use tlog::{EMPTY_ROOT, Edge, Hash, MemoryTiles, TileSource, Tree, leaf_hash, node_hash};

/// A log with everything kept.
pub struct MemoryLog {
    pub leaves: Vec<Hash>,
    pub tree: Tree,
    pub full: MemoryTiles,
}

impl MemoryLog {
    pub fn new(leaves: impl IntoIterator<Item = Hash>) -> MemoryLog {
        let mut log = MemoryLog { leaves: Vec::new(), tree: Tree::new(), full: MemoryTiles::default() };
        let mut full = Vec::new();
        for leaf in leaves {
            log.tree.push(leaf, &mut full);
            log.leaves.push(leaf);
        }
        log.full.extend(full);
        log
    }

    /// Leaves that are all different.
    pub fn counted(size: u64) -> MemoryLog {
        MemoryLog::new((0..size).map(|i| leaf_hash(&i.to_be_bytes())))
    }

    pub fn tiles(&self) -> impl TileSource {
        Edge { tree: &self.tree, full: &self.full }
    }

    pub fn root_at(&self, size: u64) -> Hash {
        slow_root(&self.leaves[..usize::try_from(size).unwrap()])
    }
}

/// A log that reaches a partial tile at level 2, built once.
pub static LARGE: LazyLock<MemoryLog> = LazyLock::new(|| MemoryLog::counted(70_000));

/// The root as RFC 6962 §2.1 defines it, without any cleverness.
pub fn slow_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let mut split = 1;
            while split * 2 < leaves.len() {
                split *= 2;
            }
            node_hash(&slow_root(&leaves[..split]), &slow_root(&leaves[split..]))
        }
    }
}

/// The folder of vectors that are not part of the repository, or `None` after saying what is skipped.
///
/// `LITOPYS_SHARED` names the folder that contains `vectors`; with `LITOPYS_NO_SKIP=1` an absent folder is a failure.
pub fn vectors(folder: &str, what: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("LITOPYS_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")), PathBuf::from);
    let path = shared.join("vectors").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    let missing = format!("SKIP {what}: {} is absent", path.display());
    assert!(std::env::var_os("LITOPYS_NO_SKIP").is_none_or(|v| v != "1"), "{missing}");
    println!("{missing}");
    None
}
