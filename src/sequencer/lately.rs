//! What the latest commits changed, for whoever keeps answers in memory.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use projections::Change;

/// How many changes wait for somebody who asks; beyond, they are forgotten.
const WAITING: usize = 8_192;

/// The changes of some commits: from which size to which, and all changes in between.
pub type Told = (Range<u64>, Vec<Change>);

/// What was told and not taken yet. It is told before the size is published, so whoever sees a size finds what led to it, or a gap.
/// Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Lately(Arc<Mutex<Vec<Told>>>);

impl Lately {
    /// Tells what changed between two sizes. Where that is not known, a gap is left: the range begins where it ends.
    pub(super) fn tell(&self, sizes: Range<u64>, changes: Vec<Change>) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.iter().map(|(_, changes)| changes.len() + 1).sum::<usize>() > WAITING {
            told.clear();
        }
        told.push((sizes, changes));
    }

    /// Takes what was told, in its order. There is one who takes: what he took is told to nobody else.
    pub fn take(&self) -> Vec<Told> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
