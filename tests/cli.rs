//! The program itself: a ledger founded, served, written to, ended, served again.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant as Moment, Role};
use litopys::envelope::{Draft, compose};
use litopys::keys::read_key_file;
use litopys::node::{Trust, new_id};
use litopys::receipt;
use litopys::sequencer::system_clock;
use serde_json::{Value, json};

const ORIGIN: &str = "example.org/registry";

fn litopys(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_litopys")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn ends(output: &Output, code: i32) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    assert_eq!(err.is_empty(), code == 0, "talk on stderr if and only if something is wrong: {err}");
    out.into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder with a ledger in it.
struct Founded {
    folder: tempfile::TempDir,
    trust: Trust,
}

impl Founded {
    fn new() -> Founded {
        let folder = tempfile::tempdir().unwrap();
        let printed = ends(&litopys(&["init", "--dir", text(&folder.path().join("ledger")), "--origin", ORIGIN, "--regulators", "2"]), 0);
        assert_eq!(printed, fs::read_to_string(folder.path().join("ledger/trust.json")).unwrap());
        Founded { trust: Trust::from_json(&printed).unwrap(), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn key(&self, name: &str, role: &str) -> String {
        format!("{}:{role}", text(&self.path(&format!("ledger/keys/{name}.json"))))
    }

    /// Writes a command to a file.
    fn command(&self, name: &str, command: &Value) -> String {
        let path = self.path(name);
        fs::write(&path, command.to_string()).unwrap();
        text(&path).to_owned()
    }

    fn serve(&self) -> Served {
        let ledger = self.path("ledger");
        let mut child = Command::new(env!("CARGO_BIN_EXE_litopys"))
            .args(["serve", "--dir", text(&ledger), "--high-water", text(&ledger.join("high-water"))])
            .args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--log", "json"])
            .env("RUST_LOG", "info")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let (mut address, mut metrics) = (String::new(), String::new());
        while address.is_empty() {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it listened");
            let line: Value = serde_json::from_str(&line).unwrap();
            match line["message"].as_str() {
                Some("listening for /metrics") => metrics = line["address"].as_str().unwrap().to_owned(),
                Some("listening") => address = line["address"].as_str().unwrap().to_owned(),
                _ => {}
            }
        }
        let log = thread::spawn(move || {
            let mut rest = String::new();
            log.read_to_string(&mut rest).unwrap();
            rest
        });
        Served { child, address, metrics, log: Some(log) }
    }
}

/// A ledger that is served; killed if the test fails.
struct Served {
    child: Child,
    address: String,
    metrics: String,
    log: Option<thread::JoinHandle<String>>,
}

impl Served {
    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn get(&self, path: &str) -> String {
        fetch(&format!("{}{path}", self.url()))
    }

    /// Asks it to end, as a service manager does.
    fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits for a good end and gives the log.
    fn ended(mut self) -> String {
        let begun = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(begun.elapsed() < Duration::from_secs(60), "it does not end"),
            }
            thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.code(), Some(0));
        self.log.take().unwrap().join().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn fetch(url: &str) -> String {
    ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap()
}

fn policy_set() -> Value {
    json!({ "type": "policy.set", "data": { "policy": PolicyTerms::default() } })
}

#[test]
fn a_ledger_is_founded_once() {
    let founded = Founded::new();
    let keys: Vec<_> = fs::read_dir(founded.path("ledger/keys")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(keys.len(), 5, "{keys:?}");
    let before = fs::read(founded.path("ledger/keys/log.json")).unwrap();
    ends(&litopys(&["init", "--dir", text(&founded.path("ledger")), "--origin", ORIGIN]), 5);
    assert_eq!(fs::read(founded.path("ledger/keys/log.json")).unwrap(), before);
    fs::remove_file(founded.path("ledger/ledger.sqlite")).unwrap();
    ends(&litopys(&["init", "--dir", text(&founded.path("ledger")), "--origin", ORIGIN]), 5);
    assert!(!founded.path("ledger/ledger.sqlite").exists(), "a refusal leaves nothing behind");
}

#[test]
fn a_first_policy_is_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    let init = |dir: &str| litopys(&["init", "--dir", text(&folder.path().join(dir)), "--origin", ORIGIN, "--policy", text(&file)]);
    ends(&init("a"), 4);
    fs::write(&file, "{}").unwrap();
    ends(&init("a"), 7);
    let mut policy = serde_json::to_value(PolicyTerms::default()).unwrap();
    policy["regulator_quorum"] = json!({ "keys": 2, "commands": ["policy.set"] });
    fs::write(&file, policy.to_string()).unwrap();
    ends(&init("b"), 7);
    policy["regulator_quorum"] = json!({ "keys": 1, "commands": ["policy.set"] });
    fs::write(&file, policy.to_string()).unwrap();
    ends(&init("c"), 0);
}

#[test]
fn keys_are_made_and_shown_but_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.json");
    let made = ends(&litopys(&["keys", "new", text(&file)]), 0);
    assert_eq!(ends(&litopys(&["keys", "show", text(&file)]), 0), made);
    let shown: Value = serde_json::from_str(&made).unwrap();
    let key = read_key_file(&file).unwrap();
    assert_eq!((shown["kid"].as_str(), shown["jwk"]["x"].as_str()), (Some(&*key.kid().to_string()), Some(&*key.public().to_string())));
    assert!(shown["jwk"].get("d").is_none());
    ends(&litopys(&["keys", "new", text(&file)]), 5);
    ends(&litopys(&["keys", "show", text(&folder.path().join("none"))]), 4);
    fs::write(folder.path().join("bad"), "{}").unwrap();
    assert_ne!(litopys(&["keys", "show", text(&folder.path().join("bad"))]).status.code(), Some(0));
}

#[test]
fn wrong_arguments_are_told() {
    let founded = Founded::new();
    let ledger = founded.path("ledger");
    ends(&litopys(&["serve", "--dir", text(&ledger)]), 2);
    ends(&litopys(&["serve", "--high-water", "x"]), 2);
    ends(&litopys(&["serve", "--dir", "/nonexistent", "--high-water", "x"]), 4);
    ends(&litopys(&["serve", "--dir", text(&ledger), "--high-water", text(&founded.path("other"))]), 7);
    let file = founded.command("set.json", &policy_set());
    let print = |sign: &[&str], file: &str| {
        let mut arguments = vec!["submit", "--print", "--origin", ORIGIN, "--file", file];
        sign.iter().for_each(|sign| arguments.extend(["--sign", sign]));
        litopys(&arguments)
    };
    ends(&print(&["x"], &file), 2);
    ends(&print(&["x:regulator"], &file), 4);
    ends(&print(&[&founded.key("regulator-1", "king")], &file), 2);
    ends(&print(&[&founded.key("regulator-1", "mis:nothing")], &file), 2);
    ends(&print(&[], &file), 2);
    let regulator = founded.key("regulator-1", "regulator");
    ends(&print(&[&regulator], text(&founded.path("none"))), 4);
    for wrong in [
        json!([]),
        json!({}),
        json!({ "type": "policy.set" }),
        json!({ "type": "x", "data": {} }),
        json!({ "type": "policy.set", "data": {}, "x": 1 }),
    ] {
        ends(&print(&[&regulator], &founded.command("wrong.json", &wrong)), 2);
    }
    ends(&litopys(&["submit", "--file", &file]), 2);
    ends(&litopys(&["submit", "--server", "http://127.0.0.1:1", "--file", &file, "--sign", &regulator]), 6);
}

#[test]
fn personal_members_are_hidden_before_anything_is_sent() {
    let founded = Founded::new();
    let person = founded.path("person.json");
    ends(&litopys(&["keys", "new", text(&person)]), 0);
    let public = read_key_file(&person).unwrap().public();
    let data = json!({
        "key": { "kty": "OKP", "crv": "Ed25519", "x": public }, "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "evidence": "presence",
        "practitioner": { "id": new_id(), "last_name": "Шевченко", "first_name": "Олена", "tax_id": "1234567899", "birth_date": "1980-02-03" },
    });
    let file = founded.command("enrol.json", &json!({ "type": "key.enrol", "data": data, "id": new_id() }));
    let sign = format!("{}:holder", text(&person));
    let trust_provider = format!("{}:trust_provider:trust_provider/{}", founded.key("regulator-1", "").trim_end_matches(':'), new_id());
    let envelope =
        ends(&litopys(&["submit", "--print", "--origin", ORIGIN, "--file", &file, "--sign", &trust_provider, "--sign", &sign]), 0);
    let envelope = litopys::envelope::Envelope::parse(envelope.trim().as_bytes()).unwrap();
    let clear = serde_json::to_string(&envelope.payload.data).unwrap();
    assert!(clear.contains("Шевченко") && !clear.contains("1234567899") && !clear.contains("1980-02-03"), "{clear}");
    assert_eq!(envelope.disclosures.len(), 2);
    assert_eq!(envelope.full_data()["practitioner"]["tax_id"], "1234567899");
}

#[test]
fn a_command_goes_through_the_program_and_comes_back_as_a_receipt() {
    let founded = Founded::new();
    let served = founded.serve();
    let (url, regulator) = (served.url(), founded.key("regulator-1", "regulator"));
    let id = new_id();
    let mut command = policy_set();
    command["id"] = json!(id);
    let file = founded.command("set.json", &command);
    let printed = ends(&litopys(&["submit", "--server", &url, "--file", &file, "--sign", &regulator]), 0);
    let proven = receipt::verify(printed.trim().as_bytes(), std::slice::from_ref(&founded.trust.log_key), ORIGIN, None).unwrap();
    assert_eq!(proven.entry.index, 1);
    // Signed anew it is another command of the same id.
    thread::sleep(Duration::from_millis(5));
    let again = litopys(&["submit", "--server", &url, "--file", &file, "--sign", &regulator]);
    assert!(ends(&again, 5).contains("id_conflict"));
    // Signed once and sent twice it is one command.
    let once = ends(
        &litopys(&["submit", "--print", "--origin", ORIGIN, "--file", &founded.command("two.json", &policy_set()), "--sign", &regulator]),
        0,
    );
    fs::write(founded.path("signed.json"), &once).unwrap();
    let signed = founded.path("signed.json");
    let first = ends(&litopys(&["submit", "--server", &url, "--file", text(&signed)]), 0);
    assert_eq!(ends(&litopys(&["submit", "--server", &url, "--file", text(&signed)]), 0), first);
    ends(&litopys(&["submit", "--server", &url, "--file", text(&signed), "--sign", &regulator]), 2);
    // Refused.
    let operator = founded.key("operator", "operator");
    let refused = litopys(&["submit", "--server", &url, "--file", &founded.command("three.json", &policy_set()), "--sign", &operator]);
    assert!(ends(&refused, 1).contains("authority_missing"));
    // Another process may not write to the same ledger.
    let ledger = founded.path("ledger");
    ends(&second(&ledger), 5);

    let checkpoint = served.get("/checkpoint");
    let metrics = fetch(&format!("http://{}/metrics", served.metrics));
    for name in ["entries_per_commit_sum", "entries_per_commit_count", "http_request_duration_seconds_bucket"] {
        assert!(metrics.contains(name), "{name} in {metrics}");
    }
    assert!(ureq::get(format!("{url}/metrics")).call().is_err(), "metrics are not for the world");
    served.terminate();
    let log = served.ended();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request" && line["route"] == "/v1/commands").collect();
    assert_eq!(requests.len(), 5);
    for request in requests {
        assert!(request["ms"].is_u64() && request["trace_id"].is_string() && request["method"] == "POST", "{request}");
    }
    assert!(!log.contains(&id.to_string()), "neither bodies nor ids stand in the log");

    let served = founded.serve();
    assert_eq!(served.get("/checkpoint"), checkpoint);
    served.terminate();
    served.ended();
}

fn second(ledger: &Path) -> Output {
    let high_water = ledger.join("high-water");
    let output = litopys(&["serve", "--dir", text(ledger), "--high-water", text(&high_water), "--listen", "127.0.0.1:0"]);
    Output { stdout: Vec::new(), ..output }
}

#[test]
fn what_is_in_flight_is_answered_before_the_end() {
    const LINES: usize = 600;
    let founded = Founded::new();
    let served = founded.serve();
    let regulator = read_key_file(&founded.path("ledger/keys/regulator-1.json")).unwrap();
    let line = |_| {
        let draft = Draft {
            id: new_id(),
            ledger: ORIGIN.into(),
            kind: "policy.set".into(),
            issued_at: Moment::from_ms(system_clock()()).unwrap(),
            expect: None,
            seen: None,
            data: json!({ "policy": PolicyTerms::default() }),
            disclose: Vec::new(),
        };
        compose(&draft, &[(&regulator, Role::Regulator, None)], |_| {}).unwrap().body + "\n"
    };
    let batch: String = (0..LINES).map(line).collect();
    let mut socket = TcpStream::connect(&served.address).unwrap();
    let head = format!(
        "POST /v1/commands/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ncontent-length: {}\r\n\r\n",
        batch.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    let (begin, end) = batch.as_bytes().split_at(batch.len() / 2);
    socket.write_all(begin).unwrap();
    thread::sleep(Duration::from_millis(200));
    served.terminate();
    // It takes no new connection soon, but reads this request to its end and answers all of it.
    let begun = Instant::now();
    while TcpStream::connect(&served.address).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it still listens");
        thread::sleep(Duration::from_millis(10));
    }
    socket.write_all(end).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert_eq!(answer.matches(r#"{"status":201,"#).count(), LINES);
    served.ended();
}
