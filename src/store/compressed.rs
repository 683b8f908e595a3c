//! Entries' bytes as they lie in the tables: compressed with a dictionary.
//!
//! The bytes of an entry are made once and hashed; here they only take less room, and come out as they went in.

use std::borrow::Cow;

use super::dictionary::{Dictionary, FRAME};
use super::{LedgerBatch, MAX_ENTRY_BYTES, StoreError};

/// Trained on the entries of six demos of different seeds. What level 1 would add, shortening what is no repetition, saves a fifth of what is left and takes
/// more than twice as long to read.
static ENTRIES: Dictionary = Dictionary::new("an entry's bytes", 32_769, -1, include_bytes!("entries-1.dictionary"));

/// The values to store for the entries of some batches, in their order.
pub(super) fn compress_entries(batches: &[LedgerBatch]) -> Result<Vec<Cow<'_, [u8]>>, StoreError> {
    batches.iter().flat_map(|batch| &batch.entries).map(|entry| ENTRIES.compressed(&entry.bytes)).collect()
}

/// Gives back the bytes of entries that lie in a table, one after the other.
pub struct EntryDecompressor {
    /// Room for the longest entry.
    bytes: Vec<u8>,
}

/// With all dictionaries that there have been.
impl Default for EntryDecompressor {
    fn default() -> Self {
        EntryDecompressor { bytes: Vec::with_capacity(MAX_ENTRY_BYTES) }
    }
}

impl EntryDecompressor {
    /// The bytes that were hashed, from the stored value.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for what no store wrote.
    pub fn decompress<'a>(&'a mut self, stored: &'a [u8]) -> Result<&'a [u8], StoreError> {
        if !stored.starts_with(&FRAME) {
            return Ok(stored);
        }
        ENTRIES.decompress(stored, &mut self.bytes)?;
        Ok(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zstd_safe::{CCtx, CDict, compress_bound};

    use super::*;

    fn stored(bytes: &[u8]) -> Vec<u8> {
        ENTRIES.compressed(bytes).unwrap().into_owned()
    }

    fn read(stored: &[u8]) -> Result<Vec<u8>, String> {
        EntryDecompressor::default().decompress(stored).map(<[u8]>::to_vec).map_err(|error| error.to_string())
    }

    /// Entries that stand for all others.
    fn entries() -> impl Iterator<Item = &'static [u8]> {
        include_str!("../../tests/golden/entries.jsonl").lines().map(str::as_bytes)
    }

    #[test]
    fn an_entry_takes_less_than_half_of_its_length() {
        let (mut before, mut after) = (0, 0);
        let mut decompressor = EntryDecompressor::default();
        for bytes in entries() {
            let stored = ENTRIES.compressed(bytes).unwrap();
            assert_eq!(decompressor.decompress(&stored).unwrap(), bytes);
            (before, after) = (before + bytes.len(), after + stored.len());
        }
        assert!(after * 2 < before, "{after} of {before}");
    }

    #[test]
    fn what_does_not_become_smaller_is_kept_as_it_is_unless_it_looks_like_a_frame() {
        assert_eq!(stored(b"{}"), b"{}");
        assert_eq!(stored(b""), b"");
        assert_ne!(stored(&FRAME), FRAME);
        for bytes in [b"{}".as_slice(), b"", &FRAME, &[0; MAX_ENTRY_BYTES]] {
            assert_eq!(read(&stored(bytes)).unwrap(), bytes);
        }
    }

    #[test]
    fn nothing_but_one_whole_frame_of_this_dictionary_is_read() {
        let whole = stored(entries().next().unwrap());
        assert_eq!(whole[..4], FRAME);
        let with = |more: &[u8]| [&whole, more].concat();
        let skippable = [0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, b'x'];
        for more in [&b"x"[..], &skippable, &whole] {
            assert!(read(&with(more)).unwrap_err().contains("not one frame"));
        }
        (4..whole.len()).for_each(|length| assert!(read(&whole[..length]).is_err(), "{length}"));
        let mut frame = Vec::with_capacity(compress_bound(9));
        CCtx::create().compress(&mut frame, &b"no number"[..], 1).unwrap();
        assert!(read(&frame).unwrap_err().contains("dictionary None"));
        let mut frame = Vec::with_capacity(compress_bound(MAX_ENTRY_BYTES + 1));
        CCtx::create()
            .compress_using_cdict(&mut frame, &[0; MAX_ENTRY_BYTES + 1][..], &CDict::create(include_bytes!("entries-1.dictionary"), 1))
            .unwrap();
        assert!(read(&frame).unwrap_err().contains("cannot be decompressed"));
    }

    proptest! {
        #[test]
        fn any_bytes_come_out_as_they_went_in(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
            prop_assert_eq!(read(&stored(&bytes)).unwrap(), bytes);
        }

        #[test]
        fn a_frame_that_was_altered_is_refused_or_gives_bytes(place in any::<prop::sample::Index>(), bit in 0..8) {
            let mut altered = stored(entries().next().unwrap());
            let place = place.index(altered.len());
            altered[place] ^= 1_u8 << bit;
            prop_assert!(read(&altered).map_or(true, |bytes| bytes.len() <= MAX_ENTRY_BYTES));
        }
    }
}
