//! Commands on the ledger itself: its genesis and its policy.

use serde::Deserialize;
use serde_json::Value;

use super::{Jwk, Spec, rules};
use crate::authority::Slot;
use crate::form::{Kind, Member};
use crate::policy::{POLICY, PolicyTerms, age_group_rules};
use crate::refusal::{Code, Fault};

/// `genesis`: entry 0.
pub(super) const GENESIS: &[Member] = &[
    Member::clear("regulators", Kind::List(&Kind::Jwk, 1, 3)),
    Member::clear("operator", Kind::Jwk),
    Member::clear("log_key", Kind::VerifierKey),
    Member::clear("refusal_key", Kind::VerifierKey),
    Member::clear("keys_until", Kind::Instant),
    Member::clear("policy", Kind::Object(POLICY)),
];

/// `policy.set`.
pub(super) const POLICY_SET: &[Member] = &[Member::clear("policy", Kind::Object(POLICY))];

/// What opens a ledger.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Genesis {
    /// The regulator's keys, 1 to 3; with the operator's at most four sign.
    pub regulators: Vec<Jwk>,
    /// The operator's key.
    pub operator: Jwk,
    /// The key that signs checkpoints, in signed-note form.
    pub log_key: String,
    /// The key that signs refusal notes, in signed-note form.
    pub refusal_key: String,
    /// When the regulators' and the operator's keys cease to be valid.
    pub keys_until: crate::words::Instant,
    /// The first policy.
    pub policy: PolicyTerms,
}

/// A policy in place of the present one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PolicySet {
    /// The new terms, whole.
    pub policy: PolicyTerms,
}

/// Each key once: nobody is two founders.
pub(super) fn genesis_rules(data: &Value, faults: &mut Vec<Fault>) {
    let regulators = data["regulators"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (place, key) in regulators.iter().enumerate() {
        if regulators[..place].contains(key) {
            faults.push(rules::fault(format!("/data/regulators/{place}"), Code::Duplicate, &[]));
        }
    }
    if regulators.contains(&data["operator"]) {
        faults.push(rules::fault("/data/operator".into(), Code::Duplicate, &[]));
    }
    policy_rules(data, faults);
}

/// A quorum is asked for commands that the regulator signs: a name misspelt would silently ask for none. Age groups ascend.
pub(super) fn policy_rules(data: &Value, faults: &mut Vec<Fault>) {
    let regulators = |spec: &&Spec| spec.signers.iter().any(|slots| slots.contains(&Slot::Regulators));
    let names: Vec<&str> = Spec::ALL.iter().filter(regulators).map(|spec| spec.name).collect();
    for (place, name) in data.pointer("/policy/regulator_quorum/commands").and_then(Value::as_array).into_iter().flatten().enumerate() {
        if !name.as_str().is_some_and(|name| names.contains(&name)) {
            let pointer = format!("/data/policy/regulator_quorum/commands/{place}");
            faults.push(rules::fault(pointer, Code::NotInList, &[("allowed", &names.join(", "))]));
        }
    }
    age_group_rules(data, faults);
}
