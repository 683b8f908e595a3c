//! What the world may see.

use std::sync::Arc;

use aggregates::words::Instant;
use tlog::{Hash, Tree};

use super::Lately;

/// The last published head. Reads, receipts and feeds never go beyond its size.
#[derive(Clone, Debug)]
pub struct Published {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The signed checkpoint.
    pub checkpoint: Arc<str>,
    /// The right edge of the tree, for proofs and partial tiles.
    pub tree: Arc<Tree>,
    /// The time of the last entry.
    pub time: Instant,
    /// Whether commands are taken now.
    pub ready: bool,
    /// What led here; of every head the same.
    pub lately: Lately,
}
