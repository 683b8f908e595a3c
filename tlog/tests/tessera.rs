//! A log that Tessera wrote: its checkpoints verify, its roots and tiles are ours.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use tlog::{Checkpoint, EMPTY_ROOT, Hash, TileId, Tree, Verifier, decode_bundle, encode_bundle, hashes_to_bytes};

const VKEY: &str = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

#[test]
fn tesseras_log_is_read_and_rebuilt() {
    let Some(folder) = support::vectors("tessera-testdata", "Tessera's log") else {
        return;
    };
    let log = folder.join("testdata/log");
    let verifier: Verifier = VKEY.parse().unwrap();
    let mut verified = 0;
    for size in 0..=15u16 {
        let signed = fs::read_to_string(log.join(format!("checkpoint.{size}"))).unwrap();
        let (checkpoint, signatures) = Checkpoint::open(&signed, std::slice::from_ref(&verifier), "example.com/log/testdata").unwrap();
        assert_eq!(signatures.len(), 1);
        assert_eq!(checkpoint.size, size.into());
        if size == 0 {
            assert_eq!(checkpoint.root, EMPTY_ROOT);
            continue;
        }
        let id = TileId { level: 0, index: 0, width: size };
        let bundle = fs::read(log.join(id.entries_path())).unwrap();
        let entries = decode_bundle(&bundle).unwrap();
        assert_eq!(entries.len(), usize::from(size));
        assert_eq!(encode_bundle(&entries).unwrap(), bundle);

        let mut tree = Tree::new();
        for entry in entries {
            tree.push(Hash::leaf(entry), &mut Vec::new());
        }
        assert_eq!(checkpoint.root, tree.root());
        let tile = fs::read(log.join(id.path())).unwrap();
        assert_eq!(tile, *hashes_to_bytes(tree.partial_tile(0)));
        verified += 1;
    }
    assert_eq!(verified, 15);
}
