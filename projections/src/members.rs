//! A row's body, changed as text: members that stay are carried over as they are written.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserializer as _, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Error, Map, Value};

use crate::{ENTRIES, MAX_ENTRIES};

/// A member of a row.
#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Kept(&'a RawValue),
    Set(&'a Value),
    Entries(Vec<u64>),
}

/// The members of a row, in the order of their names, read no further than needed.
#[derive(Default)]
pub(crate) struct Members<'a>(Vec<(&'a str, Member<'a>)>);

impl<'a> Members<'a> {
    /// Those of a body.
    pub(crate) fn of(body: &'a str) -> Result<Members<'a>, Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row's body")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Members(Vec::with_capacity(16));
                while let Some((name, value)) = map.next_entry()? {
                    members.insert(name, Member::Kept(value));
                }
                Ok(members)
            }
        }
        let mut reader = serde_json::Deserializer::from_str(body);
        let members = reader.deserialize_map(Reading)?;
        reader.end().map(|()| members)
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        // What comes in order is looked for at the end only.
        match self.0.last() {
            Some((last, _)) if *last >= name => self.0.binary_search_by(|(known, _)| (*known).cmp(name)),
            _ => Err(self.0.len()),
        }
    }

    fn get(&self, name: &str) -> Option<&Member<'a>> {
        self.find(name).ok().map(|place| &self.0[place].1)
    }

    fn insert(&mut self, name: &'a str, member: Member<'a>) {
        match self.find(name) {
            Ok(place) => self.0[place].1 = member,
            Err(place) => self.0.insert(place, (name, member)),
        }
    }

    /// Names an entry that changes the row.
    pub(crate) fn add_entry(&mut self, entry: u64) -> Result<(), Error> {
        let mut entries: Vec<u64> = match self.get(ENTRIES) {
            Some(Member::Kept(known)) => serde_json::from_str(known.get())?,
            _ => Vec::with_capacity(1),
        };
        if entries.len() == MAX_ENTRIES {
            entries.remove(1);
        }
        entries.push(entry);
        self.insert(ENTRIES, Member::Entries(entries));
        Ok(())
    }

    /// Sets members; one that is set to null goes.
    pub(crate) fn set(&mut self, set: &'a Map<String, Value>) {
        for (name, value) in set {
            match (value, self.find(name)) {
                (Value::Null, Ok(place)) => drop(self.0.remove(place)),
                (Value::Null, Err(_)) => {}
                (value, _) => self.insert(name, Member::Set(value)),
            }
        }
    }

    /// The plain value of a member; none for arrays and objects.
    pub(crate) fn plain(&self, name: &str) -> Option<Cow<'a, str>> {
        match self.get(name)? {
            Member::Set(value) => plain(value),
            Member::Kept(raw) => match raw.get().as_bytes().first()? {
                b'"' => self.text(name),
                b'[' | b'{' | b'n' => None,
                _ => Some(raw.get().into()),
            },
            Member::Entries(_) => None,
        }
    }

    /// A member that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        match self.get(name)? {
            Member::Set(value) => value.as_str().map(Cow::from),
            Member::Kept(raw) => text(raw.get()),
            Member::Entries(_) => None,
        }
    }

    /// The body that they make, which will be some `bytes` long.
    pub(crate) fn body(&self, bytes: usize) -> Result<String, Error> {
        let mut body = Vec::with_capacity(bytes);
        let members = self.0.iter().map(|(name, member)| (name, member));
        serde_json::Serializer::new(&mut body).collect_map(members)?;
        String::from_utf8(body).map_err(serde::ser::Error::custom)
    }
}

/// The text by which a value is asked for; none for arrays and objects.
pub(crate) fn plain(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A JSON text, where it is one, without its quotes; borrowed unless something in it is escaped.
fn text(written: &str) -> Option<Cow<'_, str>> {
    match written.strip_prefix('"')?.strip_suffix('"') {
        Some(plain) if !plain.contains('\\') => Some(plain.into()),
        _ => serde_json::from_str(written).ok().map(Cow::Owned),
    }
}
