//! `/v1/commands`

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use aggregates::words::Role;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use http_body::Frame;
use litopys::envelope::{Draft, Expect, MAX_BODY, Seen};
use litopys::node::new_id;
use litopys::receipt;
use litopys::sequencer::RefusalNote;
use serde_json::{Value, json};

use crate::world::{
    World, accredit, ask, command, draft, get, key, now, other_policy_with_id, policy, policy_with_id, post, regulator, send, signed,
    submit,
};

#[tokio::test]
async fn a_repeat_is_answered_byte_for_byte_at_any_time() {
    let world = World::new();
    let (body, id) = (accredit(new_id(), 5), new_id());
    let first = submit(&world.router, body.clone()).await;
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!((first.header("litopys-index"), first.header("litopys-size")), ("1", "2"));
    assert_eq!(first.header("idempotent-replayed"), "");
    assert_eq!(first.header("content-type"), "application/json");
    let proven = receipt::verify(&first.body, std::slice::from_ref(&world.trust.log_key), &world.trust.origin, None).unwrap();
    assert_eq!(proven.entry.index, 1);

    world.accepted(policy_with_id(id)).await;
    for _ in 0..2 {
        let again = submit(&world.router, body.clone()).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (first.status, "true"));
        assert_eq!(again.body, first.body);
        assert_eq!((again.header("litopys-index"), again.header("litopys-size")), ("1", "2"));
    }
    assert_eq!(world.size(), 3, "a repeat adds nothing");
    let other = submit(&world.router, other_policy_with_id(id)).await;
    other.problem(409, "id_conflict");
    assert_eq!(world.size(), 3);
}

#[tokio::test]
async fn a_receipt_reaches_back_to_genesis_on_request() {
    let world = World::new();
    let answer = post(&world.router, "/v1/commands?genesis=true", "application/jose+json; charset=utf-8", policy()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let keys = [world.trust.log_key.clone()];
    receipt::verify(&answer.body, &keys, &world.trust.origin, Some(&world.trust.genesis)).unwrap();
    let plain = post(&world.router, "/v1/commands?genesis=false", "application/jose+json", policy()).await;
    assert!(plain.json().get("genesis_proof").is_none());
}

#[tokio::test]
async fn a_final_refusal_has_a_note_that_a_repeat_has_too() {
    let world = World::new();
    let id = new_id();
    world.accepted(accredit(id, 5)).await;
    let body = accredit(id, 6);
    let answer = submit(&world.router, body.clone()).await;
    let problem = answer.problem(409, "id_taken");
    let note = problem["refusal_note"].as_str().unwrap();
    let opened = RefusalNote::open(note, &world.trust.refusal_key, &world.trust.origin).unwrap();
    assert_eq!((opened.code.as_str(), opened.size), ("id_taken", 2));
    assert_eq!(answer.header("idempotent-replayed"), "");

    let again = submit(&world.router, body).await;
    assert_eq!(again.problem(409, "id_taken")["refusal_note"], note);
    assert_eq!(again.header("idempotent-replayed"), "true");

    let state = get(&world.router, &format!("/v1/commands/{}", opened.id)).await;
    assert_eq!(state.json(), json!({ "id": opened.id, "state": "refused", "code": "id_taken", "refusal_note": note }));
}

#[tokio::test]
async fn the_state_of_a_command_is_public_and_its_receipt_is_not() {
    let world = World::new();
    let id = new_id();
    let path = format!("/v1/commands/{id}");
    get(&world.router, &path).await.problem(404, "no_such_resource");
    world.accepted(policy_with_id(id)).await;
    assert_eq!(get(&world.router, &path).await.json(), json!({ "id": id, "state": "accepted", "index": 1, "size": 2 }));
    get(&world.router, &format!("{path}/receipt")).await.problem(403, "access_denied");
    get(&world.router, &format!("{path}?x=1")).await.problem(400, "bad_parameter");
    for other in ["x".to_owned(), id.to_string().to_uppercase(), "%FF".to_owned()] {
        let answer = get(&world.router, &format!("/v1/commands/{other}")).await;
        assert!(answer.status.is_client_error(), "{other}: {}", answer.status);
    }
}

#[tokio::test]
async fn what_is_no_command_is_told_why() {
    let world = World::new();
    let set = json!({ "policy": aggregates::policy::PolicyTerms::default() });
    let by = [(&regulator(), Role::Regulator, None)];
    let draft_set = || draft("policy.set", set.clone());
    let mut unsigned: Value = serde_json::from_str(&policy()).unwrap();
    unsigned["signatures"][0]["signature"] = serde_json::from_str::<Value>(&policy()).unwrap()["signatures"][0]["signature"].clone();
    let stranger = command("policy.set", set.clone(), &[(&key(77), Role::Regulator, None)]);
    let version = Expect { stream: "policy/current".parse().unwrap(), version: 77 };
    let cases = [
        (String::new(), 400, "json_incomplete"),
        ("null".into(), 400, "json_null"),
        ("{}".into(), 400, "body_member_missing"),
        (unsigned.to_string(), 401, "signature_invalid"),
        (stranger, 401, "key_unknown"),
        (signed(&Draft { ledger: "example.org/other".into(), ..draft_set() }, &by), 422, "wrong_ledger"),
        (signed(&Draft { issued_at: now().plus_seconds(-2 * 86_400), ..draft_set() }, &by), 422, "outside_window"),
        (signed(&Draft { issued_at: now().plus_seconds(3600), ..draft_set() }, &by), 422, "outside_window"),
        (signed(&Draft { seen: Some(Seen { size: 99, root: [0; 32] }), ..draft_set() }, &by), 409, "view_conflict"),
        (signed(&Draft { seen: Some(Seen { size: 1, root: [0; 32] }), ..draft_set() }, &by), 409, "view_conflict"),
        (signed(&Draft { expect: Some(version), ..draft_set() }, &by), 409, "version_conflict"),
        (command("policy.get", json!({}), &by), 422, "unknown_command"),
        (command("policy.set", json!({}), &by), 422, "form_invalid"),
        (command("policy.set", set.clone(), &[(&regulator(), Role::Operator, None)]), 403, "authority_missing"),
    ];
    for (body, status, code) in cases {
        submit(&world.router, body).await.problem(status, code);
    }
    assert_eq!(world.size(), 1);
    let form = submit(&world.router, command("trust_provider.accredit", json!({ "edrpou": "1", "x": 1 }), &by)).await;
    let problem = form.problem(422, "form_invalid");
    let errors: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap())).collect();
    assert!(errors.contains(&("/data/edrpou", "bad_format")) && errors.contains(&("/data/x", "unknown_member")), "{errors:?}");
    assert!(errors.contains(&("/data/name", "required")), "{errors:?}");
}

#[tokio::test]
async fn no_damage_to_a_command_gives_a_5xx() {
    let world = World::new();
    let body = accredit(new_id(), 5).into_bytes();
    for place in (0..body.len()).step_by(23) {
        for byte in [0, b'"', b'}', b'A', 0xff] {
            let mut damaged = body.clone();
            if damaged[place] == byte {
                continue;
            }
            damaged[place] = byte;
            let answer = submit(&world.router, damaged).await;
            assert!(answer.status.is_client_error(), "byte {place}: {}", answer.text());
            answer.json();
        }
        let cut = submit(&world.router, body[..place].to_vec()).await;
        assert!(cut.status.is_client_error(), "{}", cut.text());
    }
}

#[tokio::test]
async fn type_method_path_and_parameters_are_checked() {
    let world = World::new();
    for kind in ["application/json", "", "text/plain", "application/jose"] {
        let problem = post(&world.router, "/v1/commands", kind, policy()).await.problem(415, "unsupported_media_type");
        assert_eq!(problem["errors"][0]["params"]["expected"], json!(["application/jose+json"]));
    }
    let coded =
        Request::post("/v1/commands").header(header::CONTENT_TYPE, "application/jose+json").header(header::CONTENT_ENCODING, "gzip");
    send(&world.router, coded.body(policy().into()).unwrap()).await.problem(415, "unsupported_media_type");
    for (query, name, code) in [
        ("dry_run=true", "dry_run", "unknown_parameter"),
        ("genesis=yes", "genesis", "bad_value"),
        ("genesis=true&genesis=true", "genesis", "repeated_parameter"),
        ("%FF=1", "\u{fffd}", "unknown_parameter"),
    ] {
        let problem = post(&world.router, &format!("/v1/commands?{query}"), "application/jose+json", policy()).await;
        let problem = problem.problem(400, "bad_parameter");
        assert_eq!((&problem["errors"][0]["params"]["parameter"], &problem["errors"][0]["code"]), (&json!(name), &json!(code)));
    }
    let wrong = ask(&world.router, Method::DELETE, "/v1/commands").await;
    wrong.problem(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "POST");
    for path in ["/", "/v1", "/v1/commands/", "/v1/person", "/v1/keys", "/v1/entry", "/metrics"] {
        get(&world.router, path).await.problem(404, "no_such_resource");
    }
    assert_eq!(world.size(), 1);
}

/// A body without end that counts what is taken of it.
struct Endless(Arc<AtomicUsize>);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.fetch_add(1000, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 1000])))))
    }
}

#[tokio::test]
async fn a_body_is_not_read_beyond_its_limit() {
    let world = World::new();
    submit(&world.router, vec![b' '; MAX_BODY + 1]).await.problem(413, "body_too_large");
    submit(&world.router, vec![b' '; MAX_BODY]).await.problem(400, "json_incomplete");
    for (path, limit, code) in [("/v1/commands", MAX_BODY, "body_too_large"), ("/v1/commands/batch", 16 << 20, "batch_too_large")] {
        let taken = Arc::new(AtomicUsize::new(0));
        let body = Body::new(Endless(Arc::clone(&taken)));
        post(&world.router, path, "application/jose+json", body).await.problem(413, code);
        assert!(taken.load(Ordering::Relaxed) <= limit + 1000, "{path}");
    }
}

#[tokio::test]
async fn problems_speak_the_senders_language_and_carry_his_trace_id() {
    let world = World::new();
    let ask = async |language: &str, id: &str| {
        let request = Request::post("/v1/commands")
            .header(header::CONTENT_TYPE, "application/jose+json")
            .header(header::ACCEPT_LANGUAGE, language)
            .header("x-request-id", id);
        send(&world.router, request.body("{}".into()).unwrap()).await
    };
    let cyrillic = |text: &str| text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
    let uk = ask("", "one").await;
    let problem = uk.problem(400, "body_member_missing");
    assert!(cyrillic(problem["detail"].as_str().unwrap()));
    assert_eq!((&problem["trace_id"], uk.header("content-language")), (&json!("one"), "uk"));
    let en = ask("en", "a b").await;
    let problem = en.problem(400, "body_member_missing");
    assert!(!cyrillic(problem["detail"].as_str().unwrap()));
    assert_eq!((problem["trace_id"].as_str().unwrap().len(), en.header("content-language")), (36, "en"));

    let meaning = get(&world.router, problem["type"].as_str().unwrap()).await.json();
    assert_eq!((&meaning["status"], &meaning["en"]), (&json!(400), &problem["detail"]));
    for code in ["id_taken", "overloaded", "key_small_order", "signature_invalid"] {
        assert_eq!(get(&world.router, &format!("/problems/{code}")).await.status, 200, "{code}");
    }
    get(&world.router, "/problems/nothing").await.problem(404, "no_such_resource");
}

#[tokio::test]
async fn many_clients_share_commits() {
    let world = World::new();
    let clients: Vec<_> = (0..64)
        .map(|_| {
            let router = world.router.clone();
            tokio::spawn(async move {
                let answer = submit(&router, policy()).await;
                assert_eq!(answer.status, 201, "{}", answer.text());
                (answer.header("litopys-index").to_owned(), answer.header("litopys-size").to_owned())
            })
        })
        .collect();
    let (mut indexes, mut commits) = (BTreeSet::new(), BTreeSet::new());
    for client in clients {
        let (index, size) = client.await.unwrap();
        indexes.insert(index);
        commits.insert(size);
    }
    assert_eq!((indexes.len(), world.size()), (64, 65));
    assert!(commits.len() < 64, "64 entries in {} commits", commits.len());
}

#[tokio::test]
async fn copies_in_flight_get_the_one_answer() {
    let world = World::new();
    let body = policy();
    let copies: Vec<_> = (0..16)
        .map(|_| {
            let (router, body) = (world.router.clone(), body.clone());
            tokio::spawn(async move { submit(&router, body).await })
        })
        .collect();
    let mut bodies = BTreeSet::new();
    let mut originals = 0;
    for copy in copies {
        let answer = copy.await.unwrap();
        assert_eq!(answer.status, 201);
        originals += usize::from(answer.header("idempotent-replayed").is_empty());
        bodies.insert(answer.body);
    }
    assert_eq!((bodies.len(), originals, world.size()), (1, 1, 2));
}
