//! The published form of a command: JSON Schema (draft 2020-12) of its data, made from the same table that checks it.
//!
//! The schema describes the data with every disclosed member back in its place. Each member of the payload says by
//! `x-place` whether it stands in clear or in a disclosure, and a disclosed one by `x-erased-with` whose erasure
//! deletes it. Check digits are named by `x-check-digit`. Rules across members are not in
//! it, so what it takes may still be refused.

use serde_json::{Map, Value, json};

use super::{Kind, Member, Need, Place};

/// No controls, and no white space at either end.
const TRIMMED: &str = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$";

/// The schema of an object with these members. `outer` is false inside a disclosed value, where places mean nothing.
pub fn schema(members: &[Member], outer: bool) -> Value {
    let properties: Map<String, Value> = members.iter().map(|member| (member.name.to_owned(), of_member(member, outer))).collect();
    let required: Vec<&str> = members.iter().filter(|member| member.need == Need::Required).map(|member| member.name).collect();
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn of_member(member: &Member, outer: bool) -> Value {
    let clear = member.place == Place::Clear;
    let mut value = of_kind(&member.kind, outer && clear);
    if outer {
        value["x-place"] = json!(if clear { "clear" } else { "disclosed" });
    }
    if let Some(subject) = member.erased_with {
        value["x-erased-with"] = json!(subject.name());
    }
    value
}

fn of_kind(kind: &Kind, outer: bool) -> Value {
    let pattern = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    match *kind {
        // Patterns keep to what regular expressions have in common everywhere (no lookaround, no classes of Unicode).
        Kind::Text(min, max) => json!({ "type": "string", "minLength": min, "maxLength": max, "pattern": TRIMMED }),
        Kind::PersonName => json!({
            "type": "string", "minLength": 1, "maxLength": 100, "pattern": TRIMMED,
            "description": "letters, apostrophes, hyphens, full stops and inner spaces",
        }),
        Kind::Id => with(pattern("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"), "format", "uuid"),
        Kind::NewId => with(pattern("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"), "format", "uuid"),
        Kind::Date => with(pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), "format", "date"),
        Kind::Instant => with(pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z$"), "format", "date-time"),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::True => json!({ "const": true }),
        Kind::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::OneOf(allowed) => json!({ "enum": allowed }),
        Kind::Kid => pattern("^[A-Za-z0-9_-]{43}$"),
        Kind::Jwk => json!({
            "type": "object",
            "properties": { "crv": { "const": "Ed25519" }, "kty": { "const": "OKP" }, "x": pattern("^[A-Za-z0-9_-]{43}$") },
            "required": ["crv", "kty", "x"],
            "additionalProperties": false,
        }),
        Kind::VerifierKey => {
            json!({ "type": "string", "maxLength": 300, "pattern": r"^[^\s+]+\+[0-9a-f]{8}\+.{44}$" })
        }
        Kind::Stream => pattern("^(policy/current|key/[A-Za-z0-9_-]{43}|[a-z_]+/[0-9a-f-]{36})$"),
        Kind::Email => json!({ "type": "string", "format": "email", "maxLength": 254 }),
        Kind::Phone => pattern(r"^\+38[0-9]{10}$"),
        Kind::Website => json!({ "type": "string", "format": "uri", "maxLength": 2048, "pattern": "^https://" }),
        Kind::Edrpou => with(pattern("^[0-9]{8}$"), "x-check-digit", "EDRPOU"),
        Kind::Rnokpp => with(pattern("^[0-9]{10}$"), "x-check-digit", "RNOKPP"),
        Kind::Unzr => pattern("^[0-9]{8}-[0-9]{5}$"),
        Kind::Kved => pattern(r"^[0-9]{2}\.[0-9]{1,2}$"),
        Kind::Decimal(digits) => pattern(&format!(r"^-?(0|[1-9][0-9]{{0,{}}})(\.[0-9]{{1,{digits}}})?$", digits - 1)),
        Kind::Coefficient => pattern(r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,3})?$"),
        Kind::TimeOfDay => pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        Kind::Digits(count) => pattern(&format!("^[0-9]{{{count}}}$")),
        Kind::List(inner, min, max) => json!({ "type": "array", "items": of_kind(inner, outer), "minItems": min, "maxItems": max }),
        Kind::Object(members) => schema(members, outer),
        Kind::MapOf(names, inner) => {
            let properties: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), of_kind(inner, outer))).collect();
            json!({ "type": "object", "properties": properties, "additionalProperties": false })
        }
    }
}

fn with(mut schema: Value, keyword: &str, value: &str) -> Value {
    schema[keyword] = json!(value);
    schema
}
