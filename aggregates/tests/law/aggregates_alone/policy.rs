//! The policy, alone.

use aggregates::Registry;
use aggregates::policy::{Capitation, OverLimit, Policy, PolicyCommand, PolicyEvent, PolicyTerms, Quorum};
use aggregates::refusal::Code;
use serde_json::json;

use super::{accepts, ask};
use crate::support::*;

fn keys() -> (String, String) {
    (verifier_key("log"), verifier_key("refusals"))
}

fn open(regulators: usize, terms: PolicyTerms) -> PolicyCommand {
    let (log_key, refusal_key) = keys();
    PolicyCommand::Open { log_key, refusal_key, regulators, terms }
}

fn opened() -> PolicyEvent {
    let (log_key, refusal_key) = keys();
    PolicyEvent::Opened { log_key, refusal_key }
}

fn quorum(keys: usize) -> PolicyTerms {
    PolicyTerms { regulator_quorum: Quorum { keys, commands: vec!["policy.set".into()] }, ..PolicyTerms::default() }
}

#[test]
fn opens_once_with_its_first_terms() {
    let void = Registry::default();
    let terms = PolicyTerms::default();
    accepts::<Policy>(&void, &[], open(1, terms.clone()), &[opened(), PolicyEvent::Set { terms: terms.clone() }]);
    refused(ask::<Policy>(&void, &[opened()], open(1, terms)), Code::AlreadyOpened, "-");
}

#[test]
fn a_quorum_within_the_first_keys_can_open() {
    let void = Registry::default();
    accepts::<Policy>(&void, &[], open(3, quorum(3)), &[opened(), PolicyEvent::Set { terms: quorum(3) }]);
    refused(ask::<Policy>(&void, &[], open(2, quorum(3))), Code::OutOfRange, "/data/policy/regulator_quorum/keys");
}

#[test]
fn sets_terms_that_the_regulator_can_still_change() {
    let registry = World::founded().registry;
    accepts::<Policy>(&registry, &[opened()], PolicyCommand::Set(quorum(2)), &[PolicyEvent::Set { terms: quorum(2) }]);
    let beyond = ask::<Policy>(&registry, &[opened()], PolicyCommand::Set(quorum(3)));
    refused(beyond, Code::OutOfRange, "/data/policy/regulator_quorum/keys");
}

#[test]
fn the_design_states_the_defaults() {
    let terms = PolicyTerms::default();
    assert_eq!((terms.limits.family_doctor, terms.limits.therapist, terms.limits.paediatrician), (1800, 2000, 900));
    assert_eq!((terms.issued_at.past_seconds, terms.issued_at.future_seconds), (24 * 3600, 5 * 60));
    assert_eq!((terms.codes.tries, terms.unverified_days), (3, 90));
}

#[test]
fn the_default_capitation_is_that_of_2018() {
    let expected = json!({
        "base_rate": 37_000,
        "age_groups": [
            {"from": 0, "coefficient": "4"},
            {"from": 6, "coefficient": "2.2"},
            {"from": 18, "coefficient": "1"},
            {"from": 40, "coefficient": "1.2"},
            {"from": 65, "coefficient": "2"},
        ],
        "mountain_coefficient": "1.25",
        "over_limit": "earliest_first",
    });
    assert_eq!(json!(PolicyTerms::default().capitation), expected);
    let other = json!({"base_rate": 0, "age_groups": [{"from": 0, "coefficient": "1.50"}], "mountain_coefficient": "1", "over_limit": "latest_first"});
    let read: Capitation = serde_json::from_value(other).unwrap();
    assert_eq!((read.over_limit, read.age_groups[0].coefficient.thousandths()), (OverLimit::LatestFirst, 1_500));
}
