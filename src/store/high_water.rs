//! The high-water file: the greatest head that was ever about to be published, kept apart from the store.
//!
//! A store restored from an old backup is consistent in itself; only something kept elsewhere can tell that it went
//! back. The file belongs on another volume than the ledger.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::Head;

const FIRST_LINE: &str = "litopys high-water v2";

/// The file has two places of this many bytes, which are written in turn: a crash in the midst of writing one leaves the other, with the
/// mark before. That costs one sync of a file whose length stays; a new file under the old name would cost three.
const PLACE: usize = 4096;

/// What to do when there is no high-water file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Refuse, unless the ledger is empty.
    Refuse,
    /// Begin one at the ledger's head: the operator vouches for the head.
    Create,
}

/// A mark that only rises. Owned by the sequencer.
#[derive(Debug)]
pub struct HighWater {
    path: PathBuf,
    origin: String,
    size: u64,
    root: [u8; 32],
    /// The place that holds the mark; the next is written to the other.
    place: usize,
    /// The file, once it has been written to.
    file: Option<File>,
}

/// Why a high-water file does not let the ledger go on.
#[derive(Debug, thiserror::Error)]
pub enum HighWaterError {
    /// The ledger holds less than was published, or the caller would lower the mark.
    #[error("the ledger ends at {size}, but {marked} entries were published: it was rolled back")]
    RolledBack {
        /// The ledger's size.
        size: u64,
        /// The mark's size.
        marked: u64,
    },
    /// The ledger has another history than the published one.
    #[error("the ledger's root at size {size} is not the published one: it is another history")]
    OtherRoot {
        /// The size of both.
        size: u64,
    },
    /// The mark is of another ledger.
    #[error("the high-water file is of the ledger {found}")]
    OtherOrigin {
        /// The origin in the file.
        found: String,
    },
    /// There is no file, though the ledger has entries.
    #[error("there is no high-water file at {}, though the ledger has entries", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file says something else.
    #[error("{} is not a high-water file", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be read or written durably.
    #[error("the high-water file {} could not be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl HighWater {
    /// Reads the mark and holds the ledger's head against it. Where there is none, begins one, durably, if `missing`
    /// or an empty ledger allows.
    pub fn open(path: &Path, origin: &str, head: &Head, missing: Missing) -> Result<Self, HighWaterError> {
        let mark = |size, root, place| HighWater { path: path.into(), origin: origin.into(), size, root, place, file: None };
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if head.size > 0 && missing == Missing::Refuse {
                    return Err(HighWaterError::Missing { path: path.into() });
                }
                let mark = mark(head.size, head.root, 0);
                mark.create().map_err(|source| mark.failed(source))?;
                return Ok(mark);
            }
            Err(source) => {
                return Err(HighWaterError::Io { path: path.into(), source });
            }
        };
        let (place, (found, size, root)) = latest(&bytes).ok_or(HighWaterError::Malformed { path: path.into() })?;
        if found != origin {
            return Err(HighWaterError::OtherOrigin { found: found.into() });
        }
        let mark = mark(size, root, place);
        mark.check(head)?;
        Ok(mark)
    }

    /// Refuses a head below the mark, or with another root at the mark. That a greater head continues the marked one
    /// is for a consistency proof to show.
    pub fn check(&self, head: &Head) -> Result<(), HighWaterError> {
        if head.size < self.size {
            Err(HighWaterError::RolledBack { size: head.size, marked: self.size })
        } else if head.size == self.size && head.root != self.root {
            Err(HighWaterError::OtherRoot { size: head.size })
        } else {
            Ok(())
        }
    }

    /// Raises the mark to a head that is about to be published. Durable on return; a crash in between leaves the old mark or the new
    /// one. After an error the file holds one of the two, and this must not be used again.
    pub fn raise(&mut self, head: &Head) -> Result<(), HighWaterError> {
        self.check(head)?;
        if head.size == self.size {
            return Ok(());
        }
        (self.size, self.root, self.place) = (head.size, head.root, 1 - self.place);
        self.write().map_err(|source| self.failed(source))
    }

    /// The mark's size.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The mark's root.
    pub fn root(&self) -> [u8; 32] {
        self.root
    }

    /// The mark as it stands in its place, filled up with line ends.
    fn text(&self) -> Vec<u8> {
        let mark = format!("{FIRST_LINE}\n{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root));
        let mut text = format!("{mark}{}", STANDARD.encode(Sha256::digest(&mark))).into_bytes();
        text.resize(PLACE, b'\n');
        text
    }

    fn write(&mut self) -> io::Result<()> {
        let text = self.text();
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(OpenOptions::new().write(true).open(&self.path)?),
        };
        file.write_all_at(&text, (self.place * PLACE) as u64)?;
        file.sync_data()
    }

    /// Begins the file, which appears whole or not at all, with the mark in its first place.
    fn create(&self) -> io::Result<()> {
        let mut new = self.path.clone().into_os_string();
        new.push(".new");
        let mut file = File::create(&new)?;
        file.write_all(&self.text())?;
        file.write_all(&[b'\n'; PLACE])?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        sync_directory(&self.path)
    }

    fn failed(&self, source: io::Error) -> HighWaterError {
        HighWaterError::Io { path: self.path.clone(), source }
    }
}

/// Makes the names in a file's directory durable.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

/// The bytes of the file; none where it cannot be one by its length.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() != 2 * PLACE as u64 {
        return Ok(Vec::new());
    }
    fs::read(path)
}

/// A mark as it stands in a place: origin, size, root.
type Mark<'a> = (&'a str, u64, [u8; 32]);

/// The higher of the marks in the two places, of which one may have been cut short by a crash.
fn latest(bytes: &[u8]) -> Option<(usize, Mark<'_>)> {
    let places = bytes.chunks_exact(PLACE).enumerate();
    places.filter_map(|(place, bytes)| Some((place, parse(bytes)?))).max_by_key(|(_, (_, size, _))| *size)
}

/// Accepts only what [`HighWater::text`] writes, byte for byte.
fn parse(bytes: &[u8]) -> Option<Mark<'_>> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches('\n');
    let (mark, digest) = text.rsplit_once('\n')?;
    let lines: Vec<&str> = mark.split('\n').collect();
    let [FIRST_LINE, origin, size, root] = lines[..] else {
        return None;
    };
    let number: u64 = size.parse().ok()?;
    let root = STANDARD.decode(root).ok()?.try_into().ok()?;
    let whole = STANDARD.encode(Sha256::digest(format!("{mark}\n"))) == digest;
    (whole && number.to_string() == size && !origin.is_empty()).then_some((origin, number, root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(size: u64, root: u8) -> Head {
        Head { size, root: [root; 32], epoch: 1, checkpoint: String::new() }
    }

    #[test]
    fn the_mark_rises_and_survives() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mark");
        let mut mark = HighWater::open(&path, "ledger.example", &head(0, 0), Missing::Refuse).unwrap();
        for size in [7, 8, 9] {
            mark.raise(&head(size, size as u8)).unwrap();
            let again = HighWater::open(&path, "ledger.example", &head(10, 2), Missing::Refuse).unwrap();
            assert_eq!((again.size(), again.root()), (size, [size as u8; 32]));
        }
        assert!(!directory.path().join("mark.new").exists());
    }

    #[test]
    fn a_crash_in_the_midst_of_writing_leaves_the_mark_before() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mark");
        let mut mark = HighWater::open(&path, "o", &head(7, 1), Missing::Create).unwrap();
        let before = fs::read(&path).unwrap();
        mark.raise(&head(8, 2)).unwrap();
        let after = fs::read(&path).unwrap();
        let written = after.iter().zip(&before).rposition(|(after, before)| after != before).unwrap() + 1;
        for cut in PLACE..written {
            // What of the new mark came to the disk, over what was there.
            fs::write(&path, [&after[..cut], &before[cut..]].concat()).unwrap();
            let found = HighWater::open(&path, "o", &head(9, 3), Missing::Refuse).unwrap();
            assert_eq!((found.size(), found.root()), (7, [1; 32]), "{cut}");
        }
        fs::write(&path, after).unwrap();
        assert_eq!(HighWater::open(&path, "o", &head(9, 3), Missing::Refuse).unwrap().size(), 8);
    }

    #[test]
    fn a_ledger_that_went_back_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mark");
        let mut mark = HighWater::open(&path, "o", &head(7, 1), Missing::Create).unwrap();
        assert!(matches!(mark.raise(&head(6, 0)), Err(HighWaterError::RolledBack { size: 6, marked: 7 })));
        assert!(matches!(mark.raise(&head(7, 2)), Err(HighWaterError::OtherRoot { size: 7 })));
        let open = |head, origin| HighWater::open(&path, origin, &head, Missing::Create);
        assert!(matches!(open(head(6, 1), "o"), Err(HighWaterError::RolledBack { .. })));
        assert!(matches!(open(head(7, 2), "o"), Err(HighWaterError::OtherRoot { .. })));
        assert!(matches!(open(head(7, 1), "p"), Err(HighWaterError::OtherOrigin { .. })));
        assert!(open(head(7, 1), "o").is_ok());
    }

    #[test]
    fn a_missing_or_strange_file_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mark");
        let open = |missing| HighWater::open(&path, "o", &head(7, 1), missing);
        assert!(matches!(open(Missing::Refuse), Err(HighWaterError::Missing { .. })));
        assert!(!path.exists());
        drop(open(Missing::Create).unwrap());
        let good = fs::read_to_string(&path).unwrap();
        let root = STANDARD.encode([1; 32]);
        for strange in [
            String::new(),
            good.replace('v', "V"),
            good.replace("\n7\n", "\n8\n"),
            good.replace(&root, &STANDARD.encode([2; 32])),
            good.trim_end().to_owned(),
            good.clone() + "\n",
            good.replacen('\n', " ", 1),
        ] {
            fs::write(&path, &strange).unwrap();
            assert!(matches!(open(Missing::Create), Err(HighWaterError::Malformed { .. })), "{strange:?}");
        }
    }
}
