//! The running system of Litopys: what stands around the law and the log.
//!
//! The way of a command: [`admission`] reads and verifies it, [`sequencer`] decides, numbers and commits it, [`http`]
//! answers.

pub mod access;
pub mod admission;
pub mod audit;
pub mod bench;
pub mod cli;
pub mod copy;
mod crew;
pub mod demo;
pub mod entry;
pub mod envelope;
pub mod http;
pub mod intake;
pub mod json;
pub mod keys;
pub mod node;
pub mod receipt;
pub mod replay;
pub mod report;
pub mod sequencer;
pub mod service;
pub mod store;

/// Commands are parsed into small pieces on many threads and dropped on one; the system's allocator spends a fifth of the time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
