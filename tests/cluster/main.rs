//! Nodes on PostgreSQL on bad days: killed, frozen, cut off, alone and in pairs. Nothing that was acknowledged is lost or
//! stands there twice, and somebody soon takes commands again.
#![cfg(feature = "postgres")]
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod backup;
#[path = "../common/mod.rs"]
mod common;
mod copy;
mod crash;
mod demo;
mod fencing;
mod following;
mod load;
#[path = "../common/plain.rs"]
mod plain;
mod takeover;
mod world;
