//! What admission costs a command beside its two signatures by `verify_strict` alone: side by side, on one thread, chunk by chunk.
//!
//! The commands are the benchmark's declarations: request, confirmation by the patient's key, signature. Each is admitted only a few times,
//! so that patients' keys stay keys that sign seldom.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark fails where it stands and prints what it saw")]

use std::hint::black_box;

use aggregates::words::Instant;
use litopys::admission::{admit, admit_all, command_of, disclosed};
use litopys::bench::{Bed, Cast, ORIGIN, Workload};
use litopys::envelope::Envelope;
use litopys::keys::{verdicts, verify_plainly};
use litopys::sequencer::system_clock;
use tempfile::TempDir;

const DECLARATIONS: u64 = 1_200;
const ROUNDS: usize = 2;
const CHUNK: usize = 16;

/// Something done with some bodies, or with their envelopes.
type Way<'a> = dyn Fn(&[String], &[Envelope]) + 'a;

/// Processor time of this thread so far, in microseconds.
fn spent() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e3
}

fn main() {
    let cast = Cast::new(DECLARATIONS, Instant::from_ms(system_clock()()).unwrap());
    let bed = Bed::new("SQLite", &cast, TempDir::new().unwrap(), None).unwrap();
    let mut bodies = Vec::new();
    let code = |request| bed.code(request).unwrap();
    Workload::Declarations
        .play(&cast, 0..DECLARATIONS, &code, |some, measured| {
            bodies.extend_from_slice(if measured { some } else { &[] });
            bed.take(some)
        })
        .unwrap();
    let directory = &bed.node.directory;
    let keys = |envelope: &Envelope| -> Vec<_> { envelope.signatures.iter().filter_map(|one| directory.get(&one.kid)).collect() };
    let ways: [(&str, &Way<'_>); 7] = [
        ("two verify_strict", &|_, envelopes| {
            for (envelope, keys) in envelopes.iter().map(|one| (one, keys(one))) {
                for (one, key) in envelope.signatures.iter().zip(&keys) {
                    assert!(verify_plainly(key, envelope.signing_input(one).as_bytes(), &one.bytes));
                }
            }
        }),
        ("both signatures, by command", &|_, envelopes| {
            envelopes.iter().for_each(|one| one.judged(&verdicts(&one.begin_signatures(keys(one)))).unwrap());
        }),
        ("both signatures, all together", &|_, envelopes| {
            let begun: Vec<_> = envelopes.iter().flat_map(|one| one.begin_signatures(keys(one))).collect();
            assert!(!verdicts(&begun).contains(&false));
        }),
        ("envelope", &|bodies, _| bodies.iter().for_each(|body| drop(black_box(Envelope::parse(body.as_bytes()).unwrap())))),
        ("form", &|_, envelopes| {
            for envelope in envelopes {
                let disclosed: Vec<_> = envelope.disclosures.iter().map(disclosed).collect();
                black_box(command_of(&envelope.payload, Some(&disclosed)).unwrap());
            }
        }),
        ("admit", &|bodies, _| bodies.iter().for_each(|body| drop(black_box(admit(body.as_bytes(), ORIGIN, directory).unwrap())))),
        ("admit_all", &|bodies, _| {
            let all = admit_all(bodies.iter().map(String::as_bytes), ORIGIN, directory);
            assert!(black_box(all).iter().all(Result::is_ok));
        }),
    ];
    let mut times = vec![0.0; ways.len()];
    for _ in 0..ROUNDS {
        for chunk in bodies.chunks(CHUNK) {
            let envelopes: Vec<_> = chunk.iter().map(|body| Envelope::parse(body.as_bytes()).unwrap()).collect();
            for ((_, way), time) in ways.iter().zip(&mut times) {
                let start = spent();
                way(chunk, &envelopes);
                *time += spent() - start;
            }
        }
    }
    let commands = (ROUNDS * bodies.len()) as f64;
    for ((name, _), time) in ways.iter().zip(&times) {
        println!("{name:<32} {:>8.2} µs a command, {:.3} of two verify_strict", time / commands, time / times[0]);
    }
}
