//! Trees, tiles and proofs: known answers, the definition, and every way to spoil a proof.
#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use support::{LARGE, MemoryLog, slow_root};
use tlog::{
    EMPTY_ROOT, FullTile, Hash, MAX_SIZE, MemoryTiles, ProofError, TileId, TileSource, Tree, consistency_proof, hashes_to_bytes,
    inclusion_proof, leaf_hash, node_hash, root_from_tiles, verify_consistency, verify_inclusion,
};

/// The eight inputs with which Certificate Transparency's implementations test each other, and the roots of 1 … 8 of them.
const CT_LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const CT_ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn certificate_transparency_roots() {
    let mut tree = Tree::new();
    assert_eq!(tree.root(), EMPTY_ROOT);
    for (leaf, root) in CT_LEAVES.iter().zip(CT_ROOTS) {
        tree.push(leaf_hash(leaf), &mut Vec::new());
        assert_eq!(format!("{:x}", tree.root()), root);
    }
}

#[test]
fn every_small_proof_of_every_small_tree() {
    let log = MemoryLog::counted(40);
    for size in 0..=40 {
        let root = log.root_at(size);
        assert_eq!(root_from_tiles(size, &log.tiles()), Ok(root));
        for index in 0..size {
            let proof = inclusion_proof(index, size, &log.tiles()).unwrap();
            for (other, leaf) in (0..).zip(&log.leaves[..size as usize]) {
                let verdict = verify_inclusion(leaf, index, size, &root, &proof);
                assert_eq!(verdict.is_ok(), other == index, "{other} as {index} of {size}");
            }
        }
        for old in 0..=size {
            let proof = consistency_proof(old, size, &log.tiles()).unwrap();
            for other in 0..=size {
                let verdict = verify_consistency(old, &log.root_at(other), size, &root, &proof);
                assert_eq!(verdict.is_ok(), other == old, "{other} as {old} of {size}");
            }
        }
    }
}

#[test]
fn tiles_are_what_the_specification_says() {
    // MTH(D[(n·256 + i)·256^l : (n·256 + i + 1)·256^l]), taken literally.
    let mut tree = Tree::new();
    let mut full = Vec::new();
    for leaf in &LARGE.leaves {
        tree.push(*leaf, &mut full);
    }
    let slow_tile = |id: TileId| -> Vec<Hash> {
        let span = 256usize.pow(id.level.into());
        let first = id.index as usize * 256;
        let hash = |i: usize| slow_root(&LARGE.leaves[i * span..(i + 1) * span]);
        (first..first + usize::from(id.width)).map(hash).collect()
    };
    // 70,000 leaves: 273 full tiles at level 0 and one at level 1, each given once, lower levels first.
    assert_eq!(full.len(), 274);
    assert_eq!((full[255].id().path(), full[256].id().path()), ("tile/0/255".into(), "tile/1/000".into()));
    for tile in &full {
        assert_eq!(tile.hashes, hashes_to_bytes(&slow_tile(tile.id())), "{:?}", tile.id());
    }
    let partial: Vec<_> = tree.partial_tiles().collect();
    assert_eq!(partial.iter().map(|(id, _)| id.width).collect::<Vec<_>>(), [112, 17, 1]);
    for (id, hashes) in partial {
        assert_eq!(hashes, slow_tile(id), "{id:?}");
    }
    assert!(tree.partial_tile(3).is_empty() && tree.partial_tile(255).is_empty());
}

/// Sizes near the places where tiles fill, and any others that the large log has.
fn sizes() -> impl Strategy<Value = u64> {
    let near = |edge: u64| edge - 2..=edge + 2;
    prop_oneof![0..=600u64, near(256), near(512), near(65_536), near(65_792), 0..=70_000u64]
}

/// Two numbers, the first below the second, which is a size.
fn index_and_size() -> impl Strategy<Value = (u64, u64)> {
    let below = |size: u64| (0..size.max(1), Just(size.max(1)));
    prop_oneof![sizes().prop_flat_map(below), sizes().prop_map(|s| (s.max(1) - 1, s.max(1)))]
}

fn old_and_new() -> impl Strategy<Value = (u64, u64)> {
    (sizes(), sizes()).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

/// Every way to spoil a proof by one step.
fn spoiled(proof: &[Hash], pick: usize) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..proof.len() {
        let mut flipped = proof.to_vec();
        flipped[at].0[pick / 8 % 32] ^= 1 << (pick % 8);
        all.push(flipped);
        let mut dropped = proof.to_vec();
        dropped.remove(at);
        all.push(dropped);
        let mut swapped = proof.to_vec();
        swapped.swap(at, pick % proof.len());
        all.push(swapped);
    }
    for at in 0..=proof.len() {
        for added in [EMPTY_ROOT, *proof.get(at).unwrap_or(&EMPTY_ROOT)] {
            let mut longer = proof.to_vec();
            longer.insert(at, added);
            all.push(longer);
        }
    }
    all.retain(|candidate| candidate != proof);
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn restored_equals_pushed(size in sizes(), more in 0..600u64) {
        let (size, more) = (size as usize, (size + more).min(70_000) as usize);
        let pushed = MemoryLog::new(LARGE.leaves[..size].iter().copied());
        prop_assert_eq!(pushed.tree.root(), slow_root(&LARGE.leaves[..size]));
        let last = &LARGE.leaves[size - size % 256..size];
        let mut restored = Tree::restore(size as u64, last, &pushed.full).unwrap();
        prop_assert_eq!(&restored, &pushed.tree);

        // It also goes on as the other does, and gives the same full tiles.
        let (mut tree, mut full, mut again) = (pushed.tree.clone(), Vec::new(), Vec::new());
        for leaf in &LARGE.leaves[size..more] {
            tree.push(*leaf, &mut full);
            restored.push(*leaf, &mut again);
        }
        prop_assert_eq!(restored, tree);
        prop_assert_eq!(again, full);
    }

    #[test]
    fn inclusion((index, size) in index_and_size(), pick: usize, other in 0..70_000u64) {
        let root = LARGE.root_at(size);
        let leaf = LARGE.leaves[index as usize];
        let proof = inclusion_proof(index, size, &LARGE.tiles()).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &root, &proof), Ok(()));

        for bad in spoiled(&proof, pick) {
            prop_assert!(verify_inclusion(&leaf, index, size, &root, &bad).is_err());
        }
        let other_leaf = LARGE.leaves[other as usize];
        if other != index {
            prop_assert!(verify_inclusion(&other_leaf, index, size, &root, &proof).is_err());
            prop_assert!(verify_inclusion(&leaf, other, size, &root, &proof).is_err());
        }
        if other != size {
            let root = LARGE.root_at(other);
            prop_assert!(verify_inclusion(&leaf, index, other, &root, &proof).is_err());
            prop_assert!(verify_inclusion(&leaf, index, size, &root, &proof).is_err());
        }
    }

    #[test]
    fn consistency((old, new) in old_and_new(), pick: usize, other in 0..70_000u64) {
        let (old_root, new_root) = (LARGE.root_at(old), LARGE.root_at(new));
        let proof = consistency_proof(old, new, &LARGE.tiles()).unwrap();
        prop_assert_eq!(verify_consistency(old, &old_root, new, &new_root, &proof), Ok(()));

        for bad in spoiled(&proof, pick) {
            prop_assert!(verify_consistency(old, &old_root, new, &new_root, &bad).is_err());
        }
        let root = LARGE.root_at(other);
        if other != old {
            prop_assert!(verify_consistency(old, &root, new, &new_root, &proof).is_err());
            let same = consistency_proof(other, new, &LARGE.tiles()) == Ok(proof.clone());
            prop_assert!(same || verify_consistency(other, &root, new, &new_root, &proof).is_err());
        }
        if other != new && old != 0 {
            prop_assert!(verify_consistency(old, &old_root, new, &root, &proof).is_err());
            let same = consistency_proof(old, other, &LARGE.tiles()) == Ok(proof.clone());
            prop_assert!(same || verify_consistency(old, &old_root, other, &root, &proof).is_err());
        }
    }

    #[test]
    fn verifying_never_panics(
        (a, b, n) in (any::<u64>(), any::<u64>(), 0..70usize),
        (root, hash) in (any::<[u8; 32]>(), any::<[u8; 32]>()),
    ) {
        let (root, proof) = (Hash(root), vec![Hash(hash); n]);
        for (a, b) in [(a, b), (b, a), (a, a), (a, u64::MAX), (a >> 1, MAX_SIZE), (0, a)] {
            prop_assert!(verify_inclusion(&Hash(hash), a, b, &root, &proof).is_err());
            prop_assert!(verify_consistency(a, &root, b, &Hash(hash), &proof).is_err() || root == Hash(hash));
        }
    }

    #[test]
    fn trees_up_to_the_largest_size(a in 1..=MAX_SIZE, b in 1..=MAX_SIZE, shift in 0..63u32) {
        let (old, new) = (a.min(b) >> shift, a.max(b) >> shift);
        prop_assume!(old > 0);
        let (old_root, new_root) =
            (root_from_tiles(old, &Uniform).unwrap(), root_from_tiles(new, &Uniform).unwrap());
        let proof = consistency_proof(old, new, &Uniform).unwrap();
        prop_assert_eq!(verify_consistency(old, &old_root, new, &new_root, &proof), Ok(()));
        let proof = inclusion_proof(old - 1, new, &Uniform).unwrap();
        prop_assert_eq!(verify_inclusion(&uniform(0), old - 1, new, &new_root, &proof), Ok(()));

        let last = vec![uniform(0); (old % 256) as usize];
        let mut tree = Tree::restore(old, &last, &Uniform).unwrap();
        prop_assert_eq!(tree.root(), old_root);
        tree.push(uniform(0), &mut Vec::new());
        if old < MAX_SIZE {
            prop_assert_eq!(tree.root(), root_from_tiles(old + 1, &Uniform).unwrap());
        }
    }
}

/// The tiles of a tree of any size, all of whose leaves are equal.
struct Uniform;

fn uniform(height: u8) -> Hash {
    (0..height).fold(leaf_hash(b"same"), |hash, _| node_hash(&hash, &hash))
}

impl TileSource for Uniform {
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, ProofError> {
        Ok(vec![uniform(8 * id.level); id.width.into()])
    }
}

#[test]
fn the_largest_tree() {
    let root = root_from_tiles(MAX_SIZE, &Uniform).unwrap();
    assert_eq!(root, uniform(63));
    let proof = inclusion_proof(MAX_SIZE - 1, MAX_SIZE, &Uniform).unwrap();
    assert_eq!(proof.len(), 63);
    assert_eq!(verify_inclusion(&uniform(0), MAX_SIZE - 1, MAX_SIZE, &root, &proof), Ok(()));
    assert_eq!(Tree::restore(MAX_SIZE, &[], &Uniform).unwrap().root(), root);

    let too_large = ProofError::SizeTooLarge(MAX_SIZE + 1);
    assert_eq!(root_from_tiles(MAX_SIZE + 1, &Uniform), Err(too_large.clone()));
    assert_eq!(inclusion_proof(0, MAX_SIZE + 1, &Uniform), Err(too_large.clone()));
    assert_eq!(consistency_proof(0, MAX_SIZE + 1, &Uniform), Err(too_large.clone()));
    assert_eq!(Tree::restore(MAX_SIZE + 1, &[], &Uniform), Err(too_large));
}

#[test]
fn wrong_questions_and_missing_tiles() {
    let log = MemoryLog::counted(300);
    assert_eq!(inclusion_proof(300, 300, &log.tiles()), Err(ProofError::IndexOutOfRange { index: 300, size: 300 }));
    assert_eq!(consistency_proof(2, 1, &log.tiles()), Err(ProofError::SizesReversed { old: 2, new: 1 }));
    // Beyond what the log has.
    let id = TileId { level: 0, index: 1, width: 45 };
    assert_eq!(inclusion_proof(300, 301, &log.tiles()), Err(ProofError::ShortTile { id, given: 44 }));
    let id = TileId { level: 0, index: 2, width: 1 };
    assert_eq!(log.tiles().tile(id), Err(ProofError::MissingTile(id)));

    let leaves = &log.leaves[256..];
    let empty = MemoryTiles::default();
    let id = TileId { level: 0, index: 0, width: 256 };
    assert_eq!(Tree::restore(300, leaves, &empty), Err(ProofError::MissingTile(id)));
    let mut short = MemoryTiles::default();
    short.insert(0, 0, log.leaves[..255].to_vec());
    assert_eq!(Tree::restore(300, leaves, &short), Err(ProofError::ShortTile { id, given: 255 }));
    assert_eq!(Tree::restore(300, &leaves[1..], &log.full), Err(ProofError::WrongLeafCount { expected: 44, given: 43 }));
    assert_eq!(Tree::restore(0, &[], &empty), Ok(Tree::new()));
}

#[test]
fn a_changed_tile_changes_the_root() {
    let log = MemoryLog::counted(300);
    let mut spoiled = log.leaves[..256].to_vec();
    spoiled[17].0[0] ^= 1;
    let mut tiles = MemoryTiles::default();
    tiles.extend([FullTile { level: 0, index: 0, hashes: hashes_to_bytes(&spoiled) }]);
    let tree = Tree::restore(300, &log.leaves[256..], &tiles).unwrap();
    assert_ne!(tree.root(), log.tree.root());
}
