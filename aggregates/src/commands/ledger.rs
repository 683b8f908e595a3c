//! Commands on the ledger itself: its genesis and its policy.

use serde::Deserialize;

use super::Jwk;
use crate::form::{Kind, Member};
use crate::policy::{POLICY, PolicyTerms};

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
