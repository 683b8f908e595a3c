//! What several integration tests share.
#![allow(dead_code, reason = "no single test uses all of it")]

pub mod shared;
