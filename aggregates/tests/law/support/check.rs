//! What must hold of every command that the law accepts, whatever it is; and how a sender takes personal members out.

use aggregates::commands::{self, Command, Spec};
use aggregates::facts::Facts;
use aggregates::form::{Disclosed, Kind, Member, Place};
use aggregates::words::Bytes32;
use aggregates::{Context, Event, Gathered, Registry, decide};
use serde_json::{Map, Value, json};

use super::names::hash;

/// The events are in order, can be read back, hold nothing disclosed, and follow from payload and facts alone.
#[expect(clippy::too_many_arguments, reason = "all of one command")]
pub fn check(
    registry: &Registry,
    kind: &str,
    data: &Map<String, Value>,
    disclosed: &[Disclosed],
    command: &Command,
    context: &Context,
    gathered: &Gathered,
    events: &[Event],
) {
    let order: Vec<(String, u64)> = events.iter().map(|event| (event.stream.to_string(), event.version)).collect();
    assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "{kind}: {order:?}");
    let written = json!({ "facts": gathered.facts, "events": events });
    let back: Vec<Event> = serde_json::from_value(written["events"].clone()).unwrap();
    assert_eq!(back, events, "{kind}");
    assert_eq!(serde_json::from_value::<Facts>(written["facts"].clone()).unwrap(), gathered.facts);
    assert!(!written.to_string().contains("null"), "{kind}: {written}");
    let mut personal = Vec::new();
    disclosed.iter().for_each(|one| leaves(&one.value, &mut personal));
    for value in personal.iter().filter(|value| value.len() >= 6) {
        let digests = [hex(hash(value)), Bytes32(hash(value)).to_string()];
        for told in digests.iter().chain([value]) {
            assert!(!written.to_string().contains(told.as_str()), "{kind} tells {value}: {written}");
        }
    }
    // Who has the payload and the facts comes to the same.
    let read = commands::read(kind, data, None).unwrap();
    assert_eq!(read, command.data, "{kind}");
    assert_eq!(gathered.facts.forms_ok, (!disclosed.is_empty()).then_some(true), "{kind}");
    let again = decide(registry, &Command { data: read, ..command.clone() }, context).unwrap();
    assert_eq!(again, events, "{kind}");
    // The table says of every disclosed member whose it is.
    let spec = Spec::named(kind).unwrap();
    for one in disclosed {
        let member = member(spec.members, &one.object, &one.name);
        assert_eq!(member.erased_with, gathered.subject.map(|subject| subject.kind()), "{kind} {}", one.name);
    }
}
fn hex(bytes: [u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn leaves(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|one| leaves(one, all)),
        Value::Object(map) => map.values().for_each(|one| leaves(one, all)),
        _ => {}
    }
}

fn member(members: &[Member], object: &str, name: &str) -> Member {
    let inner =
        object.strip_prefix("/data").unwrap().split('/').filter(|step| !step.is_empty()).fold(members, |members, step| {
            match members.iter().find(|member| member.name == step).unwrap().kind {
                Kind::Object(inner) => inner,
                _ => panic!("{object} is no object"),
            }
        });
    *inner.iter().find(|member| member.name == name).unwrap()
}

/// Takes the disclosed members out of whole data, as a sender does.
pub fn split(kind: &str, mut whole: Value, salt: usize) -> (Map<String, Value>, Vec<Disclosed>) {
    let mut disclosed = Vec::new();
    if let Some(spec) = Spec::named(kind) {
        hide(spec.members, &mut whole, "/data", salt, &mut disclosed);
    }
    let Value::Object(data) = whole else { panic!("data is an object") };
    (data, disclosed)
}

fn hide(members: &[Member], here: &mut Value, pointer: &str, salt: usize, disclosed: &mut Vec<Disclosed>) {
    let Some(object) = here.as_object_mut() else { return };
    let mut digests = Vec::new();
    for member in members {
        if member.place == Place::Disclosed {
            let Some(value) = object.remove(member.name) else { continue };
            let digest = hash(&json!([salt, pointer, member.name, value]).to_string());
            digests.push(Bytes32(digest).to_string());
            disclosed.push(Disclosed { object: pointer.to_owned(), name: member.name.to_owned(), value, digest });
        } else if let (Kind::Object(inner), Some(value)) = (member.kind, object.get_mut(member.name)) {
            hide(inner, value, &format!("{pointer}/{}", member.name), salt, disclosed);
        }
    }
    if !digests.is_empty() {
        digests.sort();
        object.insert("_sd".to_owned(), json!(digests));
    }
}
