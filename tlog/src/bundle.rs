//! Entry bundles: up to 256 entries, each behind its length (<https://c2sp.org/tlog-tiles>, "Log entries").

use crate::tile::TILE_WIDTH;

/// The longest entry: its length stands in two bytes.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// What can be wrong with a bundle or with entries to be bundled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry of more than 65,535 bytes.
    #[error("entry {0} of the bundle is longer than 65,535 bytes")]
    EntryTooLong(usize),
    /// More than 256 entries.
    #[error("a bundle has at most 256 entries")]
    TooManyEntries,
    /// The bytes end within a length or within an entry.
    #[error("entry {0} of the bundle is cut short")]
    Truncated(usize),
}

/// The bytes of a bundle: for each entry its length as big-endian `u16`, then the entry.
///
/// # Errors
///
/// [`BundleError::TooManyEntries`] above 256, [`BundleError::EntryTooLong`] above [`MAX_ENTRY_BYTES`].
pub fn encode_bundle<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    if entries.len() > usize::from(TILE_WIDTH) {
        return Err(BundleError::TooManyEntries);
    }
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| 2 + entry.as_ref().len()).sum());
    for (place, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLong(place))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle, in order, borrowed from its bytes. How many there should be, the caller knows from the path.
///
/// # Errors
///
/// [`BundleError::Truncated`] if the bytes end too early, [`BundleError::TooManyEntries`] above 256.
pub fn decode_bundle(bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if entries.len() == usize::from(TILE_WIDTH) {
            return Err(BundleError::TooManyEntries);
        }
        let cut = || BundleError::Truncated(entries.len());
        let (length, after) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or_else(cut)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let entries: Vec<Vec<u8>> = vec![b"one".to_vec(), vec![], vec![7; MAX_ENTRY_BYTES]];
        let bytes = encode_bundle(&entries).unwrap();
        assert_eq!(bytes[..7], *b"\0\x03one\0\0");
        assert_eq!(decode_bundle(&bytes).unwrap(), entries);
        assert_eq!(decode_bundle(b""), Ok(vec![]));
    }

    #[test]
    fn limits() {
        assert_eq!(encode_bundle(&[vec![], vec![0; MAX_ENTRY_BYTES + 1]]), Err(BundleError::EntryTooLong(1)));
        assert_eq!(encode_bundle(&vec![[0u8; 1]; 257]), Err(BundleError::TooManyEntries));
        assert_eq!(decode_bundle(&[0; 257 * 2]), Err(BundleError::TooManyEntries));
        assert_eq!(decode_bundle(&[0; 256 * 2]).unwrap().len(), 256);
        assert_eq!(decode_bundle(b"\0"), Err(BundleError::Truncated(0)));
        assert_eq!(decode_bundle(b"\0\x01a\0\x02b"), Err(BundleError::Truncated(1)));
    }
}
