//! What an entry changes.

use std::ops::Deref;

use aggregates::Event;
use aggregates::division::DivisionEvent;
use aggregates::employee::{EmployeeEvent, Post};
use aggregates::event::Body;
use aggregates::key_ring::KeyEvent;
use aggregates::legal_entity::LegalEntityEvent;
use aggregates::mis::MisEvent;
use aggregates::patient::PatientEvent;
use aggregates::policy::PolicyEvent;
use aggregates::practitioner::PractitionerEvent;
use aggregates::trust_provider::TrustProviderEvent;
use aggregates::words::Stream;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Change, Resource};

/// The changes of rows that an entry causes, in the order of its events.
///
/// `data` is the payload's `data` of the command that caused the entry (for a continuation, of the command that it
/// continues). It is looked at only for events that ask for it, so that it may be read as late as that.
pub fn changes(entry: u64, data: impl Deref<Target = Map<String, Value>>, events: &[Event]) -> Vec<Change> {
    let mut all = Vec::new();
    for event in events {
        let id = || match event.stream {
            Stream::Policy => "current".to_owned(),
            Stream::Key(kid) => kid.to_string(),
            Stream::Of(_, id) => id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned(),
        };
        let mut row = |resource, id: String, set: Value| {
            let Value::Object(set) = set else { return };
            all.push(Change { resource, id, entry, set });
        };
        match &event.body {
            Body::Mis(change) => row(Resource::Mis, id(), mis(change, &data)),
            Body::TrustProvider(TrustProviderEvent::Accredited {}) => {
                row(Resource::TrustProvider, id(), with(json!({ "status": "active" }), &data, &["name", "edrpou", "website"]));
            }
            Body::LegalEntity(change) => row(Resource::LegalEntity, id(), legal_entity(change, &data)),
            Body::Division(DivisionEvent::Opened { legal_entity }) => {
                let set = json!({ "legal_entity": legal_entity, "status": "active" });
                row(Resource::Division, id(), with(set, &data, DIVISION));
            }
            Body::Practitioner(change) => {
                if let Some(set) = practitioner(change, &data) {
                    row(Resource::Practitioner, id(), set);
                }
            }
            Body::Employee(change) => row(Resource::Employee, id(), employee(change, &data)),
            Body::Key(change) => row(Resource::Key, id(), key(change)),
            Body::Policy(PolicyEvent::Set { terms }) => row(Resource::Policy, id(), json!(terms)),
            Body::Patient(change) => patient(&id(), change, &mut row),
            Body::Auditor(_) | Body::Policy(PolicyEvent::Opened { .. }) => {}
        }
    }
    all
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
        MisEvent::Accredited {} | MisEvent::Reinstated {} => json!({ "status": "accredited", "suspended_because": null }),
        MisEvent::Suspended { reason } => json!({ "status": "suspended", "suspended_because": reason }),
    }
}

fn legal_entity(change: &LegalEntityEvent, data: &Map<String, Value>) -> Value {
    let LegalEntityEvent::Registered { edrpou, owner, .. } = change else { return json!({ "verified": true }) };
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

fn key(change: &KeyEvent) -> Value {
    match change {
        KeyEvent::Enrolled { holder, x, from, until, represents, enrolled_by } => {
            let mut set = json!({ "holder": holder, "x": x, "from": from, "until": until, "status": "active" });
            if !represents.is_empty() {
                set["represents"] = json!(represents);
            }
            if let Some(by) = enrolled_by {
                set["enrolled_by"] = json!(by);
            }
            set
        }
        KeyEvent::Revoked { compromised_since } => {
            let mut set = json!({ "status": "revoked" });
            if let Some(since) = compromised_since {
                set["compromised_since"] = json!(since);
            }
            set
        }
    }
}

/// A patient's event changes the patient, a request, a declaration, or two of them.
fn patient(id: &str, change: &PatientEvent, row: &mut impl FnMut(Resource, String, Value)) {
    let mut request = |of: &Uuid, set: Value| row(Resource::DeclarationRequest, of.to_string(), set);
    match change {
        PatientEvent::Created {} => row(Resource::Patient, id.to_owned(), json!({ "status": "identified" })),
        PatientEvent::Registered { authentication, .. } => {
            row(Resource::Patient, id.to_owned(), json!({ "status": "registered", "authentication": authentication }));
        }
        PatientEvent::Recognised {} => {}
        PatientEvent::RequestCreated { request: of, declaration, employee, practitioner, legal_entity, division, at } => {
            let set = json!({
                "patient": id,
                "declaration": declaration,
                "employee": employee,
                "practitioner": practitioner,
                "legal_entity": legal_entity,
                "division": division,
                "status": "new",
                "created_at": at,
            });
            request(of, set);
        }
        PatientEvent::RequestCancelled { request: of } => request(of, json!({ "status": "cancelled" })),
        PatientEvent::CodeSent { request: of, at, .. } => request(of, json!({ "code_sent_at": at, "code_tries_left": null })),
        PatientEvent::CodeFailed { request: of, tries_left } => request(of, json!({ "code_tries_left": tries_left })),
        PatientEvent::RequestConfirmed { request: of, confirmation } => {
            request(of, json!({ "status": "confirmed", "confirmation": confirmation }));
        }
        PatientEvent::DeclarationSigned {
            declaration,
            request: of,
            employee,
            practitioner,
            legal_entity,
            division,
            start,
            term,
            status,
        } => {
            request(of, json!({ "status": "signed" }));
            let mut set = json!({
                "patient": id,
                "request": of,
                "employee": employee,
                "practitioner": practitioner,
                "legal_entity": legal_entity,
                "division": division,
                "start_date": start,
                "last_day": term.last_day,
                "status": status,
            });
            if term.at_majority {
                set["at_majority"] = json!(true);
            }
            row(Resource::Declaration, declaration.to_string(), set);
        }
        PatientEvent::DeclarationTerminated { declaration, reason, by, on } => {
            let set = json!({ "status": "terminated", "reason": reason, "ended_by": by, "ended_on": on });
            row(Resource::Declaration, declaration.to_string(), set);
        }
    }
}
