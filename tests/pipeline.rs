//! While a batch is committed the next is decided on top of it, and nobody is answered before his own batch.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod common;

use std::sync::{Arc, Condvar, Mutex};

use common::accredit::{command, founders, now};
use litopys::admission::admit;
use litopys::node::{self, Node, Options, Paths};
use litopys::receipt;
use litopys::sequencer::{Accepted, Answer, Probe, Step};
use tokio::sync::oneshot::Receiver;
use tokio::sync::oneshot::error::TryRecvError;

/// Holds commits up at each of their steps until it is opened for good.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    /// Where a commit is held up.
    at: Option<Step>,
    open: bool,
}

impl Gate {
    fn wait_for(&self, met: impl Fn(&mut State) -> bool) {
        let (state, changed) = &*self.0;
        drop(changed.wait_while(state.lock().unwrap(), |state| !met(state)).unwrap());
    }

    fn change(&self, change: impl Fn(&mut State)) {
        change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }
}

impl Probe for Gate {
    fn at(&mut self, step: Step) {
        self.change(|state| state.at = Some(step));
        self.wait_for(|state| state.open || state.at.is_none());
    }
}

fn hand_over(node: &Node, body: &str) -> Receiver<Answer> {
    node.sequencer.hand_over(admit(body.as_bytes(), &node.trust.origin, &node.directory).unwrap()).unwrap()
}

fn accepted(answer: Receiver<Answer>) -> Accepted {
    let Answer::Accepted(accepted) = answer.blocking_recv().unwrap() else { panic!("accepted") };
    accepted
}

#[test]
fn what_comes_during_a_commit_is_decided_on_top_of_it_and_answered_after_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::in_dir(folder.path());
    let trust = node::create(&paths, &founders("example.org/registry")).unwrap();
    let gate = Gate::default();
    let probe = gate.clone();
    let node = Node::open(paths, Options { probe: Box::new(move || Box::new(probe.clone())), ..Options::default() }).unwrap();
    let issued_at = now();
    let body = command(&trust.origin, 1, issued_at);
    let mut first = hand_over(&node, &body);
    // The first is being committed, and held up.
    gate.wait_for(|state| state.at == Some(Step::Signed));
    let mut later = vec![hand_over(&node, &body), hand_over(&node, &command(&trust.origin, 2, issued_at))];
    // The same id and another payload.
    let mut other = hand_over(&node, &command(&trust.origin, 1, issued_at.plus_seconds(1)));
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(later.iter_mut().chain([&mut other]).all(|answer| matches!(answer.try_recv(), Err(TryRecvError::Empty))));
    for step in Step::ALL {
        gate.wait_for(|state| state.at == Some(step));
        let shown = if step == Step::Published { 2 } else { 1 };
        assert_eq!(node.sequencer.published().size, shown, "nothing is shown before all is done that comes before it: {step:?}");
        assert!(matches!(first.try_recv(), Err(TryRecvError::Empty)), "nobody is answered before it is shown: {step:?}");
        gate.change(|state| state.at = None);
    }
    gate.change(|state| state.open = true);
    let (first, copy, second) = (accepted(first), accepted(later.remove(0)), accepted(later.remove(0)));
    assert_eq!((first.index, first.size, first.replayed), (1, 2, false));
    assert_eq!((copy.index, copy.size, copy.replayed), (1, 2, true));
    assert_eq!((second.index, second.size, second.replayed), (2, 3, false));
    assert!(matches!(other.blocking_recv().unwrap(), Answer::Turned(code) if code.name() == "id_conflict"));
    // What is made at once is what the store gives later, byte for byte.
    let tree = node.sequencer.published().tree.clone();
    for one in [&first, &second] {
        let now = receipt::write_now(one.sealed.as_ref().unwrap(), one.index, &one.entry).unwrap();
        let later = node.readers.with(|reader| receipt::make(reader, &tree, one.index, one.size, &one.entry, false)).unwrap();
        assert_eq!(now, serde_json::to_vec(&later).unwrap());
    }
    assert!(copy.sealed.is_none(), "an earlier commit's receipt is the store's");
    node.close().unwrap();
}

#[test]
fn receipts_made_at_once_are_those_of_the_store_across_full_tiles() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::in_dir(folder.path());
    let trust = node::create(&paths, &founders("example.org/registry")).unwrap();
    let node = Node::open(paths, Options::default()).unwrap();
    let issued_at = now();
    let mut all = Vec::new();
    for batch in [200u64, 300, 30] {
        let from = all.len() as u64;
        let answers: Vec<_> = (from..from + batch).map(|number| hand_over(&node, &command(&trust.origin, number, issued_at))).collect();
        all.extend(answers.into_iter().map(accepted));
    }
    let tree = node.sequencer.published().tree.clone();
    for one in &all {
        let now = receipt::write_now(one.sealed.as_ref().unwrap(), one.index, &one.entry).unwrap();
        let later = node.readers.with(|reader| receipt::make(reader, &tree, one.index, one.size, &one.entry, false)).unwrap();
        assert_eq!(now, serde_json::to_vec(&later).unwrap(), "{}", one.index);
        receipt::verify(&now, std::slice::from_ref(&trust.log_key), &trust.origin, None).unwrap();
    }
    assert_eq!(node.sequencer.published().size, 531);
    node.close().unwrap();
}
