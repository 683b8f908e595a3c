//! A process that dies at each step of a commit: what was promised holds, what was not promised happens once or not at all.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod common;

use std::process::{Command, Stdio};

use common::accredit::{command, founders, now};
use litopys::admission::admit;
use litopys::node::{self, Node, Options, Paths};
use litopys::sequencer::{Answer, Probe, Step};

const CHILD: &str = "LITOPYS_TEST_CRASH";

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
    let body = command(&node.trust.origin, 1, issued_at.parse().unwrap());
    submit(&node, &body).await;
    unreachable!("the process dies before it answers");
}

#[tokio::test]
async fn death_at_any_step_loses_nothing_promised_and_doubles_nothing() {
    for (place, step) in Step::ALL.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::in_dir(folder.path());
        let trust = node::create(&paths, &founders("example.org/crash")).unwrap();
        let issued_at = now();
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
        let Answer::Accepted(again) = submit(&node, &command(&trust.origin, 1, issued_at)).await else { panic!("{step:?}") };
        assert_eq!((again.index, again.size, again.replayed), (1, 2, committed), "{step:?}: once, whoever asks how often");
        let Answer::Accepted(next) = submit(&node, &command(&trust.origin, 2, issued_at)).await else { panic!("{step:?}") };
        assert_eq!((next.index, next.size), (2, 3), "{step:?}: writing goes on");
        node.close().unwrap();
    }
}
