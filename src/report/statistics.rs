//! Statistics: how many declarations, doctors, providers and divisions there are, in the country and in each area.

use std::collections::{BTreeMap, BTreeSet};

use aggregates::patient::DeclarationStatus;
use projections::Resource;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::declarations::{Place, Scope, walk};
use super::{ReportError, Source, Table};

const COLUMNS: &[&str] = &["area", "declarations", "pending", "doctors", "legal_entities", "divisions"];

#[derive(Default, Serialize)]
struct Row {
    area: Option<String>,
    declarations: u64,
    pending: u64,
    doctors: usize,
    legal_entities: usize,
    divisions: u64,
}

/// What is gathered for one area.
#[derive(Default)]
struct Gathered {
    declarations: u64,
    pending: u64,
    doctors: BTreeSet<Uuid>,
    legal_entities: BTreeSet<Uuid>,
    divisions: u64,
}

#[derive(Deserialize)]
struct Post {
    practitioner: Uuid,
    division: Uuid,
}

/// The country, as the first row and without an area; then each area, by name, in which there is a working division. An area is
/// that of a division's first address; a provider counts in every area where it works.
///
/// # Errors
/// The store's.
pub fn report(source: &Source<'_>) -> Result<Table, ReportError> {
    let mut all: BTreeMap<Option<String>, Gathered> = BTreeMap::from([(None, Gathered::default())]);
    let mut areas: BTreeMap<Uuid, Option<String>> = BTreeMap::new();
    source.each(Resource::Division, &[("status", "active")], |id, row: serde_json::Map<String, Value>| {
        let provider: Option<Uuid> = row.get("legal_entity").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let place: Option<Place> = serde_json::from_value(Value::Object(row)).ok();
        let area = place.and_then(|place| place.area);
        tell(&mut all, &area, |gathered| {
            gathered.divisions += 1;
            gathered.legal_entities.extend(provider);
        });
        areas.insert(id, area);
        Ok(())
    })?;
    // Providers without a division yet are in no area.
    let country = all.entry(None).or_default();
    source.each(Resource::LegalEntity, &[("status", "active")], |id, _: Value| {
        country.legal_entities.insert(id);
        Ok(())
    })?;
    source.each(Resource::Employee, &[("type", "doctor"), ("status", "active")], |_, post: Post| {
        tell(&mut all, areas.get(&post.division).unwrap_or(&None), |gathered| {
            gathered.doctors.insert(post.practitioner);
        });
        Ok(())
    })?;
    walk(source, &Scope::default(), |_, lines| {
        for line in lines {
            let (active, pending) = match line.status {
                DeclarationStatus::Active => (1, 0),
                DeclarationStatus::PendingVerification => (0, 1),
                _ => continue,
            };
            tell(&mut all, &line.area, |gathered| {
                gathered.declarations += active;
                gathered.pending += pending;
            });
        }
        Ok(true)
    })?;
    let rows: Vec<Row> = all.into_iter().map(|(area, gathered)| row(area, &gathered)).collect();
    let traces = [("declarations", "&status=active{&area}"), ("pending", "&status=pending_verification{&area}")];
    Ok(Table::new(source, "statistics", COLUMNS, &rows)?.traced(source, &traces))
}

/// Tells the country, and the area if there is one.
fn tell(all: &mut BTreeMap<Option<String>, Gathered>, area: &Option<String>, tell: impl Fn(&mut Gathered)) {
    tell(all.entry(None).or_default());
    if area.is_some() {
        tell(all.entry(area.clone()).or_default());
    }
}

fn row(area: Option<String>, gathered: &Gathered) -> Row {
    Row {
        area,
        declarations: gathered.declarations,
        pending: gathered.pending,
        doctors: gathered.doctors.len(),
        legal_entities: gathered.legal_entities.len(),
        divisions: gathered.divisions,
    }
}
