//! Keys, alone.

use aggregates::key_ring::{Holder, Key, KeyCommand, KeyEvent};
use aggregates::refusal::Code;
use aggregates::words::{Instant, Stream, StreamType};

use super::{accepts, ask};
use crate::support::*;

const FROM: &str = "2026-01-01T00:00:00Z";

fn by_trust() -> Option<Stream> {
    Some(stream(StreamType::TrustProvider, "trust"))
}

fn holder() -> Holder {
    Holder::Of(stream(StreamType::Practitioner, "somebody"))
}

fn enrol(until: Instant, enrolled_by: Option<Stream>) -> KeyCommand {
    KeyCommand::Enrol { holder: holder(), x: public_key("k"), from: at(FROM), until, represents: vec![edrpou("clinic")], enrolled_by }
}

fn enrolled(until: Instant, enrolled_by: Option<Stream>) -> KeyEvent {
    KeyEvent::Enrolled { holder: holder(), x: public_key("k"), from: at(FROM), until, represents: vec![edrpou("clinic")], enrolled_by }
}

fn revoke(by_trust_provider: Option<Stream>) -> KeyCommand {
    KeyCommand::Revoke { by_trust_provider, compromised_since: Some(at("2026-02-01T00:00:00Z")) }
}

const REVOKED: fn() -> KeyEvent = || KeyEvent::Revoked { compromised_since: Some(at("2026-02-01T00:00:00Z")) };

#[test]
fn a_key_is_enrolled_once_for_as_long_as_policy_lets() {
    let registry = World::founded().registry;
    let last = at(FROM).plus_seconds(registry.policy().key_term_days * 86_400);
    accepts::<Key>(&registry, &[], enrol(last, by_trust()), &[enrolled(last, by_trust())]);
    refused(ask::<Key>(&registry, &[enrolled(last, by_trust())], enrol(last, by_trust())), Code::KeyEnrolled, "/data/key");
    refused(ask::<Key>(&registry, &[], enrol(last.plus_seconds(1), by_trust())), Code::KeyValidity, "/data/until");
    refused(ask::<Key>(&registry, &[], enrol(at(FROM), by_trust())), Code::KeyValidity, "/data/until");
    // An institution's key lasts as the regulator says.
    accepts::<Key>(&registry, &[], enrol(last.plus_seconds(1), None), &[enrolled(last.plus_seconds(1), None)]);
}

#[test]
fn a_key_is_revoked_once_and_by_a_trust_provider_only_if_it_enrolled_it() {
    let registry = World::founded().registry;
    let given = [enrolled(at(FAR), by_trust())];
    accepts::<Key>(&registry, &given, revoke(None), &[REVOKED()]);
    accepts::<Key>(&registry, &given, revoke(by_trust()), &[REVOKED()]);
    let other = Some(stream(StreamType::TrustProvider, "other"));
    refused(ask::<Key>(&registry, &given, revoke(other)), Code::AuthorityMissing, "/signers");
    refused(ask::<Key>(&registry, &[], revoke(None)), Code::NotFound, "/data/kid");
    let revoked = [given[0].clone(), REVOKED()];
    refused(ask::<Key>(&registry, &revoked, revoke(None)), Code::KeyRevoked, "/data/kid");
}
