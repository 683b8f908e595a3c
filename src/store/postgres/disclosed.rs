//! Disclosures as the vault's table has them: those of an entry about one subject are one row.

use super::super::disclosed::together;
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
    let mut all = Vec::new();
    for group in together(rows)? {
        let Some(first) = group.first() else { continue };
        let mut one = Together {
            entry: stored(first.entry)?,
            first: first.ordinal as i32,
            subject: packed_subject(&first.subject),
            on_file: first.on_file,
            ..Together::default()
        };
        for row in group.into_iter().rev() {
            one.ordinals.push(row.ordinal as i32);
            one.objects.push(&row.object);
            one.names.push(&row.name);
            one.texts.push(&row.text);
        }
        all.push(one);
    }
    Ok(all)
}
