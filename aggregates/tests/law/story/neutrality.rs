//! No rule depends on which MIS it is.

use aggregates::Registry;
use aggregates::commands::{Command, Signer};
use aggregates::words::Role;
use aggregates::{Context, authority, decide};

use crate::support::*;

/// A story with refusals in it, by two MISs in turn: the answer to each command, in words.
fn story(first: &str, second: &str) -> (Vec<String>, [u8; 32]) {
    let mut world = World::founded();
    let mut answers = Vec::new();
    let mut turn = 0;
    let mut by = |who: Signer| -> [Signer; 2] {
        turn += 1;
        [mis(if turn % 2 == 0 { second } else { first }), who]
    };
    world.practitioner("head", &["clinic"]);
    world.practitioner("doctor", &[]);
    world.practitioner("clerk", &[]);
    let head = post(Role::Owner, "head", "clinic owner");
    let clerk = post(Role::Receptionist, "clerk", "clerk post");
    let commands = [
        ("legal_entity.register", legal_entity("clinic"), by(owner_to_be("doctor"))),
        ("legal_entity.register", legal_entity("clinic"), by(owner_to_be("head"))),
        ("division.open", division_open("division"), by(head.clone())),
        ("employee.invite", invite_doctor("doctor post", "doctor", "division", &["family_doctor"]), by(head.clone())),
        ("employee.accept", accept("doctor post"), by(practitioner("clerk"))),
        ("employee.accept", accept("doctor post"), by(practitioner("doctor"))),
        ("employee.invite", invite("clerk post", "clerk", "receptionist"), by(head.clone())),
        ("employee.accept", accept("clerk post"), by(practitioner("clerk"))),
        ("patient.register", patient_register("maria", "1990-01-02"), by(clerk.clone())),
        ("patient.register", patient_register("maria", "1990-01-02"), by(clerk.clone())),
        ("declaration_request.create", request_create("r1", "maria", "doctor post", "division"), by(clerk.clone())),
        ("declaration_request.create", request_create("r2", "maria", "doctor post", "division"), by(clerk.clone())),
        ("declaration_request.send_code", request("r2", "maria"), by(clerk.clone())),
        ("declaration_request.confirm_by_code", confirm_by_code("r2", "maria", "000000"), by(clerk.clone())),
        ("declaration_request.confirm_by_code", confirm_by_code("r1", "maria", "000000"), by(clerk.clone())),
        ("declaration_request.confirm_by_code", confirm_by_code("r2", "maria", "007919"), by(clerk)),
        ("declaration.sign", declaration_sign("r2", "maria", "doctor post", "division"), by(doctor("doctor"))),
        ("declaration.sign", declaration_sign("r2", "maria", "doctor post", "division"), by(doctor("doctor"))),
        ("employee.dismiss", dismiss("doctor post"), by(head)),
    ];
    for (kind, data, signers) in commands {
        answers.push(match world.send(kind, data, &signers) {
            Ok(accepted) => format!("{} {:?}", serde_json::to_string(&accepted.events).unwrap(), accepted.facts()),
            Err(refusal) => refusal.to_string(),
        });
    }
    assert_eq!(world.registry.declarations_total(world.now.date()), (1, 0), "the story reaches its end: {answers:#?}");
    (answers, world.registry.digest())
}

#[test]
fn swapping_the_miss_of_a_story_changes_no_outcome() {
    let (one, digest) = story("mis", "mis 2");
    assert_eq!((one, digest), story("mis 2", "mis"));
    assert_eq!(digest, story("mis", "mis").1, "one MIS does it as two do");
}

#[test]
fn whoever_replays_the_log_decides_the_same_under_any_hash_seed() {
    let mut world = World::practice();
    world.doctor("colleague", "clinic", &["therapist"]);
    for place in 0..12 {
        let name = format!("patient {place}");
        world.patient(&name, "1990-01-02");
        world.declared(&format!("r {place}"), &name, if place % 3 == 0 { "doctor" } else { "colleague" });
        if place % 2 == 0 {
            world.declared(&format!("s {place}"), &name, "doctor");
        }
    }
    world.must("employee.dismiss", dismiss("colleague post"), &[mis("mis"), world.head("clinic")]);
    for seed in [0, 1, u64::MAX] {
        let mut registry = Registry::new(seed);
        for (index, taken) in world.log.iter().enumerate() {
            let data = aggregates::commands::read(&taken.kind, &taken.data, None).unwrap();
            let command = Command { data, ..taken.command.clone() };
            authority::check(&registry, &command, taken.time).unwrap();
            let context = Context { index: index as u64, time: taken.time, facts: taken.facts };
            let events = decide(&registry, &command, &context).unwrap();
            assert_eq!(events, taken.events, "entry {index}");
            events.iter().for_each(|event| registry.apply(event).unwrap());
        }
        assert_eq!(registry.digest(), world.registry.digest(), "seed {seed}");
    }
}
