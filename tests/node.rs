//! A ledger in a folder: created, opened, written to, opened again.

use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role};
use litopys::admission::admit;
use litopys::envelope::{Draft, compose};
use litopys::keys::{SecretKey, to_jwk};
use litopys::node::{self, Founders, Node, Options, Paths, new_id};
use litopys::receipt;
use litopys::sequencer::{Answer, system_clock};
use serde_json::json;

fn key(byte: u8) -> SecretKey {
    SecretKey::from_seed(&[byte; 32])
}

#[tokio::test]
async fn a_command_becomes_an_entry_and_its_repeat_the_same_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::in_dir(folder.path());
    let until: Instant = "2036-01-01T00:00:00Z".parse().unwrap();
    let founders = Founders {
        origin: "example.org/registry".into(),
        regulators: vec![key(1)],
        operator: key(2),
        log: key(3),
        refusal: key(4),
        policy: PolicyTerms::default(),
        keys_until: until,
    };
    let trust = node::create(&paths, &founders).unwrap();
    assert!(node::create(&paths, &founders).is_err(), "nothing is overwritten");
    let draft = Draft {
        id: new_id(),
        ledger: trust.origin.clone(),
        kind: "trust_provider.accredit".into(),
        issued_at: Instant::from_ms(system_clock()()).unwrap(),
        expect: None,
        seen: None,
        data: json!({
            "trust_provider": new_id(), "name": "Довірчі послуги", "edrpou": "32855961",
            "key": to_jwk(&key(5).public()), "key_until": until,
        }),
        disclose: vec![],
    };
    let body = compose(&draft, &[(&key(1), Role::Regulator, None), (&key(5), Role::Holder, None)], |_| {}).unwrap().body;
    let mut receipts = Vec::new();
    for round in 0..3 {
        let node = Node::open(paths.clone(), Options::default()).unwrap();
        assert_eq!(node.trust, trust);
        let admitted = admit(body.as_bytes(), &trust.origin, &node.directory).unwrap();
        let Answer::Accepted(accepted) = node.sequencer.submit(admitted).await.unwrap() else { panic!("accepted") };
        assert_eq!((accepted.index, accepted.size, accepted.replayed), (1, 2, round > 0));
        let published = node.sequencer.published();
        let receipt = node
            .readers
            .with(|reader| receipt::make(reader, &published.tree, accepted.index, accepted.size, &accepted.entry, true))
            .unwrap();
        let json = serde_json::to_vec(&receipt).unwrap();
        let proven = receipt::verify(&json, std::slice::from_ref(&trust.log_key), &trust.origin, Some(&trust.genesis)).unwrap();
        assert_eq!(proven.entry.index, 1);
        receipts.push(json);
        node.close().unwrap();
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1, "a repeat is byte for byte the same");
}
