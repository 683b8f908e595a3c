//! A ledger in a folder with its router, and commands to send to it.

use std::sync::Arc;
use std::time::Duration;

use aggregates::commands::Spec;
use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role, Stream};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use litopys::envelope::disclosed_members;
use litopys::envelope::{Draft, compose};
use litopys::http::{App, router};
use litopys::keys::{SecretKey, to_jwk};
use litopys::node::{self, Founders, Node, Options, Paths, Trust, new_id};
use litopys::sequencer::system_clock;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

pub const ORIGIN: &str = "example.org/registry";

/// A key of one's own for each number.
pub fn key(byte: u8) -> SecretKey {
    SecretKey::from_seed(&[byte; 32])
}

pub fn regulator() -> SecretKey {
    key(1)
}

pub fn now() -> Instant {
    Instant::from_ms(system_clock()()).unwrap()
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Requires a problem document of this status and code, whole, and gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status.as_u16(), problem["code"].as_str().unwrap_or("none")), (status, code), "{problem:#}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!((problem["status"].as_u64(), &problem["type"]), (Some(u64::from(status)), &json!(format!("/problems/{code}"))));
        assert!(problem["title"].is_string() && problem["detail"].is_string() && problem["errors"].is_array(), "{problem:#}");
        assert_eq!(problem["trace_id"], self.header("x-request-id"));
        assert_eq!(problem["retryable"], status == 503);
        assert_eq!(self.header("retry-after"), if status == 503 { "1" } else { "" });
        problem
    }
}

pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub async fn get(router: &Router, path: &str) -> Answer {
    send(router, Request::get(path).body(Body::empty()).unwrap()).await
}

pub async fn post(router: &Router, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    send(router, Request::post(path).header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()).await
}

/// Sends one command.
pub async fn submit(router: &Router, body: impl Into<Body>) -> Answer {
    post(router, "/v1/commands", "application/jose+json", body).await
}

pub async fn ask(router: &Router, method: Method, path: &str) -> Answer {
    send(router, Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
}

pub fn founders() -> Founders {
    Founders {
        origin: ORIGIN.into(),
        regulators: vec![regulator()],
        operator: key(2),
        log: key(3),
        refusal: key(4),
        policy: PolicyTerms::default(),
        keys_until: "2036-01-01T00:00:00Z".parse().unwrap(),
    }
}

pub struct World {
    _folder: tempfile::TempDir,
    pub node: Node,
    pub trust: Trust,
    pub router: Router,
}

impl World {
    pub fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::in_dir(folder.path());
        let trust = node::create(&paths, &founders()).unwrap();
        let node = Node::open(paths, Options::default()).unwrap();
        let router = router(Arc::new(App::of(&node)));
        World { _folder: folder, node, trust, router }
    }

    pub fn size(&self) -> u64 {
        self.node.sequencer.published().size
    }

    /// Sends a command that must be accepted, and gives its index.
    #[track_caller]
    pub fn accepted(&self, body: String) -> impl Future<Output = u64> {
        let router = self.router.clone();
        async move {
            let answer = submit(&router, body).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            answer.header("litopys-index").parse().unwrap()
        }
    }
}

pub fn draft(kind: &str, data: Value) -> Draft {
    let disclose = Spec::named(kind).map(|spec| disclosed_members(spec, data.as_object().unwrap())).unwrap_or_default();
    Draft { id: new_id(), ledger: ORIGIN.into(), kind: kind.into(), issued_at: now(), expect: None, seen: None, data, disclose }
}

pub type By<'a> = (&'a SecretKey, Role, Option<Stream>);

pub fn signed(draft: &Draft, signers: &[By<'_>]) -> String {
    compose(draft, signers, |salt| salt.copy_from_slice(new_id().as_bytes())).unwrap().body
}

pub fn command(kind: &str, data: Value, signers: &[By<'_>]) -> String {
    signed(&draft(kind, data), signers)
}

/// The simplest command: one signature, always accepted.
pub fn policy() -> String {
    policy_with_id(new_id())
}

pub fn policy_with_id(id: Uuid) -> String {
    let draft = Draft { id, ..draft("policy.set", json!({ "policy": PolicyTerms::default() })) };
    signed(&draft, &[(&regulator(), Role::Regulator, None)])
}

/// Another command of the same id: made at another time.
pub fn other_policy_with_id(id: Uuid) -> String {
    let draft = Draft { id, issued_at: now().plus_seconds(-60), ..draft("policy.set", json!({ "policy": PolicyTerms::default() })) };
    signed(&draft, &[(&regulator(), Role::Regulator, None)])
}

/// A trust provider of this id, with this key.
pub fn accredit(id: Uuid, byte: u8) -> String {
    let data = json!({
        "trust_provider": id, "name": "Довірчі послуги", "edrpou": "32855961",
        "key": to_jwk(&key(byte).public()), "key_until": "2036-01-01T00:00:00Z",
    });
    command("trust_provider.accredit", data, &[(&regulator(), Role::Regulator, None), (&key(byte), Role::Holder, None)])
}

/// Waits until something is true.
pub async fn eventually(mut holds: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came true");
}
