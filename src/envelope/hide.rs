//! Which members of a command its sender must hide.

use aggregates::commands::Spec;
use aggregates::form::{Kind, Member, Place};
use serde_json::{Map, Value};

use crate::json::pointer_token;

/// Pointers (`/data/…`) to the members present in a command's data that the law has in disclosures, in the order of the
/// law's table. A member that the table does not have, or of another type, stays where it is: the ledger will say what is
/// wrong with it.
pub fn disclosed_members(spec: &Spec, data: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    object(spec.members, data, "/data", &mut found);
    found
}

fn object(members: &[Member], here: &Map<String, Value>, at: &str, found: &mut Vec<String>) {
    for member in members {
        let Some(value) = here.get(member.name) else { continue };
        let below = at.to_owned() + &pointer_token(member.name);
        match member.place {
            // Inside a disclosed value everything is part of the disclosure.
            Place::Disclosed => found.push(below),
            Place::Clear => inside(&member.kind, value, &below, found),
        }
    }
}

fn inside(kind: &Kind, value: &Value, at: &str, found: &mut Vec<String>) {
    match (kind, value) {
        (Kind::Object(members), Value::Object(here)) => object(members, here, at, found),
        (Kind::List(kind, ..), Value::Array(list)) => {
            for (place, item) in list.iter().enumerate() {
                inside(kind, item, &format!("{at}/{place}"), found);
            }
        }
        (Kind::MapOf(_, kind), Value::Object(here)) => {
            for (name, item) in here {
                inside(kind, item, &(at.to_owned() + &pointer_token(name)), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hidden(kind: &str, data: Value) -> Vec<String> {
        disclosed_members(Spec::named(kind).unwrap(), data.as_object().unwrap())
    }

    #[test]
    fn personal_members_are_found_at_any_depth_and_public_ones_left() {
        let practitioner = json!({ "practitioner": {
            "id": "x", "last_name": "Шевченко", "tax_id": "1", "birth_date": "2000-01-01", "documents": [{ "number": "1" }], "other": 1,
        }});
        assert_eq!(
            hidden("key.enrol", practitioner),
            ["/data/practitioner/tax_id", "/data/practitioner/birth_date", "/data/practitioner/documents"]
        );
        let patient = json!({ "patient": { "id": "x", "last_name": "Шевченко", "birth_date": "2000-01-01" }});
        assert_eq!(hidden("key.enrol", patient), ["/data/patient/last_name", "/data/patient/birth_date"]);
        assert_eq!(hidden("legal_entity.register", json!({ "tax_id": "1", "name": "x", "addresses": [{}] })), ["/data/tax_id"]);
        assert_eq!(hidden("key.enrol", json!({ "patient": "text" })), [""; 0]);
    }
}
