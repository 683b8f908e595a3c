//! What a node does that does not lead.

use crate::common::accredit::{command, id, now};
use crate::common::postgres::wait_for;
use crate::load::Load;
use crate::world::{ORIGIN, World};

/// A follower takes commands for the leader, answers what the leader answered, and shows what was accepted as soon as it is
/// asked for it.
#[test]
fn a_follower_forwards_and_reads() {
    let Some(world) = World::new() else { return };
    let leader = world.serve("first");
    leader.wait_until_it_led(1);
    let follower = world.serve("second");
    let post = |base: &str, body: &str, kind: &str, path: &str| {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let mut answer = ureq::Agent::new_with_config(config).post(format!("{base}{path}")).content_type(kind).send(body).unwrap();
        let replayed = answer.headers().get("idempotent-replayed").is_some();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap(), replayed)
    };
    let single = |base: &str, body: &str| post(base, body, "application/jose+json", "/v1/commands");
    let issued_at = now();
    let first = command(ORIGIN, 1, issued_at);
    let (status, receipt, replayed) = single(&follower.base, &first);
    assert_eq!((status, replayed), (201, false), "{receipt}");
    assert_eq!(single(&leader.base, &first), (201, receipt.clone(), true), "the same receipt, whoever is asked");
    assert_eq!(single(&follower.base, &first), (201, receipt, true));
    // Read your writes, on the node that did not write.
    let (status, provider) = follower.get(&format!("/v1/trust-providers/{}?min_size=2", id(10_000_001))).unwrap();
    assert_eq!((status, provider["size"].as_u64()), (200, Some(2)), "{provider}");
    let (status, body, _) = single(&follower.base, "{}");
    assert_eq!(status, 400, "bad input goes no further: {body}");
    let batch: String = (2..8).map(|number| command(ORIGIN, number, issued_at) + "\n").collect();
    let (status, lines, _) = post(&follower.base, &batch, "application/x-ndjson", "/v1/commands/batch");
    assert_eq!((status, lines.lines().filter(|line| line.starts_with("{\"status\":201")).count()), (200, 6), "{lines}");
    let (_, leaders) = leader.get("/checkpoint").unwrap();
    wait_for("the follower to follow", || follower.get("/checkpoint").unwrap().1 == leaders);
    assert_eq!((leader.led(), follower.led()), (1, 0));
    drop((leader, follower));
    world.audit();
}

/// Both nodes under load at once: every command once, and the two show one history.
#[test]
fn two_nodes_take_a_load_together() {
    let Some(world) = World::new() else { return };
    let (first, second) = (world.serve("first"), world.serve("second"));
    let load = Load::on(&[&first.base, &second.base]);
    load.wait_for(200);
    load.end(&world, 1);
    assert_eq!(first.led() + second.led(), 1);
    let (_, of_first) = first.get("/checkpoint").unwrap();
    wait_for("both to show one head", || second.get("/checkpoint").unwrap().1 == of_first);
    drop((first, second));
    world.audit();
}
