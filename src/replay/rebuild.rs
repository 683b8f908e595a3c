//! Rebuild: a ledger's own rows made anew from its entries and, where they differ, put in place.

use tlog::Hash;

use super::proof::prove;
use super::{ReplayError, Walk};
use crate::store::{Comparison, Rebuild};

/// How far a rebuild has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There are no new rows yet.
    Begun,
    /// This many entries of all are folded.
    Folded(u64, u64),
    /// Live and new rows have been compared.
    Compared,
    /// The new rows are in place, and not committed.
    Replacing,
    /// The new rows are in place.
    Replaced,
}

/// What a rebuild came to.
#[derive(Clone, Debug)]
pub struct Rebuilt {
    /// How many entries there are.
    pub size: u64,
    /// How many events were folded.
    pub events: u64,
    /// The live rows as they were, against the new ones.
    pub before: Comparison,
    /// Whether new rows were put in place.
    pub replaced: bool,
}

/// Folds all entries into new rows beside the live ones and compares. Where they differ the new ones are put in place, unless
/// it is only to `check`; where they do not, nothing is written.
///
/// # Errors
/// [`ReplayError`]; entries that are not those the head was signed for make no rows.
pub fn rebuild(store: &mut dyn Rebuild, check: bool, told: &mut dyn FnMut(Step)) -> Result<Rebuilt, ReplayError> {
    let reader = store.reader()?;
    let head = reader.head()?;
    store.begin()?;
    told(Step::Begun);
    let mut walk = Walk::new(&*reader);
    let mut write = |changes: &[_], links: &[_]| Ok(store.fold(changes, links)?);
    walk.fold(head.size, &mut write, &mut |done| told(Step::Folded(done, head.size)))?;
    if head.size > 0 {
        prove(&mut walk, &*reader, head.size, None)?;
    }
    if walk.root() != Hash(head.root) {
        return Err(ReplayError::OtherRoot { size: head.size, computed: walk.root(), signed: Hash(head.root) });
    }
    let before = store.compare()?;
    told(Step::Compared);
    let replaced = before.differences > 0 && !check;
    if replaced {
        store.replace(&mut || told(Step::Replacing))?;
        told(Step::Replaced);
        if store.compare()?.differences > 0 {
            return Err(ReplayError::NotReplaced);
        }
    }
    Ok(Rebuilt { size: head.size, events: walk.events(), before, replaced })
}
