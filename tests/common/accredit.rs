//! A ledger with the least that takes commands, and as many commands for it as one likes.

use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role};
use litopys::envelope::{Draft, compose};
use litopys::keys::{SecretKey, to_jwk};
use litopys::node::Founders;
use litopys::sequencer::system_clock;
use serde_json::json;
use uuid::Uuid;

pub fn key(number: u64) -> SecretKey {
    let mut seed = [9; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    SecretKey::from_seed(&seed)
}

/// An id of version 7 that depends on nothing but `number`.
pub fn id(number: u64) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(1_790_000_000_000 + number, &[7; 10]).into_uuid()
}

pub fn founders(origin: &str) -> Founders {
    Founders {
        origin: origin.into(),
        regulators: vec![key(1)],
        operator: key(2),
        log: key(3),
        refusal: key(4),
        policy: PolicyTerms::default(),
        keys_until: "2036-01-01T00:00:00Z".parse().unwrap(),
    }
}

pub fn now() -> Instant {
    Instant::from_ms(system_clock()()).unwrap()
}

/// The `number`-th command: a trust provider is accredited. Always the same bytes for one `issued_at`.
pub fn command(origin: &str, number: u64, issued_at: Instant) -> String {
    let holder = key(1_000_000 + number);
    let draft = Draft {
        id: id(number),
        ledger: origin.to_owned(),
        kind: "trust_provider.accredit".into(),
        issued_at,
        expect: None,
        seen: None,
        data: json!({
            "trust_provider": id(10_000_000 + number), "name": "Довірчі послуги", "edrpou": "32855961",
            "key": to_jwk(&holder.public()), "key_until": "2036-01-01T00:00:00Z",
        }),
        disclose: vec![],
    };
    compose(&draft, &[(&key(1), Role::Regulator, None), (&holder, Role::Holder, None)], |_| {}).unwrap().body
}
