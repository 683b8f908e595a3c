//! Declarations signed faster, or at other times, than people do it.

use std::collections::BTreeMap;

use aggregates::event::Body;
use aggregates::patient::PatientEvent;
use aggregates::words::{Date, Instant};
use serde::Serialize;
use uuid::Uuid;

use super::Findings;
use crate::entry::Entry;
use crate::report::{ReportError, Source, Table};
use crate::store::{MAX_PAGE_ROWS, StoreError};

const HOURLY: &[&str] = &["practitioner", "hour", "signings", "entries"];
const NIGHTLY: &[&str] = &["entry", "time", "declaration", "practitioner", "employee", "legal_entity"];

const HOUR: i64 = 3_600_000;

/// Hours of a day in UTC, from one until another; over midnight where the first is the later. The law knows no time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The first, 0–23.
    pub from: u32,
    /// The one after the last, 0–23.
    pub until: u32,
}

impl Hours {
    fn have(self, time: Instant) -> bool {
        let hour = (time.ms().div_euclid(HOUR).rem_euclid(24)) as u32;
        if self.from <= self.until { (self.from..self.until).contains(&hour) } else { hour >= self.from || hour < self.until }
    }
}

#[derive(Serialize)]
struct Hourly {
    practitioner: Uuid,
    hour: Instant,
    signings: usize,
    entries: Vec<u64>,
}

/// Doctors who signed at least so many declarations within an hour of the clock (UTC), in the days from the first until the
/// last, with the entries; by doctor and hour.
///
/// # Errors
/// The store's; `TooMany`.
pub fn by_the_hour(source: &Source<'_>, span: (Date, Date), at_least: usize) -> Result<Table, ReportError> {
    let mut hours: BTreeMap<(Uuid, i64), Vec<u64>> = BTreeMap::new();
    each(source, span, |signing| {
        hours.entry((signing.practitioner, signing.time.ms().div_euclid(HOUR))).or_default().push(signing.entry);
        Ok(())
    })?;
    let mut rows = Findings(Vec::new());
    for ((practitioner, hour), entries) in hours.into_iter().filter(|(_, entries)| entries.len() >= at_least) {
        let hour = Instant::from_ms(hour * HOUR).unwrap_or(Instant::EPOCH);
        rows.add(Hourly { practitioner, hour, signings: entries.len(), entries })?;
    }
    Ok(told(Table::new(source, "signings", HOURLY, &rows.0)?, span).with("at_least", at_least))
}

/// Declarations signed in these hours of the days from the first until the last, in the order of their entries.
///
/// # Errors
/// The store's; `TooMany`.
pub fn at_night(source: &Source<'_>, span: (Date, Date), night: Hours) -> Result<Table, ReportError> {
    let mut rows = Findings(Vec::new());
    each(source, span, |signing| if night.have(signing.time) { rows.add(signing) } else { Ok(()) })?;
    let hours = serde_json::json!({ "from": night.from, "until": night.until });
    Ok(told(Table::new(source, "night", NIGHTLY, &rows.0)?, span).with("hours_utc", hours))
}

fn told(table: Table, (from, until): (Date, Date)) -> Table {
    table.with("from", from.to_string()).with("until", until.to_string())
}

#[derive(Serialize)]
struct Signing {
    entry: u64,
    time: Instant,
    declaration: Uuid,
    practitioner: Uuid,
    employee: Uuid,
    legal_entity: Uuid,
}

/// Every signing from the beginning of the first day until that of the last.
fn each(
    source: &Source<'_>,
    (from, until): (Date, Date),
    mut each: impl FnMut(Signing) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let size_before = |day: Date| source.ledger.size_at(day.midnight().ms() - 1);
    let (mut next, end) = (size_before(from)?, size_before(until)?.min(source.size));
    while next < end {
        let page = source.ledger.entries(next, MAX_PAGE_ROWS)?;
        if page.is_empty() {
            return Err(StoreError::Corrupt { what: format!("entry {next} is missing") }.into());
        }
        for stored in page.into_iter().take_while(|stored| stored.index < end) {
            next = stored.index + 1;
            let unreadable = |error| StoreError::Corrupt { what: format!("entry {} cannot be read: {error}", stored.index) };
            let entry = Entry::from_bytes(&stored.bytes).map_err(unreadable)?;
            for event in &entry.events {
                let Body::Patient(PatientEvent::DeclarationSigned { declaration, practitioner, employee, legal_entity, .. }) = &event.body
                else {
                    continue;
                };
                each(Signing {
                    entry: stored.index,
                    time: entry.time,
                    declaration: *declaration,
                    practitioner: *practitioner,
                    employee: *employee,
                    legal_entity: *legal_entity,
                })?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_may_have_midnight_in_it() {
        let at = |text: &str| text.parse::<Instant>().expect(text);
        let night = Hours { from: 20, until: 4 };
        let told = ["19:59:59.999", "20:00:00", "23:59:59", "00:00:00", "03:59:59.999", "04:00:00"];
        let told = told.map(|time| night.have(at(&format!("2026-11-24T{time}Z"))));
        assert_eq!(told, [false, true, true, true, true, false]);
        let noon = Hours { from: 12, until: 13 };
        assert!(noon.have(at("2026-11-24T12:59:59Z")) && !noon.have(at("2026-11-24T13:00:00Z")));
        assert!(!Hours { from: 5, until: 5 }.have(at("2026-11-24T05:00:00Z")), "no hours at all");
    }
}
