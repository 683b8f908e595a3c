//! Entries' bytes as they lie in the tables: compressed by Zstandard (RFC 8878) with a dictionary.
//!
//! The bytes of an entry are made once and hashed; here they only take less room, and come out as they went in. Each value stands for
//! itself: one frame, with its dictionary's number and the length of what is in it, which any Zstandard decoder reads that is given the
//! dictionary. What would not become smaller is kept as it is, which shows, as only frames begin with a frame's first bytes.
//!
//! A dictionary belongs to the ledgers that were written with it, for ever: another is added beside it, never put in its place.

use std::borrow::Cow;
use std::sync::LazyLock;

use zstd_safe::{CCtx, CDict, DCtx, DDict};
use zstd_safe::{compress_bound, find_frame_compressed_size, get_dict_id_from_frame, get_error_name};

use super::{LedgerBatch, MAX_ENTRY_BYTES, StoreError};

/// How hard it is tried. What level 1 would add, shortening what is no repetition, saves a fifth of what is left and takes more than twice as long to read.
const LEVEL: i32 = -1;

/// The first bytes of a frame.
const FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Trained on the entries of six demos of different seeds.
static DICTIONARY: &[u8] = include_bytes!("entries-1.dictionary");

/// The number in it, one of those that everybody may use as he likes.
const NUMBER: u32 = 32_769;

static FOR_COMPRESSING: LazyLock<CDict<'static>> = LazyLock::new(|| CDict::create(DICTIONARY, LEVEL));
static FOR_DECOMPRESSING: LazyLock<DDict<'static>> = LazyLock::new(|| DDict::create(DICTIONARY));

/// Compresses entries, one after the other.
#[derive(Default)]
pub(super) struct EntryCompressor(CCtx<'static>);

impl EntryCompressor {
    /// The values to store for the entries of some batches, in their order.
    pub(super) fn compress_entries<'a>(&mut self, batches: &'a [LedgerBatch]) -> Result<Vec<Cow<'a, [u8]>>, StoreError> {
        batches.iter().flat_map(|batch| &batch.entries).map(|entry| self.compress(&entry.bytes)).collect()
    }

    fn compress<'a>(&mut self, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>, StoreError> {
        let mut frame = Vec::with_capacity(compress_bound(bytes.len()));
        self.0.compress_using_cdict(&mut frame, bytes, &FOR_COMPRESSING).map_err(|code| StoreError::Io(get_error_name(code).into()))?;
        let smaller = frame.len() < bytes.len();
        Ok(if smaller || bytes.starts_with(&FRAME) { frame.into() } else { bytes.into() })
    }
}

/// Gives back the bytes of entries that lie in a table, one after the other.
pub struct EntryDecompressor {
    context: DCtx<'static>,
    /// Room for the longest entry.
    bytes: Vec<u8>,
}

/// With all dictionaries that there have been.
impl Default for EntryDecompressor {
    fn default() -> Self {
        EntryDecompressor { context: DCtx::create(), bytes: Vec::with_capacity(MAX_ENTRY_BYTES) }
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
        // Nothing lies behind the frame, where no auditor would see it.
        if find_frame_compressed_size(stored) != Ok(stored.len()) {
            return Err(StoreError::corrupt("an entry's bytes are not one frame"));
        }
        match get_dict_id_from_frame(stored).map(u32::from) {
            Some(NUMBER) => {}
            number => return Err(StoreError::corrupt(format!("an entry's bytes are compressed with the dictionary {number:?}"))),
        }
        let read = self.context.decompress_using_ddict(&mut self.bytes, stored, &FOR_DECOMPRESSING);
        read.map_err(|code| StoreError::corrupt(format!("an entry's bytes cannot be decompressed: {}", get_error_name(code))))?;
        Ok(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stored(bytes: &[u8]) -> Vec<u8> {
        EntryCompressor::default().compress(bytes).unwrap().into_owned()
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
        let (mut compressor, mut decompressor) = (EntryCompressor::default(), EntryDecompressor::default());
        for bytes in entries() {
            let stored = compressor.compress(bytes).unwrap();
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
        CCtx::create().compress(&mut frame, &b"no number"[..], LEVEL).unwrap();
        assert!(read(&frame).unwrap_err().contains("dictionary None"));
        let mut frame = Vec::with_capacity(compress_bound(MAX_ENTRY_BYTES + 1));
        CCtx::create().compress_using_cdict(&mut frame, &[0; MAX_ENTRY_BYTES + 1][..], &FOR_COMPRESSING).unwrap();
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
