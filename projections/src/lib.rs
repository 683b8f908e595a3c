//! The read models of Litopys: what an entry changes in the rows that queries read.
//!
//! Pure folding; the stores keep the rows, versioned by size. A row never holds a personal value: it is made of events and
//! of those members of a command that the law has in clear.

mod change;
mod changes;
mod folding;
mod links;
mod members;
mod resource;
mod words;

pub use change::Change;
pub use changes::changes;
pub use folding::{
    ChangeError, Changed, ENTRIES, FoldError, Folded, Indexed, MAX_ENTRIES, MAX_VALUE, Open, Stored, Version, WORD, beginning, changed,
    fold, found_by,
};
pub use links::{LINK_BLOCK, Link, LinkKind, add_to_block, link_blocks, linked_in, links};
pub use resource::Resource;
pub use words::{MAX_WORD, MAX_WORDS, matches, words, words_of};
