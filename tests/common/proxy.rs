//! A wire between a client and a server that a test can cut, or keep up and let nothing through.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What becomes of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Wire {
    /// They pass.
    Whole,
    /// Connections are closed, and new ones at once.
    Cut,
    /// Connections stay up and nothing passes.
    Silent,
    /// The next COMMIT is not passed on: the wire is cut before it.
    CutBeforeCommit,
    /// The next COMMIT is passed on, and the wire is cut before its answer.
    CutAfterCommit,
}

impl Wire {
    fn of(number: u8) -> Wire {
        [Wire::Whole, Wire::Cut, Wire::Silent, Wire::CutBeforeCommit, Wire::CutAfterCommit][number as usize]
    }
}

/// A wire to a port of this machine.
pub struct Proxy {
    port: u16,
    state: Arc<AtomicU8>,
    ends: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    pub fn to(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(AtomicU8::new(Wire::Whole as u8));
        let ends: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let (known, all) = (Arc::clone(&state), Arc::clone(&ends));
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                if Wire::of(known.load(Ordering::SeqCst)) == Wire::Cut {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                for end in [&client, &server] {
                    let _ = end.set_nodelay(true);
                    all.lock().unwrap().push(end.try_clone().unwrap());
                }
                let (to, from) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (state, all_ends) = (Arc::clone(&known), Arc::clone(&all));
                thread::spawn(move || carry(client, server, &state, &all_ends, true));
                let (state, all_ends) = (Arc::clone(&known), Arc::clone(&all));
                thread::spawn(move || carry(to, from, &state, &all_ends, false));
            }
        });
        Proxy { port, state, ends }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn state(&self) -> Wire {
        Wire::of(self.state.load(Ordering::SeqCst))
    }

    pub fn set(&self, wire: Wire) {
        self.state.store(wire as u8, Ordering::SeqCst);
        if wire == Wire::Cut {
            close(&self.ends);
        }
    }
}

fn close(ends: &Mutex<Vec<TcpStream>>) {
    for end in ends.lock().unwrap().drain(..) {
        let _ = end.shutdown(Shutdown::Both);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, state: &AtomicU8, ends: &Mutex<Vec<TcpStream>>, is_client: bool) {
    let mut bytes = [0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        let some = &bytes[..length];
        while Wire::of(state.load(Ordering::SeqCst)) == Wire::Silent {
            thread::sleep(Duration::from_millis(10));
        }
        let wire = Wire::of(state.load(Ordering::SeqCst));
        let commits = is_client && some.windows(6).any(|window| window == b"COMMIT");
        let cuts = matches!(wire, Wire::CutBeforeCommit | Wire::CutAfterCommit) && commits;
        // Only one commit is cut, and by whoever comes first.
        let cuts = cuts && state.compare_exchange(wire as u8, Wire::Cut as u8, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if cuts && wire == Wire::CutBeforeCommit {
            break;
        }
        if !cuts && Wire::of(state.load(Ordering::SeqCst)) == Wire::Cut {
            break;
        }
        if to.write_all(some).is_err() {
            break;
        }
        if cuts {
            // The server has it; its answer does not come back.
            thread::sleep(Duration::from_millis(100));
            break;
        }
    }
    if Wire::of(state.load(Ordering::SeqCst)) == Wire::Cut {
        close(ends);
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
