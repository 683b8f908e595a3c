//! The leader dies under load, in every way that a process can, and the other takes over.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::common::postgres::wait_for;
use crate::common::proxy::{Proxy, Wire};
use crate::load::Load;
use crate::world::{Process, World};

/// Makes the leader die by `die` under load; the other must accept again. `revive` brings the first back, which then follows.
fn takes_over(what: &str, die: impl FnOnce(&mut Process, &Proxy), revive: impl FnOnce(&World, Process, &Proxy) -> Process) {
    let Some(world) = World::new() else { return };
    let proxy = Proxy::to(world.cluster.port());
    let mut first = world.serve_through("first", proxy.port());
    first.wait_until_it_led(1);
    let second = world.serve("second");
    let load = Load::on(&[&first.base, &second.base]);
    load.wait_for(100);
    let moment = Instant::now();
    die(&mut first, &proxy);
    second.wait_until_it_led(1);
    load.wait_for(100);
    let gap = load.gap_since(moment);
    // Not println!, which the harness hides when a test passes.
    let _ = writeln!(std::io::stdout(), "\ntakeover: leader {what}: accepting again after {} ms", gap.as_millis());
    assert!(gap < Duration::from_secs(20), "{gap:?}");
    let mut first = revive(&world, first, &proxy);
    load.wait_for(100);
    first.wait_until_ready();
    load.end(&world, 1);
    let (_, of_second) = second.get("/checkpoint").unwrap();
    wait_for("the first to catch up", || first.get("/checkpoint").is_some_and(|(_, of_first)| of_first == of_second));
    drop((first, second));
    world.audit();
}

#[test]
fn from_a_leader_that_was_killed() {
    takes_over("killed", |leader, _| leader.kill(), |world, _, _| world.serve("first"));
}

#[test]
fn from_a_leader_that_is_frozen() {
    takes_over(
        "frozen",
        |leader, _| leader.signal("STOP"),
        |_, leader, _| {
            // It wakes up with a batch in hand and cannot commit it.
            leader.signal("CONT");
            leader
        },
    );
}

#[test]
fn from_a_leader_that_was_cut_off() {
    takes_over(
        "cut off from the database",
        |_, proxy| proxy.set(Wire::Cut),
        |_, leader, proxy| {
            proxy.set(Wire::Whole);
            leader
        },
    );
}

/// The connections stay up and nothing passes any more, as behind a firewall that forgot them.
#[test]
fn from_a_leader_whose_wire_fell_silent() {
    takes_over(
        "behind a silent wire",
        |_, proxy| proxy.set(Wire::Silent),
        |_, leader, proxy| {
            proxy.set(Wire::Whole);
            leader
        },
    );
}
