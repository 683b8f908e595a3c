//! Folding changes into versions of rows: the same for every store, and for whoever doubts a store.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::members::Members;
use crate::words::words_in;
use crate::{Change, Link, LinkKind, Resource};

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
    /// All members, as JSON text with their names in order.
    pub body: String,
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

/// A row's open version as a store has it: from which size on it is true, and its body as it is stored.
pub type Open = (u64, String);

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
    pub links: Vec<Link>,
}

/// What one change makes of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The version that is open then. It takes the place of the one before if that is true from the same size on.
    pub open: Open,
    /// Values by which the row is found then and was not before, each with the number of its member.
    pub found: Vec<(i64, String)>,
    /// Values by which it was found before and is not then.
    pub lost: Vec<(i64, String)>,
    /// That the entry changes a row of this provider, if the row is a provider's.
    pub link: Option<Link>,
}

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// A row has changes of later entries already.
    #[error("row {0} has changes beyond {1}")]
    Beyond(String, u64),
    /// A row's body is not what was made of it.
    #[error("row {id} of {}: {why}", .resource.name())]
    Unreadable {
        /// The row's resource.
        resource: Resource,
        /// Its id.
        id: String,
        /// What is wrong with its body.
        why: String,
    },
}

/// Why changes cannot be folded.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum FoldError<E> {
    /// The store could not tell a row's last version.
    #[error(transparent)]
    Store(E),
    /// A change cannot be made.
    #[error(transparent)]
    Change(#[from] ChangeError),
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
        let last = versions.last_mut();
        let Changed { open: (from_size, body), found, link, .. } =
            changed(last.as_deref().map(|last| (last.from_size, last.body.as_str())), change)?;
        match last.filter(|last| last.from_size == from_size) {
            Some(same) => {
                same.body = body;
                if same.stored == Stored::Same {
                    same.stored = Stored::Other;
                }
            }
            None => versions.push(Version { from_size, body, stored: Stored::No }),
        }
        folded.indexed.extend(found.into_iter().map(|(member, value)| Indexed { member, value, id: change.id.clone() }));
        folded.links.extend(link);
    }
    Ok(folded)
}

/// Makes one change of a row: what is open before it, if anything, and what after.
///
/// # Errors
/// [`ChangeError`].
pub fn changed(open: Option<(u64, &str)>, change: &Change) -> Result<Changed, ChangeError> {
    let unreadable = |error: serde_json::Error| {
        let (resource, id, why) = (change.resource, change.id.clone(), error.to_string());
        ChangeError::Unreadable { resource, id, why }
    };
    let from_size = change.entry + 1;
    if open.is_some_and(|(last, _)| last > from_size) {
        return Err(ChangeError::Beyond(change.id.clone(), from_size));
    }
    let mut members = open.map_or_else(|| Ok(Members::default()), |(_, body)| Members::of(body)).map_err(unreadable)?;
    let before = if open.is_some() { values(change.resource, &members, &change.set) } else { Vec::new() };
    if open.is_none_or(|(last, _)| last < from_size) {
        members.add_entry(change.entry).map_err(unreadable)?;
    }
    members.set(&change.set);
    let mut found = values(change.resource, &members, &change.set);
    let lost = before.iter().filter(|value| !found.contains(value)).cloned().collect();
    found.retain(|value| !before.contains(value));
    let provider = members.text("legal_entity");
    let link = provider.map(|provider| format!("legal_entity/{provider}"));
    let link = link.map(|stream| Link { stream, kind: LinkKind::Provider, entry: change.entry });
    // Names and most values are short, or ids.
    let bytes = 32 + open.map_or(0, |(_, body)| body.len()) + 48 * change.set.len();
    Ok(Changed { open: (from_size, members.body(bytes).map_err(unreadable)?), found, lost, link })
}

/// The values by which a row is found and that setting these members may change: theirs, and its words if they set one of those searched.
fn values(resource: Resource, members: &Members<'_>, set: &Map<String, Value>) -> Vec<(i64, String)> {
    let worded = resource.searched().iter().any(|member| set.contains_key(*member));
    let words = worded.then(|| words_in(resource, |member| members.text(member))).into_iter().flatten();
    let named = resource.indexed().iter().filter(|member| set.contains_key(**member));
    let named = named.filter_map(|member| Some((resource.member(member), beginning(&members.plain(member)?).to_owned())));
    named.chain(words.map(|word| (resource.member(WORD), word))).collect()
}

/// The numbers of members, with their values, by which a row is found.
pub fn found_by(resource: Resource, body: &Map<String, Value>) -> Vec<(i64, String)> {
    let mut members = Members::default();
    members.set(body);
    values(resource, &members, body)
}

/// As much of a value as is kept for finding rows by it.
pub fn beginning(value: &str) -> &str {
    &value[..value.floor_char_boundary(MAX_VALUE)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(entry: u64, set: Value) -> Change {
        Change { resource: Resource::Mis, id: "one".into(), entry, set: set.as_object().cloned().unwrap() }
    }

    #[test]
    fn a_body_stays_text_with_its_names_in_order() {
        let set = json!({ "name": "Ґа\"нок", "test": { "passed": true, "at": [1, "x"] }, "edrpou": "1" });
        let first = changed(None, &change(6, set)).unwrap();
        let text = r#"{"edrpou":"1","entries":[6],"name":"Ґа\"нок","test":{"at":[1,"x"],"passed":true}}"#;
        assert_eq!(first.open, (7, text.to_owned()));
        let same = changed(Some((7, text)), &change(6, json!({ "name": null, "a": 1 }))).unwrap();
        let text = r#"{"a":1,"edrpou":"1","entries":[6],"test":{"at":[1,"x"],"passed":true}}"#;
        assert_eq!(same.open, (7, text.to_owned()));
        let next = changed(Some((7, text)), &change(9, json!({ "test": false, "zone": "z" }))).unwrap();
        assert_eq!(next.open, (10, r#"{"a":1,"edrpou":"1","entries":[6,9],"test":false,"zone":"z"}"#.to_owned()));
        assert!(matches!(changed(Some((11, text)), &change(9, json!({}))), Err(ChangeError::Beyond(..))));
        assert!(matches!(changed(Some((7, "[]")), &change(9, json!({}))), Err(ChangeError::Unreadable { .. })));
    }

    #[test]
    fn values_are_found_once_and_told_when_they_are_lost() {
        let of = |member: &str, value: &str| (Resource::Mis.member(member), value.to_owned());
        let steps = [
            (json!({ "edrpou": "1", "name": "Альфа Бета" }), vec![of("edrpou", "1"), of(WORD, "альфа"), of(WORD, "бета")], vec![]),
            (json!({ "edrpou": "1", "status": "x" }), vec![], vec![]),
            (
                json!({ "edrpou": "2", "name": "Бета Гама" }),
                vec![of("edrpou", "2"), of(WORD, "гама")],
                vec![of("edrpou", "1"), of(WORD, "альфа")],
            ),
            (json!({ "edrpou": null }), vec![], vec![of("edrpou", "2")]),
        ];
        let mut open: Option<Open> = None;
        for (entry, (set, found, lost)) in steps.into_iter().enumerate() {
            let before = open.as_ref().map(|(from, body)| (*from, body.as_str()));
            let after = changed(before, &change(entry as u64, set)).unwrap();
            assert_eq!((after.found, after.lost, after.link), (found, lost, None));
            open = Some(after.open);
        }
    }
}
