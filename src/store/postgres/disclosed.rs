//! Disclosures as the vault's table has them: those of an entry about one subject are one row.

use std::collections::BTreeMap;

use super::super::{DisclosureRow, StoreError};
use super::failure::stored;
use super::packed::packed_subject;

/// One row of the table.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Together<'a> {
    pub(super) entry: i64,
    pub(super) first: i32,
    pub(super) subject: Vec<u8>,
    pub(super) on_file: bool,
    pub(super) ordinals: Vec<i32>,
    pub(super) objects: Vec<&'a str>,
    pub(super) names: Vec<&'a str>,
    pub(super) texts: Vec<&'a str>,
}

/// The rows that hold these disclosures, each from its last to its first.
pub(super) fn together_by_subject(rows: &[DisclosureRow]) -> Result<Vec<Together<'_>>, StoreError> {
    let mut places = BTreeMap::new();
    for row in rows {
        if places.insert((row.entry, row.ordinal), row).is_some() {
            return Err(StoreError::invalid(format!("entry {} has two disclosures with the ordinal {}", row.entry, row.ordinal)));
        }
    }
    let mut all: BTreeMap<(u64, &str, bool), Together<'_>> = BTreeMap::new();
    for row in places.into_values().rev() {
        let one = all.entry((row.entry, &row.subject, row.on_file)).or_default();
        one.first = row.ordinal as i32;
        one.ordinals.push(row.ordinal as i32);
        one.objects.push(&row.object);
        one.names.push(&row.name);
        one.texts.push(&row.text);
    }
    all.into_iter()
        .map(|((entry, subject, on_file), one)| Ok(Together { entry: stored(entry)?, subject: packed_subject(subject), on_file, ..one }))
        .collect()
}
