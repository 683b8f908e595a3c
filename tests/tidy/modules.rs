//! Follows `mod` and `include` from the roots of all targets: what they do not reach is dead.

use std::collections::BTreeSet;

use crate::lexer::Source;
use crate::repository::{File, Finding, Repository, folder, join};
use crate::rust::words;

/// Rust files that no target of any package compiles.
pub fn unreachable(repository: &Repository) -> Vec<Finding> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<(String, String)> = roots(repository).into_iter().map(|root| (folder(&root).to_owned(), root)).collect();
    while let Some((home, path)) = waiting.pop() {
        let Some(file) = repository.rust().find(|file| file.path == path) else { continue };
        if reached.insert(path) {
            waiting.extend(children(file, &home));
        }
    }
    let dead = repository.rust().filter(|file| !reached.contains(&file.path));
    dead.map(|file| Finding::new(&file.path, 1, "no target compiles it")).collect()
}

/// The files from which the targets of all packages begin.
fn roots(repository: &Repository) -> Vec<String> {
    let packages = repository.files.iter().filter(|file| file.path.rsplit('/').next() == Some("Cargo.toml"));
    let found = packages.flat_map(|manifest| {
        let home = folder(&manifest.path);
        let named = manifest.text.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix("\""));
        let named: Vec<String> = named.filter(|path| path.ends_with(".rs")).filter_map(|path| join(home, path)).collect();
        let usual = repository.rust().map(|file| file.path.clone()).filter(move |path| is_usual_root(path, home));
        named.into_iter().chain(usual)
    });
    found.collect()
}

/// Whether cargo finds this file by itself in the package at `home`.
fn is_usual_root(path: &str, home: &str) -> bool {
    let within = if home.is_empty() { Some(path) } else { path.strip_prefix(home).and_then(|path| path.strip_prefix('/')) };
    match within.map(|path| path.split('/').collect::<Vec<_>>()).as_deref() {
        Some(["build.rs"] | ["src", "lib.rs" | "main.rs"]) => true,
        Some(["tests" | "benches" | "examples", rest @ ..] | ["src", "bin", rest @ ..]) => matches!(rest, [_] | [_, "main.rs"]),
        _ => false,
    }
}

/// The files that a file names, each with the folder in which its own modules lie.
fn children(file: &File, home: &str) -> Vec<(String, String)> {
    let source = Source::of(&file.text);
    let modules: Vec<Module<'_>> = words(&source.code, "mod").filter_map(|at| Module::at(&source.code, at)).collect();
    let mut found = Vec::new();
    for module in modules.iter().filter(|module| module.block.is_none()) {
        let around = modules.iter().filter(|outer| outer.block.is_some_and(|end| outer.at < module.at && module.at < end));
        let inner = around.fold(home.to_owned(), |home, outer| format!("{home}/{}", outer.name));
        if let Some(path) = named_path(&source, module.at).and_then(|path| join(folder(&file.path), path)) {
            found.push((folder(&path).to_owned(), path));
            continue;
        }
        let below = format!("{inner}/{}", module.name);
        let below = below.trim_start_matches('/');
        found.push((below.to_owned(), format!("{below}.rs")));
        found.push((below.to_owned(), format!("{below}/mod.rs")));
    }
    let included = source.strings.iter().filter(|(_, string)| string.ends_with(".rs"));
    let included = included.filter(|(at, _)| source.code[..at - 1].trim_end().ends_with("include!("));
    found.extend(included.filter_map(|(_, path)| Some((home.to_owned(), join(folder(&file.path), path)?))));
    found
}

struct Module<'a> {
    at: usize,
    name: &'a str,
    /// Where the block ends; `None` for a module in a file of its own.
    block: Option<usize>,
}

impl<'a> Module<'a> {
    fn at(code: &'a str, at: usize) -> Option<Self> {
        let rest = code[at..].strip_prefix("mod")?.trim_start();
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let (name, after) = rest.split_at(length);
        let after = after.trim_start();
        let open = code.len() - after.len();
        match after.bytes().next()? {
            b';' => Some(Self { at, name, block: None }),
            b'{' => Some(Self { at, name, block: Some(crate::rust::block_end(code, open)?) }),
            _ => None,
        }
    }
}

/// What `#[path = "…"]` before a module says.
fn named_path(source: &Source, module: usize) -> Option<&str> {
    let from = source.code[..module].rfind([';', '{', '}']).map_or(0, |at| at + 1);
    let is_path = |at: usize| source.code[..at - 1].trim_end().trim_end_matches('=').trim_end().ends_with("#[path");
    source.strings.iter().find(|(at, _)| (from..module).contains(at) && is_path(*at)).map(|(_, path)| path.as_str())
}

/// Files of SQL that no Rust file includes: by name, or in `sql/` through the macro `sql!("name")`.
pub fn not_included(repository: &Repository) -> Vec<Finding> {
    let mut included = BTreeSet::new();
    for file in repository.rust() {
        let source = Source::of(&file.text);
        for (at, string) in &source.strings {
            let name = if source.code[..at - 1].trim_end().ends_with("sql!(") { format!("sql/{string}.sql") } else { string.clone() };
            included.extend(join(folder(&file.path), &name));
        }
    }
    let dead = repository.files.iter().filter(|file| file.kind() == "sql" && !included.contains(&file.path));
    dead.map(|file| Finding::new(&file.path, 1, "nothing includes it")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKAGE: (&str, &str) = ("a/Cargo.toml", "[[bin]]\npath = \"odd/place.rs\"\n");

    fn dead(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().copied().chain([PACKAGE]).collect();
        unreachable(&Repository::of(&files)).into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn modules_are_followed() {
        let reached = [
            ("a/src/lib.rs", "pub mod b;\nmod inline { mod deep; }\n#[path = \"far/away.rs\"]\nmod x;"),
            ("a/src/b.rs", "mod c; include!(\"table.rs\");"),
            ("a/src/b/c/mod.rs", "mod d;"),
            ("a/src/b/c/d.rs", ""),
            ("a/src/table.rs", ""),
            ("a/src/inline/deep.rs", ""),
            ("a/src/far/away.rs", "mod near;"),
            ("a/src/far/near.rs", ""),
        ];
        assert_eq!(dead(&reached), [""; 0]);
    }

    #[test]
    fn dead_modules_are_found() {
        let files = [
            ("a/src/lib.rs", "// mod b;\nconst A: &str = \"mod b;\";\nmod c { }"),
            ("a/src/b.rs", "mod d;"),
            ("a/src/b/d.rs", ""),
            ("a/src/c.rs", ""),
        ];
        assert_eq!(dead(&files), ["a/src/b.rs", "a/src/b/d.rs", "a/src/c.rs"]);
    }

    #[test]
    fn targets_are_roots() {
        let roots = ["a/tests/x.rs", "a/tests/y/main.rs", "a/src/bin/z.rs", "a/odd/place.rs", "a/build.rs"];
        assert_eq!(dead(&roots.map(|path| (path, ""))), [""; 0]);
        assert_eq!(dead(&[("a/tests/y/other.rs", ""), ("b/src/lib.rs", "")]), ["a/tests/y/other.rs", "b/src/lib.rs"]);
    }

    #[test]
    fn dead_statements_are_found() {
        let rust = ("a/src/store/x.rs", "include_str!(\"whole.sql\"); sql!(\"one\"); f(\"two\"); // sql!(\"three\")");
        let sql = ["whole", "sql/one", "sql/two", "sql/three"].map(|name| format!("a/src/store/{name}.sql"));
        let files: Vec<_> = sql.iter().map(|path| (path.as_str(), "")).chain([rust]).collect();
        let found: Vec<String> = not_included(&Repository::of(&files)).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["a/src/store/sql/two.sql", "a/src/store/sql/three.sql"]);
    }
}
