//! Where the ledger and the vault are kept: one set of traits, one contract suite, several engines.
//!
//! A store has two places with different fates. The **ledger** holds what may be kept for ever and shown to an
//! auditor; it only grows, and no row of it holds a personal value. The **vault** holds the personal values and what
//! is derived from them; it alone can forget.
//!
//! **Invariant:** one writer. [`Ledger`] and [`Vault`] are owned by the sequencer's thread; every transaction of
//! either begins with a compare-and-swap of its own head row, so that a process which is no longer the leader changes
//! nothing.
//!
//! **Invariant:** the vault commits first and then only gains rows stamped with the index of their entry. Its edits
//! and deletions follow the ledger's commit, and each is bounded by an entry, so that doing one twice is the same as
//! doing it once.
//!
//! A store knows neither envelopes nor signatures nor the law: it keeps the bytes it is given.

mod access_log;
mod access_queue;
mod access_rows;
mod ahead;
mod compare;
mod compressed;
mod dictionary;
mod disclosed;
mod error;
mod expected;
mod high_water;
mod ledger;
mod live;
mod packed;
mod parsed;
mod peers;
mod place;
#[cfg(feature = "postgres")]
pub mod postgres;
mod rebuild;
mod recent;
mod rows;
pub mod sqlite;
mod sums;
mod vault;

pub use access_log::{AccessLog, AccessRecord, QueueFull, Shown, Subjects, Who};
pub use ahead::{Asked, Earlier, Known};
pub use compressed::EntryDecompressor;
pub use error::StoreError;
pub(crate) use expected::Expected;
pub(crate) use high_water::sync_directory;
pub use high_water::{HighWater, HighWaterError, Missing};
pub use ledger::{
    First, FullTile, Head, Ledger, LedgerBatch, LedgerReader, Lent, MAX_ENTRY_BYTES, Outcome, RefusalRow, StoredEntry, TILE_BYTES,
};
pub use live::{Live, LivePass};
pub(crate) use parsed::parsed;
pub use peers::{Leader, Peers};
pub use place::{Snapshot, Store, Writers};
pub use rebuild::{Comparison, Difference, Fault, MAX_DIFFERENCES, Rebuild};
pub use rows::{Row, RowKey, RowQuery, Rows};
pub(crate) use sums::{CellRef, LINKS, RowBytes, VERSIONS};
pub use sums::{Sum, SumKey, Sums};
pub use vault::{
    CodeRow, DisclosureRow, IndexKey, IndexRow, MatchRow, OutboxRow, StampedRows, Vault, VaultBatch, VaultEdit, VaultHead, VaultReader,
    VaultRows,
};

/// The most rows that one call of a reader returns, whatever limit it was given.
pub const MAX_PAGE_ROWS: usize = 1_000;

/// A page of entries ends with the entry that brings it to this many bytes or more.
pub const MAX_PAGE_BYTES: usize = 8 << 20;
