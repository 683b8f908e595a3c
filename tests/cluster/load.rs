//! Clients that send commands to whichever node answers, each again and again until it is accepted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Moment};

use aggregates::words::Instant;
use litopys::receipt;
use litopys::store::Store as _;

use crate::common::accredit::{command, id, now};
use crate::world::{ORIGIN, World};

const CLIENTS: usize = 8;

/// What the clients know.
#[derive(Default)]
struct Known {
    next: AtomicU64,
    stop: AtomicBool,
    /// Receipts by command.
    receipts: Mutex<BTreeMap<u64, String>>,
    /// When commands were accepted.
    accepted: Mutex<Vec<Moment>>,
}

/// A load on some nodes.
pub struct Load {
    known: Arc<Known>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    /// Starts clients; each begins with another node.
    pub fn on(bases: &[&str]) -> Load {
        let known = Arc::new(Known::default());
        let issued_at = now();
        let client = |number: usize| {
            let (known, bases) = (Arc::clone(&known), bases.iter().map(|base| (*base).to_owned()).collect::<Vec<_>>());
            thread::spawn(move || send(&known, &bases, number, issued_at))
        };
        let clients = (0..CLIENTS).map(client).collect();
        Load { known, clients }
    }

    /// How many commands were accepted.
    pub fn accepted(&self) -> usize {
        self.known.accepted.lock().unwrap().len()
    }

    /// Waits until so many more were accepted.
    pub fn wait_for(&self, more: usize) {
        let (goal, until) = (self.accepted() + more, Moment::now() + Duration::from_secs(60));
        while self.accepted() < goal {
            assert!(Moment::now() < until, "{} of {goal} commands were accepted", self.accepted());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The longest time without an acceptance from this moment on until after the next ones.
    pub fn gap_since(&self, moment: Moment) -> Duration {
        let accepted = self.known.accepted.lock().unwrap();
        let after = std::iter::once(moment).chain(accepted.iter().copied().filter(|at| *at > moment));
        let after: Vec<Moment> = after.collect();
        after.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }

    /// Ends the load when each command under way is accepted, and holds what was acknowledged against what is stored: each receipt
    /// verifies, each command stands in the log once.
    pub fn end(self, world: &World, before: u64) -> u64 {
        self.known.stop.store(true, Ordering::SeqCst);
        self.clients.into_iter().for_each(|client| client.join().unwrap());
        let receipts = std::mem::take(&mut *self.known.receipts.lock().unwrap());
        let reader = world.store.reader().unwrap();
        for (number, receipt) in &receipts {
            let key = std::slice::from_ref(&world.trust.log_key);
            let proven = receipt::verify(receipt.as_bytes(), key, ORIGIN, None).unwrap();
            let stored = reader.entry(proven.entry.index).unwrap().expect("what was acknowledged is there");
            assert_eq!(tlog::leaf_hash(&stored.bytes), proven.leaf, "command {number} was acknowledged with another entry");
            assert_eq!(reader.outcome(&id(*number)).unwrap().unwrap().index, proven.entry.index, "command {number}");
        }
        let size = reader.head().unwrap().size;
        assert_eq!(size, before + receipts.len() as u64, "each command once");
        size
    }
}

fn send(known: &Known, bases: &[String], client: usize, issued_at: Instant) {
    // A node that hangs is left soon.
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).http_status_as_error(false).build();
    let agent = ureq::Agent::new_with_config(config);
    let mut place = client;
    while !known.stop.load(Ordering::SeqCst) {
        let number = known.next.fetch_add(1, Ordering::SeqCst) + 1;
        let body = command(ORIGIN, number, issued_at);
        let until = Moment::now() + Duration::from_secs(60);
        loop {
            assert!(Moment::now() < until, "command {number} was never accepted");
            let url = format!("{}/v1/commands", bases[place % bases.len()]);
            let answer = agent.post(url).content_type("application/jose+json").send(&body);
            if let Ok(mut answer) = answer {
                let (status, text) = (answer.status().as_u16(), answer.body_mut().read_to_string());
                if let (201, Ok(receipt)) = (status, text) {
                    known.accepted.lock().unwrap().push(Moment::now());
                    known.receipts.lock().unwrap().insert(number, receipt);
                    break;
                }
                assert!(status == 201 || status == 503, "{status}");
            }
            place += 1;
            thread::sleep(Duration::from_millis(20));
        }
    }
}
