//! What whoever follows a ledger relies on: every entry once, in one order, from wherever he goes on.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use litopys::replay::{ReplayError, Walk};
use litopys::store::{Ledger, LedgerReader, StoreError, StoredEntry};

use crate::engine::Engine;
use crate::sample::{self, batch, grow};

/// Follows from an index to a size by pages of `limit`.
fn follow(reader: &dyn LedgerReader, from: u64, size: u64, limit: usize) -> Vec<StoredEntry> {
    let mut all: Vec<StoredEntry> = Vec::new();
    let mut next = from;
    while next < size {
        let page = reader.entries(next, limit.min((size - next) as usize)).unwrap();
        next = page.last().expect("an entry below the size is there").index + 1;
        all.extend(page);
    }
    all
}

/// Commits batches of changing length until told to end; answers how many entries there are then.
fn keep_writing(ledger: &mut dyn Ledger, end: &AtomicBool) -> u64 {
    let mut size = 0;
    for count in [1, 7, 2, 30, 3].into_iter().cycle() {
        size = grow(ledger, count).size;
        if end.load(Ordering::Relaxed) && size > 200 {
            break;
        }
    }
    size
}

/// Whoever follows a ledger that grows gets every entry that is committed, as it was committed.
pub fn every_committed_entry_is_delivered<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let reader = ledger.reader().unwrap();
    let end = AtomicBool::new(false);
    thread::scope(|scope| {
        let writer = scope.spawn(|| keep_writing(&mut *ledger, &end));
        let mut delivered = Vec::new();
        while delivered.len() < 150 {
            let size = reader.head().unwrap().size;
            delivered.extend(follow(&*reader, delivered.len() as u64, size, 13));
        }
        end.store(true, Ordering::Relaxed);
        let size = writer.join().unwrap();
        delivered.extend(follow(&*reader, delivered.len() as u64, size, 13));
        assert!(delivered.iter().zip(0..size).all(|(entry, index)| *entry == sample::entry(index)));
        assert_eq!(delivered.len() as u64, size);
    });
}

/// No entry is delivered at two places, however batches are cut.
pub fn no_entry_is_at_two_places<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    for count in [1, 2, 300, 1, 5] {
        grow(&mut *ledger, count);
    }
    let all = follow(&*ledger.reader().unwrap(), 0, 309, 50);
    let bytes: BTreeSet<&[u8]> = all.iter().map(|entry| entry.bytes.as_slice()).collect();
    let places: BTreeSet<u64> = all.iter().map(|entry| entry.index).collect();
    assert_eq!((bytes.len(), places.len(), all.len()), (309, 309, 309));
}

/// From every place, with pages of any length, the rest is the rest.
pub fn resuming_after_any_place_loses_nothing<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    for count in [3, 1, 8, 5] {
        grow(&mut *ledger, count);
    }
    let reader = ledger.reader().unwrap();
    let all = follow(&*reader, 0, 17, 100);
    for from in 0..=17 {
        for limit in [1, 2, 5, 100] {
            assert_eq!(follow(&*reader, from, 17, limit), all[from as usize..], "from {from} by {limit}");
        }
    }
    assert!(reader.entries(17, 9).unwrap().is_empty());
}

/// Entries are in the order of their commits, though the ids of their commands run the other way.
pub fn the_order_of_ids_is_not_that_of_commits<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    for number in 0..5 {
        let mut next = batch(&ledger.head().unwrap(), 2);
        for (outcome, less) in next.outcomes.iter_mut().zip(0..) {
            outcome.id = sample::id(1_000 - 10 * number - less);
        }
        ledger.commit(&next).unwrap();
    }
    let reader = ledger.reader().unwrap();
    let outcomes = reader.outcomes(0, 100).unwrap();
    assert!(outcomes.is_sorted_by(|a, b| a.index < b.index && a.id > b.id));
    for outcome in &outcomes {
        assert_eq!(reader.outcome(&outcome.id).unwrap().as_ref(), Some(outcome));
    }
    assert!(follow(&*reader, 0, 10, 3).is_sorted_by(|a, b| a.index + 1 == b.index));
}

/// An entry that cannot be read stops whoever folds, and is named; what comes after it is not taken instead.
pub fn a_malformed_entry_stops_the_fold_and_is_named<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    grow(&mut *ledger, 3);
    let reader = ledger.reader().unwrap();
    let mut walk = Walk::new(&*reader);
    let mut taken = 0;
    let mut write = |_: &[_], _: &[_]| {
        taken += 1;
        Ok(())
    };
    let stopped = walk.fold(3, &mut write, &mut |_| {});
    assert!(matches!(stopped, Err(ReplayError::Entry { index: 0, .. })), "{stopped:?}");
    assert_eq!(taken, 0);
}

/// A catch-up goes to the size that was there when it began, and ends, though the ledger grows on.
pub fn a_catch_up_ends_at_the_size_it_began_with<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let head = grow(&mut *ledger, 40);
    let reader = ledger.reader().unwrap();
    let end = AtomicBool::new(false);
    thread::scope(|scope| {
        let writer = scope.spawn(|| keep_writing(&mut *ledger, &end));
        let caught_up = follow(&*reader, 0, head.size, 7);
        end.store(true, Ordering::Relaxed);
        assert!(writer.join().unwrap() > head.size);
        assert_eq!(caught_up.len() as u64, head.size);
        let again = follow(&*reader, 0, head.size, 100);
        assert_eq!(again, caught_up, "what was there stays");
    });
}

/// What was made for another ledger is refused at opening.
pub fn a_vault_of_another_ledger_is_refused<E: Engine>() {
    let (store, other) = (E::fresh(), E::fresh());
    let refused = store.open_with_vault_of(&other).err();
    assert!(matches!(refused, Some(StoreError::NotALedger { .. })), "{refused:?}");
    assert!(store.open().is_ok());
}
