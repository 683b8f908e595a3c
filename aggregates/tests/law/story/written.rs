//! The registry's written form, whose digest auditors tell each other, and what the registry keeps of a patient.

use aggregates::Registry;
use aggregates::event::Body;
use aggregates::patient::Patient;
use aggregates::words::{Stream, StreamType};
use cqrs_es::Aggregate as _;

use crate::support::*;

/// A registry with a bit of everything: requests of each status, a code that may be tried, declarations that ended.
fn world() -> World {
    let mut world = World::practice_at("2026-03-01T10:00:00Z");
    world.doctor("colleague", "clinic", &["therapist"]);
    world.staff("clerk", "clinic", "receptionist");
    for place in 0..40 {
        let name = format!("patient {place}");
        world.patient(&name, "1990-01-02");
        let who = if place % 3 == 0 { "doctor" } else { "colleague" };
        world.declared(&format!("r {place}"), &name, who);
        world.now = world.now.plus_seconds(40_000);
        match place % 5 {
            0 => drop(world.declared(&format!("s {place}"), &name, "doctor")),
            1 => world.confirmed(&format!("s {place}"), &name, who),
            2 => drop(world.must("declaration.terminate", terminate(&format!("r {place}"), &name, "fraud"), &[regulator("regulator")])),
            3 => {
                for turn in ["s", "t", "u"] {
                    let create = request_create(&format!("{turn} {place}"), &name, "doctor post", "clinic division");
                    world.must("declaration_request.create", create, &[mis("mis"), doctor("doctor")]);
                }
                let by = [mis("mis"), doctor("doctor")];
                world.must("declaration_request.send_code", request(&format!("u {place}"), &name), &by);
                world.must("declaration_request.confirm_by_code", confirm_by_code(&format!("u {place}"), &name, "000000"), &by);
            }
            _ => {}
        }
    }
    world.must("key.enrol", enrol_patient("late", "late", "1990-01-02"), &[trust("trust"), holder("late")]);
    world
}

#[test]
fn a_log_has_the_digest_that_it_always_had() {
    let digest: String = world().registry.digest().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "42d5afa9e91ab8fe3c038663bb14823514f643a70c97d2c4e0103ca9b168cd44");
}

#[test]
fn the_registry_keeps_of_each_patient_what_his_events_make_of_him() {
    let world = world();
    let mut registry = Registry::new(7);
    let mut patients = std::collections::BTreeMap::<_, (u64, Patient)>::new();
    for event in world.log.iter().flat_map(|taken| &taken.events) {
        registry.apply(event).unwrap();
        if let (Stream::Of(StreamType::Patient, id), Body::Patient(change)) = (event.stream, &event.body) {
            let (version, patient) = patients.entry(id).or_default();
            patient.apply(change.clone());
            *version = event.version;
            let kept = registry.patient(id);
            assert_eq!((kept.version, &kept.state), (*version, &*patient), "after {}", event.kind());
        }
    }
    assert!(patients.len() > 40);
}
