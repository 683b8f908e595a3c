//! What an entry changes.

use aggregates::Event;
use aggregates::division::DivisionEvent;
use aggregates::employee::{EmployeeEvent, Post};
use aggregates::event::Body;
use aggregates::legal_entity::LegalEntityEvent;
use aggregates::mis::MisEvent;
use aggregates::practitioner::PractitionerEvent;
use aggregates::trust_provider::TrustProviderEvent;
use serde_json::{Map, Value, json};

use crate::{Change, Resource};

/// The changes of rows that an entry causes, in the order of its events.
///
/// `data` is the payload's `data` of the command that caused the entry (for a continuation, of the command that it
/// continues).
pub fn changes(entry: u64, data: &Map<String, Value>, events: &[Event]) -> Vec<Change> {
    let row = |event: &Event, resource, set: Value| {
        let set = set.as_object().cloned().unwrap_or_default();
        Change { resource, id: event.stream.uuid().unwrap_or_default().to_string(), entry, set }
    };
    let change = |event: &Event| match &event.body {
        Body::Mis(change) => Some(row(event, Resource::Mis, mis(change, data))),
        Body::TrustProvider(TrustProviderEvent::Accredited {}) => {
            Some(row(event, Resource::TrustProvider, with(json!({ "status": "active" }), data, &["name", "edrpou", "website"])))
        }
        Body::LegalEntity(change) => Some(row(event, Resource::LegalEntity, legal_entity(change, data))),
        Body::Division(DivisionEvent::Opened { legal_entity }) => {
            let set = json!({ "legal_entity": legal_entity, "status": "active" });
            Some(row(event, Resource::Division, with(set, data, DIVISION)))
        }
        Body::Practitioner(change) => practitioner(change, data).map(|set| row(event, Resource::Practitioner, set)),
        Body::Employee(change) => Some(row(event, Resource::Employee, employee(change, data))),
        Body::Auditor(_) | Body::Key(_) | Body::Patient(_) | Body::Policy(_) => None,
    };
    events.iter().filter_map(change).collect()
}

const DIVISION: &[&str] = &["name", "type", "addresses", "phones", "email", "mountain", "external_id", "location", "working_hours"];

const LEGAL_ENTITY: &[&str] = &[
    "name",
    "short_name",
    "public_name",
    "ownership",
    "legal_form",
    "kveds",
    "addresses",
    "phones",
    "email",
    "website",
    "licence",
    "accreditation",
    "receiver_funds_code",
    "beneficiary",
    "archive",
];

/// `set` with those members of the command that it has in clear.
fn with(mut set: Value, data: &Map<String, Value>, members: &[&str]) -> Value {
    for name in members {
        if let Some(value) = data.get(*name) {
            set[*name] = value.clone();
        }
    }
    set
}

fn mis(change: &MisEvent, data: &Map<String, Value>) -> Value {
    match change {
        MisEvent::Applied {} => with(json!({ "status": "applied" }), data, &["name", "edrpou", "product", "email", "website"]),
        MisEvent::TestRecorded { passed } => {
            json!({ "test": with(json!({ "passed": passed }), data, &["programme", "held_on"]) })
        }
        MisEvent::Accredited {} => json!({ "status": "accredited" }),
    }
}

fn legal_entity(change: &LegalEntityEvent, data: &Map<String, Value>) -> Value {
    let LegalEntityEvent::Registered { edrpou, owner, .. } = change;
    let mut set = json!({ "status": "active", "verified": false, "owner": owner });
    if let Some(code) = edrpou {
        set["edrpou"] = json!(code);
    }
    with(set, data, LEGAL_ENTITY)
}

/// Names are those of the enrolment that created the practitioner; a later one that only binds a key changes nothing.
fn practitioner(change: &PractitionerEvent, data: &Map<String, Value>) -> Option<Value> {
    let person = data.get("practitioner").and_then(Value::as_object)?;
    match change {
        PractitionerEvent::Created {} => Some(with(json!({}), person, &["last_name", "first_name", "second_name", "gender"])),
        PractitionerEvent::Recognised {} => None,
    }
}

fn employee(change: &EmployeeEvent, data: &Map<String, Value>) -> Value {
    let post = |post: &Post, status: &str| {
        let mut set = json!({
            "practitioner": post.practitioner,
            "legal_entity": post.legal_entity,
            "type": post.kind,
            "status": status,
        });
        if let Some(division) = post.division {
            set["division"] = json!(division);
        }
        if let Some(speciality) = post.speciality {
            set["speciality"] = json!(speciality);
        }
        with(set, data, &["position", "start_date", "specialities", "educations"])
    };
    match change {
        EmployeeEvent::Appointed { post: offered } => post(offered, "active"),
        EmployeeEvent::Invited { post: offered, .. } => post(offered, "invited"),
        EmployeeEvent::Accepted { .. } => json!({ "status": "active" }),
        EmployeeEvent::Dismissed { on, .. } => json!({ "status": "dismissed", "end_date": on }),
    }
}
