//! Keys in time.

use aggregates::refusal::Code;
use aggregates::words::Instant;
use serde_json::json;

use crate::support::*;

#[test]
fn a_key_counts_from_its_first_moment_until_before_its_last() {
    let mut world = World::practice();
    let mut enrol = enrol_practitioner("second key", "doctor", &[]);
    enrol["from"] = json!("2026-05-01T00:00:00Z");
    enrol["until"] = json!("2026-06-01T00:00:00Z");
    world.must("key.enrol", enrol, &[trust("trust"), holder("second key")]);
    let mut signer = doctor("doctor");
    signer.kid = kid("second key");
    for (now, good) in [
        ("2026-04-30T23:59:59.999Z", false),
        ("2026-05-01T00:00:00Z", true),
        ("2026-05-31T23:59:59.999Z", true),
        ("2026-06-01T00:00:00Z", false),
    ] {
        world.now = at(now);
        let name = format!("patient at {now}");
        let result = world.send("patient.register", patient_register(&name, "1990-01-02"), &[mis("mis"), signer.clone()]);
        if good {
            assert!(result.is_ok(), "{now}");
        } else {
            refused(result, Code::KeyInactive, "/signers/1");
        }
    }
}

#[test]
fn a_revoked_key_counts_no_more_and_is_revoked_once() {
    let mut world = World::practice();
    let revoke = |key: &str| key_revoke(key);
    refused(world.send("key.revoke", revoke("doctor"), &[holder("mis")]), Code::SignerNotEntitled, "/signers/0");
    let mut tainted = revoke("doctor");
    tainted["compromised_since"] = json!("2026-02-01T00:00:00Z");
    let revoked = world.must("key.revoke", tainted, &[holder("doctor")]);
    assert_eq!(revoked.data(0), json!({"compromised_since": "2026-02-01T00:00:00.000Z"}));
    let result = world.send("patient.register", patient_register("p", "1990-01-02"), &[mis("mis"), doctor("doctor")]);
    refused(result, Code::KeyInactive, "/signers/1");
    refused(world.send("key.revoke", revoke("doctor"), &[holder("doctor")]), Code::KeyInactive, "/signers/0");
    refused(world.send("key.revoke", revoke("doctor"), &[regulator("regulator")]), Code::KeyRevoked, "/data/kid");
    refused(world.send("key.revoke", revoke("nobody"), &[regulator("regulator")]), Code::NotFound, "/data/kid");
    // Nor is it enrolled again, for anybody.
    let again = world.send("key.enrol", enrol_practitioner("doctor", "doctor", &[]), &[trust("trust"), holder("doctor")]);
    refused(again, Code::KeyEnrolled, "/data/key");
}

#[test]
fn a_trust_provider_revokes_what_it_enrolled() {
    let mut world = World::practice();
    world.must("trust_provider.accredit", trust_provider_accredit("trust 2"), &[regulator("regulator"), holder("trust 2")]);
    refused(world.send("key.revoke", key_revoke("doctor"), &[trust("trust 2")]), Code::AuthorityMissing, "/signers");
    refused(world.send("key.revoke", key_revoke("mis"), &[trust("trust")]), Code::AuthorityMissing, "/signers");
    world.must("key.revoke", key_revoke("doctor"), &[trust("trust")]);
    world.must("key.revoke", key_revoke("mis"), &[regulator("regulator")]);
    assert_eq!(world.registry.regulator_keys(), 2);
    world.must("key.revoke", key_revoke("regulator 2"), &[regulator("regulator")]);
    assert_eq!(world.registry.regulator_keys(), 1);
}

#[test]
fn a_key_lasts_as_long_as_policy_lets() {
    let mut world = World::founded();
    let term = world.registry.policy().key_term_days * 86_400;
    let mut enrol = enrol_practitioner("k", "somebody", &[]);
    let longest = at("2026-01-01T00:00:00Z").plus_seconds(term);
    enrol["until"] = json!(Instant::from_ms(longest.ms() + 1).unwrap());
    refused(world.send("key.enrol", enrol.clone(), &[trust("trust"), holder("k")]), Code::KeyValidity, "/data/until");
    enrol["until"] = json!(longest);
    world.must("key.enrol", enrol, &[trust("trust"), holder("k")]);
}

#[test]
fn a_second_key_of_a_practitioner_is_bound_to_the_one_known() {
    let mut world = World::practice();
    let mut enrol = enrol_practitioner("second key", "doctor", &[]);
    enrol["practitioner"]["id"] = json!(id("another id"));
    let bound = world.must("key.enrol", enrol, &[trust("trust"), holder("second key")]);
    assert_eq!(bound.kinds(), ["key.enrolled", "practitioner.recognised"]);
    assert_eq!(bound.data(0)["holder"], json!(format!("practitioner/{}", id("doctor"))));
    // An id is another's if the tax number is.
    let mut clash = enrol_practitioner("third key", "stranger", &[]);
    clash["practitioner"]["id"] = json!(id("doctor"));
    let result = world.send("key.enrol", clash, &[trust("trust"), holder("third key")]);
    refused(result, Code::IdTaken, "/data/practitioner/id");
}

#[test]
fn two_practitioners_of_one_tax_number_are_the_regulators_case() {
    let mut world = World::practice();
    let key = aggregates::identity::practitioner_key(&rnokpp("doctor"));
    world.tie(key, stream(aggregates::words::StreamType::Practitioner, "clinic head"));
    let result = world.send("key.enrol", enrol_practitioner("k", "doctor", &[]), &[trust("trust"), holder("k")]);
    refused(result, Code::PractitionerAmbiguous, "/data/practitioner");
}
