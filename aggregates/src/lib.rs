//! The law of Litopys: what a command may do to the registry.
//!
//! Pure: no I/O, no clock, no randomness, and no knowledge of envelopes, databases or HTTP.
//! The same entries give the same registry on every machine.

pub mod words;
