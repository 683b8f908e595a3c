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
    /// The smallest size at which it is true; it is until the next version's.
    pub from_size: u64,
    /// All members.
    pub body: Map<String, Value>,
    /// Whether the store has it already.
    pub stored: Stored,
}

/// What a store has of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Nothing.
    No,
    /// The same.
    Same,
    /// The same version with another body: the entry that made it changes it again.
    Other,
}

/// A row's open version as a store has it: from which size on it is true, and its body.
pub type Open = (u64, Map<String, Value>);

/// A value by which a row can be found, now or in a past state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Indexed {
    /// The number of its member, or of [`WORD`] ([`Resource::member`]).
    pub member: i64,
    /// Its value.
    pub value: String,
    /// The row.
    pub id: String,
}

/// What a store writes for some changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folded {
    /// Versions to add, to write again, or that are stored as they are.
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
                let stored = stored.map(|(from_size, body)| Version { from_size, body, stored: Stored::Same });
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
        versions.push(Version { from_size, body, stored: Stored::No });
    }
    // Pushed above if there was none.
    let last = versions.len() - 1;
    if versions[last].stored == Stored::Same {
        versions[last].stored = Stored::Other;
    }
    let body = &mut versions[last].body;
    body.extend(change.set.clone());
    body.retain(|_, value| !value.is_null());
    Ok(body)
}

/// Where a row is found after a change: by the members that it sets, and by its words if it sets one of theirs.
fn indexed<'a>(change: &'a Change, body: &'a Map<String, Value>) -> impl Iterator<Item = Indexed> + 'a {
    let resource = change.resource;
    let worded = resource.searched().iter().any(|member| change.set.contains_key(*member));
    let found = members_of(resource, body, |member| change.set.contains_key(member));
    let words = worded.then(|| words_of(resource, body)).into_iter().flatten().map(move |word| (resource.member(WORD), word));
    found.chain(words).map(|(member, value)| Indexed { member, value, id: change.id.clone() })
}

/// The numbers of members, with their values, by which a row is found.
pub fn found_by(resource: Resource, body: &Map<String, Value>) -> Vec<(i64, String)> {
    let words = words_of(resource, body).into_iter().map(|word| (resource.member(WORD), word));
    members_of(resource, body, |_| true).chain(words).collect()
}

fn members_of<'a>(
    resource: Resource,
    body: &'a Map<String, Value>,
    which: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = (i64, String)> + 'a {
    let members = resource.indexed().iter().filter(move |member| which(member));
    members.filter_map(move |member| Some((resource.member(member), plain(body.get(*member)?)?)))
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
