//! The high-water file: the greatest head that was ever about to be published, kept apart from the store.
//!
//! A store restored from an old backup is consistent in itself; only something kept elsewhere can tell that it went
//! back. The file belongs on another volume than the ledger.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Head;

const FIRST_LINE: &str = "litopys high-water v1";

/// No mark is longer: the first line, an origin, a size, a root.
const MAX_BYTES: u64 = 4096;

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
        let mark = |size, root| HighWater { path: path.into(), origin: origin.into(), size, root };
        let text = match read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if head.size > 0 && missing == Missing::Refuse {
                    return Err(HighWaterError::Missing { path: path.into() });
                }
                let mark = mark(head.size, head.root);
                mark.write().map_err(|source| mark.failed(source))?;
                return Ok(mark);
            }
            Err(source) => {
                return Err(HighWaterError::Io { path: path.into(), source });
            }
        };
        let (found, size, root) = parse(&text).ok_or(HighWaterError::Malformed { path: path.into() })?;
        if found != origin {
            return Err(HighWaterError::OtherOrigin { found: found.into() });
        }
        let mark = mark(size, root);
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

    /// Raises the mark to a head that is about to be published. Durable on return: the file and its directory are
    /// fsynced, and a crash in between leaves the old mark or the new one.
    pub fn raise(&mut self, head: &Head) -> Result<(), HighWaterError> {
        self.check(head)?;
        if head.size == self.size {
            return Ok(());
        }
        let raised = HighWater { path: self.path.clone(), origin: self.origin.clone(), size: head.size, root: head.root };
        raised.write().map_err(|source| self.failed(source))?;
        *self = raised;
        Ok(())
    }

    /// The mark's size.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The mark's root.
    pub fn root(&self) -> [u8; 32] {
        self.root
    }

    fn text(&self) -> String {
        format!("{FIRST_LINE}\n{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    fn write(&self) -> io::Result<()> {
        let mut new = self.path.clone().into_os_string();
        new.push(".new");
        let mut file = File::create(&new)?;
        file.write_all(self.text().as_bytes())?;
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

fn read(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > MAX_BYTES {
        return Ok(String::new());
    }
    let bytes = fs::read(path)?;
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

/// Accepts only what [`HighWater::text`] writes, byte for byte.
fn parse(text: &str) -> Option<(&str, u64, [u8; 32])> {
    let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
    let [FIRST_LINE, origin, size, root] = lines[..] else {
        return None;
    };
    let number: u64 = size.parse().ok()?;
    let root = STANDARD.decode(root).ok()?.try_into().ok()?;
    (number.to_string() == size && !origin.is_empty()).then_some((origin, number, root))
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
        mark.raise(&head(7, 1)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), mark.text());
        let again = HighWater::open(&path, "ledger.example", &head(9, 2), Missing::Refuse).unwrap();
        assert_eq!((again.size(), again.root()), (7, [1; 32]));
        assert!(!directory.path().join("mark.new").exists());
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
        let good = open(Missing::Create).unwrap().text();
        let root = STANDARD.encode([1; 32]);
        for strange in [
            String::new(),
            good.replace('v', "V"),
            good.replace("\n7\n", "\n+7\n"),
            good.replace("\n7\n", "\n07\n"),
            good.replace(&root, "AAAA"),
            good.clone() + "\n",
            good.trim_end().to_owned(),
            good.replace('\n', "\r\n"),
            good.clone() + &" ".repeat(5000),
        ] {
            fs::write(&path, &strange).unwrap();
            assert!(matches!(open(Missing::Create), Err(HighWaterError::Malformed { .. })), "{strange:?}");
        }
    }
}
