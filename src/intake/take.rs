//! Following the table.

use serde_json::{Value, json};

use super::tables::{How, Row, Source, TABLE, To};
use super::{IntakeError, dictionaries};

/// A member of a payload that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its pointer in the payload.
    pub pointer: String,
    /// Why.
    pub why: &'static str,
}

/// The legal form of a natural person who is an entrepreneur.
const SOLE_PROPRIETOR: &str = "910";
/// The legal forms of a community's enterprise and organisation.
const COMMUNAL: [&str; 2] = ["150", "430"];

/// The data of one command and what of the payload no command takes.
pub(super) fn take(source: Source, kind: &str, payload: &Value, ids: Value) -> Result<(Value, Vec<Left>), IntakeError> {
    let (mut data, mut left, mut unknown) = (ids, Vec::new(), Vec::new());
    for (path, value) in leaves(payload) {
        let pointer = || format!("/{}", path.join("/"));
        let mut known = false;
        for row in TABLE.iter().filter(|row| row.source == source) {
            let Some(places) = fits(row.path, &path) else { continue };
            // A row for everything below speaks of what the rows above it left.
            if known && row.path.ends_with("**") {
                break;
            }
            known = true;
            match &row.to {
                To::Left(why) => left.push(Left { pointer: pointer(), why }),
                To::Member(command, member, how) => {
                    if *command == kind
                        && let Some(value) = changed(*how, value, payload)
                    {
                        set(&mut data, member, &places, value);
                    }
                }
            }
        }
        if !known {
            unknown.push(pointer());
        }
    }
    if unknown.is_empty() { Ok((data, left)) } else { Err(IntakeError::Unknown(unknown)) }
}

/// Every scalar of a document with its path, in document order. Members that are null, and empty lists and objects, are
/// as good as left out.
pub fn leaves(value: &Value) -> Vec<(Vec<String>, &Value)> {
    fn walk<'a>(value: &'a Value, at: &mut Vec<String>, out: &mut Vec<(Vec<String>, &'a Value)>) {
        let mut below = |step: String, value: &'a Value| {
            at.push(step);
            walk(value, at, out);
            at.pop();
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| below(name.clone(), value)),
            Value::Array(list) => list.iter().enumerate().for_each(|(place, value)| below(place.to_string(), value)),
            Value::Null => {}
            scalar => out.push((at.clone(), scalar)),
        }
    }
    let mut out = Vec::new();
    walk(value, &mut Vec::new(), &mut out);
    out
}

/// Whether a path is of a pattern: then the places that its `*` stand for.
fn fits(pattern: &str, path: &[String]) -> Option<Vec<usize>> {
    let mut places = Vec::new();
    let mut path = path.iter();
    for step in pattern.split('/') {
        if step == "**" {
            return path.next().map(|_| places);
        }
        let here = path.next()?;
        match here.parse() {
            Ok(place) if step == "*" => places.push(place),
            _ if step == here => {}
            _ => return None,
        }
    }
    path.next().is_none().then_some(places)
}

fn changed(how: How, value: &Value, payload: &Value) -> Option<Value> {
    let form = payload["legal_form"].as_str().unwrap_or_default();
    let ours = |dictionary: &dictionaries::Dictionary| value.as_str().map_or_else(|| value.clone(), |code| json!(dictionary.ours(code)));
    match how {
        How::AsIs => Some(value.clone()),
        How::Code(dictionary) => Some(ours(dictionary)),
        How::Ownership if form == SOLE_PROPRIETOR => Some(json!("sole_proprietor")),
        How::Ownership if COMMUNAL.contains(&form) && value == "STATE" => Some(json!("communal")),
        How::Ownership => Some(ours(&dictionaries::OWNER_PROPERTY_TYPE)),
        How::OfCompany => (form != SOLE_PROPRIETOR).then(|| value.clone()),
        How::OfSoleProprietor => (form == SOLE_PROPRIETOR).then(|| value.clone()),
    }
}

/// Puts a value at a member's path, making the objects and lists on the way.
fn set(data: &mut Value, member: &str, places: &[usize], value: Value) {
    let mut places = places.iter();
    let mut here = data;
    for step in member.split('/') {
        if step == "*" {
            let place = places.next().copied().unwrap_or_default();
            if !here.is_array() {
                *here = json!([]);
            }
            let Value::Array(list) = here else { return };
            if list.len() <= place {
                list.resize(place + 1, Value::Null);
            }
            here = &mut list[place];
        } else {
            if !here.is_object() {
                *here = json!({});
            }
            here = &mut here[step];
        }
    }
    *here = value;
}

impl Row {
    /// Whether the row speaks of the member at this path.
    pub fn speaks_of(&self, path: &[String]) -> bool {
        fits(self.path, path).is_some()
    }
}
