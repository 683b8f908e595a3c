//! Reads while commands are written at half of the pace that was reached, beside a bare handler that answers the same bytes.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;

use super::http::{Loading, begin, declared_over_http, loaded, with_latencies};
use super::load::{Orders, Seen, What};
use super::served::Served;
use super::told::{Line, Wanted};
use super::{Bench, BenchError, ORIGIN, Step};
use crate::access::ask::form;
use crate::demo::Client;
use crate::node::{Trust, new_id};
use crate::sequencer::system_clock;

const SECTION: &str = "Reads over HTTP while commands are written";

/// Connections that read; answers with pseudonymous rows wait until the access log is durable, for many readers at once.
const CONNECTIONS: usize = 64;
/// For how long commands are written beside them, in seconds, with 2,000 declarations or more.
const SECONDS: f64 = 4.0;
/// The part of it after which reading begins, and for how large a part it lasts: commands are written from before its first request
/// until after its last.
const READING: (f64, f64) = (0.2, 0.5);
/// Declarations that are made to learn the pace, where it was not measured before.
const PACED: u64 = 1_000;
/// Different things that are asked for.
const DIFFERENT: u64 = 500;
/// Rows of a page.
const PAGE: usize = 20;

/// Measures reads by id, by doctor, and as of a past size, on every engine.
///
/// # Errors
/// [`BenchError`].
pub(super) fn measure(bench: &mut Bench) -> Result<(), BenchError> {
    for engine in 0..bench.beds.len() {
        let pace = match bench.paced(engine) {
            Some(pace) => pace,
            None => {
                let patients = bench.patients(PACED.min(bench.settings.declarations));
                let declared = declared_over_http(&bench.beds[engine], &bench.cast, patients.clone(), 64, What::Commands)?;
                3.0 * (patients.end - patients.start) as f64 / declared.seconds
            }
        };
        let written = pace / 2.0;
        let seconds = SECONDS * (bench.settings.declarations as f64 / 2_000.0).min(1.0);
        let declared = bench.declared.clone().take(DIFFERENT as usize);
        let declarations: Vec<u64> = declared.collect();
        let declarations = declarations.as_slice();
        // Each load is a stage of some patients' way, so two sets of them make six loads.
        let sets = [(); 2].map(|()| bench.patients((seconds * written) as u64));
        let bed = &bench.beds[engine];
        for set in &sets {
            bed.take(&bench.cast.commands(&Step::Enrol, set.clone())?)?;
            bed.take(&bench.cast.commands(&Step::Register { with_key: true }, set.clone())?)?;
        }
        let served = Served::start(&bed.node)?;
        let trust = Trust::read(&*bed.place.store.reader()?)?;
        let client = Client::new(&format!("http://{}", served.address()), &trust);
        let asked = form(ORIGIN, (bench.cast.regulator(), "regulator"), None, system_clock()() / 1_000, || new_id().to_string());
        let token = client.ask_for_token(&asked).map_err(|error| BenchError::Turned(error.to_string()))?;
        let token = token["access_token"].as_str().ok_or_else(|| BenchError::Turned(format!("no token: {token}")))?.to_owned();
        let past = bed.node.sequencer.published().size;
        let kinds: [(&str, Vec<String>); 3] = [
            ("by id", declarations.iter().map(|one| format!("/v1/declarations/{}", bench.cast.declaration(*one))).collect()),
            (
                "by doctor",
                (0..bench.cast.doctors()).map(|one| format!("/v1/declarations?employee={}&limit={PAGE}", bench.cast.doctor(one))).collect(),
            ),
            (
                "as of a past size",
                declarations.iter().map(|one| format!("/v1/declarations/{}?as_of={past}", bench.cast.declaration(*one))).collect(),
            ),
        ];
        let (paths, writes) = (bed.folder().path().join("paths"), bed.folder().path().join("load"));
        let steps = [Step::Request, Step::ConfirmByKey, Step::Sign];
        // Beside a read and beside the bare handler the same is written, of other patients.
        let mut stages = steps.iter().flat_map(|step| sets.iter().map(move |set| (step, set.clone())));
        let mut writing = || -> Result<Loading, BenchError> {
            let (step, set) = stages.next().ok_or_else(|| BenchError::Turned("there is nothing left to write".into()))?;
            fs::write(&writes, bench.cast.commands(step, set)?.join("\n"))?;
            let file = writes.clone();
            let load = begin(&Orders { server: served.address(), file, connections: 64, what: What::Commands, pace: Some(written) })?;
            sleep(Duration::from_secs_f64(seconds * READING.0));
            Ok(load)
        };
        for (name, asked) in kinds {
            let (status, example) = client.read(&asked[0], Some(&token)).map_err(|error| BenchError::Turned(error.to_string()))?;
            if status != 200 {
                return Err(BenchError::Turned(format!("{}: {status} {example}", asked[0])));
            }
            fs::write(&paths, asked.iter().map(|path| format!("{path} {token}")).collect::<Vec<_>>().join("\n"))?;
            let bare = bare(example.to_string())?;
            let what = What::Paths((seconds * READING.1 * 1_000.0) as u64);
            let reading = |server| Orders { server, file: paths.clone(), connections: CONNECTIONS, what, pace: None };
            let load = writing()?;
            let ours = loaded(&reading(served.address()))?;
            let wrote = load.seen()?;
            let load = writing()?;
            let plain = loaded(&reading(bare.address()))?;
            let beside = load.seen()?;
            bare.stop();
            let pace = |seen: &Seen| seen.answered as f64 / seen.seconds;
            let line = Line::new(SECTION, format!("{}: {name}", bed.name), "requests/s", vec![pace(&ours)]);
            let line = line.against("a bare handler", pace(&plain), Wanted::Least(0.5)).with("bytes", example.to_string().len());
            let line = with_latencies(line, &ours).with("writes/s", pace(&wrote).round());
            bench.lines.push(line.with("writes/s beside the bare handler", pace(&beside).round()));
            let p99 = Line::new(SECTION, format!("{}: {name}, p99", bed.name), "µs", vec![f64::from(ours.percentile(0.99))]);
            bench.lines.push(p99.against("p50", f64::from(ours.percentile(0.5)), Wanted::Most(10.0)));
        }
        served.stop();
    }
    Ok(())
}

/// A server that answers every path with the same text, and knows nothing else.
fn bare(text: String) -> Result<Served, BenchError> {
    let text = Bytes::from(text);
    Served::of(Router::new().route("/{*path}", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], text) })))
}
