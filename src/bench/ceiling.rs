//! The limit that signatures set: strict verification alone, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant as Moment};

use super::bed::cores;
use super::{BenchError, ORIGIN};
use crate::admission::{KeyDirectory, admit};
use crate::keys::{AdmittedKey, verify_plainly};

/// A signature with its key and what it is over.
pub struct Signed {
    key: AdmittedKey,
    message: String,
    signature: [u8; 64],
}

/// The signatures of some commands, two of each.
///
/// # Errors
/// [`BenchError::Turned`]: a command is not one of the cast's.
pub fn signatures(bodies: &[String], directory: &KeyDirectory) -> Result<Vec<Signed>, BenchError> {
    let mut all = Vec::with_capacity(2 * bodies.len());
    for body in bodies {
        let admitted = admit(body.as_bytes(), ORIGIN, directory).map_err(|why| BenchError::Turned(why.to_string()))?;
        for one in &admitted.envelope.signatures {
            let key = directory.get(&one.kid).ok_or_else(|| BenchError::Turned("a key that is not enrolled".into()))?;
            all.push(Signed { key, message: admitted.envelope.signing_input(one), signature: one.bytes });
        }
    }
    Ok(all)
}

/// How long it takes all cores to verify them, each by `verify_strict` alone.
pub fn verified(signatures: &[Signed]) -> Duration {
    const CHUNK: usize = 64;
    let next = AtomicUsize::new(0);
    let start = Moment::now();
    let worker = || {
        loop {
            let first = next.fetch_add(CHUNK, Ordering::Relaxed);
            let Some(some) = signatures.get(first..signatures.len().min(first + CHUNK)).filter(|some| !some.is_empty()) else { return };
            for one in some {
                assert!(verify_plainly(&one.key, one.message.as_bytes(), &one.signature), "the cast signs well");
            }
        }
    };
    thread::scope(|scope| (0..cores()).for_each(|_| drop(scope.spawn(worker))));
    start.elapsed()
}
