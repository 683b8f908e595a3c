//! Posts, alone.

use aggregates::commands::{EmployeeType, Speciality};
use aggregates::employee::{Employee, EmployeeCommand, EmployeeEvent, Post};
use aggregates::refusal::Code;
use aggregates::words::Instant;

use super::{accepts, ask};
use crate::support::*;

fn doctor_post(who: &str) -> Post {
    Post {
        practitioner: id(who),
        legal_entity: id("clinic"),
        kind: EmployeeType::Doctor,
        division: Some(id("clinic division")),
        speciality: Some(Speciality::Therapist),
        specialities: vec![Speciality::Therapist],
    }
}

fn world() -> World {
    let mut world = World::practice();
    world.practitioner("new", &[]);
    world
}

fn now() -> Instant {
    at("2026-03-01T09:00:00Z")
}

fn invite(post: Post) -> EmployeeCommand {
    EmployeeCommand::Invite { post, at: now() }
}

fn invited() -> EmployeeEvent {
    EmployeeEvent::Invited { post: doctor_post("new"), at: now() }
}

fn accepted() -> EmployeeEvent {
    EmployeeEvent::Accepted { from: now().date() }
}

fn dismiss(by: &str, legal_entity: &str, this: &str) -> EmployeeCommand {
    EmployeeCommand::Dismiss { by: id(by), legal_entity: id(legal_entity), this: id(this), reason: "own_wish".into(), on: now().date() }
}

#[test]
fn a_post_is_offered_to_whom_it_may_be() {
    let registry = world().registry;
    accepts::<Employee>(&registry, &[], invite(doctor_post("new")), &[invited()]);
    refused(ask::<Employee>(&registry, &[invited()], invite(doctor_post("new"))), Code::IdTaken, "/data/employee");
    // scenario 18
    let owner = Post { kind: EmployeeType::Owner, ..doctor_post("new") };
    refused(ask::<Employee>(&registry, &[], invite(owner)), Code::OwnerByRegistrationOnly, "/data/type");
    refused(ask::<Employee>(&registry, &[], invite(doctor_post("nobody"))), Code::NotFound, "/data/practitioner");
    refused(ask::<Employee>(&registry, &[], invite(doctor_post("doctor"))), Code::PostTaken, "/data/practitioner");
}

// scenario 27
#[test]
fn a_post_is_offered_in_a_division_of_the_provider() {
    let mut world = world();
    world.clinic("rival");
    for (division, code) in [("rival division", Code::DivisionForeign), ("no division", Code::NotFound)] {
        let post = Post { division: Some(id(division)), ..doctor_post("new") };
        refused(ask::<Employee>(&world.registry, &[], invite(post)), code, "/data/division");
    }
    let nowhere = Post { legal_entity: id("nowhere"), division: None, ..doctor_post("new") };
    refused(ask::<Employee>(&world.registry, &[], invite(nowhere)), Code::NotFound, "-");
}

// scenarios 22, 23
#[test]
fn a_post_is_taken_by_the_invitee_in_time() {
    let registry = world().registry;
    let accept = |who: &str, at: Instant| EmployeeCommand::Accept { practitioner: id(who), at };
    let term = registry.policy().invitation_term_days * 86_400;
    let last = Instant::from_ms(now().plus_seconds(term).ms() - 1).unwrap();
    accepts::<Employee>(&registry, &[invited()], accept("new", now()), &[accepted()]);
    accepts::<Employee>(&registry, &[invited()], accept("new", last), &[EmployeeEvent::Accepted { from: last.date() }]);
    refused(ask::<Employee>(&registry, &[invited()], accept("new", now().plus_seconds(term))), Code::InvitationExpired, "/data/employee");
    refused(ask::<Employee>(&registry, &[invited()], accept("doctor", now())), Code::NotInvitee, "/signers");
    refused(ask::<Employee>(&registry, &[], accept("new", now())), Code::NotFound, "/data/employee");
    refused(ask::<Employee>(&registry, &[invited(), accepted()], accept("new", now())), Code::EmployeeState, "/data/employee");
}

#[test]
fn the_head_is_appointed_once() {
    let registry = world().registry;
    let post = Post { kind: EmployeeType::Owner, division: None, speciality: None, specialities: Vec::new(), ..doctor_post("new") };
    let appointed = EmployeeEvent::Appointed { post: post.clone() };
    accepts::<Employee>(&registry, &[], EmployeeCommand::Appoint(post.clone()), std::slice::from_ref(&appointed));
    refused(ask::<Employee>(&registry, std::slice::from_ref(&appointed), EmployeeCommand::Appoint(post)), Code::IdTaken, "/data/employee");
    // scenario 25: the head is replaced, not dismissed
    refused(ask::<Employee>(&registry, &[appointed], dismiss("hr post", "clinic", "head post")), Code::OwnRecord, "/data/employee");
}

// scenario 25
#[test]
fn a_post_is_ended_by_others_of_the_same_provider() {
    let registry = world().registry;
    let held = [invited(), accepted()];
    let dismissed = EmployeeEvent::Dismissed { on: now().date(), reason: "own_wish".into() };
    accepts::<Employee>(&registry, &held, dismiss("hr post", "clinic", "new post"), std::slice::from_ref(&dismissed));
    refused(ask::<Employee>(&registry, &held, dismiss("new post", "clinic", "new post")), Code::OwnRecord, "/data/employee");
    refused(ask::<Employee>(&registry, &held, dismiss("hr post", "rival", "new post")), Code::EmployeeForeign, "/data/employee");
    refused(ask::<Employee>(&registry, &[], dismiss("hr post", "clinic", "new post")), Code::NotFound, "/data/employee");
    refused(ask::<Employee>(&registry, &held[..1], dismiss("hr post", "clinic", "new post")), Code::EmployeeState, "/data/employee");
    let again = [held[0].clone(), held[1].clone(), dismissed];
    refused(ask::<Employee>(&registry, &again, dismiss("hr post", "clinic", "new post")), Code::EmployeeState, "/data/employee");
}
