//! The other nodes on a store that several may share.

use std::time::Duration;

use uuid::Uuid;

use super::StoreError;

/// Who leads, or led last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// The node.
    pub node: Uuid,
    /// Where it takes commands from the others; empty if nowhere.
    pub address: String,
    /// Whether it still holds the lead's lock.
    pub holds: bool,
    /// For how long it has said nothing, by the store's clock.
    pub silent: Duration,
}

/// How a node sees who leads and says that it lives. All this only avoids quarrels: that two leaders cannot both commit is the doing of
/// the compare-and-swap.
pub trait Peers: Send {
    /// Who leads, or led last.
    fn leader(&self) -> Result<Leader, StoreError>;

    /// Says that this node, which leads, lives. [`StoreError::Fenced`] where another has taken the lead.
    fn beat(&mut self) -> Result<(), StoreError>;

    /// Cuts a leader off that says nothing any more: what it had begun is rolled back, and the lead's lock is free.
    fn depose(&self, silent: &Leader) -> Result<(), StoreError>;
}
