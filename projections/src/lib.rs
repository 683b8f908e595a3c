//! The read models of Litopys: what an entry changes in the rows that queries read.
//!
//! Pure folding; the stores keep the rows, versioned by size. A row never holds a personal value.

mod change;

pub use change::{Change, Resource};
