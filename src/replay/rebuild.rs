//! Rebuild: a ledger's own rows made anew from its entries and, where they differ, put in place.

use std::panic::resume_unwind;
use std::thread;

use tlog::Hash;

use super::proof::prove;
use super::walk::Changed;
use super::{ReplayError, Walk};
use crate::store::{Comparison, Expected, Head, LedgerReader, Rebuild, SumKey};

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

/// Adds up the rows that the entries make while the live ones are passed over. Where the sums are the same, so are the rows, and nothing is written.
/// Where they differ, all entries are folded into new rows beside the live ones, and compared with them; then the new ones are put in place,
/// unless it is only to `check`.
///
/// # Errors
/// [`ReplayError`]; entries that are not those the head was signed for make no rows.
pub fn rebuild(store: &mut dyn Rebuild, check: bool, told: &mut dyn FnMut(Step)) -> Result<Rebuilt, ReplayError> {
    let reader = store.reader()?;
    let head = reader.head()?;
    let (key, pass) = (SumKey::drawn()?, store.live());
    told(Step::Begun);
    let mut expected = Expected::new(key.clone());
    let mut walk = Walk::new(&*reader);
    let live = thread::scope(|scope| {
        let live = scope.spawn(|| pass(&key));
        let mut take = |(changes, links): Changed| Ok(expected.fold(&changes, links)?);
        walk.each(head.size, &mut take, &mut |done| told(Step::Folded(done, head.size)))?;
        Ok::<_, ReplayError>(live.join().unwrap_or_else(|panic| resume_unwind(panic))?)
    })?;
    prove_head(&mut walk, &*reader, &head)?;
    let (size, events) = (head.size, walk.events());
    if live.sums == expected.sums()? {
        told(Step::Compared);
        return Ok(Rebuilt { size, events, before: Comparison::same(&live), replaced: false });
    }
    in_full(store, &*reader, &head, check, told)
}

/// The same row by row, and with new rows.
fn in_full(
    store: &mut dyn Rebuild,
    reader: &dyn LedgerReader,
    head: &Head,
    check: bool,
    told: &mut dyn FnMut(Step),
) -> Result<Rebuilt, ReplayError> {
    store.begin()?;
    told(Step::Begun);
    let mut walk = Walk::new(reader);
    let mut write = |changes: &[_], links: &[_]| Ok(store.fold(changes, links)?);
    walk.fold(head.size, &mut write, &mut |done| told(Step::Folded(done, head.size)))?;
    prove_head(&mut walk, reader, head)?;
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

/// The entries that were walked are those that the head was signed for.
fn prove_head(walk: &mut Walk<'_>, reader: &dyn LedgerReader, head: &Head) -> Result<(), ReplayError> {
    if head.size > 0 {
        prove(walk, reader, head.size, None)?;
    }
    if walk.root() == Hash(head.root) {
        return Ok(());
    }
    Err(ReplayError::OtherRoot { size: head.size, computed: walk.root(), signed: Hash(head.root) })
}
