//! What proves an entry, for those who may have it: receipts by the command's id, and bundles of entries.

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt as _;
use litopys::entry::Entry;
use litopys::envelope::Envelope;
use litopys::receipt;
use tlog::decode_bundle;
use tower::ServiceExt as _;

use crate::registry::Registry;
use crate::story::id;
use crate::who::Who;

/// The id of the command that signed the first declaration.
fn signing(registry: &Registry) -> String {
    let token = registry.token(Who::Regulator);
    let row = registry.get(&format!("/v1/declarations/{}", id(2002)), &token).json["data"].clone();
    let index = row["entries"][0].as_u64().unwrap();
    let stored = registry.live.node.readers.with(|reader| reader.entry(index)).unwrap().unwrap();
    let entry = Entry::from_bytes(&stored.bytes).unwrap();
    Envelope::from_entry(entry.command().unwrap()).unwrap().payload.id.to_string()
}

#[test]
fn a_receipt_is_for_whoever_signed_and_for_those_who_watch() {
    let registry = Registry::told();
    let path = format!("/v1/commands/{}/receipt", signing(&registry));
    let trust = &registry.live.node.trust;
    let mut receipts = Vec::new();
    for (who, status) in [
        (Who::Nobody, 403),
        (Who::Operator, 403),
        (Who::Owner, 403),
        (Who::Patient, 403),
        (Who::Mis, 200),
        (Who::Doctor, 200),
        (Who::Regulator, 200),
        (Who::Auditor, 200),
    ] {
        let answer = registry.get(&format!("{path}?genesis=true"), &registry.token(who));
        assert_eq!(answer.status, status, "{who:?}: {}", answer.json);
        if status == 200 {
            receipt::verify(answer.text.as_bytes(), std::slice::from_ref(&trust.log_key), &trust.origin, Some(&trust.genesis)).unwrap();
            receipts.push(answer.text);
        }
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1);
    let unknown = format!("/v1/commands/{}/receipt", id(999_999));
    assert_eq!(registry.get(&unknown, &registry.token(Who::Auditor)).told(), (404, "no_such_resource"));
}

#[test]
fn an_auditor_gets_the_entries_as_tiles() {
    let registry = Registry::told();
    let size = registry.size();
    let get = |place: &str, who: Who| {
        let request =
            Request::get(format!("/tile/entries/{place}")).header(header::AUTHORIZATION, format!("Bearer {}", registry.token(who)));
        let answer = registry.router.clone().oneshot(request.body(Body::empty()).unwrap());
        registry.live.runtime.block_on(async {
            let answer = answer.await.unwrap();
            (answer.status().as_u16(), answer.into_body().collect().await.unwrap().to_bytes())
        })
    };
    let (status, bytes) = get(&format!("000.p/{size}"), Who::Auditor);
    assert_eq!(status, 200);
    let entries = decode_bundle(&bytes).unwrap();
    assert_eq!(entries.len() as u64, size);
    for (index, entry) in (0..).zip(&entries) {
        let stored = registry.live.node.readers.with(|reader| reader.entry(index)).unwrap().unwrap();
        assert_eq!(*entry, stored.bytes, "{index}");
    }
    assert_eq!(decode_bundle(&get("000.p/3", Who::Regulator).1).unwrap(), entries[..3]);
    for (place, who, status) in [
        ("000.p/3", Who::Mis, 403),
        ("000.p/3", Who::Doctor, 403),
        ("000", Who::Auditor, 404),
        ("001.p/1", Who::Auditor, 404),
        ("x", Who::Auditor, 404),
    ] {
        assert_eq!(get(place, who).0, status, "{place} {who:?}");
    }
}
