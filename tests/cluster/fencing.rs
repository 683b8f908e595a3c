//! Two leaders forced at once: the database lets one commit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use litopys::store::postgres::{PostgresLedger, Target};
use litopys::store::{Head, Ledger, LedgerBatch, Store as _, StoreError, StoredEntry};
use uuid::Uuid;

use crate::common::postgres::{Cluster, SERVER};
use crate::load::Load;
use crate::world::World;

/// One entry on a head.
fn batch(head: &Head, by: u64) -> LedgerBatch {
    let size = head.size + 1;
    let mut root = head.root;
    root[..8].copy_from_slice(&(size << 8 | by).to_be_bytes());
    let new = Head { size, root, epoch: head.epoch, checkpoint: format!("{size} by {by}\n") };
    let entry = StoredEntry { index: head.size, time: 1_800_000_000_000, bytes: format!("entry {size} by {by}").into_bytes() };
    LedgerBatch { new, entries: vec![entry], ..LedgerBatch::on(head) }
}

/// Four writers without any lock, each of which takes the lead again whenever it was fenced off: every commit that was
/// acknowledged is there, at the place that it was acknowledged for.
#[test]
fn of_leaders_that_fight_one_commits_at_a_time() {
    const GOAL: u64 = 150;
    let Some(cluster) = Cluster::start() else { return };
    let (database, store) = cluster.created();
    let target = Target::parse(&cluster.url(SERVER, &database)).unwrap();
    let fenced = AtomicU64::new(0);
    let acknowledged: Vec<(u64, Vec<u8>)> = thread::scope(|scope| {
        let fight = |by: u64| {
            let (target, fenced) = (&target, &fenced);
            scope.spawn(move || {
                let mut ledger = PostgresLedger::unlocked(target, Uuid::from_u128(by.into())).unwrap();
                let mut acknowledged = Vec::new();
                loop {
                    let mut head = ledger.lead().unwrap();
                    // Now and then somebody has the time for a second one.
                    while head.size < GOAL {
                        let next = batch(&head, by);
                        match ledger.commit(&next) {
                            Ok(()) => acknowledged.push((next.entries[0].index, next.entries[0].bytes.clone())),
                            Err(StoreError::Fenced) => break,
                            Err(error) => panic!("{error:?}"),
                        }
                        head = next.new;
                    }
                    if head.size >= GOAL {
                        return acknowledged;
                    }
                    fenced.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let writers: Vec<_> = (1..5).map(fight).collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let reader = store.reader().unwrap();
    assert_eq!((reader.head().unwrap().size, acknowledged.len() as u64), (GOAL, GOAL));
    for (index, bytes) in acknowledged {
        assert_eq!(reader.entry(index).unwrap().unwrap().bytes, bytes);
    }
    assert!(fenced.load(Ordering::Relaxed) > 0, "nobody was ever fenced off: there was no fight");
}

/// Whoever takes the lead from a node at work fences it off in the midst; the node takes it back, and then the other cannot commit.
#[test]
fn a_forced_leader_fences_and_is_fenced() {
    let Some(world) = World::new() else { return };
    let mut node = world.serve("first");
    let load = Load::on(&[&node.base]);
    load.wait_for(50);
    let target = Target::parse(&world.cluster.url(SERVER, &world.database)).unwrap();
    let mut forced = PostgresLedger::unlocked(&target, Uuid::nil()).unwrap();
    let head = forced.lead().unwrap();
    load.wait_for(50);
    assert!(matches!(forced.commit(&batch(&head, 9)), Err(StoreError::Fenced)));
    load.end(&world, 1);
    assert_eq!(node.led(), 2, "it was fenced off, and leads again");
    assert!(world.store.reader().unwrap().head().unwrap().epoch > head.epoch);
    node.kill();
    world.audit();
}
