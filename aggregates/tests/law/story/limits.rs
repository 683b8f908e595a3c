//! The doctor's limit: counted exactly, at confirmation and at signature, over all posts and specialities.

use aggregates::commands::Signer;
use aggregates::refusal::Code;
use aggregates::words::Role;
use serde_json::json;

use crate::support::*;

fn full(world: &mut World, how_many: usize) {
    for place in 0..how_many {
        let patient = format!("patient {place}");
        world.patient(&patient, "1990-01-02");
        world.declared(&format!("request {place}"), &patient, "doctor");
    }
}

// scenario 45
#[test]
fn the_limit_holds_at_confirmation_and_at_signature() {
    let mut world = World::practice_with(|policy| policy.limits.family_doctor = 3);
    full(&mut world, 1);
    // Three are confirmed while there is room for two: confirmation counts declarations, the signature counts again.
    for name in ["maria", "oksana", "ivan"] {
        world.patient(name, "1990-01-02");
        world.confirmed(&format!("r {name}"), name, "doctor");
    }
    world.sign("r maria", "maria", "doctor").unwrap();
    world.sign("r oksana", "oksana", "doctor").unwrap();
    let over = world.sign("r ivan", "ivan", "doctor");
    let params = over.as_ref().unwrap_err().params.clone();
    assert_eq!((&params["count"], &params["limit"]), (&json!(3), &json!(3)));
    refused(over, Code::LimitReached, "/data/request");
    world.patient("late", "1990-01-02");
    let create = request_create("r late", "late", "doctor post", "clinic division");
    world.must("declaration_request.create", create, &[mis("mis"), doctor("doctor")]);
    world.must("declaration_request.send_code", request("r late", "late"), &[mis("mis"), doctor("doctor")]);
    let code = world.code("r late").digits;
    let staff = [mis("mis"), doctor("doctor")];
    let confirm = world.send("declaration_request.confirm_by_code", confirm_by_code("r late", "late", &code), &staff);
    refused(confirm, Code::LimitReached, "/data/request");
    world.must("key.enrol", enrol_patient("late", "late", "1990-01-02"), &[trust("trust"), holder("late")]);
    let by_key = world.send("declaration_request.confirm_by_key", request("r late", "late"), &[mis("mis"), patient("late")]);
    refused(by_key, Code::LimitReached, "/data/request");
    // A place that becomes free is free at once, and the code is still good.
    world.must("declaration.terminate", terminate("r maria", "maria", "fraud"), &[regulator("regulator")]);
    world.must("declaration_request.confirm_by_code", confirm_by_code("r late", "late", &code), &staff);
    world.sign("r late", "late", "doctor").unwrap();
}

// scenario 45
#[test]
fn who_is_the_doctors_patient_already_takes_no_second_place() {
    let mut world = World::practice_with(|policy| policy.limits.family_doctor = 2);
    full(&mut world, 2);
    let renewed = world.declared("again", "patient 0", "doctor");
    assert_eq!(renewed.kinds(), ["declaration.terminated", "declaration.signed"]);
    assert_eq!(world.registry.load_of(id("doctor"), world.now.date()), 2);
}

// scenario 45
#[test]
fn the_limit_counts_every_post_of_the_doctor_and_the_least_speciality() {
    let mut world = World::practice_with(|policy| {
        policy.limits.family_doctor = 9;
        policy.limits.therapist = 2;
        policy.limits.paediatrician = 5;
    });
    full(&mut world, 2);
    assert_eq!(world.registry.limit_of(id("doctor")), Some(9));
    world.clinic("second");
    world.doctor_post("doctor", "second post", "second", &["paediatrician", "therapist"]);
    assert_eq!(world.registry.limit_of(id("doctor")), Some(2), "the therapist's, though no post is one");
    world.patient("child", "2010-01-02");
    let there: [Signer; 2] = [mis("mis"), post(Role::Doctor, "doctor", "second post")];
    let create = request_create("r1", "child", "second post", "second division");
    world.must("declaration_request.create", create, &there);
    world.must("declaration_request.send_code", request("r1", "child"), &there);
    let code = world.code("r1").digits;
    let confirm = |world: &mut World| world.send("declaration_request.confirm_by_code", confirm_by_code("r1", "child", &code), &there);
    refused(confirm(&mut world), Code::LimitReached, "/data/request");
    // Two at the first post are two at the second; when that post ends, they go with it.
    world.must("employee.dismiss", dismiss("doctor post"), &[mis("mis"), world.head("clinic")]);
    confirm(&mut world).unwrap();
}

#[test]
fn nobody_but_a_doctor_counts() {
    let mut world = World::practice();
    world.staff("clerk", "clinic", "receptionist");
    assert_eq!(world.registry.limit_of(id("clerk")), None);
    assert_eq!(world.registry.limit_of(id("nobody")), None);
    assert_eq!(world.registry.load_of(id("clerk"), world.now.date()), 0);
}
