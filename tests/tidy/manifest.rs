//! Rules for manifests and lockfiles.

use crate::repository::{File, Finding, Repository};

/// Direct dependencies of a package beyond those allowed, by their names in the registry; build dependencies above all.
pub fn unexpected(path: &str, manifest: &str, allowed: &[&str]) -> Vec<Finding> {
    if manifest.is_empty() {
        return vec![Finding::new(path, 1, "is missing")];
    }
    let mut found = Vec::new();
    for (line, section, entry) in entries(manifest) {
        let (table, named) = section.rsplit_once("dependencies").map_or(("", None), |(before, after)| (before, Some(after)));
        let Some(after) = named.filter(|_| !table.ends_with("dev-")) else { continue };
        // `[dependencies.x]` has its members on lines of their own.
        let name = match after.strip_prefix('.') {
            Some(name) if entry.starts_with("package") || entry.is_empty() => quoted(entry).unwrap_or(name),
            Some(_) => continue,
            None if entry.is_empty() => continue,
            None => renamed(entry).unwrap_or_else(|| entry.split(['.', '=', ' ']).next().unwrap_or_default()),
        };
        if table.ends_with("build-") || !allowed.contains(&name) {
            found.push(Finding::new(path, line, format!("depends on {name}")));
        }
    }
    found
}

/// Number, section and text of each line with an entry, and of each section's own line with no text.
fn entries(manifest: &str) -> Vec<(usize, &str, &str)> {
    let mut section = "";
    let mut found = Vec::new();
    for (at, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            found.push((at + 1, section, ""));
        } else if !line.is_empty() && !line.starts_with('#') {
            found.push((at + 1, section, line));
        }
    }
    found
}

fn renamed(entry: &str) -> Option<&str> {
    entry.split_once("package").and_then(|(_, rest)| rest.trim_start().strip_prefix('=')).and_then(quoted)
}

fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}

/// Members of the workspace that do not take its lints.
pub fn without_lints(repository: &Repository) -> Vec<Finding> {
    let workspace = repository.text("Cargo.toml");
    let members = entries(workspace).into_iter().find(|(_, section, entry)| *section == "workspace" && entry.starts_with("members"));
    let Some((_, _, members)) = members else { return vec![Finding::new("Cargo.toml", 1, "names its members on no single line")] };
    let members = members.split('"').skip(1).step_by(2).map(|member| format!("{member}/Cargo.toml"));
    let without = ["Cargo.toml".to_owned()].into_iter().chain(members).filter(|path| {
        let manifest = entries(repository.text(path));
        !manifest.iter().any(|(_, section, entry)| *section == "lints" && *entry == "workspace = true")
    });
    without.map(|path| Finding::new(&path, 1, "has no `[lints]` with `workspace = true`")).collect()
}

/// Addresses from which packages were fetched; a lockfile needs only names and hashes.
pub fn addresses(file: &File) -> Vec<Finding> {
    if file.path.rsplit('/').next() != Some("package-lock.json") {
        return Vec::new();
    }
    let resolved = file.text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with(concat!("\"resolved\"", ": \"http")));
    resolved.map(|(at, _)| Finding::new(&file.path, at + 1, "an address of a package")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(manifest: &str) -> Vec<usize> {
        unexpected("a/Cargo.toml", manifest, &["serde", "sha2"]).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn unexpected_dependencies_are_found() {
        assert_eq!(
            lines(
                "[dependencies]\nserde.workspace = true\n# tokio = \"1\"\nsha2 = \"1\"\n[dev-dependencies]\ntokio = \"1\"\n[dev-dependencies.rand]\nversion = \"1\"\n"
            ),
            []
        );
        assert_eq!(
            lines("[dependencies]\ntokio.workspace = true\nrand = \"1\"\nserde = { package = \"bad\", version = \"1\" }\n"),
            [2, 3, 4]
        );
        assert_eq!(lines("[target.'cfg(unix)'.dependencies]\nlibc = \"1\"\n"), [2]);
        assert_eq!(lines("[dependencies.tokio]\nversion = \"1\"\n"), [1]);
        assert_eq!(lines("[dependencies.serde]\npackage = \"bad\"\n"), [2]);
        assert_eq!(lines("[build-dependencies]\nserde = \"1\"\n"), [2]);
        assert_eq!(lines(""), [1]);
    }

    #[test]
    fn members_without_lints_are_found() {
        let lints = "[lints]\nworkspace = true\n";
        let root = format!("[workspace]\nmembers = [\"a\", \"b\"]\n{lints}");
        let found = |b: &str| without_lints(&Repository::of(&[("Cargo.toml", &root), ("a/Cargo.toml", lints), ("b/Cargo.toml", b)]));
        assert_eq!(found(lints), []);
        assert_eq!(found("[package]\n").len(), 1);
        assert_eq!(without_lints(&Repository::of(&[("Cargo.toml", lints)])).len(), 1);
    }

    #[test]
    fn addresses_in_lockfiles_are_found() {
        let text = concat!("{\n  \"resolved\"", ": \"https://example.org/a.tgz\"\n}");
        let found = |path: &str| addresses(&File::new(path, text.as_bytes().to_vec())).len();
        assert_eq!((found("clients/js/package-lock.json"), found("other.json")), (1, 0));
    }
}
