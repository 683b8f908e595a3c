//! Capitation: what providers are paid for the declarations in force on the billing date.
//!
//! A line is a provider, its divisions in or out of the mountains, and an age group; ages are those of the date. Each amount is
//! exact until it is rounded once, half up, to kopiykas; totals add up what was rounded, so that a column's sum is its total.

use std::collections::BTreeMap;

use aggregates::policy::Capitation;
use aggregates::values::Coefficient;
use projections::Resource;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::declarations::{Scope, walk};
use super::line::{Ages, Counted};
use super::{ReportError, Source, Table};

const COLUMNS: &[&str] =
    &["legal_entity", "edrpou", "name", "mountain", "age_group", "declarations", "coefficient", "amount_year", "amount_month"];

/// Months of a year.
const MONTHS: u128 = 12;

#[derive(Serialize)]
struct Row {
    legal_entity: Uuid,
    edrpou: Option<String>,
    name: String,
    mountain: bool,
    age_group: Ages,
    declarations: u64,
    coefficient: Coefficient,
    amount_year: u64,
    amount_month: u64,
}

#[derive(Deserialize)]
struct Provider {
    name: String,
    edrpou: Option<String>,
}

/// What all providers, or one, are paid for a year and for a month at the day's state.
///
/// # Errors
/// The store's.
pub fn report(source: &Source<'_>, legal_entity: Option<Uuid>) -> Result<Table, ReportError> {
    let (terms, policy) = source.policy()?;
    let rates = &terms.capitation;
    let mut counts: BTreeMap<(Uuid, bool, Ages), u64> = BTreeMap::new();
    let mut left_out: BTreeMap<Counted, u64> =
        [Counted::ProviderNotActive, Counted::ProviderNotVerified, Counted::OverLimit, Counted::BirthDateUnknown]
            .map(|why| (why, 0))
            .into();
    walk(source, &Scope { legal_entity, ages: true, ..Scope::default() }, |_, lines| {
        for line in lines {
            match (line.counted, line.age_group) {
                (Counted::Paid, Some(ages)) => *counts.entry((line.legal_entity, line.mountain, ages)).or_default() += 1,
                (Counted::NotInForce, _) => {}
                (why, _) => *left_out.entry(why).or_default() += 1,
            }
        }
        Ok(true)
    })?;
    let mut rows = Vec::with_capacity(counts.len());
    for ((provider, mountain, ages), declarations) in counts {
        let Provider { name, edrpou } = source.one(Resource::LegalEntity, provider)?;
        let coefficient = rates.age_groups[ages.place].coefficient;
        let exact = exact(rates, coefficient, mountain, declarations);
        rows.push(Row {
            legal_entity: provider,
            edrpou,
            name,
            mountain,
            age_group: ages,
            declarations,
            coefficient,
            amount_year: rounded(exact, 1),
            amount_month: rounded(exact, MONTHS),
        });
    }
    let total = |of: fn(&Row) -> u64| rows.iter().map(of).sum::<u64>();
    let totals = json!({
        "declarations": total(|row| row.declarations),
        "amount_year": total(|row| row.amount_year),
        "amount_month": total(|row| row.amount_month),
        "left_out": left_out.iter().map(|(why, count)| (json!(why).as_str().unwrap_or_default().to_owned(), json!(count))).collect::<serde_json::Map<_, _>>(),
    });
    let table = Table::new(source, "capitation", COLUMNS, &rows)?
        .with("terms", json!({ "capitation": rates, "limits": terms.limits, "policy_entries": policy }))
        .with("unit", "kopiykas")
        .with("totals", totals);
    Ok(table.traced(source, &[("declarations", "&counted=paid{&legal_entity,mountain,age_group}"), ("left_out", "{&counted}")]))
}

/// What declarations of one line bring in a year, in millionths of a kopiyka.
fn exact(rates: &Capitation, coefficient: Coefficient, mountain: bool, declarations: u64) -> u128 {
    let place = if mountain { rates.mountain_coefficient.thousandths() } else { Coefficient::SCALE };
    u128::from(rates.base_rate) * u128::from(declarations) * u128::from(coefficient.thousandths()) * u128::from(place)
}

/// A part of an amount in whole kopiykas, rounded half up.
fn rounded(millionths: u128, parts: u128) -> u64 {
    let whole = u128::from(Coefficient::SCALE).pow(2) * parts;
    // The largest rate, coefficients and number of declarations that there can be stay far below 2^64.
    u64::try_from((millionths + whole / 2) / whole).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_rounded_once() {
        let rates = Capitation { base_rate: 37_001, ..Capitation::default() };
        let child: Coefficient = "2.2".parse().expect("a coefficient");
        // 370.01 x 2.2 x 1.25 x 3 = 3,052.5825 hryvnias a year, 254.381875 a month.
        let amount = exact(&rates, child, true, 3);
        assert_eq!((rounded(amount, 1), rounded(amount, MONTHS)), (305_258, 25_438));
        assert_eq!(rounded(exact(&rates, child, false, 0), 1), 0);
        assert_eq!((rounded(500_000, 1), rounded(499_999, 1)), (1, 0), "half up");
    }
}
