//! Rules for text of any kind, and for names.

use crate::repository::{File, Finding};

/// Tabs, spaces at ends of lines, carriage returns, invisible characters, and ends of files that are no ends of lines.
/// Golden files and vectors are bytes that happen to be text.
pub fn not_plain(file: &File) -> Vec<Finding> {
    let is_bytes = file.path.split('/').any(|part| matches!(part, "golden" | "vectors")) && file.kind() != "md";
    if is_bytes {
        return Vec::new();
    }
    let finding = |line: usize, what: &str| Finding::new(&file.path, line, what);
    let mut found = Vec::new();
    for (line, text) in file.text.split('\n').enumerate().map(|(at, text)| (at + 1, text)) {
        let tabs_are_syntax = file.kind() == "Makefile";
        let text = if tabs_are_syntax { text.trim_start_matches('\t') } else { text };
        if text.ends_with(' ') {
            found.push(finding(line, "a space at the end"));
        }
        let odd = text.chars().find(|char| is_invisible(*char));
        found.extend(odd.map(|char| finding(line, &format!("the character U+{:04X}", u32::from(char)))));
    }
    let lines = file.text.matches('\n').count();
    if file.text.ends_with("\n\n") {
        found.push(finding(lines, "an empty line at the end"));
    } else if !file.text.is_empty() && !file.text.ends_with('\n') && file.kind() != "json" {
        found.push(finding(lines + 1, "no end of line at the end"));
    }
    found
}

/// Control characters, and those that hide or reorder others.
fn is_invisible(char: char) -> bool {
    char.is_control() || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Folders of the machine on which something was written, and addresses from which packages came to it.
pub fn machine_paths(file: &File) -> Vec<Finding> {
    // In two parts each, so that this file does not name them.
    let folders = [("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("/Us", "ers/")].map(|(a, b)| format!("{a}{b}"));
    let hosts = [
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("npmjs", ".org"),
        ("static.crates", ".io"),
        ("index.crates", ".io"),
        ("deb.debian", ".org"),
    ]
    .map(|(a, b)| format!("{a}{b}"));
    let mut found = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        // A folder of the machine begins the path; a part of an address does not.
        let begins = |at: usize| {
            line[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}'))
        };
        let folder = folders.iter().find(|folder| line.match_indices(folder.as_str()).any(|(at, _)| begins(at)));
        let named = folder.or_else(|| hosts.iter().find(|host| line.contains(host.as_str())));
        found.extend(named.map(|named| Finding::new(&file.path, at + 1, format!("names {named}"))));
    }
    found
}

/// A shell script that goes on after an error, or takes an unset variable for an empty one.
pub fn careless_script(file: &File) -> Option<Finding> {
    let first = file.text.lines().next().unwrap_or_default();
    let interpreter =
        first.strip_prefix("#!").and_then(|line| line.split([' ', '/']).rfind(|word| !word.is_empty() && !word.starts_with('-')));
    let is_shell = file.kind() == "sh" || matches!(interpreter, Some("sh" | "bash" | "dash"));
    let careful = file.text.lines().any(|line| line == "set -eu" || line.starts_with("set -eu ") || line == "set -euo pipefail");
    (is_shell && !careful).then(|| Finding::new(&file.path, 1, "a script without `set -eu`"))
}

/// A path whose folders or, for code and pages, whose file are not named in snake case.
pub fn odd_name(path: &str) -> Option<Finding> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let snake = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let folder = folders.split('/').find(|folder| !snake(&folder.replace('.', "")));
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_shouted = kind == "md" && stem.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let is_odd = matches!(kind, "rs" | "sql" | "py" | "sh" | "md") && !snake(stem) && !is_shouted;
    let odd = folder.or(is_odd.then_some(name))?;
    Some(Finding::new(path, 1, format!("{odd} is not in snake_case")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File::new(path, text.as_bytes().to_vec())
    }

    fn lines(path: &str, text: &str) -> Vec<usize> {
        not_plain(&file(path, text)).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn odd_characters_are_found() {
        assert_eq!(lines("a.md", "Ґанок\n\n  – so\n"), []);
        for text in ["a\tb\n", "a \n", "a\r\n", "\u{feff}a\n", "a\u{202e}b\n", "a\u{200b}\n", "a\u{7}\n", "a\u{85}\n", "a"] {
            assert_eq!(lines("a.md", text).first(), Some(&1), "{text:?}");
        }
        assert_eq!(lines("a.md", "a\nb \nc"), [2, 3]);
        assert_eq!(lines("a.md", "a\n\n"), [2]);
    }

    #[test]
    fn tabs_are_syntax_in_makefiles_and_bytes_are_bytes() {
        assert_eq!(lines("Makefile", "a:\n\tb\n"), []);
        assert_eq!(lines("Makefile", "a:\tb\n"), [1]);
        assert_eq!(lines("a.json", "{}"), []);
        assert_eq!((lines("tests/golden/a", "a \r\n"), lines("clients/vectors/a.json", "\u{feff}")), (vec![], vec![]));
        assert_eq!(lines("clients/vectors/README.md", "a \n"), [1]);
    }

    #[test]
    fn machine_paths_are_found() {
        let [work, home, host] = [("/wo", "rk/"), ("/ho", "me/"), ("pypi", ".org")].map(|(a, b)| format!("{a}{b}"));
        let places = |text: &str| machine_paths(&file("a.md", text)).len();
        for text in [format!("cd {work}x"), format!("\"{home}me\""), format!("{work}a"), format!("from https://{host}/simple")] {
            assert_eq!(places(&text), 1, "{text}");
        }
        for text in [format!("https://example.org{work}x"), format!("..{work}x"), "/net".to_owned() + &work[1..], format!("a{home}")] {
            assert_eq!(places(&text), 0, "{text}");
        }
    }

    #[test]
    fn careless_scripts_are_found() {
        let is_careless = |path: &str, text: &str| careless_script(&file(path, text)).is_some();
        assert!(is_careless("a.sh", "ls\n") && is_careless("a", "#!/usr/bin/env bash\nls\n") && is_careless("a", "#!/bin/sh -x\nls\n"));
        assert!(is_careless("a.sh", "# set -eu\n") && is_careless("a.sh", "set -e\n"));
        assert!(!is_careless("a.sh", "set -eu\n") && !is_careless("a", "#!/bin/bash\nset -euo pipefail\n"));
        assert!(!is_careless("a", "#!/usr/bin/env python3\n") && !is_careless("a.md", "#!\n"));
    }

    #[test]
    fn odd_names_are_found() {
        for path in ["src/aB.rs", "src/a-b.rs", "a-b/c.rs", "A/c.json", "docs/Read.md", "x y/a", "a/b-c.sql"] {
            assert!(odd_name(path).is_some(), "{path}");
        }
        for path in ["src/a_1.rs", "README.md", ".ci/run", "Makefile", "a/package-lock.json", "tests/golden/001.p/44", "docs/a_b.md"] {
            assert_eq!(odd_name(path), None);
        }
    }
}
