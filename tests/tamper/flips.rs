//! Bits that flip in storage.

use litopys::audit::{Options, Verdict, audit};

use super::forge::{self, Forge};

/// A pseudo-random sequence (SplitMix64) that is the same everywhere.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }
}

#[test]
fn a_flipped_byte_is_found_or_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::small();
    forge.write(folder.path());
    let path = super::ledger(folder.path());
    assert!(!folder.path().join("ledger.sqlite-wal").exists(), "the file is closed");
    let untouched = audit(&Options::new(&path, forge::trust(&forge))).unwrap();
    assert_eq!(untouched.verdict, Verdict::Sound, "{untouched}");
    let original = std::fs::read(&path).unwrap();
    let mut seeded = Seeded(20_261_123);
    // Where SQLite itself steers, and all over the file.
    let places: Vec<usize> = (0..100).chain((0..200).map(|_| seeded.next(original.len()))).collect();
    let (mut found, total) = (0, places.len());
    for place in places {
        let mut bytes = original.clone();
        bytes[place] ^= 1 << seeded.next(8);
        let folder = tempfile::tempdir().unwrap();
        let path = super::ledger(folder.path());
        std::fs::write(&path, &bytes).unwrap();
        let report = audit(&Options::new(&path, forge::trust(&forge))).unwrap_or_else(|error| panic!("byte {place}: {error}"));
        match report.verdict {
            Verdict::Unsound => found += 1,
            Verdict::Sound => assert_eq!(report, untouched, "byte {place}"),
        }
    }
    assert!(found > total / 4, "{found} of {total}");
}

#[test]
fn a_file_that_ends_too_early_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::small();
    forge.write(folder.path());
    let original = std::fs::read(super::ledger(folder.path())).unwrap();
    for length in [0, 1, 99, 100, 4096, 8192, original.len() / 2, original.len() - 8192, original.len() - 1] {
        let folder = tempfile::tempdir().unwrap();
        let path = super::ledger(folder.path());
        std::fs::write(&path, &original[..length]).unwrap();
        let report = audit(&Options::new(&path, forge::trust(&forge))).unwrap_or_else(|error| panic!("{length}: {error}"));
        assert_eq!(report.verdict, Verdict::Unsound, "{length}");
    }
}
