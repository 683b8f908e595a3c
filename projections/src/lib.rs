//! The read models of Litopys: what an entry changes in the rows that queries read.
//!
//! Pure folding; the stores keep the rows, versioned by size. A row never holds a personal value: it is made of events and
//! of those members of a command that the law has in clear.

mod change;
mod fold;

pub use change::{Change, Resource};
pub use fold::changes;
