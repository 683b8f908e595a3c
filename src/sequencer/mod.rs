//! The sequencer: the one thread that decides and numbers entries, and the one that commits them.
//!
//! **Invariant:** only the sequencer numbers entries. [`Core`] owns the registry, the tree, and the writing halves of the
//! store; nobody else holds any of them.
//!
//! **Invariant:** no answer before durability and publication. The order of a batch is that of [`Core::process`]: decide,
//! hash, sign, vault, ledger, read back, high-water mark, publish, answer. Any error between signing and publishing is
//! fatal for the core: it is dropped with all it holds and loaded again from the store, and it never signs again what it
//! had signed before.
//!
//! While a batch is committed the next is decided on top of it, in memory only: its commit begins when the one before is published,
//! and if that one fails it goes with it, unanswered. So at most two batches are under way, one closed and one open.

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
mod published;
mod recover;
mod run;
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
