//! One phone to which the codes of many patients go.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Findings;
use crate::envelope::opened;
use crate::report::{ReportError, Source, Table};
use crate::store::{DisclosureRow, MAX_PAGE_ROWS};

const COLUMNS: &[&str] = &["phone", "patients", "patient", "entry"];

#[derive(Serialize)]
struct Row {
    phone: String,
    patients: u32,
    patient: String,
    entry: u64,
}

/// Phones on file for at least so many patients, as many as the policy allows unless asked otherwise: a row for each patient, by
/// phone, with the entry that set it.
///
/// # Errors
/// The store's; `TooMany`.
pub fn phones(source: &Source<'_>, at_least: Option<u32>) -> Result<Table, ReportError> {
    let allowed = source.policy()?.0.patients_per_phone;
    let at_least = at_least.unwrap_or_else(|| u32::try_from(allowed).unwrap_or(u32::MAX));
    // Twice over the vault, so that only a number for each phone is kept in memory.
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    each(source, |phone, _| {
        if let Some(number) = number(phone) {
            *counts.entry(number).or_default() += 1;
        }
        Ok(())
    })?;
    counts.retain(|_, count| *count >= at_least);
    let mut rows = Findings(Vec::new());
    each(source, |phone, row| {
        let Some(patients) = number(phone).and_then(|number| counts.get(&number).copied()) else { return Ok(()) };
        let patient = row.subject.trim_start_matches("patient/").to_owned();
        rows.add(Row { phone: phone.to_owned(), patients, patient, entry: row.entry })
    })?;
    let mut rows = rows.0;
    rows.sort_by(|a, b| (&a.phone, &a.patient).cmp(&(&b.phone, &b.patient)));
    Ok(Table::new(source, "phones", COLUMNS, &rows)?.with("at_least", at_least))
}

/// The phone on file of every patient, as of the size.
fn each(source: &Source<'_>, mut each: impl FnMut(&str, &DisclosureRow) -> Result<(), ReportError>) -> Result<(), ReportError> {
    let mut tell = |row: &DisclosureRow| match opened(&row.text).and_then(|(_, value)| Some(value.as_str()?.to_owned())) {
        Some(phone) => each(&phone, row),
        None => Ok(()),
    };
    let (mut after, mut latest): (Option<DisclosureRow>, Option<DisclosureRow>) = (None, None);
    loop {
        let page = source.vault.disclosures_named("code_phone", after.as_ref(), MAX_PAGE_ROWS)?;
        after = page.last().cloned();
        let last = page.len() < MAX_PAGE_ROWS;
        for row in page.into_iter().filter(|row| row.entry < source.size) {
            // Rows of one subject stand together, the latest last.
            match latest.replace(row) {
                Some(before) if latest.as_ref().is_some_and(|now| now.subject != before.subject) => tell(&before)?,
                _ => {}
            }
        }
        if last {
            return latest.as_ref().map_or(Ok(()), tell);
        }
    }
}

/// A phone's digits (`+38` and ten more, by the law's form).
fn number(phone: &str) -> Option<u64> {
    phone.strip_prefix('+')?.parse().ok()
}
