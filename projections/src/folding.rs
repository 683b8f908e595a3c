//! Folding changes into versions of rows: the same for every store, and for whoever doubts a store.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{Change, Link, LinkKind, Resource, words_of};

/// Values by which rows are found are kept with at most this many bytes of their beginning.
pub const MAX_VALUE: usize = 64;

/// The member under which the words of a row are found.
pub const WORD: &str = "~";

/// The member with the entries that made a row, in their order; every row has it. Of a row that changes often it has the
/// first and the latest, at most [`MAX_ENTRIES`]; its history has them all.
pub const ENTRIES: &str = "entries";

/// How many entries a row names.
pub const MAX_ENTRIES: usize = 16;

/// One version of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The smallest size at which it is true.
    pub from_size: u64,
    /// The smallest size at which it is no longer true.
    pub until_size: Option<u64>,
    /// All members.
    pub body: Map<String, Value>,
    /// It is in the store already, without these changes.
    pub stored: bool,
    /// It is in the store with this body: only its end changes, if anything.
    pub same_body: bool,
}

/// A row's open version as a store has it: from which size on it is true, and its body.
pub type Open = (u64, Map<String, Value>);

/// A value by which a row can be found, now or in a past state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Indexed {
    /// The resource.
    pub resource: Resource,
    /// The member, or [`WORD`].
    pub member: &'static str,
    /// Its value.
    pub value: String,
    /// The row.
    pub id: String,
}

/// What a store writes for some changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folded {
    /// Versions to add, or to write again where they are stored.
    pub versions: BTreeMap<(Resource, String), Vec<Version>>,
    /// Values by which rows are found.
    pub indexed: BTreeSet<Indexed>,
    /// Which providers' rows which entries change.
    pub links: BTreeSet<Link>,
}

/// Why changes cannot be folded.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum FoldError<E> {
    /// The store could not tell a row's last version.
    #[error(transparent)]
    Store(E),
    /// A row has changes of later entries already.
    #[error("row {0} has changes beyond {1}")]
    Beyond(String, u64),
}

/// Folds changes, in the order of their entries. `last` tells the open version of a row in the store, with its size.
///
/// # Errors
/// [`FoldError`].
pub fn fold<E>(changes: &[Change], mut last: impl FnMut(Resource, &str) -> Result<Option<Open>, E>) -> Result<Folded, FoldError<E>> {
    let mut folded = Folded::default();
    for change in changes {
        let versions = match folded.versions.entry((change.resource, change.id.clone())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let stored = last(change.resource, &change.id).map_err(FoldError::Store)?;
                let stored = stored.map(|(from_size, body)| Version { from_size, until_size: None, body, stored: true, same_body: true });
                new.insert(stored.into_iter().collect())
            }
        };
        let body = changed(versions, change)?;
        folded.indexed.extend(indexed(change, body));
        if let Some(provider) = body.get("legal_entity").and_then(Value::as_str) {
            folded.links.insert(Link { stream: format!("legal_entity/{provider}"), kind: LinkKind::Provider, entry: change.entry });
        }
    }
    Ok(folded)
}

/// The row after a change.
fn changed<'a, E>(versions: &'a mut Vec<Version>, change: &Change) -> Result<&'a Map<String, Value>, FoldError<E>> {
    let from_size = change.entry + 1;
    if versions.last().is_some_and(|last| last.from_size > from_size) {
        return Err(FoldError::Beyond(change.id.clone(), from_size));
    }
    if versions.last().is_none_or(|last| last.from_size < from_size) {
        let mut body = versions.last().map(|last| last.body.clone()).unwrap_or_default();
        if let Value::Array(entries) = body.entry(ENTRIES).or_insert_with(|| Value::Array(Vec::new())) {
            if entries.len() == MAX_ENTRIES {
                entries.remove(1);
            }
            entries.push(change.entry.into());
        }
        if let Some(last) = versions.last_mut() {
            last.until_size = Some(from_size);
        }
        versions.push(Version { from_size, until_size: None, body, stored: false, same_body: false });
    }
    // Pushed above if there was none.
    let last = versions.len() - 1;
    versions[last].same_body = false;
    let body = &mut versions[last].body;
    body.extend(change.set.clone());
    body.retain(|_, value| !value.is_null());
    Ok(body)
}

/// Where a row is found after a change: by the members that it sets, and by its words if it sets one of theirs.
fn indexed(change: &Change, body: &Map<String, Value>) -> Vec<Indexed> {
    let worded = change.resource.searched().iter().any(|member| change.set.contains_key(*member));
    let all = found_by_members(change.resource, body).into_iter();
    let new = all.filter(|(member, _)| if *member == WORD { worded } else { change.set.contains_key(*member) });
    new.map(|(member, value)| Indexed { resource: change.resource, member, value, id: change.id.clone() }).collect()
}

/// The members and values by which a row of the resource of this name is found; nothing where there is no such resource.
pub fn found_by(resource: &str, body: &Map<String, Value>) -> Vec<(&'static str, String)> {
    let known = Resource::ALL.into_iter().find(|(_, name)| *name == resource);
    known.map(|(resource, _)| found_by_members(resource, body)).unwrap_or_default()
}

fn found_by_members(resource: Resource, body: &Map<String, Value>) -> Vec<(&'static str, String)> {
    let members = resource.indexed().iter().filter_map(|member| Some((*member, plain(body.get(*member)?)?)));
    members.chain(words_of(resource, body).into_iter().map(|word| (WORD, word))).collect()
}

/// The text by which a value is asked for; none for arrays and objects.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(beginning(text).to_owned()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// As much of a value as is kept for finding rows by it.
pub fn beginning(value: &str) -> &str {
    &value[..value.floor_char_boundary(MAX_VALUE)]
}
