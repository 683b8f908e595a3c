//! Genesis, the regulator's quorum, institutions.

use aggregates::commands::{self, Command, Expect, Signer};
use aggregates::facts::Facts;
use aggregates::refusal::Code;
use aggregates::words::{Role, Stream, StreamType};
use aggregates::{Context, decide};
use serde_json::json;

use crate::support::*;

fn founders() -> [Signer; 3] {
    [regulator("regulator"), regulator("regulator 2"), operator()]
}

#[test]
fn genesis_opens_the_ledger_once() {
    let mut world = World::void();
    // Whoever signs before genesis is unknown; who asks for a decision all the same is told why.
    let early = json!({"policy": genesis(&["r"])["policy"]});
    refused(world.send("policy.set", early.clone(), &[regulator("r")]), Code::KeyUnknown, "/signers/0");
    let data = commands::read("policy.set", early.as_object().unwrap(), None).unwrap();
    let command = Command { id: id("early"), issued_at: world.now, signers: vec![regulator("r")], expect: None, data };
    let context = Context { index: 0, time: world.now, facts: Facts::default() };
    refused(decide(&world.registry, &command, &context), Code::NotOpened, "-");
    let data = genesis(&["regulator", "regulator 2"]);
    let opened = world.must("genesis", data.clone(), &founders());
    let mut streams: Vec<String> = ["regulator", "regulator 2", "operator"].map(|name| format!("key/{}", kid(name))).into();
    streams.sort();
    streams.extend(["policy/current".to_owned(), "policy/current".to_owned()]);
    assert_eq!(opened.events.iter().map(|event| event.stream.to_string()).collect::<Vec<_>>(), streams);
    assert_eq!(opened.kinds()[3..], ["ledger.opened", "policy.set"]);
    assert_eq!(opened.data(4)["terms"], data["policy"]);
    refused(world.send("genesis", data, &founders()), Code::AlreadyOpened, "-");
}

#[test]
fn every_founder_signs_and_nobody_else() {
    let data = || genesis(&["regulator", "regulator 2"]);
    let [first, second, operator] = founders();
    let twice_regulator = regulator("operator");
    let stranger = regulator("stranger");
    for signers in [
        vec![first.clone(), operator.clone()],
        vec![first.clone(), second.clone()],
        vec![first.clone(), second.clone(), twice_regulator],
        vec![first.clone(), second.clone(), operator.clone(), stranger.clone()],
        vec![first.clone(), stranger, operator.clone()],
        vec![],
    ] {
        refused(World::void().send("genesis", data(), &signers), Code::AuthorityMissing, "/signers");
    }
    let mut swapped = World::void();
    assert!(swapped.send("genesis", data(), &[operator, second, first]).is_ok(), "the order is the sender's");
}

#[test]
fn nobody_is_two_founders() {
    let [first, _, operator_] = founders();
    let signers = [first.clone(), operator_.clone(), regulator("stranger")];
    refused(World::void().send("genesis", genesis(&["regulator", "regulator"]), &signers), Code::FormInvalid, "/data/regulators/1");
    let mut same = genesis(&["regulator"]);
    same["operator"] = jwk("regulator");
    refused(World::void().send("genesis", same, &[first.clone(), operator_.clone()]), Code::FormInvalid, "/data/operator");
    let signers = [first.clone(), first, operator_];
    let twice = World::void().send("genesis", genesis(&["regulator", "regulator 2"]), &signers);
    refused(twice, Code::SignerNotEntitled, "/signers/1");
}

#[test]
fn founders_keys_must_outlive_genesis() {
    let mut data = genesis(&["regulator", "regulator 2"]);
    data["keys_until"] = json!("2026-03-01T09:00:00Z");
    refused(World::void().send("genesis", data, &founders()), Code::KeyValidity, "/data/keys_until");
}

#[test]
fn a_quorum_of_the_regulators_keys_for_the_commands_that_policy_lists() {
    let mut world = World::with_policy(|policy| {
        policy.regulator_quorum.keys = 2;
        policy.regulator_quorum.commands = vec!["policy.set".into(), "auditor.admit".into()];
    });
    let set = || json!({"policy": aggregates::policy::PolicyTerms::default()});
    let (one, two) = (regulator("regulator"), regulator("regulator 2"));
    refused(world.send("policy.set", set(), std::slice::from_ref(&one)), Code::AuthorityMissing, "/signers");
    // The same key twice is one key.
    refused(world.send("policy.set", set(), &[one.clone(), one.clone()]), Code::SignerNotEntitled, "/signers/1");
    refused(world.send("policy.set", set(), &[one.clone(), regulator("operator")]), Code::SignerNotEntitled, "/signers/1");
    refused(world.send("policy.set", set(), &[one.clone(), regulator("nobody")]), Code::KeyUnknown, "/signers/1");
    let admit = || auditor_admit("auditor");
    refused(world.send("auditor.admit", admit(), &[one.clone(), holder("auditor")]), Code::AuthorityMissing, "/signers");
    world.must("auditor.admit", admit(), &[two.clone(), holder("auditor"), one.clone()]);
    // One key suffices for what is not listed, and more do no harm.
    world.must("mis.apply", mis_apply("mis 3"), &[holder("mis 3"), trust("trust")]);
    world.must("mis.record_test", mis_record_test("mis 3", true), std::slice::from_ref(&one));
    world.must("mis.accredit", mis_accredit("mis 3"), &[one.clone(), two.clone()]);
    world.must("policy.set", set(), &[two, one.clone()]);
    world.must("policy.set", set(), &[one]);
}

#[test]
fn institutions_keep_their_ids_and_their_keys() {
    let mut world = World::founded();
    let one = regulator("regulator");
    world.must("auditor.admit", auditor_admit("auditor"), &[one.clone(), holder("auditor")]);
    let mut again = auditor_admit("auditor");
    again["key"] = jwk("auditor 2");
    refused(world.send("auditor.admit", again, &[one.clone(), holder("auditor 2")]), Code::IdTaken, "/data/auditor");
    let mut stolen = auditor_admit("auditor 2");
    stolen["key"] = jwk("mis");
    refused(world.send("auditor.admit", stolen, &[one.clone(), holder("mis")]), Code::KeyEnrolled, "/data/key");
    for (kind, mut data, signers) in [
        ("auditor.admit", auditor_admit("new"), [one.clone(), holder("new")]),
        ("trust_provider.accredit", trust_provider_accredit("new"), [one.clone(), holder("new")]),
        ("mis.apply", mis_apply("new"), [holder("new"), trust("trust")]),
    ] {
        data["key_until"] = json!("2026-03-01T09:00:00Z");
        refused(world.send(kind, data, &signers), Code::KeyValidity, "/data/key_until");
    }
    // Possession of another key than the one carried is nothing.
    let result = world.send("auditor.admit", auditor_admit("auditor 3"), &[one, holder("auditor")]);
    refused(result, Code::SignerNotEntitled, "/signers/1");
}

// scenario 79
#[test]
fn a_mis_signs_for_providers_only_when_accredited() {
    let mut world = World::founded();
    world.practitioner("head", &["clinic"]);
    world.must("mis.apply", mis_apply("mis 3"), &[holder("mis 3"), trust("trust")]);
    let register = |by: &str| [mis(by), owner_to_be("head")];
    refused(world.send("legal_entity.register", legal_entity("clinic"), &register("mis 3")), Code::MisNotAccredited, "/signers/0");
    refused(world.send("legal_entity.register", legal_entity("clinic"), &register("mis 4")), Code::KeyUnknown, "/signers/0");
    let mut borrowed = mis("mis");
    borrowed.of = Some(stream(StreamType::Mis, "mis 2"));
    let signers = [borrowed, owner_to_be("head")];
    refused(world.send("legal_entity.register", legal_entity("clinic"), &signers), Code::SignerNotEntitled, "/signers/0");
    world.must("mis.record_test", mis_record_test("mis 3", true), &[regulator("regulator")]);
    world.must("mis.accredit", mis_accredit("mis 3"), &[regulator("regulator")]);
    world.must("legal_entity.register", legal_entity("clinic"), &register("mis 3"));
}

// scenario 79
#[test]
fn while_a_mis_is_suspended_providers_go_on_through_another() {
    let mut world = World::practice();
    let by_regulator = [regulator("regulator")];
    let suspended = world.must("mis.suspend", mis_suspend("mis"), &by_regulator);
    assert_eq!((suspended.kinds(), suspended.data(0)), (vec!["mis.suspended".into()], json!({"reason": "security_incident"})));
    let register = |name: &str| patient_register(name, "1990-01-02");
    refused(world.send("patient.register", register("maria"), &[mis("mis"), doctor("doctor")]), Code::MisNotAccredited, "/signers/0");
    world.must("patient.register", register("maria"), &[mis("mis 2"), doctor("doctor")]);
    let open = || division_open("second division");
    refused(world.send("division.open", open(), &[mis("mis"), world.head("clinic")]), Code::MisNotAccredited, "/signers/0");
    world.must("division.open", open(), &[mis("mis 2"), world.head("clinic")]);
    let again = world.send("mis.suspend", mis_suspend("mis"), &by_regulator);
    let params = &again.as_ref().unwrap_err().params;
    assert_eq!((&params["status"], &params["needed"]), (&json!("suspended"), &json!("accredited")));
    refused(again, Code::MisState, "/data/mis");
    assert_eq!(world.must("mis.reinstate", mis_reinstate("mis"), &by_regulator).kinds(), ["mis.reinstated"]);
    world.must("patient.register", register("ivan"), &[mis("mis"), doctor("doctor")]);
}

// scenario 13
#[test]
fn the_regulator_verifies_a_provider_that_works_already() {
    let mut world = World::practice();
    let by_regulator = [regulator("regulator")];
    assert!(!world.registry.legal_entity(id("clinic")).state.verified);
    let verified = world.must("legal_entity.verify", legal_entity_verify("clinic"), &by_regulator);
    assert_eq!((verified.kinds(), verified.data(0)), (vec!["legal_entity.verified".into()], json!({})));
    let state = world.registry.legal_entity(id("clinic")).state;
    assert!(state.verified && state.edrpou == Some(edrpou("clinic")));
    let again = world.send("legal_entity.verify", legal_entity_verify("clinic"), &by_regulator);
    refused(again, Code::AlreadyVerified, "/data/legal_entity");
    refused(world.send("legal_entity.verify", legal_entity_verify("no"), &by_regulator), Code::NotFound, "/data/legal_entity");
    let own = world.send("legal_entity.verify", legal_entity_verify("clinic"), &[mis("mis"), world.head("clinic")]);
    refused(own, Code::AuthorityMissing, "/signers");
}

#[test]
fn a_sender_may_rely_on_a_version() {
    let mut world = World::founded();
    let stream = Stream::Of(StreamType::Mis, id("mis 3"));
    for (version, good) in [(1, false), (0, true)] {
        world.expect = Some(Expect { stream, version });
        let result = world.send("mis.apply", mis_apply("mis 3"), &[holder("mis 3"), trust("trust")]);
        if good {
            result.unwrap();
        } else {
            refused(result, Code::VersionConflict, "/expect/version");
        }
    }
    world.expect = Some(Expect { stream, version: 1 });
    world.must("mis.record_test", mis_record_test("mis 3", true), &[regulator("regulator")]);
    world.expect = Some(Expect { stream, version: 1 });
    let stale = world.send("mis.record_test", mis_record_test("mis 3", true), &[regulator("regulator")]);
    assert_eq!(stale.as_ref().unwrap_err().params["actual"], 2);
    refused(stale, Code::VersionConflict, "/expect/version");
}

#[test]
fn a_role_needs_the_key_of_its_holder() {
    let mut world = World::practice();
    for (signer, code) in [
        (regulator("operator"), Code::SignerNotEntitled),
        (regulator("mis"), Code::SignerNotEntitled),
        (regulator("unheard of"), Code::KeyUnknown),
    ] {
        refused(world.send("mis.record_test", mis_record_test("mis", true), &[signer]), code, "/signers/0");
    }
    let mut posing = doctor("doctor");
    posing.role = Role::Receptionist;
    let result = world.send("patient.register", patient_register("p", "1990-01-02"), &[mis("mis"), posing]);
    refused(result, Code::SignerNotEntitled, "/signers/1");
    let result = world.send("patient.register", patient_register("p", "1990-01-02"), &[doctor("doctor")]);
    refused(result, Code::AuthorityMissing, "/signers");
    let result = world.send("patient.register", patient_register("p", "1990-01-02"), &[mis("mis"), mis("mis 2"), doctor("doctor")]);
    refused(result, Code::AuthorityMissing, "/signers");
}
