//! What the ledger signs with.

use tlog::Signer;

/// The keys that the ledger itself signs with.
pub struct Keys {
    /// Signs checkpoints; its name is the origin.
    pub log: Signer,
    /// Signs refusal notes.
    pub refusal: Signer,
}
