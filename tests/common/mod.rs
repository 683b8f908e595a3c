//! What several integration tests share.
#![allow(dead_code, reason = "no single test uses all of it")]

#[cfg(feature = "postgres")]
pub mod postgres;
pub mod shared;
