//! A commit as those who are answered by it need it: its checkpoint, and proofs under it, made without asking the store.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tlog::{Edge, FullTile, Hash, MemoryTiles, ProofError, Prover, TileId, TileSource, Tree};

/// The checkpoint of a commit with all that proves the entries of that commit under it.
pub struct Sealed {
    /// The size of its checkpoint.
    pub size: u64,
    /// Its checkpoint, a signed note.
    pub checkpoint: Arc<str>,
    /// Nodes are hashed once for all entries of the commit.
    prover: Mutex<Result<Prover<Tiles>, ProofError>>,
}

/// The edge of the tree after the commit, with the tiles that it filled: an entry of the commit lies in no other.
struct Tiles {
    tree: Arc<Tree>,
    full: MemoryTiles,
}

impl TileSource for Tiles {
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, ProofError> {
        Edge { tree: &self.tree, full: &self.full }.tile(id)
    }
}

impl Sealed {
    pub(super) fn new(checkpoint: &str, tree: Arc<Tree>, full: impl IntoIterator<Item = FullTile>) -> Sealed {
        let (size, mut tiles) = (tree.size(), Tiles { tree, full: MemoryTiles::default() });
        tiles.full.extend(full);
        Sealed { size, checkpoint: checkpoint.into(), prover: Mutex::new(Prover::new(size, tiles)) }
    }

    /// The inclusion proof of an entry of this commit under its checkpoint (RFC 6962 §2.1.1).
    ///
    /// # Errors
    /// [`ProofError::MissingTile`] for entries of earlier commits, whose tiles may be in the store alone.
    pub fn proof(&self, index: u64) -> Result<Vec<Hash>, ProofError> {
        let mut prover = self.prover.lock().unwrap_or_else(PoisonError::into_inner);
        prover.as_mut().map_err(|error| error.clone())?.inclusion_proof(index)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.size)
    }
}
