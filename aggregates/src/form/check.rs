//! The check of a whole command's data against its table.

use serde_json::{Map, Value, json};

use super::kind::Report;
use super::{Kind, Member, Need, Place};
use crate::refusal::{Code, Fault, Refusal};

/// A personal value that a command discloses.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosed {
    /// JSON pointer of the object it belongs to, into the payload: `/data`, `/data/patient`.
    pub object: String,
    /// The member's name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// SHA-256 of the disclosure as sent.
    pub digest: [u8; 32],
}

/// The data with every disclosed member back in its place and the digests gone.
pub fn merged(data: &Map<String, Value>, disclosed: &[Disclosed]) -> Value {
    fn without_digests(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                map.iter().filter(|(name, _)| *name != "_sd").map(|(name, value)| (name.clone(), without_digests(value))).collect()
            }
            Value::Array(list) => list.iter().map(without_digests).collect(),
            other => other.clone(),
        }
    }
    let mut whole = without_digests(&Value::Object(data.clone()));
    for one in disclosed {
        // A disclosure whose object is not there is a fault of the envelope, found before the law is asked.
        let place = one.object.strip_prefix("/data").and_then(|below| whole.pointer_mut(below));
        if let Some(Value::Object(object)) = place {
            object.entry(one.name.clone()).or_insert_with(|| one.value.clone());
        }
    }
    whole
}

/// Every fault of form of a command's data, in the order of its table, at most [`Refusal::MAX_FAULTS`].
pub fn check(members: &[Member], data: &Map<String, Value>, disclosed: &[Disclosed]) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut report = |pointer: String, code: Code, params: Map<String, Value>| {
        if faults.len() < Refusal::MAX_FAULTS {
            faults.push(Fault { pointer, code, params });
        }
    };
    object(members, data, Some(disclosed), "/data", &mut report);
    faults
}

/// `disclosed` is `None` inside a disclosed value, where nothing is disclosed any further.
fn object(members: &[Member], here: &Map<String, Value>, disclosed: Option<&[Disclosed]>, pointer: &str, report: Report<'_>) {
    let hidden = |name: &str| disclosed?.iter().find(|one| one.object == pointer && one.name == name);
    for member in members {
        let below = format!("{pointer}/{}", member.name);
        match (here.get(member.name), hidden(member.name)) {
            (Some(_), _) if member.place == Place::Disclosed && disclosed.is_some() => report(below, Code::MustBeDisclosed, Map::new()),
            (_, Some(_)) if member.place == Place::Clear => report(below, Code::MustBeClear, Map::new()),
            (Some(clear), _) => value(&member.kind, clear, disclosed, &below, report),
            (None, Some(hidden)) => value(&member.kind, &hidden.value, None, &below, report),
            (None, None) if member.need == Need::Required => report(below, Code::Required, Map::new()),
            (None, None) => {}
        }
    }
    let known = |name: &str| members.iter().any(|member| member.name == name);
    let strangers = here.keys().filter(|name| !known(name) && (disclosed.is_none() || *name != "_sd")).map(String::as_str);
    let hidden_strangers =
        disclosed.into_iter().flatten().filter(|one| one.object == pointer && !known(&one.name)).map(|one| one.name.as_str());
    for name in strangers.chain(hidden_strangers) {
        report(format!("{pointer}/{}", escaped(name)), Code::UnknownMember, Map::new());
    }
    let mine: Vec<&str> = disclosed.into_iter().flatten().filter(|one| one.object == pointer).map(|one| one.name.as_str()).collect();
    for (place, name) in mine.iter().enumerate() {
        if mine[..place].contains(name) {
            report(format!("{pointer}/{}", escaped(name)), Code::Duplicate, Map::new());
        }
    }
}

fn value(kind: &Kind, value_here: &Value, disclosed: Option<&[Disclosed]>, pointer: &str, report: Report<'_>) {
    match (kind, value_here) {
        (Kind::Object(members), Value::Object(map)) => object(members, map, disclosed, pointer, report),
        (Kind::MapOf(names, inner), Value::Object(map)) => {
            for (name, item) in map {
                let below = format!("{pointer}/{}", escaped(name));
                if names.contains(&name.as_str()) {
                    value(inner, item, disclosed, &below, report);
                } else {
                    report(below, Code::UnknownMember, Map::new());
                }
            }
        }
        (Kind::List(inner, min, max), Value::Array(list)) => {
            if list.len() < *min {
                report(pointer.to_owned(), Code::TooShort, json!({ "min": min }).as_object().cloned().unwrap_or_default());
            } else if list.len() > *max {
                report(pointer.to_owned(), Code::TooLong, json!({ "max": max }).as_object().cloned().unwrap_or_default());
            } else {
                for (place, item) in list.iter().enumerate() {
                    value(inner, item, disclosed, &format!("{pointer}/{place}"), report);
                }
            }
        }
        (kind, scalar) => kind.check_scalar(scalar, pointer, report),
    }
}

/// A member name as a step of a JSON pointer (RFC 6901 §3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
