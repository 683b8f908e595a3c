//! Readers of the feed that are killed at random, while the ledger grows, miss nothing and see nothing twice.
//!
//! They read over real connections and lose whatever they had not finished: of a page everything, of a stream the message in
//! which they died. What survives is their list and their cursor.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use litopys::http::{App, router};
use serde_json::Value;

use crate::registry::Registry;
use crate::story::Story;
use crate::who::Who;

/// How a reader reads.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Pages of NDJSON, one after the other.
    Pages,
    /// Pages that wait for something to come.
    LongPoll,
    /// Server-sent events.
    Stream,
}

/// Gives numbers below a bound, differently for each reader.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// What of a reader survives his death.
#[derive(Default)]
struct Kept {
    seen: Vec<Value>,
    cursor: String,
    kills: usize,
}

struct Reader {
    base: String,
    form: &'static str,
    token: String,
    way: Way,
    agent: ureq::Agent,
    dice: Dice,
}

impl Reader {
    /// One life: until the answer ends, the stream has shown all that there will be, or death comes after some bytes.
    fn live(&mut self, kept: &mut Kept, end: &AtomicU64) {
        let cursor = if kept.cursor.is_empty() { "0" } else { &kept.cursor };
        let form = self.form;
        let limit = 1 + self.dice.below(90);
        let request = match self.way {
            Way::Pages => self.agent.get(format!("{}/v1/entries?form={form}&limit={limit}&after={cursor}", self.base)),
            Way::LongPoll => self.agent.get(format!("{}/v1/entries?form={form}&limit={limit}&after={cursor}&wait=1", self.base)),
            Way::Stream if kept.cursor.is_empty() => self.agent.get(format!("{}/v1/entries/stream?form={form}", self.base)),
            Way::Stream => self.agent.get(format!("{}/v1/entries/stream?form={form}", self.base)).header("last-event-id", &kept.cursor),
        };
        let mut response = request.header("authorization", format!("Bearer {}", self.token)).call().unwrap();
        let next = response.headers().get("litopys-next").map(|next| next.to_str().unwrap().to_owned());
        let mut body = response.body_mut().as_reader();
        let (mut bytes, mut chunk) = (Vec::new(), [0; 512]);
        // One life with pages in four is spared: the last page has a chain in it, which is never parted, of some 100 kB.
        let mut left = match self.way {
            Way::Stream => self.dice.below(80_000),
            _ if self.dice.below(4) == 0 => u64::MAX,
            _ => self.dice.below(30_000),
        } as usize;
        while left > 0 {
            let wanted = left.min(chunk.len());
            let read = body.read(&mut chunk[..wanted]).unwrap();
            left -= read;
            bytes.extend_from_slice(&chunk[..read]);
            match (self.way, read) {
                (Way::Stream, 0) => panic!("a stream does not end"),
                (Way::Stream, _) => {
                    messages(&mut bytes, kept);
                    let end = end.load(Ordering::Relaxed);
                    if end > 0 && kept.cursor == end.to_string() {
                        return;
                    }
                }
                (_, 0) => {
                    // The page and its cursor are kept together.
                    kept.seen.extend(bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(parsed));
                    kept.cursor = next.unwrap();
                    return;
                }
                _ => {}
            }
        }
        kept.kills += 1;
    }
}

fn parsed(line: &[u8]) -> Value {
    serde_json::from_slice(line).unwrap()
}

/// Takes whole messages off the beginning.
fn messages(bytes: &mut Vec<u8>, kept: &mut Kept) {
    while let Some(end) = bytes.windows(2).position(|two| two == b"\n\n") {
        let message: Vec<u8> = bytes.drain(..end + 2).collect();
        let text = std::str::from_utf8(&message).unwrap();
        let Some((id, data)) = text.strip_prefix("id: ").and_then(|rest| rest.split_once("\ndata: ")) else { continue };
        kept.seen.push(parsed(data.as_bytes()));
        kept.cursor = id.to_owned();
    }
}

#[test]
fn readers_killed_under_load_miss_nothing_and_see_nothing_twice() {
    let mut registry = Registry::told();
    let server = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let app = router(Arc::new(App::of(&registry.live.node)));
    let listener = server.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    server.spawn(async { axum::serve(listener, app).await });
    // Tokens are this server's own.
    let token = |who: Who| {
        let form: Vec<(&str, String)> = who.form();
        let answer = ureq::post(format!("{base}/oauth/token")).send_form(form).unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str::<Value>(&answer).unwrap()["access_token"].as_str().unwrap().to_owned()
    };
    let (size, done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let ways = [
        (Way::Pages, "entry"),
        (Way::LongPoll, "entry"),
        (Way::LongPoll, "cloudevents"),
        (Way::Stream, "entry"),
        (Way::Stream, "cloudevents"),
    ];
    let readers: Vec<_> = ways
        .iter()
        .zip(1u64..)
        .map(|((way, form), number)| {
            let (way, form, base, token) = (*way, *form, base.clone(), token(Who::Auditor));
            let (end, done) = (Arc::clone(&size), Arc::clone(&done));
            thread::spawn(move || {
                let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).build().into();
                let mut reader = Reader { base, form, token, way, agent, dice: Dice(0x9e37_79b9 * number) };
                let (mut kept, started) = (Kept::default(), Instant::now());
                while !(done.load(Ordering::Relaxed) && kept.cursor == end.load(Ordering::Relaxed).to_string()) {
                    assert!(started.elapsed() < Duration::from_secs(120), "{way:?} {form} does not get on: {}", kept.cursor);
                    reader.live(&mut kept, &end);
                }
                kept
            })
        })
        .collect();

    let mut story = Story::new(&mut registry.live);
    for round in 0..6 {
        story.declarations_from(100_000 * (round + 1), 40);
    }
    story.dismiss();
    size.store(registry.size(), Ordering::Relaxed);
    done.store(true, Ordering::Relaxed);

    let expected = |form: &str| {
        let entries = (0..registry.size()).map(|index| {
            let stored = registry.live.node.readers.with(|reader| reader.entry(index)).unwrap().unwrap();
            parsed(&stored.bytes)
        });
        match form {
            "entry" => entries.zip(0u64..).map(|(_, index)| index.to_string()).collect::<Vec<_>>(),
            _ => {
                let places = |entry: Value| {
                    (0..entry["events"].as_array().unwrap().len()).map(|place| format!("{}/{place}", entry["index"])).collect::<Vec<_>>()
                };
                entries.flat_map(places).collect()
            }
        }
    };
    for ((way, form), reader) in ways.iter().zip(readers) {
        let kept = reader.join().unwrap();
        let name = |seen: &Value| if *form == "entry" { seen["index"].to_string() } else { seen["id"].as_str().unwrap().to_owned() };
        let seen: Vec<String> = kept.seen.iter().map(name).collect();
        assert_eq!(seen, expected(form), "{way:?} {form}");
        assert!(kept.kills >= 5, "{way:?} {form} was killed {} times only", kept.kills);
        eprintln!("{way:?} {form}: {} lines, killed {} times", seen.len(), kept.kills);
    }
    server.shutdown_background();
}
