//! How many declarations began, ended and were in force, period by period.

use std::collections::BTreeMap;

use aggregates::words::Date;
use serde::Serialize;
use uuid::Uuid;

use super::declarations::{Scope, walk};
use super::{MAX_FINDINGS, ReportError, Source, Table};

const COLUMNS: &[&str] = &["period", "from", "until", "created", "ended", "active_at_start", "active_at_end"];

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A day.
    Day,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

impl Step {
    /// Every step with its name.
    pub const ALL: [(Step, &'static str); 3] = [(Step::Day, "day"), (Step::Month, "month"), (Step::Year, "year")];

    /// The name.
    pub fn name(self) -> &'static str {
        Step::ALL[self as usize].1
    }

    /// The name of the period that a day is in: the beginning of its date.
    fn period(self, date: Date) -> String {
        let length = match self {
            Step::Day => 10,
            Step::Month => 7,
            Step::Year => 4,
        };
        date.to_string()[..length].to_owned()
    }

    /// The first day of the period that a day is in.
    fn first(self, date: Date) -> Date {
        let rest = ["", "-01", "-01-01"][self as usize];
        // A period's name and that rest are a date by their making.
        format!("{}{rest}", self.period(date)).parse().unwrap_or(date)
    }

    /// The first day of the period after it.
    fn next(self, date: Date) -> Date {
        let longest = [1, 31, 366][self as usize];
        self.first(self.first(date).plus_days(longest))
    }
}

#[derive(Serialize)]
struct Row {
    period: String,
    from: Date,
    until: Date,
    created: u64,
    ended: u64,
    active_at_start: u64,
    active_at_end: u64,
}

/// The periods from that of `from` to that of `to`; from the first declaration's to that of the report's day unless asked
/// otherwise. Days are those that the law gave a declaration's beginning and end; one that lapsed ended on the day after its
/// last.
///
/// # Errors
/// The store's; `TooMany` periods.
pub fn report(
    source: &Source<'_>,
    step: Step,
    span: (Option<Date>, Option<Date>),
    legal_entity: Option<Uuid>,
) -> Result<Table, ReportError> {
    let mut days: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    walk(source, &Scope { legal_entity, ..Scope::default() }, |_, lines| {
        for line in lines.iter().filter(|line| line.binds()) {
            days.entry(line.started).or_default().0 += 1;
            if let Some(ended) = line.ended {
                days.entry(ended).or_default().1 += 1;
            }
        }
        Ok(true)
    })?;
    let from = span.0.or(days.keys().next().copied()).unwrap_or(source.date);
    let end = step.next(span.1.unwrap_or(source.date));
    let mut rows: Vec<Row> = Vec::new();
    let mut start = step.first(from);
    // A declaration begins before it ends or on the same day, so no sum is below 0.
    let mut active = days.range(..start).fold(0, |active, (_, (created, ended))| active + created - ended);
    while start < end {
        if rows.len() == MAX_FINDINGS {
            return Err(ReportError::TooMany);
        }
        let until = step.next(start);
        let (mut created, mut ended) = (0, 0);
        for (_, day) in days.range(start..until) {
            (created, ended) = (created + day.0, ended + day.1);
        }
        let active_at_end = active + created - ended;
        rows.push(Row { period: step.period(start), from: start, until, created, ended, active_at_start: active, active_at_end });
        (active, start) = (active_at_end, until);
    }
    let provider = legal_entity.map(|id| format!("&legal_entity={id}")).unwrap_or_default();
    let traces = [
        ("created", format!("{provider}&started={{period}}")),
        ("ended", format!("{provider}&ended={{period}}")),
        ("active_at_start", format!("{provider}&in_force_at={{from}}")),
        ("active_at_end", format!("{provider}&in_force_at={{until}}")),
    ];
    let traces: Vec<(&str, &str)> = traces.iter().map(|(column, rest)| (*column, rest.as_str())).collect();
    Ok(Table::new(source, "histogram", COLUMNS, &rows)?.with("step", step.name()).traced(source, &traces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_follow_each_other() {
        let day = |text: &str| text.parse::<Date>().expect(text);
        for (step, date, period, first, next) in [
            (Step::Day, "2026-12-31", "2026-12-31", "2026-12-31", "2027-01-01"),
            (Step::Month, "2028-02-29", "2028-02", "2028-02-01", "2028-03-01"),
            (Step::Month, "2026-12-15", "2026-12", "2026-12-01", "2027-01-01"),
            (Step::Year, "2026-11-24", "2026", "2026-01-01", "2027-01-01"),
        ] {
            let date = day(date);
            assert_eq!((step.period(date).as_str(), step.first(date), step.next(date)), (period, day(first), day(next)), "{step:?}");
        }
    }
}
