//! The contract that every store engine fulfils, and the engines that are held to it.
//!
//! `ledger`, `reading`, `rows`, `vault` and `forgetting` hold the contract's parts, generic over [`engine::Engine`];
//! one `contract!` for each engine makes them its tests. What only one engine promises stands in that engine's
//! module.
#![expect(clippy::unwrap_used, reason = "what serves tests fails as they do")]

mod engine;
mod forgetting;
mod ledger;
mod reading;
mod rows;
mod sample;
mod sqlite;
mod vault;
