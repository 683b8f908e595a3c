//! Rows of an access log, one for each answer, and the records in them.
//!
//! A row has the number of its last record; its first is as many before it as it has subjects beside one.

use aggregates::words::Stream;

use super::AccessRecord;

/// The records of a row, with their numbers, in their order.
pub(super) type Records = Vec<(u64, AccessRecord)>;

/// The subjects of a row.
pub(super) fn subjects(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ')
}

/// The records of a row. None where it is none of ours.
pub(super) fn records(last: u64, shown: &AccessRecord<()>, text: &str) -> Option<Records> {
    let about: Vec<Stream> = subjects(text).map(|subject| subject.parse().ok()).collect::<Option<_>>()?;
    let before = last.checked_sub(about.len() as u64)?;
    Some((before + 1..).zip(about.into_iter().map(|subject| shown.clone().about(subject))).collect())
}

/// A page of records up from the row with the one after `number`, which may have earlier ones too.
pub(super) fn after(rows: Vec<Records>, number: u64, limit: usize) -> Records {
    rows.into_iter().flatten().filter(|(later, _)| *later > number).take(limit).collect()
}

/// A page of records down from the row with the one before `before`, which may have later ones too; of one subject, or of all.
pub(super) fn before(rows: Vec<Records>, subject: Option<&Stream>, before: u64, limit: usize) -> Records {
    let asked = |(number, record): &(u64, AccessRecord)| *number < before && subject.is_none_or(|subject| record.subject == *subject);
    rows.into_iter().flat_map(|records| records.into_iter().rev()).filter(asked).take(limit).collect()
}
