//! The read models: rows folded from the entries against the rows of the ledger.

use std::collections::BTreeSet;

use projections::Change;
use rusqlite::params;

use super::AuditError;
use super::report::Findings;
use super::source::{Cell, PAGE, Row, Source, Unread};
use crate::store::sqlite::RowFold;
use crate::store::{RowKey, Rows as _, StoreError};

/// Values are kept for asking with this many bytes of their beginning at most.
const VALUE_BYTES: usize = 64;

type Value = (String, String, String, String);

/// The auditor's own fold.
pub(super) struct RowAudit {
    fold: RowFold,
    values: BTreeSet<Value>,
}

fn failed(error: &StoreError) -> AuditError {
    AuditError::Io(format!("folding the read models: {error}"))
}

impl RowAudit {
    pub(super) fn new() -> Result<RowAudit, AuditError> {
        Ok(RowAudit { fold: RowFold::new().map_err(|error| failed(&error))?, values: BTreeSet::new() })
    }

    pub(super) fn fold(&mut self, changes: &[Change]) -> Result<(), AuditError> {
        for change in changes {
            for (member, value) in &change.set {
                let text = match value {
                    serde_json::Value::String(text) => text[..text.floor_char_boundary(VALUE_BYTES)].to_owned(),
                    serde_json::Value::Bool(_) | serde_json::Value::Number(_) => value.to_string(),
                    _ => continue,
                };
                self.values.insert((change.resource.name().to_owned(), member.clone(), text, change.id.clone()));
            }
        }
        self.fold.fold(changes).map_err(|error| failed(&error))
    }

    /// Compares all rows that are of the first `size` entries. `now` is the size to which the ledger may have grown meanwhile.
    pub(super) fn compare(self, source: &Source, size: u64, now: u64, findings: &mut Findings) -> Result<(), Unread> {
        self.versions(source, size, now, findings)?;
        self.values(source, size, now, findings)
    }

    fn versions(&self, source: &Source, size: u64, now: u64, findings: &mut Findings) -> Result<(), Unread> {
        let mut expected = Versions { fold: &self.fold, after: None, page: Vec::new() };
        let mut next = expected.next()?;
        let mut after: Option<(String, String, i64)> = None;
        loop {
            let page = match &after {
                None => source.rows(&sql(""), params![PAGE as i64])?,
                Some((resource, id, from)) => {
                    source.rows(&sql("WHERE (resource, id, from_size) > (?2, ?3, ?4)"), params![PAGE as i64, resource, id, from])?
                }
            };
            let Some(last) = page.last() else { break };
            let Some(last) = key_of(last).filter(|last| after.as_ref().is_none_or(|after| last > after)) else {
                return Err(Unread::Damaged("keys are out of order".into()));
            };
            for row in &page {
                let Some(key) = key_of(row) else { return Err(Unread::Damaged("a key is no key".into())) };
                while let Some(expected_row) = &next
                    && key_of(expected_row).is_some_and(|expected| expected < key)
                {
                    missing(expected_row, findings);
                    next = expected.next()?;
                }
                match &next {
                    Some(expected_row) if key_of(expected_row).as_ref() == Some(&key) => {
                        same(row, expected_row, (size, now), source, findings)?;
                        next = expected.next()?;
                    }
                    // Rows of entries that came during the audit are for the next one.
                    _ if u64::try_from(key.2).is_ok_and(|from| from > size && from <= now) => {}
                    _ => findings.add("row_versions", name(&key), "from_size", "row_surplus", "no entry makes this row"),
                }
            }
            after = Some(last);
        }
        while let Some(expected_row) = &next {
            missing(expected_row, findings);
            next = expected.next()?;
        }
        Ok(())
    }

    fn values(&self, source: &Source, size: u64, now: u64, findings: &mut Findings) -> Result<(), Unread> {
        let mut seen = 0;
        let mut after: Option<Value> = None;
        loop {
            let columns = "SELECT resource, member, value, id FROM row_values";
            let order = "ORDER BY resource, member, value, id LIMIT ?1";
            let page = match &after {
                None => source.rows(&format!("{columns} {order}"), params![PAGE as i64])?,
                Some((resource, member, value, id)) => source.rows(
                    &format!("{columns} WHERE (resource, member, value, id) > (?2, ?3, ?4, ?5) {order}"),
                    params![PAGE as i64, resource, member, value, id],
                )?,
            };
            if page.is_empty() {
                break;
            }
            for row in &page {
                let [Some(resource), Some(member), Some(value), Some(id)] = [0, 1, 2, 3].map(|place| row.get(place).and_then(Cell::text))
                else {
                    return Err(Unread::Damaged("a value is no text".into()));
                };
                let value: Value = (resource.into(), member.into(), value.into(), id.into());
                if after.as_ref().is_some_and(|after| *after >= value) {
                    return Err(Unread::Damaged("keys are out of order".into()));
                }
                if self.values.contains(&value) {
                    seen += 1;
                } else if now == size || !later(source, &value, size)? {
                    let key = format!("{}/{}/{}/{}", value.0, value.1, value.2, value.3);
                    findings.add("row_values", key, "value", "value_surplus", "no entry gives this row this value");
                }
                after = Some(value);
            }
        }
        if seen == self.values.len() {
            return Ok(());
        }
        for value in &self.values {
            let (resource, member, text, id) = value;
            let sql = "SELECT 1 FROM row_values WHERE resource = ?1 AND member = ?2 AND value = ?3 AND id = ?4";
            if source.row(sql, params![resource, member, text, id])?.is_none() {
                let key = format!("{resource}/{member}/{text}/{id}");
                findings.add("row_values", key, "", "value_missing", "the row cannot be found by this value");
            }
        }
        Ok(())
    }
}

fn sql(condition: &str) -> String {
    format!("SELECT resource, id, from_size, until_size, body FROM row_versions {condition} ORDER BY resource, id, from_size LIMIT ?1")
}

/// Whether a row has this value in a version of an entry that came during the audit.
fn later(source: &Source, (resource, member, text, id): &Value, size: u64) -> Result<bool, Unread> {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let rows =
        source.rows("SELECT body FROM row_versions WHERE resource = ?1 AND id = ?2 AND from_size > ?3", params![resource, id, size])?;
    let has = |row: &Row| {
        let body: Option<serde_json::Value> = row.first().and_then(Cell::text).and_then(|body| serde_json::from_str(body).ok());
        body.is_some_and(|body| match &body[member.as_str()] {
            serde_json::Value::String(value) => value[..value.floor_char_boundary(VALUE_BYTES)] == **text,
            serde_json::Value::Bool(value) => value.to_string() == *text,
            serde_json::Value::Number(value) => value.to_string() == *text,
            _ => false,
        })
    };
    Ok(rows.iter().any(has))
}

fn key_of(row: &Row) -> Option<(String, String, i64)> {
    Some((row.first()?.text()?.to_owned(), row.get(1)?.text()?.to_owned(), row.get(2)?.integer()?))
}

fn name((resource, id, from): &(String, String, i64)) -> String {
    format!("{resource}/{id}/{from}")
}

fn missing(row: &Row, findings: &mut Findings) {
    if let Some(key) = key_of(row) {
        findings.add("row_versions", name(&key), "", "row_missing", "the entries make this row");
    }
}

fn same(row: &Row, expected: &Row, (size, now): (u64, u64), source: &Source, findings: &mut Findings) -> Result<(), Unread> {
    let Some(key) = key_of(row) else { return Ok(()) };
    let (until, expected_until) = (row.get(3), expected.get(3));
    if until != expected_until {
        // An entry that came during the audit may have ended it; then it began the next version.
        let ended = until.and_then(Cell::size).filter(|until| *until > size && *until <= now && expected_until == Some(&Cell::Null));
        let begun = match ended {
            Some(ended) => {
                let sql = "SELECT 1 FROM row_versions WHERE resource = ?1 AND id = ?2 AND from_size = ?3";
                source.row(sql, params![key.0, key.1, i64::try_from(ended).unwrap_or(i64::MAX)])?.is_some()
            }
            None => false,
        };
        if !begun {
            findings.add("row_versions", name(&key), "until_size", "row_altered", "it is not what the entries say");
        }
    }
    if row.get(4) != expected.get(4) {
        findings.add("row_versions", name(&key), "body", "row_altered", "it is not what the entries say");
    }
    Ok(())
}

/// The fold's rows as the table would hold them.
struct Versions<'a> {
    fold: &'a RowFold,
    after: Option<RowKey>,
    page: Vec<Row>,
}

impl Versions<'_> {
    fn next(&mut self) -> Result<Option<Row>, Unread> {
        if self.page.is_empty() {
            let rows = self.fold.versions(self.after.as_ref(), PAGE).map_err(|error| Unread::Failed(failed(&error)))?;
            self.after = rows.last().map(RowKey::from).or(self.after.take());
            let whole = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
            let row = |row: crate::store::Row| {
                vec![
                    Cell::Text(row.resource.name().to_owned()),
                    Cell::Text(row.id),
                    whole(row.from_size),
                    row.until_size.map_or(Cell::Null, whole),
                    Cell::Text(serde_json::to_string(&row.body).unwrap_or_default()),
                ]
            };
            self.page = rows.into_iter().rev().map(row).collect();
        }
        Ok(self.page.pop())
    }
}
