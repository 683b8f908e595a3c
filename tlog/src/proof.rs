//! Inclusion and consistency proofs: made from tiles (RFC 6962 §2.1.1, §2.1.2), verified from nothing but themselves
//! (RFC 9162 §2.1.3.2, §2.1.4.2).

use std::collections::BTreeMap;

use crate::hash::{EMPTY_ROOT, Hash, fold_peaks, node_hash};
use crate::source::TileSource;
use crate::tile::{TILE_WIDTH, TileId};
use crate::tree::MAX_SIZE;

/// The most hashes a proof can have: the height of the tallest tree, and for consistency one more to start from.
pub const MAX_PROOF_HASHES: usize = 65;

/// Why a proof could not be made or does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index lies at or beyond the size.
    #[error("index {index} is not in a tree of size {size}")]
    IndexOutOfRange {
        /// The index asked about.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The older size is larger than the newer one.
    #[error("the old size {old} is above the new size {new}")]
    SizesReversed {
        /// The size that should be the smaller.
        old: u64,
        /// The size that should be the larger.
        new: u64,
    },
    /// A size above [`MAX_SIZE`].
    #[error("a tree of size {0} is too large")]
    SizeTooLarge(u64),
    /// The proof has too few or too many hashes for its sizes.
    #[error("the proof has the wrong number of hashes: {0}")]
    WrongLength(usize),
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    RootMismatch,
    /// The source has no such tile.
    #[error("there is no tile {}", .0.path())]
    MissingTile(TileId),
    /// The source gave fewer hashes than the tile has.
    #[error("tile {} came with {given} hashes", .id.path())]
    ShortTile {
        /// The tile asked for.
        id: TileId,
        /// How many hashes came.
        given: usize,
    },
    /// Bytes that are not 1 to 256 whole hashes.
    #[error("a tile cannot have {0} bytes")]
    MalformedTile(usize),
    /// Not the leaves that the last tile must have.
    #[error("the last tile has {expected} leaves, {given} were given")]
    WrongLeafCount {
        /// Size modulo 256.
        expected: usize,
        /// How many were given.
        given: usize,
    },
    /// The source failed; the text is its own.
    #[error("tiles cannot be read: {0}")]
    Source(String),
}

/// The audit path of a leaf: the siblings from the leaf up to the root (RFC 6962 §2.1.1). For many leaves of one tree see [`Prover`].
///
/// # Errors
///
/// [`ProofError::IndexOutOfRange`] unless `index < size`, [`ProofError::SizeTooLarge`] above [`MAX_SIZE`], and what reading
/// tiles gives.
pub fn inclusion_proof(index: u64, size: u64, tiles: &impl TileSource) -> Result<Vec<Hash>, ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutOfRange { index, size });
    }
    Prover::new(size, tiles)?.inclusion_proof(index)
}

/// The proof that the first `old` leaves of a tree of `new` leaves are the tree of `old` leaves (RFC 6962 §2.1.2).
/// Empty if the sizes are equal or `old` is 0.
///
/// # Errors
///
/// [`ProofError::SizesReversed`] if `old > new`, [`ProofError::SizeTooLarge`] above [`MAX_SIZE`], and what reading tiles
/// gives.
pub fn consistency_proof(old: u64, new: u64, tiles: &impl TileSource) -> Result<Vec<Hash>, ProofError> {
    if old > new {
        return Err(ProofError::SizesReversed { old, new });
    }
    let mut reader = Prover::new(new, tiles)?;
    let mut proof = Vec::new();
    if old == 0 || old == new {
        return Ok(proof);
    }
    let (mut low, mut high) = (0, new);
    // Down along the old tree's right edge, until the range ends where the old tree does.
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            proof.push(reader.range(middle, high)?);
            high = middle;
        } else {
            proof.push(reader.range(low, middle)?);
            low = middle;
        }
    }
    // If nothing was split off on the left, this is the old root itself, which the verifier has.
    if low != 0 {
        proof.push(reader.range(low, high)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The root of the tree of `size` leaves, from the fewest tiles. It does not look below them: an auditor who wants to know
/// that the tiles are right pushes all leaves into a [`crate::Tree`] and compares.
///
/// # Errors
///
/// [`ProofError::SizeTooLarge`] above [`MAX_SIZE`], and what reading tiles gives.
pub fn root_from_tiles(size: u64, tiles: &impl TileSource) -> Result<Hash, ProofError> {
    let mut reader = Prover::new(size, tiles)?;
    if size == 0 { Ok(EMPTY_ROOT) } else { reader.range(0, size) }
}

/// Checks that `leaf` is the leaf number `index` of the tree with this size and root (RFC 9162 §2.1.3.2).
///
/// Size and root belong together and come from a verified checkpoint: some proofs have the same form under several sizes, so
/// success says nothing about a size that was not signed with the root.
///
/// # Errors
///
/// [`ProofError::IndexOutOfRange`], [`ProofError::WrongLength`], [`ProofError::RootMismatch`].
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutOfRange { index, size });
    }
    // `node` is the place of the running hash in its row, `last` the place of the row's last node.
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::WrongLength(proof.len()));
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // A last node without a sibling rises unchanged to the row where it is a right child.
            let rise = node.trailing_zeros();
            node >>= rise;
            last >>= rise;
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::WrongLength(proof.len()));
    }
    if hash == *root { Ok(()) } else { Err(ProofError::RootMismatch) }
}

/// Checks that the tree of `new` leaves begins with the tree of `old` leaves (RFC 9162 §2.1.4.2). For `old` = 0 the proof is
/// empty and the old root is [`EMPTY_ROOT`]; for equal sizes it is empty and the roots are equal.
///
/// # Errors
///
/// [`ProofError::SizesReversed`], [`ProofError::WrongLength`], [`ProofError::RootMismatch`].
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::SizesReversed { old, new });
    }
    let wrong_length = || ProofError::WrongLength(proof.len());
    let same = |ok: bool| {
        if ok { Ok(()) } else { Err(ProofError::RootMismatch) }
    };
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(wrong_length());
        }
        let empty_is_empty = old != 0 || *old_root == EMPTY_ROOT;
        return same(empty_is_empty && (old != new || old_root == new_root));
    }
    // If the old tree is perfect, its root is the first node of the path and the proof leaves it out.
    let (first, path) = if old.is_power_of_two() {
        (*old_root, proof)
    } else {
        let (first, path) = proof.split_first().ok_or_else(wrong_length)?;
        (*first, path)
    };
    let (mut node, mut last) = (old - 1, new - 1);
    let rise = node.trailing_ones();
    node >>= rise;
    last >>= rise;
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in path {
        if last == 0 {
            return Err(wrong_length());
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            // `node` is not 0 here: it is odd, or equal to `last`, which is not 0.
            let rise = node.trailing_zeros();
            node >>= rise;
            last >>= rise;
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(wrong_length());
    }
    same(old_hash == *old_root && new_hash == *new_root)
}

/// The largest power of two below `count`, which is at least 2 (RFC 6962 §2.1).
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// Makes proofs under one size. It asks the source at most once for each tile and hashes each node at most once, so that proofs for many
/// leaves of a batch cost little more than one.
#[derive(Debug)]
pub struct Prover<S> {
    size: u64,
    tiles: S,
    read: BTreeMap<(u8, u64), Vec<Hash>>,
    /// Roots of perfect subtrees that are no node of a tile, by height and place: at most 254 of each tile that was read.
    nodes: BTreeMap<(u32, u64), Hash>,
}

impl<S: TileSource> Prover<S> {
    /// For the tree of this size.
    ///
    /// # Errors
    ///
    /// [`ProofError::SizeTooLarge`] above [`MAX_SIZE`].
    pub fn new(size: u64, tiles: S) -> Result<Self, ProofError> {
        if size > MAX_SIZE {
            return Err(ProofError::SizeTooLarge(size));
        }
        Ok(Prover { size, tiles, read: BTreeMap::new(), nodes: BTreeMap::new() })
    }

    /// As [`inclusion_proof`].
    ///
    /// # Errors
    ///
    /// [`ProofError::IndexOutOfRange`], and what reading tiles gives.
    pub fn inclusion_proof(&mut self, index: u64) -> Result<Vec<Hash>, ProofError> {
        let size = self.size;
        if index >= size {
            return Err(ProofError::IndexOutOfRange { index, size });
        }
        let mut proof = Vec::new();
        let (mut low, mut high) = (0, size);
        // Down from the root: the half without the leaf is its sibling at that height. Each turn halves the range.
        while high - low > 1 {
            let middle = low + split(high - low);
            if index < middle {
                proof.push(self.range(middle, high)?);
                high = middle;
            } else {
                proof.push(self.range(low, middle)?);
                low = middle;
            }
        }
        proof.reverse();
        Ok(proof)
    }

    /// The hash of the leaves `low..high`, where `low < high` and `low` is a multiple of the largest power of two that fits.
    fn range(&mut self, mut low: u64, high: u64) -> Result<Hash, ProofError> {
        let mut peaks = Vec::new();
        while low < high {
            let height = (high - low).ilog2();
            peaks.push(self.perfect(height, low >> height)?);
            low += 1 << height;
        }
        fold_peaks(peaks.into_iter()).ok_or(ProofError::RootMismatch)
    }

    /// The root of the `index`-th perfect subtree of 2^`height` leaves: a node of a tile, or made of the two below it, at most eight deep.
    fn perfect(&mut self, height: u32, index: u64) -> Result<Hash, ProofError> {
        if height.is_multiple_of(8) {
            let tile = self.tile((height / 8) as u8, index / u64::from(TILE_WIDTH))?;
            // A whole perfect subtree lies within the width that the tree's tile has, which was checked.
            return tile.get((index % u64::from(TILE_WIDTH)) as usize).copied().ok_or(ProofError::RootMismatch);
        }
        if let Some(known) = self.nodes.get(&(height, index)) {
            return Ok(*known);
        }
        let (left, right) = (self.perfect(height - 1, 2 * index)?, self.perfect(height - 1, 2 * index + 1)?);
        let node = node_hash(&left, &right);
        self.nodes.insert((height, index), node);
        Ok(node)
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[Hash], ProofError> {
        use std::collections::btree_map::Entry;
        match self.read.entry((level, index)) {
            Entry::Occupied(read) => Ok(read.into_mut()),
            Entry::Vacant(place) => {
                let missing = ProofError::MissingTile(TileId { level, index, width: TILE_WIDTH });
                let id = TileId::in_tree(level, index, self.size).ok_or(missing)?;
                let mut hashes = self.tiles.tile(id)?;
                if hashes.len() < usize::from(id.width) {
                    return Err(ProofError::ShortTile { id, given: hashes.len() });
                }
                hashes.truncate(usize::from(id.width));
                Ok(place.insert(hashes))
            }
        }
    }
}
