//! What several integration tests share.
#![allow(dead_code, reason = "no single test uses all of it")]

pub mod accredit;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "postgres")]
pub mod proxy;
pub mod shared;
