//! What readers see of a ledger.

use std::sync::atomic::{AtomicBool, Ordering};

use litopys::store::{LedgerReader, MAX_PAGE_BYTES, MAX_PAGE_ROWS};
use projections::Resource;

use crate::engine::Engine;
use crate::sample::{self, batch, everything, grow, refusal};

pub fn a_tile_of_the_second_level_is_stored<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    grow(&mut *ledger, 65_535);
    let reader = ledger.reader().unwrap();
    assert_eq!(reader.tile(1, 0).unwrap(), None);
    grow(&mut *ledger, 1);
    assert!(reader.tile(1, 0).unwrap().is_some());
    ledger.maintain().unwrap();
    assert_eq!(reader.tiles((0, 0), MAX_PAGE_ROWS).unwrap().len(), 257);
    assert_eq!(reader.head().unwrap().size, 65_536);
}

/// Readers in other threads see committed batches, whole, whenever they look.
pub fn readers_see_whole_batches<E: Engine>() {
    const BATCHES: u64 = 60;
    let store = E::fresh();
    let mut ledger = store.lead();
    let done = AtomicBool::new(false);
    let readers = [ledger.reader().unwrap(), store.reader().unwrap()];
    std::thread::scope(|scope| {
        for reader in readers {
            let done = &done;
            scope.spawn(move || {
                let mut last = 0;
                loop {
                    let finished = done.load(Ordering::SeqCst);
                    let size = look(&*reader);
                    assert!(size >= last, "{size} after {last}");
                    last = size;
                    if finished {
                        break;
                    }
                }
                assert_eq!(last, BATCHES * COUNT);
            });
        }
        let _readers_end = SetAtEnd(&done);
        for _ in 0..BATCHES {
            grow(&mut *ledger, COUNT);
            ledger.maintain().unwrap();
        }
    });
}

/// Entries of each batch.
const COUNT: u64 = 7;

/// Whatever the head says is there, and nothing ends inside a batch. Answers the size.
fn look(reader: &dyn LedgerReader) -> u64 {
    let head = reader.head().unwrap();
    assert!(head.size.is_multiple_of(COUNT), "{}", head.size);
    if let Some(newest) = head.size.checked_sub(1) {
        assert_eq!(reader.checkpoint(head.size).unwrap().as_ref(), Some(&head.checkpoint));
        let entries = reader.entries(head.size - COUNT, COUNT as usize).unwrap();
        assert_eq!(entries.len() as u64, COUNT);
        let row = reader.row(Resource::LegalEntity, &format!("row-{}", newest % 5), head.size);
        assert_eq!(row.unwrap().unwrap().entry, newest);
    }
    let listed = reader.entries(0, MAX_PAGE_ROWS).unwrap().len() as u64;
    assert!(listed >= head.size && listed.is_multiple_of(COUNT), "{listed}");
    head.size
}

/// Tells the readers to end, also when the writer panics.
struct SetAtEnd<'a>(&'a AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

pub fn a_reopened_ledger_is_equal<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    grow(&mut *ledger, 300);
    let mut refused = batch(&ledger.head().unwrap(), 4);
    refused.refusals.push(refusal(1, 302));
    ledger.commit(&refused).unwrap();
    let before = everything(&*ledger.reader().unwrap(), 100);
    drop(ledger);
    assert_eq!(everything(&*store.reader().unwrap(), 100), before);
    let mut ledger = store.open().unwrap().0;
    assert_eq!(ledger.head().unwrap(), before.head);
    ledger.lead().unwrap();
    grow(&mut *ledger, 1);
    assert_eq!(store.reader().unwrap().head().unwrap().size, before.head.size + 1);
}

pub fn pages_of_any_length_show_everything<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    for count in [3, 1, 270, 5] {
        let mut next = batch(&ledger.head().unwrap(), count);
        next.refusals = (0..count.min(9)).map(|n| refusal(next.old.size * 2 + n, next.old.size)).collect();
        ledger.commit(&next).unwrap();
    }
    let reader = ledger.reader().unwrap();
    let whole = everything(&*reader, usize::MAX);
    assert_eq!(whole.entries.len(), 279);
    for limit in [1, 2, 3, 7, 279] {
        assert_eq!(everything(&*reader, limit), whole, "pages of {limit}");
    }
    assert!(reader.entries(0, 0).unwrap().is_empty());
    let span = sample::time(0)..sample::time(4);
    let within = reader.refusals(span.clone(), None, 99).unwrap();
    let expected: Vec<_> = whole.refusals.into_iter().filter(|row| span.contains(&row.time)).collect();
    assert_eq!(within, expected);
}

pub fn a_page_of_entries_is_bounded_in_bytes<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let mut large = batch(&ledger.head().unwrap(), 200);
    large.entries.iter_mut().for_each(|entry| entry.bytes = vec![b'x'; 65_535]);
    ledger.commit(&large).unwrap();
    let page = ledger.reader().unwrap().entries(0, usize::MAX).unwrap();
    assert_eq!(page.len(), MAX_PAGE_BYTES.div_ceil(65_535));
    grow(&mut *ledger, 2_000);
    assert_eq!(ledger.reader().unwrap().entries(200, usize::MAX).unwrap().len(), MAX_PAGE_ROWS);
}

pub fn entries_are_lent_as_they_are_listed<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    grow(&mut *ledger, 40);
    let mut large = batch(&ledger.head().unwrap(), 3);
    large.entries.iter_mut().for_each(|entry| entry.bytes = vec![b'x'; 65_535]);
    ledger.commit(&large).unwrap();
    let reader = store.reader().unwrap();
    let another = reader.another().unwrap();
    let size = reader.head().unwrap().size;
    for (from, limit) in [(0, usize::MAX), (0, 0), (7, 30), (size - 2, 5), (size, 5), (u64::MAX, 5)] {
        let mut lent = Vec::new();
        another.each_entry(from, limit, &mut |entry| lent.push(entry.to_stored())).unwrap();
        assert_eq!(lent, reader.entries(from, limit).unwrap(), "{limit} from {from}");
    }
    // It sees what comes later, as every reader does.
    grow(&mut *ledger, 1);
    let mut lent = 0;
    another.each_entry(size, 5, &mut |_| lent += 1).unwrap();
    assert_eq!(lent, 1);
}

pub fn a_size_is_found_by_time<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let reader = ledger.reader().unwrap();
    assert_eq!(reader.size_at(i64::MAX).unwrap(), 0);
    grow(&mut *ledger, 11);
    assert_eq!(reader.size_at(sample::time(0) - 1).unwrap(), 0);
    for size in 1..=10 {
        // Two entries share a time.
        assert_eq!(reader.size_at(sample::time(size - 1)).unwrap(), size.next_multiple_of(2));
    }
    assert_eq!(reader.size_at(sample::time(10)).unwrap(), 11);
    assert_eq!(reader.size_at(i64::MAX).unwrap(), 11);
}
