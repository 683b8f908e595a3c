//! The registry's answers, asked over HTTP by everybody who may ask, of a story that a real node was told.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/live.rs"]
mod live;
#[path = "../common/story.rs"]
mod story;

mod access_log;
mod feed;
mod kept;
mod killed;
mod matrix;
mod past;
mod postgres;
mod proofs;
mod registry;
mod reports;
mod tokens;
mod who;
