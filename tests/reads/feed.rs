//! The feed: pages, streams, filters, forms, and what each may see of it.

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tlog::leaf_hash;
use tower::ServiceExt as _;

use crate::registry::Registry;
use crate::story::{Story, id};
use crate::who::Who;

/// One page: its lines and the cursor to go on from.
fn page(registry: &Registry, query: &str, token: &str) -> (Vec<Value>, u64) {
    let request = Request::get(format!("/v1/entries?{query}")).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let (lines, headers) = registry.live.runtime.block_on(async {
        let response = registry.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{query}");
        let headers = response.headers().clone();
        (String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap(), headers)
    });
    assert_eq!(headers["content-type"], "application/x-ndjson");
    let next = headers["litopys-next"].to_str().unwrap().parse().unwrap();
    (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), next)
}

/// All pages of some length.
fn all(registry: &Registry, query: &str, limit: usize, token: &str) -> Vec<Value> {
    let (mut lines, mut after) = (Vec::new(), 0);
    loop {
        let (more, next) = page(registry, &format!("{query}&limit={limit}&after={after}"), token);
        assert!(next > after || after == registry.size(), "a page moves the cursor");
        lines.extend(more);
        after = next;
        if after == registry.size() {
            return lines;
        }
    }
}

#[test]
fn every_entry_comes_once_in_its_bytes_whatever_the_pages() {
    let mut registry = Registry::told();
    Story::new(&mut registry.live).crowd(70);
    let (token, size) = (registry.token(Who::Auditor), registry.size());
    let whole = all(&registry, "", 1000, &token);
    let indexes: Vec<u64> = whole.iter().map(|line| line["index"].as_u64().unwrap()).collect();
    assert_eq!(indexes, (0..size).collect::<Vec<_>>());
    assert_eq!(all(&registry, "", 7, &token), whole);
    // The bytes of a line are those that were hashed.
    let request = Request::get("/v1/entries?after=3&limit=1").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = registry.router.clone().oneshot(request.body(Body::empty()).unwrap());
    let body = registry.live.runtime.block_on(async { answer.await.unwrap().into_body().collect().await.unwrap().to_bytes() });
    let line = body.strip_suffix(b"}\n").unwrap().strip_prefix(br#"{"index":3,"entry":"#).unwrap();
    let stored = registry.live.node.readers.with(|reader| reader.entry(3)).unwrap().unwrap();
    assert_eq!(leaf_hash(line), leaf_hash(&stored.bytes));
}

#[test]
fn no_page_ends_inside_a_chain() {
    let mut registry = Registry::told();
    Story::new(&mut registry.live).crowd(70);
    let token = registry.token(Who::Regulator);
    let first = registry.size() - 2;
    let (lines, next) = page(&registry, &format!("after={first}&limit=1"), &token);
    assert_eq!((lines.len(), next), (2, registry.size()), "the dismissal and what continues it");
    assert_eq!(lines[1]["entry"]["cause"], json!({ "continues": first }));
}

#[test]
fn filters_leave_out_and_lose_nothing() {
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    let stream = format!("patient/{}", id(2200));
    for limit in [1, 2, 100] {
        let of_stream = all(&registry, &format!("form=cloudevents&stream={stream}"), limit, &token);
        assert!(of_stream.iter().all(|event| event["subject"] == json!(stream)));
        let versions: Vec<u64> = of_stream.iter().map(|event| event["streamversion"].as_u64().unwrap()).collect();
        assert_eq!(versions, (1..=versions.len() as u64).collect::<Vec<_>>(), "each event of the stream, once");
        let signed = all(&registry, "form=cloudevents&type=declaration.signed,declaration.terminated", limit, &token);
        let kinds = |kind: &str| signed.iter().filter(|event| event["type"] == json!(format!("litopys.{kind}"))).count();
        assert_eq!((kinds("declaration.signed"), kinds("declaration.terminated"), signed.len()), (5, 4, 9));
        let by_mis = all(&registry, &format!("submitted_by=mis/{}", id(12)), limit, &token);
        assert_eq!(all(&registry, "", limit, &registry.token(Who::Mis)), by_mis, "a MIS sees what it submitted");
        assert!(by_mis.len() > 40 && by_mis.len() < registry.size() as usize);
    }
}

#[test]
fn an_event_is_a_cloud_event() {
    let registry = Registry::told();
    let token = registry.token(Who::Auditor);
    let event = all(&registry, "form=cloudevents&type=declaration.signed", 100, &token).remove(0);
    let index = event["entryindex"].as_u64().unwrap();
    let entry = page(&registry, &format!("after={index}&limit=1"), &token).0.remove(0)["entry"].clone();
    let place = entry["events"].as_array().unwrap().iter().position(|event| event["type"] == "declaration.signed").unwrap();
    let expected = json!({
        "specversion": "1.0", "id": format!("{index}/{place}"), "source": "//example.org/registry", "type": "litopys.declaration.signed",
        "subject": format!("patient/{}", id(2000)), "time": entry["time"], "datacontenttype": "application/json",
        "data": entry["events"][place]["data"], "entryindex": index, "streamversion": entry["events"][place]["version"],
    });
    assert_eq!(event, expected);
}

#[test]
fn each_sees_of_the_feed_what_is_his() {
    let registry = Registry::told();
    let events = |who: Who| all(&registry, "form=cloudevents", 10, &registry.token(who));
    let patient = events(Who::Patient);
    assert!(!patient.is_empty() && patient.iter().all(|event| event["subject"] == json!(format!("patient/{}", id(2200)))));
    let clinic = events(Who::Doctor);
    let count = |events: &[Value], kind: &str| events.iter().filter(|event| event["type"] == json!(format!("litopys.{kind}"))).count();
    assert_eq!((count(&clinic, "declaration.signed"), count(&clinic, "declaration.terminated")), (5, 4));
    assert_eq!((count(&clinic, "declaration_request.created"), count(&clinic, "legal_entity.verified")), (8, 1));
    assert_eq!((count(&clinic, "employee.accepted"), count(&clinic, "patient.registered")), (2, 0));
    let other = events(Who::Other);
    assert_eq!((count(&other, "legal_entity.registered"), count(&other, "declaration.signed")), (1, 0));
    for who in [Who::Nobody, Who::Operator] {
        assert_eq!(registry.get("/v1/entries", &registry.token(who)).told(), (403, "access_denied"));
        assert_eq!(registry.get("/v1/entries/stream", &registry.token(who)).told(), (403, "access_denied"));
    }
    for who in [Who::Doctor, Who::Patient] {
        let whole = registry.get("/v1/entries?form=entry", &registry.token(who));
        assert_eq!(whole.told(), (403, "access_denied"), "an entry may speak of others");
    }
    for (query, fault) in [
        ("stream=x", "bad_value"),
        ("form=xml", "bad_value"),
        ("submitted_by=patient/x", "bad_value"),
        ("wait=31", "bad_value"),
        ("since=1", "unknown_parameter"),
    ] {
        let answer = registry.get(&format!("/v1/entries?{query}"), &registry.token(Who::Auditor));
        assert_eq!((answer.told(), answer.json["errors"][0]["code"].as_str()), ((400, "bad_parameter"), Some(fault)), "{query}");
    }
}

#[test]
fn a_long_poll_answers_when_there_is_something() {
    let mut registry = Registry::told();
    let (size, token) = (registry.size(), registry.token(Who::Regulator));
    assert_eq!(page(&registry, &format!("after={size}"), &token), (Vec::new(), size));
    let request = Request::get(format!("/v1/entries?after={size}&wait=30")).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let waiting = registry.live.runtime.spawn(registry.router.clone().oneshot(request.body(Body::empty()).unwrap()));
    Story::new(&mut registry.live).revoke(18);
    let answer = registry.live.runtime.block_on(waiting).unwrap().unwrap();
    assert_eq!(answer.headers()["litopys-next"].to_str().unwrap(), (size + 1).to_string());
}

/// Messages of a stream from a cursor on, until there are `count`.
fn listen(registry: &Registry, query: &str, last: Option<&str>, token: &str, count: usize) -> Vec<(String, Value)> {
    let mut request = Request::get(format!("/v1/entries/stream?{query}")).header(header::AUTHORIZATION, format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let request = request.body(Body::empty()).unwrap();
    registry.live.runtime.block_on(async {
        let response = registry.router.clone().oneshot(request).await.unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &"text/event-stream".parse().unwrap()));
        let (mut body, mut messages) = (response.into_body(), Vec::new());
        while messages.len() < count {
            let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
            let text = std::str::from_utf8(&frame).unwrap();
            let (id, data) = text.strip_prefix("id: ").unwrap().split_once("\ndata: ").unwrap();
            messages.push((id.to_owned(), serde_json::from_str(data.strip_suffix("\n\n").unwrap()).unwrap()));
        }
        messages
    })
}

#[test]
fn a_stream_is_resumed_after_any_message() {
    let registry = Registry::told();
    let token = registry.token(Who::Auditor);
    for query in ["form=entry", "form=cloudevents"] {
        let expected = all(&registry, query, 100, &token);
        let whole = listen(&registry, query, None, &token, expected.len());
        assert_eq!(whole.iter().map(|(_, data)| data.clone()).collect::<Vec<_>>(), expected);
        for cut in (0..expected.len() - 1).step_by(5) {
            let rest = listen(&registry, query, Some(&whole[cut].0), &token, expected.len() - cut - 1);
            assert_eq!(rest, whole[cut + 1..], "after {}", whole[cut].0);
        }
    }
    for last in ["x", "-1", "1/", "999999"] {
        let request =
            Request::get("/v1/entries/stream").header("last-event-id", last).header(header::AUTHORIZATION, format!("Bearer {token}"));
        assert_eq!(registry.send(request.body(Body::empty()).unwrap()).told(), (400, "bad_parameter"), "{last}");
    }
}

#[test]
fn a_stream_ends_with_the_rights_of_its_reader() {
    let mut registry = Registry::told();
    let token = registry.token(Who::Doctor);
    let request = Request::get("/v1/entries/stream").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = registry.router.clone().oneshot(request.body(Body::empty()).unwrap());
    let body = registry.live.runtime.block_on(answer).unwrap().into_body();
    let reading = registry.live.runtime.spawn(body.collect());
    Story::new(&mut registry.live).dismiss();
    let bytes = registry.live.runtime.block_on(reading).unwrap().unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains("declaration.signed") && !text.contains("employee.dismissed"), "{text}");
}
