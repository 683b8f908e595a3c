//! The sequencer: the one thread that decides and numbers entries, and those that commit them.
//!
//! **Invariant:** only the sequencer numbers entries. [`Core`] owns the registry, the tree, and the writing halves of the
//! store; nobody else holds any of them.
//!
//! **Invariant:** no answer before durability and publication. The order of a batch is that of [`Core::process`]: decide,
//! hash, sign, vault, ledger, read back, high-water mark, publish, answer. Any error between signing and publishing is
//! fatal for the core: it is dropped with all it holds and loaded again from the store, and it never signs again what it
//! had signed before.
//!
//! A commit has three parts, each on a thread of its own that owns what it writes to: [`seal`] the vault, [`commit`] the ledger,
//! [`publish`] the mark. Batches go through them one behind the other, so that one waits for the disk while the next is worked on, and
//! the next after them is decided on top, in memory only. If one fails, all behind it go with it, unanswered.

mod answer;
mod archive;
mod batch;
mod clock;
mod commit;
mod core;
mod decider;
mod edits;
mod follow;
mod keys;
mod lately;
mod note;
mod probe;
mod publish;
mod published;
mod recover;
mod run;
mod seal;
mod sealed;
mod work;

pub use answer::{Accepted, Answer, Refused};
pub use batch::{CODE_MESSAGE, MAX_BATCH};
pub use clock::{Clock, system_clock};
pub use commit::Fatal;
pub use core::Core;
pub use follow::Follower;
pub use keys::Keys;
pub use lately::{Lately, Told};
pub use note::{RefusalNote, RefusalNoteError};
pub use probe::{Probe, Quiet, Step};
pub use published::Published;
pub use recover::{LoadError, Opened, Replayed, load};
pub use run::{QUEUE, Sequencer, Source, Started, StepDown, Turned, start, start_waiting};
pub use sealed::Sealed;
