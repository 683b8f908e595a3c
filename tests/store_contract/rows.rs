//! The read models' part of the contract.

use std::collections::BTreeMap;

use litopys::store::sqlite::RowFold;
use litopys::store::{LedgerBatch, Row, RowQuery, Rows, StoreError};
use projections::{Change, Link, LinkKind, Resource};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::engine::Engine;
use crate::sample::{batch, body, change, grow, pages, versions};

const RESOURCES: [Resource; 2] = [Resource::LegalEntity, Resource::TrustProvider];

/// One by which both are found, and one by whose words.
const MEMBERS: [&str; 2] = ["edrpou", "name"];

/// Which entry of its batch, which resource, which row, which members get which value.
type Step = (bool, usize, u64, Vec<(usize, u64)>);

/// A model of the rows: every body at every size.
type Model = Vec<BTreeMap<(Resource, String), Map<String, Value>>>;

/// Changes for batches: each step stands at the same entry as the one before, or at the next.
fn changes(from: u64, steps: &[Step]) -> Vec<Change> {
    let mut entry = from;
    let make = |(next, resource, row, members): &Step| {
        entry += u64::from(*next);
        let value = |number: u64| {
            if number == 3 { json!(true) } else { json!(format!("v{number}")) }
        };
        let set = members.iter().map(|(name, number)| (MEMBERS[*name].to_owned(), value(*number))).collect();
        Change { resource: RESOURCES[*resource], id: format!("row-{row}"), entry, set }
    };
    steps.iter().map(make).collect()
}

fn model(changes: &[Change], size: u64) -> Model {
    let mut sizes = vec![BTreeMap::new()];
    for entry in 0..size {
        let mut rows: BTreeMap<_, Map<_, _>> = sizes[entry as usize].clone();
        for change in changes.iter().filter(|change| change.entry == entry) {
            let row = rows.entry((change.resource, change.id.clone())).or_default();
            row.extend(change.set.clone());
            let Value::Array(entries) = row.entry("entries").or_insert(json!([])) else { unreachable!() };
            if entries.last() != Some(&json!(entry)) {
                if entries.len() == 16 {
                    entries.remove(1);
                }
                entries.push(entry.into());
            }
        }
        sizes.push(rows);
    }
    sizes
}

/// Reads a query to its end by pages of `limit`.
fn listed<R: Rows + ?Sized>(rows: &R, query: &RowQuery, limit: usize) -> Vec<Row> {
    pages(None, |after: &Option<String>| {
        let page = rows.rows(&RowQuery { after: after.clone(), limit, ..query.clone() }).unwrap();
        page.last().map(|last| last.id.clone()).map(|next| (page, Some(next)))
    })
}

/// At every size, reads by id and by every condition equal the model.
fn compare<R: Rows + ?Sized>(rows: &R, model: &Model) {
    for (as_of, expected) in model.iter().enumerate() {
        let as_of = as_of as u64;
        for resource in RESOURCES {
            for row in 0..4 {
                let id = format!("row-{row}");
                let found = rows.row(resource, &id, as_of).unwrap();
                assert_eq!(found.as_ref().map(|row| &row.body), expected.get(&(resource, id)), "as of {as_of}");
                assert!(found.iter().all(|row| row.from_size == row.entry + 1 && row.from_size <= as_of));
            }
            for [first, second] in [["", ""], ["v1", ""], ["", "v2"], ["true", "v2"], ["v1,v2", "true"], ["v1", "v1,v2"]] {
                let values = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
                let asked = [("edrpou", first), ("name", second)].into_iter().filter(|(_, value)| !value.is_empty());
                let filters: Vec<_> = asked.map(|(member, value)| (member.to_owned(), values(value))).collect();
                let holds = |body: &Map<String, Value>| {
                    filters.iter().all(|(member, values)| match body.get(member) {
                        Some(Value::Bool(flag)) => values.contains(&flag.to_string()),
                        Some(Value::String(text)) => values.contains(text),
                        _ => false,
                    })
                };
                let matching = expected.iter().filter(|((of, _), body)| *of == resource && holds(body));
                let wanted: Vec<_> = matching.map(|((_, id), body)| (id, body)).collect();
                let query = RowQuery { resource, filters: filters.clone(), words: Vec::new(), after: None, limit: 0, as_of };
                for limit in [1, 3] {
                    let found = listed(rows, &query, limit);
                    let found: Vec<_> = found.iter().map(|row| (&row.id, &row.body)).collect();
                    assert_eq!(found, wanted, "as of {as_of}, {filters:?}");
                }
            }
        }
    }
}

/// Whatever is changed in whatever batches, rows at every size equal the model, and those of a fold from nothing
/// equal the ledger's.
pub fn rows_equal_a_model_at_every_size<E: Engine>() {
    let step = (any::<bool>(), 0..2usize, 0..4u64, vec((0..2usize, 1..4u64), 0..3));
    let batches = vec(vec(step, 0..8), 1..5);
    // Where an engine needs a server, this one keeps it up from case to case.
    let _first = E::fresh();
    let config = ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(batches in batches, cut in 1..9usize)| {
        let store = E::fresh();
        let mut ledger = store.lead();
        let mut all = Vec::new();
        for steps in &batches {
            let mut next = batch(&ledger.head().unwrap(), 9);
            next.changes = changes(next.old.size, steps);
            ledger.commit(&next).unwrap();
            all.extend(next.changes);
        }
        let model = model(&all, ledger.head().unwrap().size);
        let reader = ledger.reader().unwrap();
        compare(&*reader, &model);
        let mut fold = RowFold::new().unwrap();
        all.chunks(cut).for_each(|chunk| fold.fold(chunk, &[]).unwrap());
        prop_assert_eq!(versions(&fold, 7), versions(&*reader, 5));
        compare(&fold, &model);
    });
}

pub fn changes_by_one_entry_make_one_version<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let mut next = batch(&ledger.head().unwrap(), 3);
    next.changes = vec![
        change(0, 1, &[("name", json!("a")), ("status", json!("new"))]),
        change(0, 1, &[("status", json!("active"))]),
        change(2, 1, &[("status", json!("closing"))]),
        change(2, 1, &[("status", json!("closed"))]),
    ];
    ledger.commit(&next).unwrap();
    let reader = ledger.reader().unwrap();
    let version = |entry, until_size, status: &str, entries: &[u64]| Row {
        resource: Resource::LegalEntity,
        id: "row-1".into(),
        from_size: entry + 1,
        until_size,
        entry,
        body: body(entries, &[("name", json!("a")), ("status", json!(status))]),
    };
    let expected = [version(0, Some(3), "active", &[0]), version(2, None, "closed", &[0, 2])];
    assert_eq!(reader.versions(None, 9).unwrap(), expected);
    let history = |as_of, from| reader.history(Resource::LegalEntity, "row-1", as_of, from, 9).unwrap();
    assert_eq!(history(3, 0), expected);
    assert_eq!(history(3, 2), expected[1..]);
    assert_eq!(history(2, 0), [version(0, None, "active", &[0])], "what came later does not show");
    assert_eq!(history(0, 0), []);
    let status = |as_of| reader.row(Resource::LegalEntity, "row-1", as_of).unwrap().map(|row| row.entry);
    assert_eq!([0, 1, 2, 3, 4, u64::MAX].map(status), [None, Some(0), Some(0), Some(2), Some(2), Some(2)]);
}

/// Values that a text comparison or a path could trip over.
pub fn awkward_values_are_found<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let long = "ї".repeat(100);
    let values = [
        json!("лікарня \"Здоров'я\" \\ / \u{7} \n %_?1"),
        json!(long.clone() + "a"),
        json!(long.clone() + "b"),
        json!("42"),
        json!(42),
        json!("true"),
        json!(false),
        json!(""),
        json!("null"),
        json!("[1]"),
        json!([1]),
    ];
    let mut next = batch(&ledger.head().unwrap(), 1);
    next.changes = (0..).zip(&values).map(|(row, value)| change(0, row, &[("edrpou", value.clone())])).collect();
    ledger.commit(&next).unwrap();
    let reader = ledger.reader().unwrap();
    let found = |equals: &[(&str, &str)]| {
        let filters = equals.iter().map(|(member, value)| ((*member).into(), vec![(*value).into()])).collect();
        reader.rows(&RowQuery { resource: Resource::LegalEntity, filters, words: Vec::new(), after: None, limit: 99, as_of: 1 })
    };
    for value in &values {
        let Some(text) = value.as_str() else { continue };
        let written = |other: &Value| other.to_string();
        let expected: Vec<&Value> =
            values.iter().filter(|other| *other == value || (!other.is_array() && written(other) == text)).collect();
        let rows = found(&[("edrpou", text)]).unwrap();
        let mut bodies: Vec<&Value> = rows.iter().map(|row| &row.body["edrpou"]).collect();
        bodies.sort_by_key(|body| values.iter().position(|value| value == *body));
        assert_eq!(bodies, expected, "{text:?}");
        assert_eq!(found(&[("edrpou", text), ("edrpou", text)]).unwrap(), rows);
    }
    assert_eq!(found(&[("edrpou", "false")]).unwrap().len(), 1);
    assert_eq!(found(&[("nome", "42")]).unwrap(), []);
    assert_eq!(found(&[("edrpou", &long)]).unwrap(), []);
    for strange in ["", "a\"b", "a.b", "$", "a[0]"] {
        assert!(matches!(found(&[("edrpou", "42"), (strange, "42")]), Err(StoreError::Invalid { .. })));
    }
}

/// A row is found by the beginnings of its words, as they are at the size asked for.
pub fn rows_are_found_by_words<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let mut next = batch(&ledger.head().unwrap(), 3);
    let named = |entry, row, name: &str| change(entry, row, &[("name", json!(name)), ("edrpou", json!("32855961"))]);
    next.changes = vec![named(0, 1, "Лікарня «Здоров’я»"), named(0, 2, "Лікарня №2"), named(2, 1, "Амбулаторія")];
    ledger.commit(&next).unwrap();
    let reader = ledger.reader().unwrap();
    let found = |text: &str, filter: Option<&str>, as_of, limit| {
        let words = projections::words(text).into_iter().collect();
        let filters = filter.iter().map(|value| ("edrpou".to_owned(), vec![(*value).to_owned()])).collect();
        let query = RowQuery { resource: Resource::LegalEntity, filters, words, after: None, limit, as_of };
        listed(&*reader, &query, limit).into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    for limit in [1, 9] {
        assert_eq!(found("ЛІК", None, 1, limit), ["row-1", "row-2"]);
        assert_eq!(found("здоров'я лікарня", None, 1, limit), ["row-1"]);
        assert_eq!(found("лік", None, 3, limit), ["row-2"], "it has another name by then");
        assert_eq!(found("амбул", None, 1, limit), [""; 0], "it has no such name yet");
        assert_eq!(found("2", Some("32855961"), 3, limit), ["row-2"]);
        assert_eq!(found("2", Some("12345678"), 3, limit), [""; 0]);
        assert_eq!(found("3285", None, 3, limit), ["row-1", "row-2"]);
    }
}

/// A member that names a row leads by what that row says; where there is no such row, every row is looked at.
pub fn rows_are_found_by_what_they_name<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let mut next = batch(&ledger.head().unwrap(), 3);
    let made = |entry, resource, id: &str, members: &[(&str, &str)]| Change {
        resource,
        id: id.into(),
        entry,
        set: members.iter().map(|(member, value)| ((*member).to_owned(), json!(value))).collect(),
    };
    let declared = |entry, id, post, person| made(entry, Resource::Declaration, id, &[("employee", post), ("practitioner", person)]);
    next.changes = vec![
        made(0, Resource::Employee, "post-1", &[("practitioner", "person-1")]),
        made(0, Resource::Employee, "post-2", &[("practitioner", "person-1")]),
        declared(1, "a", "post-1", "person-1"),
        declared(1, "b", "post-2", "person-1"),
        declared(2, "c", "post-1", "person-1"),
        declared(2, "d", "post-3", "person-3"),
    ];
    ledger.commit(&next).unwrap();
    let reader = ledger.reader().unwrap();
    let found = |filters: &[(&str, &str)], as_of, limit| {
        let filters = filters.iter().map(|(member, value)| ((*member).to_owned(), vec![(*value).to_owned()])).collect();
        let query = RowQuery { resource: Resource::Declaration, filters, words: Vec::new(), after: None, limit, as_of };
        listed(&*reader, &query, limit).into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    for limit in [1, 9] {
        assert_eq!(found(&[("employee", "post-1")], 3, limit), ["a", "c"]);
        assert_eq!(found(&[("employee", "post-1")], 2, limit), ["a"]);
        assert_eq!(found(&[("practitioner", "person-1")], 3, limit), ["a", "b", "c"]);
        assert_eq!(found(&[("employee", "post-1"), ("practitioner", "person-3")], 3, limit), [""; 0]);
        assert_eq!(found(&[("employee", "post-3")], 3, limit), ["d"], "nobody knows the post");
        assert_eq!(found(&[("employee", "post-4")], 3, limit), [""; 0]);
    }
}

/// Entries are found by the streams that they are about, in each way, as far as asked.
pub fn entries_are_found_by_stream<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    let mut next = batch(&ledger.head().unwrap(), 9);
    let (first, second) = (next.streams[0].clone(), next.streams[1].clone());
    next.streams.push("legal_entity/here".into());
    let link = |stream: &str, kind, entry| Link { stream: stream.into(), kind, entry };
    next.links = vec![
        link(&first, LinkKind::Event, 0),
        link(&first, LinkKind::Event, 4),
        link(&first, LinkKind::Signer, 4),
        link(&first, LinkKind::Signer, 7),
        link(&second, LinkKind::Event, 5),
    ];
    next.changes.iter_mut().filter(|change| change.entry == 6).for_each(|change| {
        change.set.insert("legal_entity".into(), json!("here"));
    });
    ledger.commit(&next).unwrap();
    let reader = ledger.reader().unwrap();
    let found = |stream: &str, kinds: &[LinkKind], entries, limit| reader.linked(stream, kinds, entries, limit).unwrap();
    assert_eq!(found(&first, &[LinkKind::Event], 0..9, 9), [0, 4]);
    assert_eq!(found(&first, &[LinkKind::Signer], 0..9, 9), [4, 7]);
    assert_eq!(found(&first, &[LinkKind::Event, LinkKind::Signer], 0..9, 9), [0, 4, 7]);
    assert_eq!(found(&first, &[LinkKind::Event, LinkKind::Signer], 1..7, 9), [4]);
    assert_eq!(found(&first, &[LinkKind::Event, LinkKind::Signer], 0..9, 1), [0]);
    assert_eq!(found("legal_entity/here", &[LinkKind::Provider], 0..9, 9), [6]);
    assert_eq!(found("legal_entity/nowhere", &[LinkKind::Provider], 0..9, 9), [0; 0]);
    let unknown = LedgerBatch { links: vec![link("mis/unknown", LinkKind::Event, 9)], ..batch(&ledger.head().unwrap(), 1) };
    assert!(ledger.commit(&unknown).is_err(), "a stream that nobody knows");
    assert_eq!(ledger.head().unwrap().size, 9, "and nothing of it is there");
}

/// Rows of a fold are not the ledger's when somebody touched the ledger's.
pub fn a_fold_differs_from_other_rows<E: Engine>() {
    let store = E::fresh();
    let mut ledger = store.lead();
    grow(&mut *ledger, 9);
    let honest = batch(&litopys::store::Head { size: 0, ..ledger.head().unwrap() }, 9).changes;
    let mut fold = RowFold::new().unwrap();
    fold.fold(&honest[..4], &[]).unwrap();
    fold.fold(&honest[4..], &[]).unwrap();
    assert_eq!(versions(&fold, 99), versions(&*ledger.reader().unwrap(), 99));
    assert!(fold.fold(&honest[..1], &[]).is_err(), "folding goes forward only");
    let mut other = RowFold::new().unwrap();
    other.fold(&honest[..8], &[]).unwrap();
    assert_ne!(versions(&other, 99), versions(&fold, 99));
}
