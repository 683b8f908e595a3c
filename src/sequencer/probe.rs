//! Where a test may stop the sequencer.

/// A point in the life of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Decided, hashed and signed; nothing is stored.
    Signed,
    /// The vault has committed.
    VaultCommitted,
    /// The ledger has committed; nobody has been told.
    LedgerCommitted,
    /// The commit has been read back and verified.
    ReadBack,
    /// The high-water mark is raised.
    Marked,
    /// The head is published; nobody has been answered.
    Published,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 6] = [Step::Signed, Step::VaultCommitted, Step::LedgerCommitted, Step::ReadBack, Step::Marked, Step::Published];
}

/// Told of each step of each batch. It may kill the process or panic; tests of bad days do.
pub trait Probe: Send {
    /// A batch has come to this step.
    fn at(&mut self, step: Step);
}

/// The probe of a working system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Probe for Quiet {
    fn at(&mut self, _: Step) {}
}
