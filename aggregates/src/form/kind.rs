//! What a value may be, and the check of one value.

use serde_json::{Map, Value, json};

use super::Member;
use crate::refusal::Code;
use crate::values::{self, Coefficient, Defect};
use crate::words::{Date, Instant, Kid, PublicKey, Stream};

/// What a member's value must be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text of `min` to `max` characters without controls or outer spaces.
    Text(usize, usize),
    /// A person's name part: 1 to 100 letters, apostrophes, hyphens, spaces.
    PersonName,
    /// An id of something that exists: a UUID in lower case.
    Id,
    /// An id of something new: a UUID of version 7 in lower case.
    NewId,
    /// A calendar date.
    Date,
    /// A UTC instant.
    Instant,
    /// `true` or `false`.
    Bool,
    /// `true`: a consent.
    True,
    /// An integer from `min` to `max`.
    Integer(i64, i64),
    /// One of some codes.
    OneOf(&'static [&'static str]),
    /// A key's thumbprint.
    Kid,
    /// A public key: `{"crv": "Ed25519", "kty": "OKP", "x": …}`.
    Jwk,
    /// A verifier key in signed-note form (c2sp.org/signed-note).
    VerifierKey,
    /// A stream that keys may belong to.
    Stream,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Website,
    /// A company's registration code.
    Edrpou,
    /// A natural person's tax number.
    Rnokpp,
    /// A number of the demographic register, `YYYYMMDD-NNNNN`.
    Unzr,
    /// An activity code such as `86.21`.
    Kved,
    /// A number with decimals as a string, such as `49.8397`; at most `n` digits before and after the point.
    Decimal(usize),
    /// A coefficient from 0 to 999.999 as a string, such as `1.25`.
    Coefficient,
    /// A time of day, `HH:MM`.
    TimeOfDay,
    /// Decimal digits, exactly so many.
    Digits(usize),
    /// A list of `min` to `max` values.
    List(&'static Kind, usize, usize),
    /// An object with these members.
    Object(&'static [Member]),
    /// An object from names of a list to values of one kind.
    MapOf(&'static [&'static str], &'static Kind),
}

/// A defect of one value: the place below it, the code, and what the rule asked for.
pub(super) type Report<'a> = &'a mut dyn FnMut(String, Code, Map<String, Value>);

fn params(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

impl Kind {
    /// Reports every defect of `value`, which stands at `pointer`. Objects and lists are the caller's.
    pub(super) fn check_scalar(&self, value: &Value, pointer: &str, report: Report<'_>) {
        let mut say = |code, with| report(pointer.to_owned(), code, params(with));
        let expected = self.json_type();
        let right_type = match expected {
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64(),
            "array" => value.is_array(),
            _ => value.is_object(),
        };
        if !right_type {
            return say(Code::WrongType, json!({ "expected": expected }));
        }
        let text = value.as_str().unwrap_or_default();
        let format = |good: bool| if good { Ok(()) } else { Err(Defect::Format) };
        let verdict = match *self {
            Kind::Text(min, max) => return check_text(text, min, max, &mut say),
            Kind::PersonName => return check_person_name(text, &mut say),
            Kind::NewId | Kind::Id => match uuid::Uuid::try_parse(text) {
                Ok(id) if id.to_string() == text => {
                    if matches!(self, Kind::NewId) && id.get_version_num() != 7 {
                        return say(Code::NotVersion7, Value::Null);
                    }
                    Ok(())
                }
                _ => Err(Defect::Format),
            },
            Kind::Integer(min, max) => {
                if !value.as_i64().is_some_and(|number| (min..=max).contains(&number)) {
                    say(Code::OutOfRange, json!({ "min": min, "max": max }));
                }
                Ok(())
            }
            Kind::OneOf(allowed) => {
                if !allowed.contains(&text) {
                    say(Code::NotInList, json!({ "allowed": allowed.join(", ") }));
                }
                Ok(())
            }
            Kind::True => {
                if value != &Value::Bool(true) {
                    say(Code::MustBeTrue, Value::Null);
                }
                Ok(())
            }
            Kind::Jwk => format(jwk(value).is_some()),
            Kind::Date => format(text.parse::<Date>().is_ok()),
            Kind::Instant => format(text.parse::<Instant>().is_ok()),
            Kind::Kid => format(text.parse::<Kid>().is_ok()),
            Kind::Stream => format(text.parse::<Stream>().is_ok()),
            Kind::VerifierKey => format(verifier_key(text)),
            Kind::Email => format(values::email(text)),
            Kind::Phone => format(values::phone(text)),
            Kind::Website => format(values::website(text)),
            Kind::Edrpou => values::edrpou(text),
            Kind::Rnokpp => values::rnokpp(text),
            Kind::Unzr => format(pattern(text, "00000000-00000")),
            Kind::Kved => format(pattern(text, "00.00") || pattern(text, "00.0")),
            Kind::Decimal(digits) => format(decimal(text, digits)),
            Kind::Coefficient => text.parse::<Coefficient>().map(|_| ()),
            Kind::TimeOfDay => format(pattern(text, "00:00") && text[..2] < *"24" && text[3..] < *"60"),
            Kind::Digits(count) => format(text.len() == count && text.bytes().all(|b| b.is_ascii_digit())),
            Kind::Bool | Kind::List(..) | Kind::Object(_) | Kind::MapOf(..) => Ok(()),
        };
        match verdict {
            Ok(()) => {}
            Err(Defect::Format) => say(Code::BadFormat, json!({ "expected": self.name() })),
            Err(Defect::CheckDigit) => say(Code::BadCheckDigit, json!({ "expected": self.name() })),
        }
    }

    /// The JSON type of a value of this kind.
    pub fn json_type(&self) -> &'static str {
        match self {
            Kind::Bool | Kind::True => "boolean",
            Kind::Integer(..) => "integer",
            Kind::List(..) => "array",
            Kind::Object(_) | Kind::MapOf(..) | Kind::Jwk => "object",
            _ => "string",
        }
    }

    /// The name by which a fault calls this kind.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Text(..) => "text",
            Kind::PersonName => "name",
            Kind::Id | Kind::NewId => "UUID",
            Kind::Date => "date",
            Kind::Instant => "instant",
            Kind::Bool | Kind::True => "boolean",
            Kind::Integer(..) => "integer",
            Kind::OneOf(_) => "code",
            Kind::Kid => "key id",
            Kind::Jwk => "public key",
            Kind::VerifierKey => "verifier key",
            Kind::Stream => "stream",
            Kind::Email => "e-mail address",
            Kind::Phone => "phone number",
            Kind::Website => "web address",
            Kind::Edrpou => "EDRPOU",
            Kind::Rnokpp => "RNOKPP",
            Kind::Unzr => "UNZR",
            Kind::Kved => "KVED",
            Kind::Decimal(_) => "decimal number",
            Kind::Coefficient => "coefficient",
            Kind::TimeOfDay => "time of day",
            Kind::Digits(_) => "digits",
            Kind::List(..) => "list",
            Kind::Object(_) | Kind::MapOf(..) => "object",
        }
    }
}

/// The key in a JWK of exactly the three members that the profile allows.
pub fn jwk(value: &Value) -> Option<PublicKey> {
    let object = value.as_object().filter(|object| object.len() == 3)?;
    (object.get("crv")? == "Ed25519" && object.get("kty")? == "OKP").then_some(())?;
    object.get("x")?.as_str()?.parse().ok()
}

fn check_text(text: &str, min: usize, max: usize, say: &mut dyn FnMut(Code, Value)) {
    let length = text.chars().count();
    if length < min {
        say(Code::TooShort, json!({ "min": min }));
    } else if length > max {
        say(Code::TooLong, json!({ "max": max }));
    } else if text.trim() != text || text.chars().any(char::is_control) {
        say(Code::BadFormat, json!({ "expected": "text without controls and outer spaces" }));
    }
}

fn check_person_name(text: &str, say: &mut dyn FnMut(Code, Value)) {
    let letters = |c: char| c.is_alphabetic() || "'’ʼ- .".contains(c);
    if text.chars().count() > 100 {
        say(Code::TooLong, json!({ "max": 100 }));
    } else if text.is_empty() || text.trim() != text || !text.chars().all(letters) || !text.chars().any(char::is_alphabetic) {
        say(Code::BadFormat, json!({ "expected": "name" }));
    }
}

/// `model` has `0` where a digit must stand; every other character stands for itself.
fn pattern(text: &str, model: &str) -> bool {
    text.len() == model.len()
        && text.bytes().zip(model.bytes()).all(|(byte, model)| if model == b'0' { byte.is_ascii_digit() } else { byte == model })
}

fn decimal(text: &str, digits: usize) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let good = |part: &str| !part.is_empty() && part.len() <= digits && part.bytes().all(|b| b.is_ascii_digit());
    good(whole) && good(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// The shape `name+8 hex digits+base64`; the log's crate reads the key itself.
fn verifier_key(text: &str) -> bool {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let hex = id.len() == 8 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    !name.is_empty() && !name.contains(char::is_whitespace) && hex && key.len() == 44 && text.len() <= 300
}
