//! A small log of our own, kept byte for byte: whoever changes what is written or signed sees it here.
//!
//! `LITOPYS_BLESS=1` writes the files anew.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use support::MemoryLog;
use tlog::{
    Checkpoint, Hash, Note, Signer, TileId, TileSource, TlogProof, Verifier, decode_bundle, encode_bundle, hashes_from_bytes,
    hashes_to_bytes, inclusion_proof,
};

const ORIGIN: &str = "golden.example/log";
const WITNESS: &str = "witness.example/w1";
const SIZE: u64 = 300;
const TIME: u64 = 1_795_392_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn entry(index: u64) -> Vec<u8> {
    format!("{{\"index\":{index}}}").into_bytes()
}

/// Every file of the log, by its path.
fn files() -> BTreeMap<String, Vec<u8>> {
    let log = MemoryLog::new((0..SIZE).map(|index| Hash::leaf(&entry(index))));
    let signer = Signer::ed25519(ORIGIN, &[1; 32]).unwrap();
    let witness = Signer::cosigner(WITNESS, &[2; 32]).unwrap();
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: SIZE, root: log.tree.root() };
    let mut note = Note::parse(&checkpoint.sign(&signer).unwrap()).unwrap();
    note.cosign(&witness, TIME).unwrap();

    let mut files = BTreeMap::new();
    let mut add = |path: String, bytes: Vec<u8>| assert!(files.insert(path, bytes).is_none());
    add("log.vkey".into(), format!("{}\n", signer.verifier()).into());
    add("witness.vkey".into(), format!("{}\n", witness.verifier()).into());
    add("checkpoint".into(), note.to_string().into());
    let tiles = [(0, 0), (0, 1), (1, 0)].map(|(level, index)| TileId::in_tree(level, index, SIZE));
    for id in tiles.map(Option::unwrap) {
        let hashes = log.tiles().tile(id).unwrap();
        add(id.path(), hashes_to_bytes(&hashes).into());
        if id.level == 0 {
            let first = id.index * 256;
            let entries: Vec<_> = (first..first + u64::from(id.width)).map(entry).collect();
            add(id.entries_path(), encode_bundle(&entries).unwrap());
        }
    }
    for (index, extra) in [(7, None), (299, Some(b"extra".to_vec()))] {
        let proof = inclusion_proof(index, SIZE, &log.tiles()).unwrap();
        let proof = TlogProof { index, proof, checkpoint: note.to_string(), extra };
        add(format!("{index}.tlog-proof"), proof.to_string().into());
    }
    files
}

#[test]
fn the_golden_log_is_unchanged() {
    let files = files();
    if std::env::var_os("LITOPYS_BLESS").is_some_and(|v| v == "1") {
        for (path, bytes) in &files {
            let path = folder().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    for (path, bytes) in &files {
        let kept = fs::read(folder().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert!(kept == *bytes, "{path} has changed");
    }
}

#[test]
fn the_golden_log_verifies_from_its_files_alone() {
    let text = |path: &str| fs::read_to_string(folder().join(path)).unwrap();
    let bytes = |path: &str| fs::read(folder().join(path)).unwrap();
    let known: Vec<Verifier> = ["log.vkey", "witness.vkey"].map(|path| text(path).trim_end().parse().unwrap()).to_vec();
    let (checkpoint, signatures) = Checkpoint::open(&text("checkpoint"), &known, ORIGIN).unwrap();
    assert_eq!(signatures.iter().map(|s| s.timestamp).collect::<Vec<_>>(), [None, Some(TIME)]);

    let bundles = [bytes("tile/entries/000"), bytes("tile/entries/001.p/44")];
    let entries: Vec<&[u8]> = bundles.iter().flat_map(|b| decode_bundle(b).unwrap()).collect();
    let log = MemoryLog::new(entries.iter().map(|entry| Hash::leaf(entry)));
    assert_eq!((log.tree.size(), log.tree.root()), (checkpoint.size, checkpoint.root));
    assert_eq!(hashes_from_bytes(&bytes("tile/0/000")).unwrap(), log.leaves[..256]);
    assert_eq!(hashes_from_bytes(&bytes("tile/0/001.p/44")).unwrap(), log.leaves[256..]);
    assert_eq!(hashes_from_bytes(&bytes("tile/1/000.p/1")).unwrap(), log.tree.partial_tile(1));
    for (path, index) in [("7.tlog-proof", 7), ("299.tlog-proof", 299)] {
        let proof = TlogProof::parse(&text(path)).unwrap();
        assert_eq!(proof.verify(&log.leaves[index], &known, ORIGIN).unwrap(), checkpoint);
    }
}
