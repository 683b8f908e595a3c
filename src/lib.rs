//! The running system of Litopys.

pub mod store;
