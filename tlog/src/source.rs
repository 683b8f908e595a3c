//! Where tiles come from: a store, memory, or the right edge of a running log.

use std::collections::BTreeMap;

use crate::hash::Hash;
use crate::proof::ProofError;
use crate::tile::{FullTile, TileId, hashes_from_bytes};
use crate::tree::Tree;

/// Where the makers of proofs take tiles from. Nothing is believed about the answers: a wrong tile gives a proof that
/// does not verify, a short one gives an error.
pub trait TileSource {
    /// The hashes of this tile. More than `id.width` of them (a fuller tile of the same index) is fine.
    ///
    /// # Errors
    ///
    /// [`ProofError::MissingTile`] if there is none, [`ProofError::Source`] if it could not be read.
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, ProofError>;
}

impl<S: TileSource + ?Sized> TileSource for &S {
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, ProofError> {
        (**self).tile(id)
    }
}

/// Tiles held in memory, for small logs and for tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryTiles(BTreeMap<(u8, u64), Vec<Hash>>);

impl MemoryTiles {
    /// Puts a tile in its place, replacing a narrower one.
    pub fn insert(&mut self, level: u8, index: u64, hashes: Vec<Hash>) {
        self.0.insert((level, index), hashes);
    }
}

impl Extend<FullTile> for MemoryTiles {
    fn extend<T: IntoIterator<Item = FullTile>>(&mut self, tiles: T) {
        for tile in tiles {
            // A full tile comes from a tree and so is never malformed.
            let hashes = hashes_from_bytes(&tile.hashes).unwrap_or_default();
            self.insert(tile.level, tile.index, hashes);
        }
    }
}

impl TileSource for MemoryTiles {
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, ProofError> {
        let hashes = self.0.get(&(id.level, id.index)).cloned();
        hashes.ok_or(ProofError::MissingTile(id))
    }
}

/// Full tiles from a store, partial ones from the tree in memory: what a running log has.
///
/// Proofs for sizes up to the tree's own can be made from it, older sizes included.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a, S> {
    /// The right edge.
    pub tree: &'a Tree,
    /// Where the full tiles lie.
    pub full: &'a S,
}

impl<S: TileSource> TileSource for Edge<'_, S> {
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, ProofError> {
        match TileId::in_tree(id.level, id.index, self.tree.size()) {
            None => Err(ProofError::MissingTile(id)),
            Some(held) if held.is_full() => self.full.tile(held),
            Some(_) => Ok(self.tree.partial_tile(id.level).to_vec()),
        }
    }
}
