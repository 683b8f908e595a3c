//! A process that dies at each step of a commit: what was promised holds, what was not promised happens once or not at all.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::process::{Command, Stdio};

use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role};
use litopys::admission::admit;
use litopys::envelope::{Draft, compose};
use litopys::keys::{SecretKey, to_jwk};
use litopys::node::{self, Founders, Node, Options, Paths, Trust};
use litopys::sequencer::{Answer, Probe, Step, system_clock};
use serde_json::json;
use uuid::Uuid;

const CHILD: &str = "LITOPYS_TEST_CRASH";

fn key(byte: u8) -> SecretKey {
    SecretKey::from_seed(&[byte; 32])
}

/// An id of version 7 that depends on nothing but `number`.
fn id(number: u64) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(1_790_000_000_000 + number, &[7; 10]).into_uuid()
}

/// The `number`-th command: a trust provider is accredited. Always the same bytes within a minute's test.
fn command(trust: &Trust, number: u64, issued_at: Instant) -> String {
    let holder = key(100 + number as u8);
    let draft = Draft {
        id: id(number),
        ledger: trust.origin.clone(),
        kind: "trust_provider.accredit".into(),
        issued_at,
        expect: None,
        seen: None,
        data: json!({
            "trust_provider": id(1000 + number), "name": "Довірчі послуги", "edrpou": "32855961",
            "key": to_jwk(&holder.public()), "key_until": "2036-01-01T00:00:00Z",
        }),
        disclose: vec![],
    };
    compose(&draft, &[(&key(1), Role::Regulator, None), (&holder, Role::Holder, None)], |_| {}).unwrap().body
}

struct Dies(Step);

impl Probe for Dies {
    fn at(&mut self, step: Step) {
        if step == self.0 {
            // As kill -9 would: no unwinding, no destructor, nothing flushed.
            std::process::abort();
        }
    }
}

async fn submit(node: &Node, body: &str) -> Answer {
    let admitted = admit(body.as_bytes(), &node.trust.origin, &node.directory).unwrap();
    node.sequencer.submit(admitted).await.unwrap()
}

/// Run by the test below in a process of its own; without its instruction it has nothing to do.
#[tokio::test]
async fn child() {
    let Ok(instruction) = std::env::var(CHILD) else { return };
    let (step, rest) = instruction.split_once(' ').unwrap();
    let (issued_at, dir) = rest.split_once(' ').unwrap();
    let step = Step::ALL[step.parse::<usize>().unwrap()];
    let options = Options { probe: Box::new(move || Box::new(Dies(step))), ..Options::default() };
    let node = Node::open(Paths::in_dir(dir.as_ref()), options).unwrap();
    let body = command(&node.trust, 1, issued_at.parse().unwrap());
    submit(&node, &body).await;
    unreachable!("the process dies before it answers");
}

#[tokio::test]
async fn death_at_any_step_loses_nothing_promised_and_doubles_nothing() {
    for (place, step) in Step::ALL.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::in_dir(folder.path());
        let founders = Founders {
            origin: "example.org/crash".into(),
            regulators: vec![key(1)],
            operator: key(2),
            log: key(3),
            refusal: key(4),
            policy: PolicyTerms::default(),
            keys_until: "2036-01-01T00:00:00Z".parse().unwrap(),
        };
        let trust = node::create(&paths, &founders).unwrap();
        let issued_at = Instant::from_ms(system_clock()()).unwrap();
        let died = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, format!("{place} {issued_at} {}", folder.path().display()))
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(!died.success(), "{step:?}: the child died");

        let node = Node::open(paths.clone(), Options::default()).unwrap();
        // Committed means published, if late; not committed means that it never happened.
        let committed = place >= 2;
        let published = node.sequencer.published();
        assert_eq!(published.size, if committed { 2 } else { 1 }, "{step:?}");
        assert!(published.ready);
        let Answer::Accepted(again) = submit(&node, &command(&trust, 1, issued_at)).await else { panic!("{step:?}") };
        assert_eq!((again.index, again.size, again.replayed), (1, 2, committed), "{step:?}: once, whoever asks how often");
        let Answer::Accepted(next) = submit(&node, &command(&trust, 2, issued_at)).await else { panic!("{step:?}") };
        assert_eq!((next.index, next.size), (2, 3), "{step:?}: writing goes on");
        node.close().unwrap();
    }
}
