//! The running system of Litopys.

pub mod envelope;
pub mod json;
pub mod keys;
