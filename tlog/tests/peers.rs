//! Side by side with `tlog_tiles` and `signed_note`, another implementation of the same specifications. It knows neither the
//! C2SP tile paths nor cosignatures, and it is the more lenient reader: what we accept, it must accept.
#![allow(clippy::unwrap_used)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::sample::Index;
use signed_note::{Note as PeerNote, Signer as _, StandardSigner};
use signed_note::{StandardVerifier, Verifier as _, VerifierList};
use support::LARGE;
use tlog::{
    Checkpoint, Hash, Note, Signer, TileId, TileSource, Verifier, consistency_proof, hashes_to_bytes, inclusion_proof, verify_consistency,
    verify_inclusion,
};
use tlog_tiles as peer;

/// The peer's storage: every hash that ever was complete.
#[derive(Default)]
struct PeerLog(Vec<peer::Hash>);

impl peer::HashReader for PeerLog {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<peer::Hash>, peer::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

impl PeerLog {
    fn of(size: u64) -> PeerLog {
        let mut log = PeerLog::default();
        for index in 0..size {
            let hashes = peer::stored_hashes(index, &index.to_be_bytes(), &log).unwrap();
            log.0.extend(hashes);
        }
        log
    }
}

fn theirs(hash: Hash) -> peer::Hash {
    peer::Hash(hash.0)
}

fn ours(hashes: &[peer::Hash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

#[test]
fn tiles_are_the_same() {
    const SIZE: u64 = 66_000;
    let log = PeerLog::of(SIZE);
    let tiles = peer::Tile::new_tiles(8, 0, SIZE);
    assert_eq!(tiles.len(), 257 + 1 + 1 + 1 + 1);
    for tile in tiles {
        let id = TileId::in_tree(tile.level(), tile.level_index(), SIZE).unwrap();
        assert_eq!(u32::from(id.width), tile.width());
        let hashes = LARGE.tiles().tile(id).unwrap();
        let cut = &hashes[..id.width.into()];
        assert_eq!(*hashes_to_bytes(cut), tile.read_data(&log).unwrap(), "{}", id.path());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn roots_and_proofs_are_the_same(size in 1..3_000u64, a: Index, b: Index) {
        let log = PeerLog::of(size);
        let root = peer::tree_hash(size, &log).unwrap();
        prop_assert_eq!(root, theirs(LARGE.root_at(size)));

        let index = a.index(size as usize) as u64;
        let leaf = LARGE.leaves[index as usize];
        let proof = inclusion_proof(index, size, &LARGE.tiles()).unwrap();
        let peers = peer::prove_record(size, index, &log).unwrap();
        prop_assert_eq!(&proof, &ours(&peers));
        prop_assert!(peer::check_record(&peers, size, root, index, theirs(leaf)).is_ok());
        prop_assert!(verify_inclusion(&leaf, index, size, &Hash(root.0), &ours(&peers)).is_ok());

        let old = 1 + b.index(size as usize) as u64;
        let old_root = LARGE.root_at(old);
        let proof = consistency_proof(old, size, &LARGE.tiles()).unwrap();
        let peers = peer::prove_tree(size, old, &log).unwrap();
        prop_assert_eq!(&proof, &ours(&peers));
        prop_assert!(peer::check_tree(&peers, size, root, old, theirs(old_root)).is_ok());
        prop_assert!(
            verify_consistency(old, &old_root, size, &Hash(root.0), &ours(&peers)).is_ok()
        );
    }

    #[test]
    fn random_proofs_get_the_same_verdict(
        size in 1..600u64, a: Index, b: Index, other: Index, place: Index,
    ) {
        let index = a.index(size as usize) as u64;
        let old = 1 + b.index(size as usize) as u64;
        let root = LARGE.root_at(size);
        // A proof made for one question and given for another, one hash replaced in some.
        let other = other.index(600) as u64 + 1;
        let mut proof = inclusion_proof(index, size, &LARGE.tiles()).unwrap();
        if !proof.is_empty() && other.is_multiple_of(3) {
            let place = place.index(proof.len());
            proof[place] = LARGE.leaves[0];
        }
        let peers = proof.iter().map(|hash| theirs(*hash)).collect();
        let leaf = LARGE.leaves[index as usize];
        prop_assert_eq!(
            verify_inclusion(&leaf, index, other, &root, &proof).is_ok(),
            peer::check_record(&peers, other, theirs(root), index, theirs(leaf)).is_ok()
        );
        let proof = consistency_proof(old, size, &LARGE.tiles()).unwrap();
        let peers = proof.iter().map(|hash| theirs(*hash)).collect();
        let old_root = LARGE.root_at(old);
        prop_assert_eq!(
            verify_consistency(old, &old_root, other, &root, &proof).is_ok(),
            peer::check_tree(&peers, other, theirs(root), old, theirs(old_root)).is_ok()
        );
    }

    #[test]
    fn notes_pass_in_both_directions(
        seed: [u8; 32], text in "[ -~а-яіїєґ—\n]{0,80}", name in "[a-zа-яіїєґ0-9./-]{1,20}",
    ) {
        let text = format!("{text}\n");
        let signer = Signer::ed25519(&name, &seed).unwrap();
        let vkey = signer.verifier().to_string();
        let their_signer = their_signer(&signer, &seed);
        prop_assert_eq!(their_signer.key_id(), signer.id());

        let note = Note::sign(&text, &[&signer]).unwrap().to_string();
        let their_note = PeerNote::from_bytes(note.as_bytes()).unwrap();
        prop_assert_eq!(their_note.text(), text.as_bytes());
        let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap())]);
        prop_assert_eq!(their_note.verify(&known).unwrap().0.len(), 1);

        let mut their_note = PeerNote::new(text.as_bytes(), &[]).unwrap();
        their_note.add_sigs(&[&their_signer]).unwrap();
        let bytes = String::from_utf8(their_note.to_bytes()).unwrap();
        prop_assert_eq!(&bytes, &note);
        let opened = Note::parse(&bytes).unwrap();
        prop_assert_eq!(opened.text(), text);
        prop_assert_eq!(opened.verify(&[vkey.parse().unwrap()]).unwrap().len(), 1);
    }

    #[test]
    fn what_we_read_the_peer_reads_alike(
        edits in prop::collection::vec((any::<Index>(), "[ \n—+=0Aa\r\t]?", any::<bool>()), 0..3),
        of_note: bool,
    ) {
        let signer = Signer::ed25519("example.com/log", &[3; 32]).unwrap();
        let root = LARGE.root_at(77);
        let checkpoint = Checkpoint { origin: "example.com/log".into(), size: 77, root };
        let mut text = if of_note { checkpoint.sign(&signer).unwrap() } else { checkpoint.body() };
        for (at, with, instead) in edits {
            let mut chars: Vec<char> = text.chars().collect();
            let at = at.index(chars.len());
            if instead {
                chars.remove(at);
            }
            chars.splice(at..at, with.chars());
            text = chars.into_iter().collect();
        }
        if let Ok(note) = Note::parse(&text) {
            prop_assert_eq!(note.to_string(), text.clone());
            let peers = PeerNote::from_bytes(text.as_bytes()).unwrap();
            prop_assert_eq!(peers.text(), note.text().as_bytes());
            let vkey = signer.verifier().to_string();
            let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap())]);
            let verdict = note.verify(&[signer.verifier()]).is_ok();
            prop_assert_eq!(verdict, peers.verify(&known).is_ok());
        }
        if let Ok(read) = Checkpoint::parse(&text) {
            prop_assert_eq!(read.body(), text.clone());
            let peers = peer::Checkpoint::from_bytes(text.as_bytes()).unwrap();
            prop_assert_eq!(peers.origin(), read.origin);
            prop_assert_eq!((peers.size(), peers.hash().0), (read.size, read.root.0));
            prop_assert_eq!(peers.extension(), "");
        }
    }
}

/// The peer's signer is made from a key text of its own.
fn their_signer(signer: &Signer, seed: &[u8; 32]) -> StandardSigner {
    let key = STANDARD.encode([&[1], seed.as_slice()].concat());
    let text = format!("PRIVATE+KEY+{}+{:08x}+{key}", signer.name(), signer.id());
    StandardSigner::new(&text).unwrap()
}

#[test]
fn verifier_keys_are_read_alike() {
    for seed in 0..32 {
        let ours = Signer::ed25519("example.com/x", &[seed; 32]).unwrap().verifier();
        let theirs = StandardVerifier::new(&ours.to_string()).unwrap();
        assert_eq!((theirs.name(), theirs.key_id()), (ours.name(), ours.id()));
        let point = peer_key(&ours);
        let text = signed_note::new_ed25519_verifier_key("example.com/x", &point);
        assert_eq!(text.parse::<Verifier>().unwrap(), ours);
    }
}

/// The peer's own key type, of the older dalek that it uses.
fn peer_key(verifier: &Verifier) -> ed25519_dalek_2::VerifyingKey {
    ed25519_dalek_2::VerifyingKey::from_bytes(verifier.public_key()).unwrap()
}
