//! A row's body, changed as text: members that stay are carried over as they are written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
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

/// The members of a row by name, read no further than needed.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Members<'a>(BTreeMap<&'a str, Member<'a>>);

impl<'a> Members<'a> {
    /// Those of a body.
    pub(crate) fn of(body: &'a str) -> Result<Members<'a>, Error> {
        let kept: BTreeMap<&str, &RawValue> = serde_json::from_str(body)?;
        Ok(Members(kept.into_iter().map(|(name, value)| (name, Member::Kept(value))).collect()))
    }

    /// Names an entry that changes the row.
    pub(crate) fn add_entry(&mut self, entry: u64) -> Result<(), Error> {
        let mut entries: Vec<u64> = match self.0.get(ENTRIES) {
            Some(Member::Kept(known)) => serde_json::from_str(known.get())?,
            _ => Vec::with_capacity(1),
        };
        if entries.len() == MAX_ENTRIES {
            entries.remove(1);
        }
        entries.push(entry);
        self.0.insert(ENTRIES, Member::Entries(entries));
        Ok(())
    }

    /// Sets members; one that is set to null goes.
    pub(crate) fn set(&mut self, set: &'a Map<String, Value>) {
        for (name, value) in set {
            match value {
                Value::Null => self.0.remove(name.as_str()),
                value => self.0.insert(name, Member::Set(value)),
            };
        }
    }

    /// The plain value of a member; none for arrays and objects.
    pub(crate) fn plain(&self, name: &str) -> Option<Cow<'a, str>> {
        match self.0.get(name)? {
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
        match self.0.get(name)? {
            Member::Set(value) => value.as_str().map(Cow::from),
            Member::Kept(raw) => text(raw.get()),
            Member::Entries(_) => None,
        }
    }

    /// The body that they make.
    pub(crate) fn body(&self) -> Result<String, Error> {
        serde_json::to_string(self)
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
