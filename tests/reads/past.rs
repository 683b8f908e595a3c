//! Past states: the answer of a size is the answer of a registry that was told no more.

use std::collections::BTreeMap;

use aggregates::words::Instant;
use litopys::entry::Entry;
use litopys::envelope::Envelope;
use litopys::store::sqlite::RowFold;
use litopys::store::{MAX_PAGE_ROWS, Row, RowQuery, Rows, StoreError};
use projections::Resource;
use serde_json::Value;

use crate::registry::Registry;
use crate::story::{Story, id};
use crate::who::Who;

/// The entries, with the data and rights of the command that each is of.
fn replayed(registry: &Registry, size: u64) -> RowFold {
    let mut fold = RowFold::new().unwrap();
    let (mut data, mut rights) = (serde_json::Map::new(), Vec::new());
    for index in 0..size {
        let stored = registry.live.node.readers.with(|reader| reader.entry(index)).unwrap().unwrap();
        let entry = Entry::from_bytes(&stored.bytes).unwrap();
        if let Some(command) = entry.command() {
            let payload = Envelope::from_entry(command).unwrap().payload;
            (rights, data) = (payload.rights(), payload.data);
        }
        let links: Vec<_> = projections::links(index, &rights, &entry.events).into_iter().collect();
        fold.fold(&projections::changes(index, &data, &entry.events), &links).unwrap();
    }
    fold
}

fn all(rows: &(impl Rows + ?Sized), resource: Resource, as_of: u64) -> BTreeMap<String, Row> {
    let query = RowQuery { resource, filters: Vec::new(), words: Vec::new(), after: None, limit: MAX_PAGE_ROWS, as_of };
    rows.rows(&query).unwrap().into_iter().map(|row| (row.id.clone(), row)).collect()
}

#[test]
fn the_answer_of_a_size_is_that_of_a_registry_replayed_to_it() {
    let mut registry = Registry::told();
    Story::new(&mut registry.live).crowd(70);
    let (size, token) = (registry.size(), registry.token(Who::Regulator));
    // Sizes all over the log, with a stride that meets every kind of entry in some run of the test.
    let stride = 1 + std::process::id() as usize % 7;
    let mut inside = 0;
    for as_of in (1..=size).step_by(stride * 3).chain([size]) {
        let fold = replayed(&registry, as_of);
        for (resource, name) in Resource::ALL {
            let expected = all(&fold, resource, u64::MAX);
            let found = registry.live.node.readers.with(|reader| Ok::<_, StoreError>(all(reader, resource, as_of))).unwrap();
            assert_eq!(found, expected, "{name} as of {as_of}");
            if matches!(resource, Resource::Key | Resource::Policy) {
                continue;
            }
            let answer = registry.get(&format!("/v1/{name}?as_of={as_of}&limit=100"), &token);
            if answer.status == 400 {
                assert_eq!(answer.json["errors"][0]["code"], "inside_a_chain");
                inside += 1;
                continue;
            }
            assert_eq!(answer.json["size"], as_of);
            for row in answer.json["data"].as_array().unwrap() {
                let expected = &expected[row["id"].as_str().unwrap()].body;
                let shown = row.as_object().unwrap().iter().filter(|(name, _)| !["id", "personal"].contains(&name.as_str()));
                assert_eq!(shown.map(|(name, value)| (name.clone(), value.clone())).collect::<serde_json::Map<_, _>>(), *expected);
            }
        }
    }
    assert!(inside < size, "{inside}");
}

#[test]
fn an_instant_is_the_last_size_of_its_time() {
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    let time = |index: u64| registry.live.node.readers.with(|reader| reader.entry(index)).unwrap().unwrap().time;
    let half = registry.size() / 2;
    let instant = Instant::from_ms(time(half)).unwrap();
    let answer = registry.get(&format!("/v1/declarations?as_of={instant}"), &token);
    let size = answer.json["size"].as_u64().unwrap();
    assert!(size > half && time(size - 1) == time(half) && (size == registry.size() || time(size) > time(half)));
    assert_eq!(answer.json["data"], registry.get(&format!("/v1/declarations?as_of={size}"), &token).json["data"]);
    assert_eq!(registry.get("/v1/mis?as_of=2037-01-01T00:00:00Z", &token).json["size"], registry.size(), "as of now");
    let before = registry.get("/v1/mis?as_of=2020-01-01T00:00:00Z", &token);
    assert_eq!((before.told(), before.json["errors"][0]["code"].as_str()), ((400, "bad_parameter"), Some("before_the_ledger")));
}

#[test]
fn personal_values_are_those_of_the_size_asked_for() {
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    let path = format!("/v1/patients/{}", id(2200));
    let now = registry.get(&path, &token).json["data"].clone();
    // First identified by a trust provider, then registered by himself.
    let entries: Vec<u64> = now["entries"].as_array().unwrap().iter().map(|entry| entry.as_u64().unwrap()).collect();
    let first = registry.get(&format!("{path}?as_of={}", entries[0] + 1), &token).json["data"].clone();
    assert_eq!((&first["status"], &now["status"]), (&Value::from("identified"), &Value::from("registered")));
    assert_eq!((&first["personal"]["last_name"], first["personal"].get("email")), (&Value::from("Шевченко"), None));
    assert!(first["personal"].get("secret").is_none() && now["personal"].get("secret").is_some());
    assert_eq!(registry.get(&format!("{path}?as_of={}", entries[0]), &token).told(), (404, "no_such_resource"));
}

#[test]
fn rows_are_found_by_filters_and_words() {
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    for (path, count) in [
        ("declarations?status=active".to_owned(), 1),
        ("declarations?status=active,terminated".to_owned(), 5),
        ("declarations?reason=fraud,moved_away".to_owned(), 2),
        (format!("declarations?patient={}", id(2200)), 2),
        (format!("declarations?employee={}&status=terminated", id(141)), 4),
        (format!("declaration-requests?patient={}&status=signed", id(2200)), 2),
        ("employees?type=owner".to_owned(), 2),
        (format!("employees?type=doctor&legal_entity={}", id(100)), 2),
        ("legal-entities?verified=true".to_owned(), 1),
        ("legal-entities?q=ЦЕНТР перв".to_owned().replace(' ', "%20"), 2),
        ("legal-entities?q=центр%20вторинної".to_owned(), 0),
        ("practitioners?q=кoваленко".to_owned(), 4),
        ("mis?q=зоря".to_owned(), 1),
    ] {
        let answer = registry.get(&format!("/v1/{path}"), &token);
        assert_eq!(answer.ids().len(), count, "{path}: {}", answer.json);
    }
    assert_eq!(registry.get("/v1/practitioners?q=коваленко", "").ids().len(), 2, "the public directory has doctors alone");
    for (path, fault) in [
        ("declarations?legal_enyity=x", "unknown_parameter"),
        ("declarations?status=", "bad_value"),
        ("declarations?status=active,", "bad_value"),
        ("declarations?q=x", "unknown_parameter"),
        ("mis?q=%20", "bad_value"),
        ("mis?as_of=yesterday", "bad_value"),
    ] {
        let answer = registry.get(&format!("/v1/{path}"), &token);
        assert_eq!((answer.told(), answer.json["errors"][0]["code"].as_str()), ((400, "bad_parameter"), Some(fault)), "{path}");
    }
}

#[test]
fn an_answer_waits_for_the_size_that_it_must_have() {
    let mut registry = Registry::told();
    let (size, router) = (registry.size(), registry.router.clone());
    assert_eq!(registry.get(&format!("/v1/mis?min_size={size}"), "").json["size"], size);
    let asked = axum::http::Request::get(format!("/v1/mis?min_size={}", size + 1)).body(axum::body::Body::empty()).unwrap();
    let waiting = registry.live.runtime.spawn(tower::ServiceExt::oneshot(router, asked));
    Story::new(&mut registry.live).revoke(18);
    let answer = registry.live.runtime.block_on(waiting).unwrap().unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["litopys-size"].to_str().unwrap()), (200, (size + 1).to_string().as_str()));
    let late = registry.get(&format!("/v1/mis?min_size={}", size + 2), "");
    assert_eq!((late.told(), &late.json["errors"][0]["params"]["size"]), ((409, "not_yet"), &(size + 1).into()));
}
