//! The list that the other reports count: every declaration as it stands on the day.

use std::collections::{BTreeMap, BTreeSet};

use aggregates::commands::Speciality;
use aggregates::legal_entity::LegalEntityStatus;
use aggregates::policy::{OverLimit, PolicyTerms};
use projections::Resource;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::line::{Ages, Beside, Counted, Declared, Line, Provider};
use super::{ReportError, Source, Table};

/// The columns of [`table`].
pub const COLUMNS: &[&str] = &[
    "declaration",
    "patient",
    "practitioner",
    "employee",
    "legal_entity",
    "division",
    "area",
    "mountain",
    "status",
    "started",
    "ended",
    "reason",
    "age_group",
    "counted",
    "signed_entry",
    "ended_entry",
];

/// Which declarations a report looks at, and whether it needs ages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    /// Those of one provider.
    pub legal_entity: Option<Uuid>,
    /// With those that its doctors have elsewhere.
    pub elsewhere: bool,
    /// Only those of doctors with a greater id.
    pub after: Option<Uuid>,
    /// With the patients' age groups.
    pub ages: bool,
}

/// Lines as a report.
///
/// # Errors
/// Where a line cannot be written.
pub fn table(source: &Source<'_>, lines: &[Line], next: Option<String>) -> Result<Table, ReportError> {
    let table = Table::new(source, "declarations", COLUMNS, lines)?;
    Ok(match next {
        Some(next) => table.with("next", next),
        None => table,
    })
}

/// Every declaration of the scope, doctor by doctor in the order of their ids, each doctor's in the order of signing.
///
/// `each` gets all the lines of one doctor, and says whether to go on. No more than that is in memory at a time.
///
/// # Errors
/// The store's, or what `each` says.
pub fn walk(
    source: &Source<'_>,
    scope: &Scope,
    mut each: impl FnMut(Uuid, Vec<Line>) -> Result<bool, ReportError>,
) -> Result<(), ReportError> {
    let (terms, _) = source.policy()?;
    let mut known = Known::default();
    for doctor in doctors(source, scope)? {
        let mut lines = of_doctor(source, &terms, &mut known, doctor, scope.ages)?;
        lines.retain(|line| scope.elsewhere || scope.legal_entity.is_none_or(|wanted| wanted == line.legal_entity));
        if !each(doctor, lines)? {
            return Ok(());
        }
    }
    Ok(())
}

/// The doctors of the scope: all who ever had a doctor's post there, by id.
fn doctors(source: &Source<'_>, scope: &Scope) -> Result<BTreeSet<Uuid>, ReportError> {
    let mut all = BTreeSet::new();
    let provider = scope.legal_entity.map(|id| id.to_string());
    let wanted: Vec<_> = [("type", "doctor")].into_iter().chain(provider.as_deref().map(|id| ("legal_entity", id))).collect();
    source.each(Resource::Employee, &wanted, |_, post: Post| {
        all.extend(Some(post.practitioner).filter(|id| scope.after.is_none_or(|after| *id > after)));
        Ok(())
    })?;
    Ok(all)
}

fn of_doctor(source: &Source<'_>, terms: &PolicyTerms, known: &mut Known, doctor: Uuid, ages: bool) -> Result<Vec<Line>, ReportError> {
    let mut lines = Vec::new();
    source.each(Resource::Declaration, &[("practitioner", &doctor.to_string())], |id, row: Declared| {
        let asked = row.in_force() && (ages || row.at_majority);
        let birth_date = if asked { source.birth_date(row.patient)? } else { None };
        let place = known.place(source, row.division)?;
        let provider = known.provider(source, row.legal_entity)?;
        let mut line = row.on(id, source.date, Beside { area: place.area, mountain: place.mountain, birth_date, provider });
        if ages && line.status.in_force() {
            let age = birth_date.map(|born| born.years_until(source.date));
            line.age_group = age.and_then(|age| Ages::of(&terms.capitation, age));
        }
        lines.push(line);
        Ok(())
    })?;
    lines.sort_by_key(|line| (line.signed_entry, line.declaration));
    judge(&mut lines, terms.capitation.over_limit, limit_of(source, terms, doctor)?, ages);
    Ok(lines)
}

/// Of all that a doctor has in force, at whichever provider, those beyond his limit are not paid.
fn judge(lines: &mut [Line], order: OverLimit, limit: Option<u32>, ages: bool) {
    let in_force: Vec<usize> = (0..lines.len()).filter(|place| lines[*place].counted != Counted::NotInForce).collect();
    let limit = limit.map_or(usize::MAX, |limit| limit as usize).min(in_force.len());
    let over = match order {
        OverLimit::EarliestFirst => &in_force[limit..],
        OverLimit::LatestFirst => &in_force[..in_force.len() - limit],
    };
    for place in over {
        lines[*place].counted = lines[*place].counted.min(Counted::OverLimit);
    }
    if ages {
        for line in lines.iter_mut().filter(|line| line.counted == Counted::Paid && line.age_group.is_none()) {
            line.counted = Counted::BirthDateUnknown;
        }
    }
}

/// The least limit among a doctor's primary-care specialities over all posts held (as the law counts it).
///
/// # Errors
/// The store's.
pub(super) fn limit_of(source: &Source<'_>, terms: &PolicyTerms, doctor: Uuid) -> Result<Option<u32>, ReportError> {
    let mut least = None;
    let wanted = [("practitioner", doctor.to_string())];
    let wanted: Vec<_> = wanted.iter().map(|(member, id)| (*member, id.as_str())).chain([("status", "active")]).collect();
    source.each(Resource::Employee, &wanted, |_, post: Post| {
        let known = post.specialities.iter().filter_map(|one| Speciality::from_name(&one.speciality));
        least = known.map(|one| terms.limits.of(one)).chain(least).min();
        Ok(())
    })?;
    Ok(least)
}

#[derive(Deserialize)]
struct Post {
    practitioner: Uuid,
    #[serde(default)]
    specialities: Vec<Special>,
}

#[derive(Deserialize)]
struct Special {
    speciality: String,
}

/// What was looked up already: divisions and providers are some tens of thousands.
#[derive(Default)]
struct Known {
    places: BTreeMap<Uuid, Place>,
    providers: BTreeMap<Uuid, Provider>,
}

/// A division, as far as reports look at it.
#[derive(Clone, Deserialize)]
#[serde(from = "Division")]
pub(super) struct Place {
    pub(super) area: Option<String>,
    mountain: bool,
}

#[derive(Deserialize)]
struct Division {
    #[serde(default)]
    addresses: Vec<Value>,
    #[serde(default)]
    mountain: bool,
}

impl From<Division> for Place {
    fn from(division: Division) -> Place {
        let area = division.addresses.first().and_then(|address| address["area"].as_str()).map(str::to_owned);
        Place { area, mountain: division.mountain }
    }
}

#[derive(Deserialize)]
struct Standing {
    status: LegalEntityStatus,
    verified: bool,
}

impl Known {
    fn place(&mut self, source: &Source<'_>, id: Uuid) -> Result<Place, ReportError> {
        if let Some(known) = self.places.get(&id) {
            return Ok(known.clone());
        }
        let place: Place = source.one(Resource::Division, id)?;
        self.places.insert(id, place.clone());
        Ok(place)
    }

    fn provider(&mut self, source: &Source<'_>, id: Uuid) -> Result<Provider, ReportError> {
        if let Some(known) = self.providers.get(&id) {
            return Ok(*known);
        }
        let row: Standing = source.one(Resource::LegalEntity, id)?;
        let provider = Provider { active: row.status == LegalEntityStatus::Active, verified: row.verified };
        self.providers.insert(id, provider);
        Ok(provider)
    }
}

#[cfg(test)]
mod tests {
    use aggregates::patient::DeclarationStatus;

    use super::*;

    fn lines(counted: &[Counted]) -> Vec<Line> {
        let line = |(entry, counted): (u64, &Counted)| Line {
            declaration: Uuid::nil(),
            patient: Uuid::nil(),
            practitioner: Uuid::nil(),
            employee: Uuid::nil(),
            legal_entity: Uuid::nil(),
            division: Uuid::nil(),
            area: None,
            mountain: false,
            status: DeclarationStatus::Active,
            started: "2026-01-10".parse().expect("a day"),
            ended: None,
            reason: None,
            age_group: Some(Ages { place: 2, name: "18-39".into() }),
            counted: *counted,
            signed_entry: entry,
            ended_entry: None,
        };
        (0..).zip(counted).map(line).collect()
    }

    #[test]
    fn what_is_over_the_limit_is_chosen_by_the_order_of_signing() {
        use Counted::{NotInForce, OverLimit as Over, Paid, ProviderNotVerified};
        // An unverified provider's declaration takes a place like any other, and one that ended takes none.
        let before = [Paid, ProviderNotVerified, NotInForce, Paid, Paid];
        for (order, limit, after) in [
            (OverLimit::EarliestFirst, Some(2), [Paid, ProviderNotVerified, NotInForce, Over, Over]),
            (OverLimit::LatestFirst, Some(2), [Over, ProviderNotVerified, NotInForce, Paid, Paid]),
            (OverLimit::LatestFirst, Some(0), [Over, ProviderNotVerified, NotInForce, Over, Over]),
            (OverLimit::EarliestFirst, Some(9), before),
            (OverLimit::EarliestFirst, None, before),
        ] {
            let mut judged = lines(&before);
            judge(&mut judged, order, limit, true);
            assert_eq!(judged.iter().map(|line| line.counted).collect::<Vec<_>>(), after, "{order:?} {limit:?}");
        }
    }

    #[test]
    fn nobody_is_paid_for_an_age_that_nobody_knows() {
        let mut judged = lines(&[Counted::Paid]);
        judged[0].age_group = None;
        judge(&mut judged, OverLimit::EarliestFirst, None, false);
        assert_eq!(judged[0].counted, Counted::Paid, "ages were not asked for");
        judge(&mut judged, OverLimit::EarliestFirst, None, true);
        assert_eq!(judged[0].counted, Counted::BirthDateUnknown);
    }
}
