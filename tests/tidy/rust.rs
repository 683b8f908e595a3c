//! Rules for Rust files.

use crate::lexer::{Source, line_of};
use crate::repository::{File, Finding};

/// Files beyond the limit that are not allowed to be, and allowances that are no longer needed.
pub fn too_long<'a>(files: impl Iterator<Item = &'a File>, limit: usize, allowed: &[(&str, &str)]) -> Vec<Finding> {
    let mut long: Vec<Finding> = Vec::new();
    let mut unused: Vec<&str> = allowed.iter().map(|(path, _)| *path).collect();
    for file in files {
        let lines = file.text.lines().count();
        let is_allowed = allowed.iter().any(|(path, _)| *path == file.path);
        if lines > limit && is_allowed {
            unused.retain(|path| *path != file.path);
        } else if lines > limit {
            long.push(Finding::new(&file.path, limit + 1, format!("{lines} lines, {limit} are allowed")));
        }
    }
    long.extend(unused.into_iter().map(|path| Finding::new(path, 1, "needs no allowance any more")));
    long
}

/// A file that does not begin by telling what it is for.
pub fn undocumented(file: &File) -> Option<Finding> {
    let told = file.text.strip_prefix("//! ").is_some_and(|rest| !rest.starts_with('\n'));
    (!told).then(|| Finding::new(&file.path, 1, "does not begin with a line of `//!`"))
}

/// What was to be written or removed later.
pub fn unfinished(file: &File) -> Vec<Finding> {
    let code = Source::of(&file.text).code;
    let found = ["todo", "unimplemented", "dbg"].into_iter().flat_map(|name| {
        let places: Vec<usize> = words(&code, name).filter(|at| code[at + name.len()..].starts_with('!')).collect();
        places.into_iter().map(move |at| (at, name))
    });
    found.map(|(at, name)| Finding::new(&file.path, line_of(&code, at), format!("{name}!"))).collect()
}

/// Tests that nobody runs.
pub fn ignored(file: &File) -> Vec<Finding> {
    let code = Source::of(&file.text).code;
    let attribute = |at: &usize| {
        let before = code[..*at].trim_end();
        let opens = before.ends_with("#[")
            || (before.ends_with(',') && before.rsplit("#[").next().is_some_and(|open| open.trim_start().starts_with("cfg_attr")));
        let after = code[at + "ignore".len()..].trim_start();
        opens && after.starts_with([']', '=', ')', ','])
    };
    words(&code, "ignore").filter(attribute).map(|at| Finding::new(&file.path, line_of(&code, at), "an ignored test")).collect()
}

/// A file whose tests skip something and do not ask whether they may: `LITOPYS_NO_SKIP=1` must forbid it.
pub fn skips_for_ever(file: &File) -> Option<Finding> {
    let source = Source::of(&file.text);
    let (at, _) = source.strings.iter().find(|(_, string)| string.trim_start_matches("\\n").starts_with(concat!("SK", "IP ")))?;
    let asks = source.strings.iter().any(|(_, string)| string == "LITOPYS_NO_SKIP");
    (!asks).then(|| Finding::new(&file.path, line_of(&file.text, *at), "skips without asking LITOPYS_NO_SKIP"))
}

/// SQL in strings of what is not a test, and allowances that are no longer needed.
pub fn statements<'a>(files: impl Iterator<Item = &'a File>, allowed: &[(&str, &str)]) -> Vec<Finding> {
    let mut found: Vec<Finding> = files.filter(|file| !file.is_test()).flat_map(statements_in).collect();
    let covers = |path: &str, finding: &Finding| finding.path == path || (path.ends_with('/') && finding.path.starts_with(path));
    let stale = allowed.iter().map(|(path, _)| *path).filter(|path| !found.iter().any(|finding| covers(path, finding)));
    let stale: Vec<Finding> = stale.map(|path| Finding::new(path, 1, "needs no allowance any more")).collect();
    found.retain(|finding| !allowed.iter().any(|(path, _)| covers(path, finding)));
    found.extend(stale);
    found
}

fn statements_in(file: &File) -> Vec<Finding> {
    let source = Source::of(&file.text);
    let tests = test_modules(&source.code);
    let in_tests = |at: usize| tests.iter().any(|(from, to)| (*from..*to).contains(&at));
    let found = source.strings.iter().filter(|(at, _)| !in_tests(*at)).filter_map(|(at, string)| Some((at, statement(string)?)));
    found.map(|(at, verb)| Finding::new(&file.path, line_of(&file.text, *at), format!("{verb} belongs into a file of SQL"))).collect()
}

/// The statement that a string holds.
fn statement(string: &str) -> Option<&'static str> {
    let words: Vec<&str> = string.split_whitespace().collect();
    words.iter().enumerate().find_map(|(at, word)| match (*word, words.get(at + 1).copied(), words.get(at + 2).copied()) {
        ("SELECT", Some(_), _) => Some("SELECT"),
        ("INSERT" | "REPLACE", Some("INTO" | "OR"), _) => Some("INSERT"),
        ("DELETE", Some("FROM"), _) => Some("DELETE"),
        ("UPDATE", Some(_), Some("SET")) => Some("UPDATE"),
        ("CREATE" | "DROP" | "ALTER", Some("TABLE" | "INDEX" | "TRIGGER" | "VIEW" | "TEMP" | "UNIQUE"), _) => Some("a definition"),
        _ => None,
    })
}

/// From where to where modules for tests reach.
fn test_modules(code: &str) -> Vec<(usize, usize)> {
    let starts = code.match_indices("#[cfg(test)]").map(|(at, _)| at);
    starts.filter_map(|from| Some((from, block_end(code, from + code[from..].find(['{', ';'])?)?))).collect()
}

/// Where the block that opens at `open` ends; the place itself where none opens.
pub fn block_end(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Where a name stands as a whole word.
pub fn words<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> {
    let part = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let whole = move |at: &usize| {
        let before = at.checked_sub(1).map(|before| code.as_bytes()[before]);
        !part(before) && !part(code.as_bytes().get(at + name.len()).copied())
    };
    code.match_indices(name).map(|(at, _)| at).filter(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File::new("src/a.rs", text.as_bytes().to_vec())
    }

    fn lines(findings: impl IntoIterator<Item = Finding>) -> Vec<usize> {
        findings.into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn long_files_are_found() {
        let (short, long) = (file("a\n"), file(&"a\n".repeat(501)));
        assert_eq!(lines(too_long([&short].into_iter(), 500, &[])), []);
        assert_eq!(lines(too_long([&long].into_iter(), 500, &[])), [501]);
        assert_eq!(lines(too_long([&long].into_iter(), 500, &[("src/a.rs", "a table")])), []);
        assert_eq!(lines(too_long([&short].into_iter(), 500, &[("src/a.rs", "a table")])), [1]);
    }

    #[test]
    fn files_without_a_word_are_found() {
        assert!(undocumented(&file("//! What.\n")).is_none());
        for text in ["", "use a;\n", "// What.\n", "//!\n", "\n//! What.\n", "#![allow(x)]\n//! What.\n"] {
            assert!(undocumented(&file(text)).is_some(), "{text:?}");
        }
    }

    #[test]
    fn unfinished_code_is_found() {
        assert_eq!(lines(unfinished(&file("todo!();\nunimplemented!(\"x\");\nstd::dbg!(1);"))), [1, 2, 3]);
        assert_eq!(lines(unfinished(&file("// todo!()\nlet todo = \"dbg!\"; mydbg!(); todo != 1"))), []);
    }

    #[test]
    fn ignored_tests_are_found() {
        assert_eq!(lines(ignored(&file("#[test]\n#[ignore]\n#[ignore = \"slow\"]\n#[cfg_attr(x, ignore)]\nfn f() {}"))), [2, 3, 4]);
        assert_eq!(lines(ignored(&file("// #[ignore]\nlet ignore = \"#[ignore]\"; f(a, ignore);"))), []);
    }

    #[test]
    fn skips_that_nothing_forbids_are_found() {
        let skip = concat!("\"\\nSK", "IP {what}\"");
        assert_eq!(lines(skips_for_ever(&file(&format!("//! A.\nprint({skip})")))), [2]);
        assert!(skips_for_ever(&file(&format!("print({skip}, var(\"LITOPYS_NO_SKIP\"))"))).is_none());
    }

    #[test]
    fn statements_are_found() {
        for text in [
            "\"SELECT 1\"",
            "r#\"\n INSERT INTO t VALUES (1)\"#",
            "\"INSERT OR REPLACE INTO t\"",
            "\"DELETE FROM t\"",
            "\"UPDATE t SET a = 1\"",
            "\"CREATE TABLE t (a)\"",
        ] {
            assert_eq!(lines(statements([&file(&format!("x!({text})"))].into_iter(), &[])).len(), 1, "{text}");
        }
        let plain = "// \"SELECT 1\"\nlet a = (\"select one of them\", \"UPDATE of rows\", \"SELECT\");";
        assert_eq!(lines(statements([&file(plain)].into_iter(), &[])), []);
    }

    #[test]
    fn statements_of_tests_are_let_be() {
        let text = "fn f() {}\n#[cfg(test)]\nmod tests { fn g() { q(\"SELECT 1\") } }\n";
        assert_eq!(lines(statements([&file(text)].into_iter(), &[])), []);
        assert_eq!(lines(statements([&file(&format!("{text}q(\"SELECT 2\")"))].into_iter(), &[])), [4]);
        let test = File::new("tests/a.rs", b"q(\"SELECT 1\")".to_vec());
        assert_eq!(lines(statements([&test].into_iter(), &[])), []);
    }

    #[test]
    fn allowances_for_statements_do_not_outlive_them() {
        let (with, without) = (file("q(\"SELECT 1\")"), file("q(1)"));
        let allowed = [("src/a.rs", "made at run time")];
        assert_eq!(lines(statements([&with].into_iter(), &allowed)), []);
        assert_eq!(lines(statements([&with].into_iter(), &[("src/", "all of it")])), []);
        assert_eq!(lines(statements([&with].into_iter(), &[("src", "no folder")])), [1, 1]);
        assert_eq!(lines(statements([&without].into_iter(), &allowed)), [1]);
    }
}
