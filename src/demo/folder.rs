//! The demo's folder: the registry's files, and what the story must remember to be told again with the same bytes.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aggregates::words::Instant;
use serde::{Deserialize, Serialize};

use super::actors::Cast;
use super::reading::hands;
use super::story::Numbers;
use crate::keys::{KeyFileError, write_key_file};
use crate::node::{Paths, Trust};
use crate::sequencer::system_clock;

/// The file that the story remembers itself in.
const STORY: &str = "story.json";

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder holds something else than a demo.
    #[error("{0} is not a demo's: {1}; name another folder with --dir")]
    NotADemo(PathBuf, String),
    /// The story was broken off too long ago to go on: commands are refused a day after they say that they were made.
    #[error("the story in {0} was broken off more than a day ago; --fresh begins a new one")]
    TooOld(PathBuf),
}

/// What the story remembers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    seed: u64,
    patients: usize,
    begun: Instant,
    /// Once it has been told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    numbers: Option<Numbers>,
}

/// A demo's folder.
pub struct Folder {
    dir: PathBuf,
    remembered: Remembered,
}

impl Folder {
    /// Opens a demo's folder, or makes one with this seed and so many patients; also whether its registry must be founded.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(dir: &Path, seed: u64, patients: usize) -> Result<(Folder, bool), FolderError> {
        fs::create_dir_all(dir).map_err(|source| FolderError::Io { path: dir.into(), source })?;
        if dir.join(STORY).exists() {
            let folder = Folder::read(dir)?;
            if folder.remembered.numbers.is_none() && folder.begun().plus_seconds(23 * 3600) < now() {
                return Err(FolderError::TooOld(dir.into()));
            }
            return Ok((folder, !dir.join("trust.json").exists()));
        }
        let mut others = fs::read_dir(dir).map_err(|source| FolderError::Io { path: dir.into(), source })?;
        if others.next().is_some() {
            return Err(FolderError::NotADemo(dir.into(), format!("it has files, but no {STORY}")));
        }
        let folder = Folder { dir: dir.into(), remembered: Remembered { seed, patients, begun: now(), numbers: None } };
        folder.remember()?;
        Ok((folder, true))
    }

    /// Reads a demo's folder.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn read(dir: &Path) -> Result<Folder, FolderError> {
        let path = dir.join(STORY);
        let text = fs::read(&path).map_err(|source| FolderError::Io { path: path.clone(), source })?;
        let remembered = serde_json::from_slice(&text).map_err(|error| FolderError::NotADemo(dir.into(), error.to_string()))?;
        Ok(Folder { dir: dir.into(), remembered })
    }

    /// Moves a folder aside, so that a new one can be made; says where it went.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn move_aside(dir: &Path) -> Result<Option<PathBuf>, FolderError> {
        if !dir.exists() {
            return Ok(None);
        }
        let stamp = now().ms();
        let mut name = dir.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{stamp}"));
        let aside = dir.with_file_name(name);
        fs::rename(dir, &aside).map_err(|source| FolderError::Io { path: dir.into(), source })?;
        Ok(Some(aside))
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The registry's files.
    pub fn paths(&self) -> Paths {
        Paths::in_dir(&self.dir)
    }

    /// What everything comes from.
    pub fn seed(&self) -> u64 {
        self.remembered.seed
    }

    /// How many patients there are.
    pub fn patients(&self) -> usize {
        self.remembered.patients
    }

    /// When the story began.
    pub fn begun(&self) -> Instant {
        self.remembered.begun
    }

    /// The year it began in.
    pub fn year(&self) -> i16 {
        self.begun().date().to_string()[..4].parse().unwrap_or(2026)
    }

    /// What the story has led to, if it has been told.
    pub fn numbers(&self) -> Option<Numbers> {
        self.remembered.numbers
    }

    /// What outsiders pin.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn trust(&self) -> Result<Trust, FolderError> {
        let path = self.dir.join("trust.json");
        let text = fs::read_to_string(&path).map_err(|source| FolderError::Io { path, source })?;
        Trust::from_json(&text).map_err(|error| FolderError::NotADemo(self.dir.clone(), error))
    }

    /// Notes that the story has been told.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn finish(&mut self, numbers: Numbers) -> Result<(), FolderError> {
        self.remembered.numbers = Some(numbers);
        self.remember()
    }

    fn remember(&self) -> Result<(), FolderError> {
        self.keep(STORY, &(serde_json::to_string_pretty(&self.remembered).unwrap_or_default() + "\n"))
    }

    /// Keeps the keys of some who play in `actors/`, and in `actors.env` who they are, for whoever goes on by hand.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn keep_actors(&self, cast: &Cast, mis: usize, base: &str) -> Result<(), FolderError> {
        let folder = self.dir.join("actors");
        fs::create_dir_all(&folder).map_err(|source| FolderError::Io { path: folder.clone(), source })?;
        let clinic = &cast.clinics[0];
        let mut text = format!("SERVER={base}\nPROVIDER={}\nDIVISION={}\n", clinic.id, clinic.divisions[0]);
        for (name, key, speaks_as) in hands(cast, mis) {
            let path = folder.join(format!("{name}.json"));
            match write_key_file(&path, key) {
                Ok(()) => {}
                Err(KeyFileError::Io(source)) if source.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(FolderError::Io { path, source: io::Error::other(error) }),
            }
            let _ = writeln!(text, "{}={speaks_as}", name.to_uppercase());
        }
        self.keep("actors.env", &text)
    }

    /// Writes a file of the folder, in place of an earlier one.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn keep(&self, name: &str, text: &str) -> Result<(), FolderError> {
        self.write(name, text, 0o644)
    }

    /// The same, for its owner alone.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn keep_private(&self, name: &str, text: &str) -> Result<(), FolderError> {
        self.write(name, text, 0o600)
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> Result<(), FolderError> {
        let (path, draft) = (self.dir.join(name), self.dir.join(format!("{name}.new")));
        let write = || {
            let mut options = OpenOptions::new();
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
            let mut file = options.write(true).create(true).truncate(true).open(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)
        };
        write().map_err(|source| FolderError::Io { path: path.clone(), source })
    }
}

fn now() -> Instant {
    Instant::from_ms(system_clock()()).unwrap_or(Instant::EPOCH)
}
