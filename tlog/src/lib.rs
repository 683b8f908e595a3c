//! The transparency log of Litopys: hashing, tiles, proofs, signed notes, checkpoints and receipts' proofs, byte for byte
//! as C2SP and RFC 6962 have them.
//!
//! The crate is pure: it reads no file, no clock and no random number. Whoever calls it brings bytes, seeds and times.
//!
//! | Module | Specification |
//! |---|---|
//! | [`hash`] | RFC 6962 §2.1 |
//! | [`tree`], [`tile`], [`source`], [`bundle`] | <https://c2sp.org/tlog-tiles> |
//! | [`proof`] | RFC 6962 §2.1.1–2.1.2 (making), RFC 9162 §2.1.3–2.1.4 (verifying) |
//! | [`key`], [`note`] | <https://c2sp.org/signed-note> |
//! | [`checkpoint`] | <https://c2sp.org/tlog-checkpoint>, without extension lines |
//! | [`cosignature`] | <https://c2sp.org/tlog-cosignature>, the Ed25519 form |
//! | [`tlog_proof`] | <https://c2sp.org/tlog-proof> |
//!
//! A log of two entries, and the proof that the second one is in it:
//!
//! ```
//! use tlog::{Checkpoint, Edge, Hash, MemoryTiles, Signer, TlogProof, Tree};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let signer = Signer::ed25519("log.example/ledger", &[7; 32])?;
//! let (mut tree, mut stored) = (Tree::new(), MemoryTiles::default());
//! let mut full = Vec::new();
//! for entry in ["one", "two"] {
//!     tree.push(Hash::leaf(entry.as_bytes()), &mut full);
//! }
//! stored.extend(full);
//!
//! let checkpoint = Checkpoint { origin: signer.name().into(), size: tree.size(), root: tree.root() };
//! let proof = TlogProof {
//!     index: 1,
//!     proof: tlog::inclusion_proof(1, tree.size(), &Edge { tree: &tree, full: &stored })?,
//!     checkpoint: checkpoint.sign(&signer)?,
//!     extra: None,
//! };
//! let text = proof.to_string();
//!
//! let seen = TlogProof::parse(&text)?.verify(&Hash::leaf(b"two"), &[signer.verifier()], "log.example/ledger")?;
//! assert_eq!(seen, checkpoint);
//! # Ok(())
//! # }
//! ```

pub mod bundle;
pub mod checkpoint;
pub mod cosignature;
mod encoding;
pub mod hash;
pub mod key;
pub mod note;
pub mod proof;
pub mod source;
pub mod tile;
pub mod tlog_proof;
pub mod tree;

pub use bundle::{BundleError, MAX_ENTRY_BYTES, decode_bundle, encode_bundle};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use hash::{EMPTY_ROOT, Hash, HashError, leaf_hash, node_hash};
pub use key::{KeyError, SignatureType, Signer, Verifier};
pub use note::{Note, NoteError, NoteSignature, Verified};
pub use proof::{ProofError, Prover, consistency_proof, inclusion_proof, root_from_tiles, verify_consistency, verify_inclusion};
pub use source::{Edge, MemoryTiles, TileSource};
pub use tile::{FullTile, PathError, TILE_WIDTH, TileId, hashes_from_bytes, hashes_to_bytes};
pub use tlog_proof::{TlogProof, TlogProofError};
pub use tree::{MAX_SIZE, Tree};
