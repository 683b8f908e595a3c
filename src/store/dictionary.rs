//! Values compressed by Zstandard (RFC 8878) with a dictionary.
//!
//! Each value stands for itself: one frame, with its dictionary's number and the length of what is in it, which any Zstandard decoder reads
//! that is given the dictionary. What would not become smaller is kept as it is, which shows, as only frames begin with a frame's first bytes.
//!
//! A dictionary belongs to the stores that were written with it, for ever: another is added beside it, never put in its place.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::OnceLock;

use zstd_safe::{CCtx, CDict, DCtx, DDict};
use zstd_safe::{compress_bound, find_frame_compressed_size, get_dict_id_from_frame, get_error_name, get_frame_content_size};

use super::{MAX_ENTRY_BYTES, StoreError};

/// The first bytes of a frame.
pub(super) const FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The longest value that is compressed.
const LONGEST: usize = MAX_ENTRY_BYTES;

thread_local! {
    /// What a thread compresses and decompresses with, value after value.
    static CONTEXTS: RefCell<(CCtx<'static>, DCtx<'static>)> = RefCell::new((CCtx::create(), DCtx::create()));
}

/// A dictionary for values of one kind.
pub(super) struct Dictionary {
    of: &'static str,
    number: u32,
    level: i32,
    bytes: &'static [u8],
    compressing: OnceLock<CDict<'static>>,
    decompressing: OnceLock<DDict<'static>>,
}

impl Dictionary {
    /// The dictionary of some kind of values with the number in it, one of those that everybody may use as he likes, and the level at which it compresses.
    pub(super) const fn new(of: &'static str, number: u32, level: i32, bytes: &'static [u8]) -> Dictionary {
        Dictionary { of, number, level, bytes, compressing: OnceLock::new(), decompressing: OnceLock::new() }
    }

    /// What is stored for a value.
    pub(super) fn compressed<'a>(&self, value: &'a [u8]) -> Result<Cow<'a, [u8]>, StoreError> {
        // Entries are not longer, and nothing else begins as a frame does.
        if value.len() > LONGEST {
            return Ok(value.into());
        }
        let dictionary = self.compressing.get_or_init(|| CDict::create(self.bytes, self.level));
        let mut frame = Vec::with_capacity(compress_bound(value.len()));
        let written = CONTEXTS.with_borrow_mut(|(context, _)| context.compress_using_cdict(&mut frame, value, dictionary));
        written.map_err(|code| StoreError::Io(get_error_name(code).into()))?;
        let smaller = frame.len() < value.len();
        Ok(if smaller || value.starts_with(&FRAME) { frame.into() } else { value.into() })
    }

    /// The value again.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for what no store wrote.
    pub(super) fn decompressed<'a>(&self, stored: &'a [u8]) -> Result<Cow<'a, [u8]>, StoreError> {
        if !stored.starts_with(&FRAME) {
            return Ok(stored.into());
        }
        let length = get_frame_content_size(stored).ok().flatten().and_then(|length| usize::try_from(length).ok());
        let mut value = Vec::with_capacity(length.unwrap_or(LONGEST).min(LONGEST));
        self.decompress(stored, &mut value)?;
        Ok(value.into())
    }

    /// What is in a frame, put in the place of what `value` holds and within its room.
    pub(super) fn decompress(&self, frame: &[u8], value: &mut Vec<u8>) -> Result<(), StoreError> {
        let corrupt = |why: &str| StoreError::corrupt(format!("{}: {why}", self.of));
        // Nothing lies behind the frame, where no auditor would see it.
        if find_frame_compressed_size(frame) != Ok(frame.len()) {
            return Err(corrupt("it is not one frame"));
        }
        match get_dict_id_from_frame(frame).map(u32::from) {
            Some(number) if number == self.number => {}
            number => return Err(corrupt(&format!("it is compressed with the dictionary {number:?}"))),
        }
        let dictionary = self.decompressing.get_or_init(|| DDict::create(self.bytes));
        let read = CONTEXTS.with_borrow_mut(|(_, context)| context.decompress_using_ddict(value, frame, dictionary));
        read.map(drop).map_err(|code| corrupt(&format!("it cannot be decompressed: {}", get_error_name(code))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static DICTIONARY: Dictionary = Dictionary::new("a row's body", 32_770, 1, include_bytes!("rows-1.dictionary"));

    #[test]
    fn what_is_long_or_does_not_become_smaller_is_kept_as_it_is_unless_it_looks_like_a_frame() {
        let long = vec![0; LONGEST + 1];
        for kept in [b"{}".as_slice(), b"", &long] {
            assert_eq!(*DICTIONARY.compressed(kept).unwrap(), *kept);
        }
        assert_ne!(*DICTIONARY.compressed(&FRAME).unwrap(), FRAME);
        for value in [b"{}".as_slice(), b"", &FRAME, &long, &long[1..]] {
            assert_eq!(*DICTIONARY.decompressed(&DICTIONARY.compressed(value).unwrap()).unwrap(), *value);
        }
    }

    #[test]
    fn a_frame_of_another_dictionary_or_that_says_a_wrong_length_is_refused() {
        let frame = DICTIONARY.compressed(&[b'x'; 99]).unwrap().into_owned();
        let other = Dictionary::new("another", 1, 1, DICTIONARY.bytes);
        assert!(other.decompressed(&frame).unwrap_err().to_string().contains("dictionary Some(32770)"));
        let place = frame.iter().position(|byte| *byte == 99).unwrap();
        for length in [98, 100, 0] {
            let mut wrong = frame.clone();
            wrong[place] = length;
            assert!(DICTIONARY.decompressed(&wrong).unwrap_err().to_string().contains("cannot be decompressed"));
        }
    }

    proptest! {
        #[test]
        fn any_value_comes_out_as_it_went_in(value in prop::collection::vec(any::<u8>(), 0..3_000)) {
            let stored = DICTIONARY.compressed(&value).unwrap();
            prop_assert!(stored.len() <= value.len() || value.starts_with(&FRAME));
            prop_assert_eq!(&*DICTIONARY.decompressed(&stored).unwrap(), &value);
        }
    }
}
