//! What a report is made of.

use aggregates::policy::PolicyTerms;
use aggregates::words::Date;
use projections::Resource;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::ReportError;
use crate::envelope::opened;
use crate::store::{LedgerReader, MAX_PAGE_ROWS, Row, RowQuery, StoreError, VaultReader};

/// The registry as of a size, looked at on a day.
pub struct Source<'a> {
    /// The rows.
    pub ledger: &'a dyn LedgerReader,
    /// Birth dates and phones.
    pub vault: &'a dyn VaultReader,
    /// Which entries count.
    pub size: u64,
    /// The day on which ages and terms are judged.
    pub date: Date,
}

impl Source<'_> {
    /// Every row of a resource with these values, by id. Pages of one size, so that what is written meanwhile changes nothing.
    ///
    /// # Errors
    /// The store's, or what `each` says.
    pub(super) fn each<R: DeserializeOwned>(
        &self,
        resource: Resource,
        wanted: &[(&str, &str)],
        mut each: impl FnMut(Uuid, R) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let filters = wanted.iter().map(|(member, value)| ((*member).to_owned(), vec![(*value).to_owned()])).collect();
        let mut query = RowQuery { resource, filters, words: Vec::new(), after: None, limit: MAX_PAGE_ROWS, as_of: self.size };
        loop {
            let page = self.ledger.rows(&query)?;
            query.after = page.last().map(|row| row.id.clone());
            let last = page.len() < query.limit;
            for row in page {
                let (id, row) = read(row)?;
                each(id, row)?;
            }
            if last {
                return Ok(());
            }
        }
    }

    /// One row.
    ///
    /// # Errors
    /// The store's; `Corrupt` where it is not there, as rows name only what is.
    pub(super) fn one<R: DeserializeOwned>(&self, resource: Resource, id: Uuid) -> Result<R, ReportError> {
        let row = self.ledger.row(resource, &id.to_string(), self.size)?;
        let row = row.ok_or_else(|| corrupt(format!("{}/{id} is named and not there", resource.name())))?;
        Ok(read(row)?.1)
    }

    /// The terms in force, with the entries that made them.
    ///
    /// # Errors
    /// The store's.
    pub(super) fn policy(&self) -> Result<(PolicyTerms, Value), ReportError> {
        let row = self.ledger.row(Resource::Policy, "current", self.size)?.ok_or_else(|| corrupt("there is no policy".to_owned()))?;
        let entries = row.body.get(projections::ENTRIES).cloned().unwrap_or_default();
        let terms = serde_json::from_value(Value::Object(row.body));
        Ok((terms.map_err(|error| corrupt(format!("the policy cannot be read: {error}")))?, entries))
    }

    /// A patient's birth date, as it was on file; none once it is erased.
    ///
    /// # Errors
    /// The store's.
    pub(super) fn birth_date(&self, patient: Uuid) -> Result<Option<Date>, ReportError> {
        let rows = self.vault.disclosures_of(&format!("patient/{patient}"))?;
        let on_file = rows.iter().rev().find(|row| row.on_file && row.entry < self.size && row.name == "birth_date");
        Ok(on_file.and_then(|row| opened(&row.text)).and_then(|(_, value)| value.as_str()?.parse().ok()))
    }
}

fn read<R: DeserializeOwned>(row: Row) -> Result<(Uuid, R), StoreError> {
    let unreadable = |why: String| StoreError::Corrupt { what: format!("{}/{} cannot be read: {why}", row.resource.name(), row.id) };
    let id = row.id.parse().map_err(|error: uuid::Error| unreadable(error.to_string()))?;
    let body = serde_json::from_value(Value::Object(row.body.clone())).map_err(|error| unreadable(error.to_string()))?;
    Ok((id, body))
}

fn corrupt(what: String) -> ReportError {
    StoreError::Corrupt { what }.into()
}
