//! Rules for pages.

use crate::repository::{File, Finding, Repository, folder, join};

/// Links to files or headings that are not there. `awaited` targets may be missing, and only those that are.
pub fn broken_links(repository: &Repository, awaited: &[&str]) -> Vec<Finding> {
    let pages = repository.texts().filter(|file| file.kind() == "md");
    let mut found: Vec<Finding> = pages.flat_map(|page| broken(repository, page, awaited)).collect();
    let come = awaited.iter().filter(|path| repository.has(path));
    found.extend(come.map(|path| Finding::new(path, 1, "is there and no longer awaited")));
    found
}

fn broken(repository: &Repository, page: &File, awaited: &[&str]) -> Vec<Finding> {
    let is_broken = |link: &str| {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let Some(path) = (if file.is_empty() { Some(page.path.clone()) } else { join(folder(&page.path), file) }) else { return true };
        if !repository.has(&path) {
            return !awaited.contains(&path.as_str());
        }
        !heading.is_empty() && path.ends_with(".md") && !headings(repository.text(&path)).iter().any(|slug| slug == heading)
    };
    let found = links(&page.text).into_iter().filter(|(_, link)| !link.contains(':') && is_broken(link));
    found.map(|(line, link)| Finding::new(&page.path, line, format!("{link} leads nowhere"))).collect()
}

/// Line and target of each link outside code.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, text) in prose(text) {
        // What stands between backticks is code.
        let text: String = text.split('`').step_by(2).collect();
        for rest in text.split("](").skip(1) {
            found.extend(rest.split([')', ' ']).next().map(|link| (line, link.to_owned())));
        }
        let definition = text.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        found.extend(definition.map(|(_, link)| (line, link.trim().to_owned())));
    }
    found
}

/// The lines outside fenced code, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// What a page's headings are called in links.
fn headings(text: &str) -> Vec<String> {
    let titles = prose(text).filter_map(|(_, line)| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    let slug = |title: &str| {
        let kept = title.to_lowercase();
        kept.chars()
            .filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'))
            .map(|char| if char == ' ' { '-' } else { char })
            .collect()
    };
    titles.map(slug).collect()
}

/// What the changelog lacks: what is not released yet comes first, has something to tell, and every change is of a known kind.
pub fn changelog(text: &str) -> Vec<Finding> {
    const KINDS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    let finding = |line, what: &str| Finding::new("CHANGELOG.md", line, what);
    let mut sections = text.lines().enumerate().filter(|(_, line)| line.starts_with("## "));
    let Some((first, _)) = sections.next().filter(|(_, line)| *line == "## [Unreleased]") else {
        return vec![finding(1, "does not begin with `## [Unreleased]`")];
    };
    let end = sections.next().map_or(usize::MAX, |(at, _)| at);
    let told = text.lines().take(end).skip(first + 1).any(|line| line.starts_with("- "));
    let empty = (!told && end == usize::MAX).then(|| finding(first + 1, "tells nothing"));
    let odd = text.lines().enumerate().filter(|(_, line)| line.strip_prefix("### ").is_some_and(|kind| !KINDS.contains(&kind)));
    odd.map(|(at, line)| finding(at + 1, &format!("`{line}` is no kind of change"))).chain(empty).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken_in(page: &str, awaited: &[&str]) -> Vec<usize> {
        let files = [("docs/a.md", page), ("README.md", "# What it is, `b`\n"), ("src/lib.rs", "")];
        broken_links(&Repository::of(&files), awaited).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn broken_links_are_found() {
        assert_eq!(broken_in("[a](../README.md) ![b](../src/)\n[c](https://example.org) [d](mailto:a@example.org)\n", &[]), []);
        assert_eq!(broken_in("[a](missing.md)\n[b](../../out.md)\n\n[c]: ../src/main.rs\n", &[]), [1, 2, 4]);
        assert_eq!(broken_in("`[a](missing.md)`\n```\n[b](missing.md)\n```\n[c](missing.md \"title\")\n", &[]), [5]);
    }

    #[test]
    fn headings_are_looked_up() {
        assert_eq!(broken_in("# Це тут\n[a](../README.md#what-it-is-b) [b](#це-тут)\n", &[]), []);
        assert_eq!(broken_in("[a](../README.md#what)\n[b](#there)\n```\n# there\n```\n", &[]), [1, 2]);
    }

    #[test]
    fn awaited_targets_may_be_missing_until_they_come() {
        assert_eq!(broken_in("[a](b.md)\n", &["docs/b.md"]), []);
        assert_eq!(broken_in("[a](../README.md)\n", &["README.md"]), [1]);
    }

    #[test]
    fn changelogs_without_news_are_found() {
        let lines = |text: &str| -> Vec<usize> { changelog(text).into_iter().map(|finding| finding.line).collect() };
        assert_eq!(lines("# Changelog\n\n## [Unreleased]\n\n### Added\n- it\n"), []);
        assert_eq!(lines("# Changelog\n\n## [Unreleased]\n\n## [1.0.0]\n### Fixed\n- it\n"), []);
        assert_eq!(lines("## [1.0.0]\n- it\n\n## [Unreleased]\n- it\n"), [1]);
        assert_eq!(lines(""), [1]);
        assert_eq!(lines("## [Unreleased]\n"), [1]);
        assert_eq!(lines("## [Unreleased]\n### News\n- it\n"), [2]);
    }
}
