//! The interface, through its router. One file per family of routes.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod batch;
mod commands;
mod directory;
mod log;
mod overload;
mod world;
