//! Tiles: where the tree's hashes lie (<https://c2sp.org/tlog-tiles>, tile height 8).

use std::fmt::Write as _;

use crate::encoding::from_decimal;
use crate::hash::Hash;
use crate::proof::ProofError;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// The highest level that the path format allows; trees of up to 2⁶³ leaves use levels 0 to 7.
pub const MAX_LEVEL: u8 = 63;
/// The longest path: `tile/entries/`, seven groups of an index, `.p/` and a width.
const MAX_PATH_BYTES: usize = 64;

/// Names one tile, full or partial; the entry bundle beside a level-0 tile has the same name with another path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 = leaf hashes; one level up is 256 times fewer. 0 to [`MAX_LEVEL`].
    pub level: u8,
    /// Place within the level, from 0.
    pub index: u64,
    /// Hashes in the tile, 1 to 256; 256 = full.
    pub width: u16,
}

/// A path that names no tile or bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a tile path")]
pub struct PathError;

/// A tile that has just become full and now is to be stored for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullTile {
    /// As in [`TileId`].
    pub level: u8,
    /// As in [`TileId`].
    pub index: u64,
    /// 256 hashes: 8,192 bytes.
    pub hashes: Box<[u8]>,
}

impl TileId {
    /// The tile at this place as a tree of `size` leaves has it; `None` if that tree has no such tile.
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<TileId> {
        let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let rest = hashes.checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        let width = u16::try_from(rest).unwrap_or(TILE_WIDTH).min(TILE_WIDTH);
        (width > 0).then_some(TileId { level, index, width })
    }

    /// The partial tiles of a tree of `size` leaves, from level 0 up.
    pub fn partials(size: u64) -> impl Iterator<Item = TileId> {
        (0..8u8).filter_map(move |level| {
            let hashes = size >> (8 * u32::from(level));
            let width = (hashes % u64::from(TILE_WIDTH)) as u16;
            (width > 0).then_some(TileId { level, index: hashes / u64::from(TILE_WIDTH), width })
        })
    }

    /// Whether all 256 hashes are there.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The full tile at the same place.
    #[must_use]
    pub fn full(self) -> TileId {
        TileId { width: TILE_WIDTH, ..self }
    }

    /// `tile/<L>/<N>[.p/<W>]`, the path below the log's prefix.
    #[must_use]
    pub fn path(&self) -> String {
        self.path_under(&self.level.to_string())
    }

    /// `tile/entries/<N>[.p/<W>]`, the path of the entry bundle at this place (the level does not count).
    #[must_use]
    pub fn entries_path(&self) -> String {
        self.path_under("entries")
    }

    /// Reads `tile/<L>/<N>[.p/<W>]`.
    ///
    /// # Errors
    ///
    /// [`PathError`] unless it is exactly the text that [`TileId::path`] gives for a level of 0–63 and a width of 1–256.
    pub fn parse_path(path: &str) -> Result<TileId, PathError> {
        let (level, rest) = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(PathError)?;
        let level = from_decimal(level).and_then(|level| u8::try_from(level).ok());
        let level = level.filter(|level| *level <= MAX_LEVEL).ok_or(PathError)?;
        let id = TileId::parse_place(level, rest)?;
        // One name a tile: whatever is not what we would write is refused, surplus zero groups for example.
        if id.path() == path { Ok(id) } else { Err(PathError) }
    }

    /// Reads `tile/entries/<N>[.p/<W>]`; the level of the answer is 0.
    ///
    /// # Errors
    ///
    /// [`PathError`] unless it is exactly the text that [`TileId::entries_path`] gives for a width of 1–256.
    pub fn parse_entries_path(path: &str) -> Result<TileId, PathError> {
        let rest = path.strip_prefix("tile/entries/").ok_or(PathError)?;
        let id = TileId::parse_place(0, rest)?;
        if id.entries_path() == path { Ok(id) } else { Err(PathError) }
    }

    fn path_under(&self, folder: &str) -> String {
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        let mut path = format!("tile/{folder}");
        for (left, group) in groups.iter().enumerate().rev() {
            let mark = if left > 0 { "x" } else { "" };
            // Writing to a string cannot fail.
            let _ = write!(path, "/{mark}{group:03}");
        }
        if !self.is_full() {
            let _ = write!(path, ".p/{}", self.width);
        }
        path
    }

    /// Reads `<N>[.p/<W>]` leniently; the callers compare with the one right spelling.
    fn parse_place(level: u8, text: &str) -> Result<TileId, PathError> {
        if text.len() > MAX_PATH_BYTES {
            return Err(PathError);
        }
        let (place, width) = match text.split_once(".p/") {
            Some((place, width)) => {
                let width = from_decimal(width).and_then(|width| u16::try_from(width).ok());
                (place, width.filter(|w| (1..TILE_WIDTH).contains(w)).ok_or(PathError)?)
            }
            None => (text, TILE_WIDTH),
        };
        let mut index = 0u64;
        for group in place.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(PathError);
            }
            let value: u64 = digits.parse().map_err(|_| PathError)?;
            index = index.checked_mul(1000).and_then(|index| index.checked_add(value)).ok_or(PathError)?;
        }
        Ok(TileId { level, index, width })
    }
}

impl FullTile {
    /// The tile's name.
    #[must_use]
    pub fn id(&self) -> TileId {
        TileId { level: self.level, index: self.index, width: TILE_WIDTH }
    }
}

/// A tile's bytes: its hashes one after the other.
#[must_use]
pub fn hashes_to_bytes(hashes: &[Hash]) -> Box<[u8]> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes in a tile's bytes.
///
/// # Errors
///
/// [`ProofError::MalformedTile`] unless the length is a multiple of 32, of 1 to 256 hashes.
pub fn hashes_from_bytes(bytes: &[u8]) -> Result<Vec<Hash>, ProofError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.is_empty() || hashes.len() > usize::from(TILE_WIDTH) {
        return Err(ProofError::MalformedTile(bytes.len()));
    }
    Ok(hashes.iter().map(|hash| Hash(*hash)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let id = |level, index, width| TileId { level, index, width };
        for (id, path) in [
            (id(0, 0, 256), "tile/0/000"),
            (id(0, 273, 112), "tile/0/273.p/112"),
            (id(3, 1_234_067, 256), "tile/3/x001/x234/067"),
            (id(63, 1_000, 1), "tile/63/x001/000.p/1"),
            (id(7, u64::MAX, 255), "tile/7/x018/x446/x744/x073/x709/x551/615.p/255"),
        ] {
            assert_eq!(id.path(), path);
            assert_eq!(TileId::parse_path(path), Ok(id));
        }
        let bundle = id(0, 1_234_067, 8);
        assert_eq!(bundle.entries_path(), "tile/entries/x001/x234/067.p/8");
        assert_eq!(TileId::parse_entries_path("tile/entries/x001/x234/067.p/8"), Ok(bundle));
    }

    #[test]
    fn refused_paths() {
        for bad in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/0/x001",
            "tile/0/001/000",
            "tile/0/x000/001",
            "tile/0/X001/000",
            "tile/00/000",
            "tile/+1/000",
            "tile/64/000",
            "tile/256/000",
            "tile/-1/000",
            "tile/8/0/000",
            "tile/data/000",
            "tile/entries/000",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/000.p",
            "tile/0/000.p/",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/0/000.p/+1",
            "tile/0/000.p/256",
            "tile/0/000.p/1/",
            "tile/0/000.p/1.p/1",
            "tile/0/+01",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/x001/x018/x446/x744/x073/x709/x551/615",
            "tile/0/٠٠٠",
        ] {
            assert_eq!(TileId::parse_path(bad), Err(PathError), "{bad:?}");
        }
        for bad in ["tile/0/000", "tile/entries/0/000", "tile/entries/x000/000", "tile/entries/"] {
            assert_eq!(TileId::parse_entries_path(bad), Err(PathError), "{bad:?}");
        }
    }

    #[test]
    fn widths_in_a_tree() {
        // The specification's own example: a tree of 70,000 leaves.
        let width = |level, index| TileId::in_tree(level, index, 70_000).map(|id| id.width);
        assert_eq!(width(0, 272), Some(256));
        assert_eq!(width(0, 273), Some(112));
        assert_eq!(width(0, 274), None);
        assert_eq!(width(1, 0), Some(256));
        assert_eq!(width(1, 1), Some(17));
        assert_eq!(width(2, 0), Some(1));
        assert_eq!(width(3, 0), None);
        assert_eq!(width(63, 0), None);
        assert_eq!(width(0, u64::MAX), None);
        let partials: Vec<_> = TileId::partials(70_000).map(|id| id.path()).collect();
        assert_eq!(partials, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
        assert_eq!(TileId::partials(0).count(), 0);
    }

    #[test]
    fn bytes_of_a_tile() {
        let hashes = vec![Hash::leaf(b"a"), Hash::leaf(b"b")];
        assert_eq!(hashes_from_bytes(&hashes_to_bytes(&hashes)), Ok(hashes));
        for bad in [0, 1, 31, 33, 257 * 32] {
            assert_eq!(hashes_from_bytes(&vec![0; bad]), Err(ProofError::MalformedTile(bad)));
        }
    }
}
