//! The contract that every store engine fulfils, and the engines that are held to it.
//!
//! `ledger`, `reading`, `rows`, `vault`, `forgetting`, `delivery` and `access` hold the contract's parts, generic over [`engine::Engine`];
//! `the_contract!` lists them and one `contract!` for each engine makes them its tests. What only one engine promises stands in that engine's
//! module.
#![expect(clippy::unwrap_used, reason = "what serves tests fails as they do")]

mod access;
#[path = "../common/mod.rs"]
mod common;
mod delivery;
mod engine;
mod forgetting;
mod ledger;
#[cfg(feature = "postgres")]
mod postgres;
mod reading;
mod rows;
mod sample;
mod sqlite;
mod vault;

use std::io::Write as _;

/// Prints what each engine is held to: the list that the tests are made of, so that neither engine is held to less.
#[test]
fn every_engine_is_held_to_the_whole_contract() {
    let engines: &[&str] = if cfg!(feature = "postgres") { &["sqlite", "postgres"] } else { &["sqlite"] };
    let mut out = std::io::stdout();
    let mut held = 0;
    use engine::names;
    for (part, names) in engine::the_contract! { names! {} } {
        for name in names {
            held += 1;
            // Not println!, which the harness hides when a test passes.
            let _ = writeln!(out, "contract: {:<70} {}", format!("{part}::{name}"), engines.join(" "));
        }
    }
    assert!(held >= 40, "the contract has shrunk to {held}");
}
