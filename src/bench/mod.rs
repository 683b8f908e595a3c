//! The benchmark: what commands, reads and audits cost beside the limit that signatures set, measured side by side in one run.

mod cast;
mod people;

pub use cast::{Cast, ORIGIN, Step};
