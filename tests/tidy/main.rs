//! What holds for every file of the repository, whoever wrote it. Each rule is a test of its own and names file and line;
//! each rule's function has tests that show it failing.

mod lexer;
mod manifest;
mod markdown;
mod modules;
mod repository;
mod rust;
mod text;

use std::io::Write as _;

use repository::{Finding, Repository};

/// Longer Rust files, each with the reason.
const LONG: &[(&str, &str)] = &[];

/// Files outside tests, or folders, in which SQL may stand in a string, each with the reason.
const SQL_IN_RUST: &[(&str, &str)] =
    &[("src/audit/", "an audit asks by statements of its own, next to what it holds the rows against, and shares none with the store")];

/// Links to what is not written yet. An entry goes when its target comes.
const AWAITED: &[&str] = &[];

/// All that the law may name: no I/O, no clock, no chance.
const LAW: &[&str] = &["ahash", "base64", "cqrs-es", "hashbrown", "jiff", "serde", "serde_json", "sha2", "thiserror", "uuid"];

/// All that the log may name.
const LOG: &[&str] = &["base64", "ed25519-dalek", "sha2", "thiserror"];

#[track_caller]
fn none(findings: Vec<Finding>) {
    let list: String = findings.iter().map(|finding| format!("\n  {finding}")).collect();
    assert!(findings.is_empty(), "{} found:{list}", findings.len());
}

#[test]
fn rust_files_are_short() {
    let repository = Repository::load();
    let mut lengths: Vec<usize> = repository.rust().map(|file| file.text.lines().count()).collect();
    lengths.sort_unstable();
    let (median, longest) = (lengths[lengths.len() / 2], lengths[lengths.len() - 1]);
    // Not println!, which the harness hides when a test passes.
    let _ = writeln!(std::io::stdout(), "\ntidy: {} Rust files, median {median} lines, longest {longest}", lengths.len());
    none(rust::too_long(repository.rust(), 500, LONG));
}

#[test]
fn rust_files_begin_with_what_they_are_for() {
    none(Repository::load().rust().filter_map(rust::undocumented).collect());
}

#[test]
fn rust_files_have_nothing_unfinished() {
    none(Repository::load().rust().flat_map(rust::unfinished).collect());
}

#[test]
fn no_test_is_ignored() {
    none(Repository::load().rust().flat_map(rust::ignored).collect());
}

#[test]
fn what_may_be_skipped_may_be_forbidden_to() {
    none(Repository::load().rust().filter_map(rust::skips_for_ever).collect());
}

#[test]
fn statements_stand_in_sql_files() {
    none(rust::statements(Repository::load().rust(), SQL_IN_RUST));
}

#[test]
fn every_rust_file_is_compiled() {
    none(modules::unreachable(&Repository::load()));
}

#[test]
fn every_sql_file_is_included() {
    none(modules::not_included(&Repository::load()));
}

#[test]
fn text_is_plain() {
    none(Repository::load().texts().flat_map(text::not_plain).collect());
}

#[test]
fn text_names_no_machine() {
    none(Repository::load().texts().flat_map(text::machine_paths).collect());
}

#[test]
fn scripts_stop_at_the_first_error() {
    none(Repository::load().texts().filter_map(text::careless_script).collect());
}

#[test]
fn names_are_snake_case() {
    none(Repository::load().files.iter().filter_map(|file| text::odd_name(&file.path)).collect());
}

#[test]
fn links_lead_somewhere() {
    none(markdown::broken_links(&Repository::load(), AWAITED));
}

#[test]
fn the_changelog_has_an_unreleased_section() {
    none(markdown::changelog(Repository::load().text("CHANGELOG.md")));
}

#[test]
fn the_law_and_the_log_depend_on_nothing_else() {
    let repository = Repository::load();
    none(manifest::unexpected("aggregates/Cargo.toml", repository.text("aggregates/Cargo.toml"), LAW));
    none(manifest::unexpected("tlog/Cargo.toml", repository.text("tlog/Cargo.toml"), LOG));
}

#[test]
fn members_take_the_workspaces_lints() {
    none(manifest::without_lints(&Repository::load()));
}

#[test]
fn npm_lockfiles_name_no_address() {
    none(Repository::load().texts().flat_map(manifest::addresses).collect());
}
