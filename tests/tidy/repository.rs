//! The files that git knows or would add, read once.

use std::fmt;
use std::path::Path;
use std::process::Command;

/// One file; `text` is empty where it is not UTF-8.
pub struct File {
    pub path: String,
    pub text: String,
    pub binary: bool,
}

/// The repository's files in the order of their paths.
pub struct Repository {
    pub files: Vec<File>,
}

/// A rule broken at a place.
#[derive(Debug, PartialEq)]
pub struct Finding {
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl Finding {
    pub fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

impl File {
    pub fn new(path: &str, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
        Self { path: path.to_owned(), binary: text.is_none(), text: text.unwrap_or_default() }
    }

    /// The ending of the name, or the whole name where it has none.
    pub fn kind(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or(name, |(_, kind)| kind)
    }

    /// Whether it is compiled for tests only.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs"))
    }
}

impl Repository {
    pub fn load() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .expect("these tests ask git for the repository's files");
        assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
        let mut paths: Vec<&str> =
            output.stdout.split(|byte| *byte == 0).map(|path| str::from_utf8(path).expect("a name in UTF-8")).collect();
        paths.sort_unstable();
        paths.dedup();
        let files = paths
            .into_iter()
            .filter(|path| root.join(path).is_file())
            .map(|path| File::new(path, std::fs::read(root.join(path)).expect("a readable file")))
            .collect();
        Self { files }
    }

    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.kind() == "rs")
    }

    pub fn texts(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| !file.binary)
    }

    pub fn text(&self, path: &str) -> &str {
        self.files.iter().find(|file| file.path == path).map_or("", |file| &file.text)
    }

    pub fn has(&self, path: &str) -> bool {
        path.is_empty()
            || self.files.iter().any(|file| file.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// A repository that consists of these files.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| File::new(path, text.as_bytes().to_vec())).collect() }
    }
}

/// The path that `relative` means in the folder `from`, or `None` where it leaves the repository.
pub fn join(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder that a file lies in.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_within_the_repository() {
        assert_eq!(join("docs", "../src/lib.rs").as_deref(), Some("src/lib.rs"));
        assert_eq!(join("", "./a//b/").as_deref(), Some("a/b"));
        assert_eq!(join("docs", "../../elsewhere"), None);
        assert_eq!((folder("a/b/c.rs"), folder("c.rs")), ("a/b", ""));
    }

    #[test]
    fn folders_are_there_with_their_files() {
        let repository = Repository::of(&[("docs/schema/a.json", "{}")]);
        assert!(repository.has("docs/schema") && repository.has("docs/schema/a.json") && !repository.has("docs/sch"));
    }

    #[test]
    fn what_is_not_text_is_left_alone() {
        assert!(File::new("tile", vec![0xff, 0xfe]).binary && File::new("tile", vec![b'a', 0]).binary);
        assert_eq!((File::new("a/Makefile", vec![]).kind(), File::new("a/b.rs", vec![]).kind()), ("Makefile", "rs"));
    }
}
