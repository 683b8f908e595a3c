//! Rules across members that several commands share. Data is whole here: disclosed members are back in their places.

use serde_json::Value;

use crate::refusal::{Code, Fault};
use crate::values::document_number;

/// A fault with text parameters.
pub(super) fn fault(pointer: String, code: Code, params: &[(&str, &str)]) -> Fault {
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
    Fault { pointer, code, params }
}

fn list<'a>(data: &'a Value, below: &str) -> &'a [Value] {
    data.pointer(below).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Exactly one object of the list has this `type`.
pub(super) fn one_of_type(data: &Value, below: &str, kind: &str, faults: &mut Vec<Fault>) {
    let items = list(data, below);
    if !items.is_empty() && items.iter().filter(|item| item["type"] == kind).count() != 1 {
        faults.push(fault(format!("/data{below}"), Code::ExactlyOne, &[("expected", kind)]));
    }
}

/// No two objects of the list have the same `type`.
pub(super) fn unique_types(data: &Value, below: &str, faults: &mut Vec<Fault>) {
    let items = list(data, below);
    for (place, item) in items.iter().enumerate() {
        if items[..place].iter().any(|earlier| earlier["type"] == item["type"]) {
            faults.push(fault(format!("/data{below}/{place}/type"), Code::Duplicate, &[]));
        }
    }
}

/// Documents: one of each type, at most one of passport and ID card, numbers of the form their types have.
pub(super) fn documents(data: &Value, below: &str, faults: &mut Vec<Fault>) {
    unique_types(data, below, faults);
    let items = list(data, below);
    for (place, item) in items.iter().enumerate() {
        let (Some(kind), Some(number)) = (item["type"].as_str(), item["number"].as_str()) else { continue };
        if !document_number(kind, number) {
            faults.push(fault(format!("/data{below}/{place}/number"), Code::BadFormat, &[("expected", &format!("number of a {kind}"))]));
        }
        not_before(data, &format!("{below}/{place}/expires_at"), &format!("{below}/{place}/issued_at"), faults);
        let rival =
            items[..place].iter().any(|earlier| earlier["type"] != item["type"] && earlier["type"].as_str().is_some_and(is_passport));
        if is_passport(kind) && rival {
            faults.push(fault(format!("/data{below}/{place}/type"), Code::ExactlyOne, &[("expected", "passport or national_id")]));
        }
    }
}

fn is_passport(kind: &str) -> bool {
    matches!(kind, "passport" | "national_id")
}

/// The demographic register's number begins with the birth date, and an ID card comes with one.
pub(super) fn unzr(data: &Value, below: &str, faults: &mut Vec<Fault>) {
    let Some(person) = data.pointer(below) else { return };
    let pointer = format!("/data{below}/unzr");
    let id_card = list(person, "/documents").iter().any(|document| document["type"] == "national_id");
    match (person["unzr"].as_str(), person["birth_date"].as_str()) {
        (Some(unzr), Some(birth_date)) if !unzr.starts_with(&birth_date.replace('-', "")) => {
            faults.push(fault(pointer, Code::MismatchedMember, &[("other", "birth_date")]));
        }
        (None, _) if id_card => faults.push(fault(pointer, Code::Required, &[])),
        _ => {}
    }
}

/// The later of two dates is not before the earlier, where both are given.
pub(super) fn not_before(data: &Value, later: &str, earlier: &str, faults: &mut Vec<Fault>) {
    let date = |below: &str| data.pointer(below).and_then(Value::as_str);
    if let (Some(late), Some(early)) = (date(later), date(earlier))
        && late < early
    {
        let name = earlier.rsplit('/').next().unwrap_or(earlier);
        faults.push(fault(format!("/data{later}"), Code::DateOrder, &[("after", name)]));
    }
}
