//! What is committed, and what is refused.

use litopys::store::{Head, LedgerBatch, StoreError};

use crate::engine::Engine;
use crate::sample::{self, batch, everything, grow, refusal};

pub fn an_empty_ledger_has_the_root_of_nothing<E: Engine>() {
    let store = E::fresh();
    let ledger = store.open().unwrap().0;
    let head = ledger.head().unwrap();
    assert_eq!((head.size, head.epoch, head.checkpoint.as_str()), (0, 0, ""));
    assert_eq!(head.root[..4], [0xe3, 0xb0, 0xc4, 0x42], "SHA-256 of nothing");
    let reader = ledger.reader().unwrap();
    assert_eq!(reader.head().unwrap(), head);
    assert_eq!(reader.entry(0).unwrap(), None);
    assert_eq!(reader.checkpoint(0).unwrap(), None);
}

pub fn commits_are_dense_and_read_back<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let reader = ledger.reader().unwrap();
    let mut batches = Vec::new();
    for count in [1, 2, 252, 1, 1, 300] {
        let mut next = batch(&ledger.head().unwrap(), count);
        next.refusals.push(refusal(next.old.size, next.new.size));
        ledger.commit(&next).unwrap();
        assert_eq!(ledger.head().unwrap(), next.new);
        assert_eq!(reader.head().unwrap(), next.new);
        batches.push(next);
    }
    let all = everything(&*reader, 100);
    assert!(all.entries.iter().zip(0..).all(|(entry, index)| *entry == sample::entry(index)));
    assert!(all.streams.iter().zip(0..).all(|((number, _), dense)| *number == dense));
    let names: Vec<_> = all.streams.into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, flat(&batches, |batch| batch.streams.clone()));
    let notes = |batch: &LedgerBatch| vec![(batch.new.size, batch.new.checkpoint.clone())];
    assert_eq!(all.checkpoints, flat(&batches, notes));
    assert_eq!(all.tiles, flat(&batches, |batch| batch.tiles.clone()));
    assert_eq!(all.tiles.len(), 2);
    assert_eq!(all.outcomes, flat(&batches, |batch| batch.outcomes.clone()));
    assert_eq!(all.refusals, flat(&batches, |batch| batch.refusals.clone()));
    for outcome in &all.outcomes {
        assert_eq!(reader.outcome(&outcome.id).unwrap().as_ref(), Some(outcome));
        assert_eq!(reader.entry(outcome.index).unwrap(), Some(sample::entry(outcome.index)));
    }
    for row in &all.refusals {
        assert_eq!(reader.refusal(&row.id).unwrap().as_ref(), Some(row));
    }
    for tile in &all.tiles {
        assert_eq!(reader.tile(tile.level, tile.index).unwrap().as_ref(), Some(&tile.hashes));
    }
    assert_eq!(reader.tile(0, 2).unwrap(), None);
    assert_eq!(reader.checkpoint(2).unwrap(), None);
    assert_eq!(reader.outcome(&refusal(0, 0).id).unwrap(), None);
    assert_eq!(reader.refusal(&sample::id(0)).unwrap(), None);
    assert_eq!(reader.entry(u64::MAX).unwrap(), None);
}

pub fn a_stale_head_is_fenced<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let first = batch(&ledger.head().unwrap(), 3);
    ledger.commit(&first).unwrap();
    let before = everything(&*ledger.reader().unwrap(), 100);
    let fenced = |result| assert!(matches!(result, Err(StoreError::Fenced)), "{result:?}");
    fenced(ledger.commit(&first));
    let mut other_root = batch(&ledger.head().unwrap(), 1);
    other_root.old.root[0] ^= 1;
    fenced(ledger.commit(&other_root));
    let mut other_size = batch(&Head { size: 4, ..first.new.clone() }, 1);
    other_size.changes.clear();
    fenced(ledger.commit(&other_size));
    let mut refused = batch(&first.old, 0);
    refused.refusals.push(refusal(1, 0));
    fenced(ledger.commit(&refused));
    assert_eq!(everything(&*ledger.reader().unwrap(), 100), before);
    grow(&mut *ledger, 1);
}

pub fn a_stale_epoch_is_fenced<E: Engine>() {
    let store = E::fresh();
    let (mut ledger, _vault) = store.open().unwrap();
    let unled = batch(&ledger.head().unwrap(), 1);
    assert!(matches!(ledger.commit(&unled), Err(StoreError::Fenced)), "commits without taking the lead");
    let first = ledger.lead().unwrap();
    assert_eq!(first.epoch, unled.old.epoch + 1);
    let second = ledger.lead().unwrap();
    assert_eq!(second, Head { epoch: first.epoch + 1, ..first.clone() });
    assert!(matches!(ledger.commit(&batch(&first, 1)), Err(StoreError::Fenced)));
    assert!(matches!(ledger.commit(&unled), Err(StoreError::Fenced)));
    ledger.commit(&batch(&second, 1)).unwrap();
    drop(ledger);
    drop(_vault);
    assert_eq!(store.lead().head().unwrap().epoch, second.epoch + 1, "the epoch survives");
}

/// A rival is either not let in, or fences off the first: never do both commit on one head.
pub fn of_two_writers_one_commits<E: Engine>() {
    let store = E::fresh();
    let (mut first, _vault) = store.open().unwrap();
    let head = first.lead().unwrap();
    let rival = store.open().and_then(|(mut ledger, _)| ledger.lead().map(|head| (ledger, head)));
    let first_commits = first.commit(&batch(&head, 1));
    match rival {
        Err(StoreError::Locked { .. }) => first_commits.unwrap(),
        Err(other) => panic!("{other}"),
        Ok((mut rival, head)) => {
            assert!(matches!(first_commits, Err(StoreError::Fenced)));
            rival.commit(&batch(&head, 1)).unwrap();
        }
    }
    assert_eq!(first.head().unwrap().size, 1);
}

pub fn a_batch_may_hold_only_refusals<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let head = grow(&mut *ledger, 2);
    let mut refused = batch(&head, 0);
    refused.refusals = vec![refusal(1, 2), refusal(2, 2)];
    ledger.commit(&refused).unwrap();
    let reader = ledger.reader().unwrap();
    assert_eq!(reader.head().unwrap(), head);
    assert_eq!(reader.refusals(i64::MIN..i64::MAX, None, 9).unwrap(), refused.refusals);
    assert_eq!(reader.checkpoints(0, 9).unwrap().len(), 1);
    grow(&mut *ledger, 1);
}

/// What is wrong, and how to make it so.
type Spoil = (&'static str, fn(&mut LedgerBatch));

/// A batch that contradicts itself or what is stored is refused, and nothing of it is there.
pub fn a_bad_batch_leaves_nothing<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let mut first = batch(&ledger.head().unwrap(), 256);
    first.refusals.push(refusal(1, 256));
    ledger.commit(&first).unwrap();
    let before = everything(&*ledger.reader().unwrap(), 500);
    let good = batch(&first.new, 256);
    let spoil: [Spoil; 23] = [
        ("gap", |b| b.entries[7].index += 1),
        ("entry left out", |b| drop(b.entries.pop())),
        ("size", |b| b.new.size += 1),
        ("time runs backwards", |b| b.entries[7].time -= 10),
        ("time before the last batch", |b| b.entries.iter_mut().for_each(|entry| entry.time -= 1000)),
        ("empty entry", |b| b.entries[7].bytes.clear()),
        ("long entry", |b| b.entries[7].bytes = vec![b' '; 65_536]),
        ("epoch", |b| b.new.epoch += 1),
        ("no checkpoint", |b| b.new.checkpoint.clear()),
        ("short tile", |b| b.tiles[0].hashes.truncate(8191)),
        ("missing tile", |b| b.tiles.clear()),
        ("early tile", |b| b.tiles[0].index += 1),
        ("double tile", |b| b.tiles.push(b.tiles[0].clone())),
        ("outcome elsewhere", |b| b.outcomes[0].index = 3),
        ("outcome's size", |b| b.outcomes[0].size -= 1),
        ("outcome twice", |b| b.outcomes[9].id = b.outcomes[8].id),
        ("outcome of before", |b| b.outcomes[9].id = sample::id(3)),
        ("outcome of a refused command", |b| b.outcomes[9].id = refusal(1, 0).id),
        ("refusal twice", |b| b.refusals.push(refusal(1, 256))),
        ("refusal of an accepted command", |b| b.refusals.push(refusal(2, 256))),
        ("stream of before", |b| b.streams[200] = format!("patient/{}", sample::id(3))),
        ("change elsewhere", |b| b.changes[0].entry = 3),
        ("changes out of order", |b| b.changes.swap(0, 9)),
    ];
    for (name, spoil) in spoil {
        let mut bad = good.clone();
        spoil(&mut bad);
        if name == "refusal of an accepted command" {
            bad.refusals[0].id = sample::id(300);
        }
        let error = ledger.commit(&bad).expect_err(name);
        assert!(matches!(error, StoreError::Invalid { .. }), "{name}: {error:?}");
        assert!(error.rolled_back());
        assert_eq!(everything(&*ledger.reader().unwrap(), 500), before, "{name}");
    }
    let empty = batch(&first.new, 0);
    assert!(ledger.commit(&empty).is_err(), "an empty batch");
    let mut moved = empty;
    moved.refusals.push(refusal(2, 256));
    moved.new.root[0] ^= 1;
    assert!(ledger.commit(&moved).is_err(), "another root at the same size");
    ledger.commit(&good).unwrap();
}

/// Batches that are committed together leave what they leave one by one; and if one is refused, none of them is there.
pub fn batches_together_are_as_one_by_one<E: Engine>() {
    let (together, alone) = (E::fresh(), E::fresh());
    let (mut one, mut other) = (together.lead(), alone.lead());
    let mut batches: Vec<LedgerBatch> = Vec::new();
    for count in [1, 300, 2, 40] {
        let head = batches.last().map_or_else(|| one.head().unwrap(), |last| last.new.clone());
        batches.push(batch(&head, count));
    }
    for spoil in 0..batches.len() {
        let mut bad = batches.clone();
        bad[spoil].outcomes[0].id = sample::id(9);
        bad[spoil].refusals.push(refusal(1, 0));
        bad[spoil].refusals[0].id = sample::id(9);
        assert!(matches!(one.commit_together(&bad), Err(StoreError::Invalid { .. })), "{spoil}");
        assert_eq!(one.head().unwrap().size, 0);
    }
    let apart = [batches[0].clone(), batches[2].clone()];
    assert!(matches!(one.commit_together(&apart), Err(StoreError::Invalid { .. })), "each is made on the one before");
    one.commit_together(&batches).unwrap();
    batches.iter().for_each(|batch| other.commit(batch).unwrap());
    assert_eq!(everything(&*one.reader().unwrap(), 100), everything(&*other.reader().unwrap(), 100));
    one.commit_together(&[]).unwrap();
    grow(&mut *one, 1);
}

/// Of many ids at once it is told what became of those that are known, and of no others.
pub fn earlier_commands_are_told_together<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let mut first = batch(&ledger.head().unwrap(), 30);
    first.refusals = (0..5).map(|number| refusal(number, 30)).collect();
    ledger.commit(&first).unwrap();
    let reader = ledger.reader().unwrap();
    let ids: Vec<_> = (0..60).map(sample::id).chain((0..10).map(|number| refusal(number, 0).id)).collect();
    let earlier = reader.earlier(&ids).unwrap();
    assert_eq!((earlier.outcomes.len(), earlier.refusals.len()), (30, 5));
    for id in &ids {
        assert_eq!(earlier.outcomes.get(id).cloned(), reader.outcome(id).unwrap());
        assert_eq!(earlier.refusals.get(id).cloned(), reader.refusal(id).unwrap());
    }
    assert!(reader.earlier(&[]).unwrap().outcomes.is_empty());
}

fn flat<T>(batches: &[LedgerBatch], part: impl Fn(&LedgerBatch) -> Vec<T>) -> Vec<T> {
    batches.iter().flat_map(part).collect()
}
