//! The crash tests of the spine, on PostgreSQL: the process killed, the database killed, the connection cut in the middle of a
//! commit.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::common::proxy::{Proxy, Wire};
use crate::load::Load;
use crate::world::World;

#[test]
fn a_node_killed_under_load_loses_nothing() {
    const ROUNDS: u64 = 12;
    let Some(world) = World::new() else { return };
    let mut node = world.serve("first");
    let load = Load::on(&[&node.base]);
    for round in 0..ROUNDS {
        load.wait_for(20);
        // Moments spread over the life of a batch, another in each round.
        std::thread::sleep(Duration::from_micros((round * 7_919) % 20_000));
        node.kill();
        node.restart();
    }
    load.wait_for(20);
    let size = load.end(&world, 1);
    let _ = writeln!(std::io::stdout(), "\ncrash: {ROUNDS} kills of the process, size {size}");
    node.kill();
    world.audit();
}

#[test]
fn a_database_killed_under_load_loses_nothing() {
    const ROUNDS: u64 = 4;
    let Some(mut world) = World::new() else { return };
    let mut node = world.serve("first");
    let load = Load::on(&[&node.base]);
    for round in 0..ROUNDS {
        load.wait_for(50);
        std::thread::sleep(Duration::from_micros((round * 7_919) % 20_000));
        let moment = Instant::now();
        world.cluster.kill();
        world.cluster.restart();
        load.wait_for(20);
        let gap = load.gap_since(moment);
        let _ = writeln!(std::io::stdout(), "\ncrash: database killed: accepting again after {} ms", gap.as_millis());
    }
    load.end(&world, 1);
    assert!(node.child.try_wait().unwrap().is_none(), "the node lived through it: {}", node.log());
    node.kill();
    world.audit();
}

/// Whether a commit took place whose answer was lost, the node finds out by loading anew, and never by signing again.
#[test]
fn a_connection_cut_in_the_middle_of_a_commit_is_resolved() {
    let Some(world) = World::new() else { return };
    let proxy = Proxy::to(world.cluster.port());
    let mut node = world.serve_through("first", proxy.port());
    let load = Load::on(&[&node.base]);
    for wire in [Wire::CutBeforeCommit, Wire::CutAfterCommit].repeat(4) {
        load.wait_for(30);
        proxy.set(wire);
        let until = Instant::now() + Duration::from_secs(20);
        while proxy.state() != Wire::Cut {
            assert!(Instant::now() < until, "no commit came by");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(150));
        proxy.set(Wire::Whole);
    }
    load.wait_for(30);
    load.end(&world, 1);
    let unknown = node.log().matches("it is not known whether the last commit took place").count();
    let _ = writeln!(std::io::stdout(), "\ncrash: {unknown} of 8 cuts left the outcome of a ledger's or vault's commit unknown");
    assert!(unknown > 0, "{}", node.log());
    assert!(node.child.try_wait().unwrap().is_none(), "{}", node.log());
    node.kill();
    world.audit();
}
