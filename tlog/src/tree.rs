//! The growing tree: its right edge, from which the root and the next tiles follow.

use crate::hash::{EMPTY_ROOT, Hash, fold_peaks, node_hash};
use crate::proof::ProofError;
use crate::source::TileSource;
use crate::tile::{FullTile, TILE_WIDTH, TileId, hashes_to_bytes};

/// The largest tree that [`Tree::restore`] and the makers of proofs take: 2⁶³ leaves.
pub const MAX_SIZE: u64 = 1 << 63;

/// The right edge of the tree: for every tile level the hashes of its last, partial tile.
///
/// A few kilobytes, so cloning it before a batch and dropping the clone or the original afterwards is cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    levels: Vec<Level>,
}

/// One partial tile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Level {
    /// 0 to 255 hashes.
    hashes: Vec<Hash>,
    /// Roots of the perfect subtrees that the hashes make up, largest first: one for each bit set in their number. Keeping
    /// them makes an append cost one node hash on average and a root a few dozen at most.
    peaks: Vec<Hash>,
}

impl Level {
    /// Adds a hash; when the tile is full, gives its 256 hashes and its root and starts over.
    fn push(&mut self, hash: Hash) -> Option<(Vec<Hash>, Hash)> {
        self.hashes.push(hash);
        let mut root = hash;
        // As in a binary counter: each trailing zero of the new count is a carry, which merges two equal subtrees.
        for _ in 0..self.hashes.len().trailing_zeros() {
            if let Some(left) = self.peaks.pop() {
                root = node_hash(&left, &root);
            }
        }
        if self.hashes.len() == usize::from(TILE_WIDTH) {
            return Some((std::mem::take(&mut self.hashes), root));
        }
        self.peaks.push(root);
        None
    }
}

impl Tree {
    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Tree {
        Tree::default()
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its root (RFC 6962 §2.1); of the tree without leaves, [`EMPTY_ROOT`].
    #[must_use]
    pub fn root(&self) -> Hash {
        let peaks = self.levels.iter().rev().flat_map(|level| level.peaks.iter().copied());
        fold_peaks(peaks).unwrap_or(EMPTY_ROOT)
    }

    /// Appends a leaf hash. Each tile that it fills, from level 0 up, is pushed on `full`.
    pub fn push(&mut self, leaf: Hash, full: &mut Vec<FullTile>) {
        self.size += 1;
        let mut carry = leaf;
        // Ends at the first level with room; 2⁶³ leaves have eight levels.
        for level in 0u8.. {
            if usize::from(level) == self.levels.len() {
                self.levels.push(Level::default());
            }
            let Some((hashes, root)) = self.levels[usize::from(level)].push(carry) else {
                return;
            };
            // This leaf ended a run of 256^(level+1) leaves, the index-th of its kind.
            let index = (self.size >> (8 * (u32::from(level) + 1))) - 1;
            full.push(FullTile { level, index, hashes: hashes_to_bytes(&hashes) });
            carry = root;
        }
    }

    /// The hashes of the last, partial tile of this level: 0 to 255 of them.
    #[must_use]
    pub fn partial_tile(&self, level: u8) -> &[Hash] {
        self.levels.get(usize::from(level)).map_or(&[], |level| &level.hashes)
    }

    /// The partial tiles that are not empty, from level 0 up.
    pub fn partial_tiles(&self) -> impl Iterator<Item = (TileId, &[Hash])> {
        TileId::partials(self.size).map(|id| (id, self.partial_tile(id.level)))
    }

    /// Rebuilds the edge from what is stored: the hashes of the last `size mod 256` leaves, and full tiles (the hashes of a
    /// partial tile at level L are the roots of the last full tiles at level L − 1).
    ///
    /// The caller compares the root with the one it signed; nothing here says that the tiles are the right ones.
    ///
    /// # Errors
    ///
    /// [`ProofError::SizeTooLarge`] above [`MAX_SIZE`], [`ProofError::WrongLeafCount`] unless the leaves are `size mod 256`,
    /// what `tiles` reports, [`ProofError::ShortTile`] if it gives fewer than 256 hashes.
    pub fn restore(size: u64, leaves_of_last_tile: &[Hash], tiles: &impl TileSource) -> Result<Tree, ProofError> {
        if size > MAX_SIZE {
            return Err(ProofError::SizeTooLarge(size));
        }
        let expected = (size % u64::from(TILE_WIDTH)) as usize;
        if leaves_of_last_tile.len() != expected {
            return Err(ProofError::WrongLeafCount { expected, given: leaves_of_last_tile.len() });
        }
        let mut levels = vec![Level::default()];
        for leaf in leaves_of_last_tile {
            levels[0].push(*leaf);
        }
        for below in 0..8u8 {
            let count = size.checked_shr(8 * (u32::from(below) + 1)).unwrap_or(0);
            if count == 0 {
                break;
            }
            let mut level = Level::default();
            for index in count - count % u64::from(TILE_WIDTH)..count {
                level.push(full_tile_root(TileId { level: below, index, width: TILE_WIDTH }, tiles)?);
            }
            levels.push(level);
        }
        if size == 0 {
            levels.clear();
        }
        Ok(Tree { size, levels })
    }
}

/// The root of a full tile, one level-up hash.
fn full_tile_root(id: TileId, tiles: &impl TileSource) -> Result<Hash, ProofError> {
    let hashes = tiles.tile(id)?;
    let short = ProofError::ShortTile { id, given: hashes.len() };
    let hashes = hashes.get(..usize::from(TILE_WIDTH)).ok_or(short)?;
    perfect_root(hashes).ok_or(ProofError::MissingTile(id))
}

/// The root over 2^k hashes; `None` of none.
pub(crate) fn perfect_root(hashes: &[Hash]) -> Option<Hash> {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.chunks(2).filter_map(|pair| fold_peaks(pair.iter().copied())).collect();
    }
    row.pop()
}
