//! Doctors' load: how many declarations each post has, beside what its doctor may have.

use std::collections::BTreeMap;

use aggregates::patient::DeclarationStatus;
use projections::Resource;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::declarations::{Scope, limit_of, walk};
use super::{ReportError, Source, Table};

const COLUMNS: &[&str] = &[
    "practitioner",
    "last_name",
    "first_name",
    "second_name",
    "legal_entity",
    "division",
    "employee",
    "speciality",
    "declarations",
    "declarations_of_all_posts",
    "limit",
    "free",
];

#[derive(Serialize)]
struct Row {
    practitioner: Uuid,
    #[serde(flatten)]
    name: Name,
    employee: Uuid,
    #[serde(flatten)]
    post: Post,
    declarations: u64,
    declarations_of_all_posts: u64,
    limit: Option<u32>,
    free: Option<u64>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Name {
    last_name: String,
    first_name: String,
    second_name: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Post {
    legal_entity: Uuid,
    division: Uuid,
    speciality: String,
}

/// Every doctor's post that is held, of one provider or of all: its declarations in force, those of all the doctor's posts
/// wherever they are, his limit, and how many more he may have. What waits for the regulator takes a place too.
///
/// # Errors
/// The store's.
pub fn report(source: &Source<'_>, legal_entity: Option<Uuid>) -> Result<Table, ReportError> {
    let (terms, _) = source.policy()?;
    let mut rows = Vec::new();
    // The provider's doctors, with what they have anywhere.
    let scope = Scope { legal_entity, elsewhere: true, ..Scope::default() };
    walk(source, &scope, |practitioner, lines| {
        let mut posts: BTreeMap<Uuid, u64> = BTreeMap::new();
        for line in &lines {
            *posts.entry(line.employee).or_default() += u64::from(line.status == DeclarationStatus::Active);
        }
        let all: u64 = posts.values().sum();
        let taken = lines.iter().filter(|line| line.status.in_force()).count() as u64;
        let limit = limit_of(source, &terms, practitioner)?;
        let mut name: Option<Name> = None;
        let id = practitioner.to_string();
        source.each(Resource::Employee, &[("practitioner", &id), ("type", "doctor"), ("status", "active")], |employee, post: Post| {
            if legal_entity.is_some_and(|wanted| wanted != post.legal_entity) {
                return Ok(());
            }
            let name = match &name {
                Some(known) => known.clone(),
                None => name.insert(source.one(Resource::Practitioner, practitioner)?).clone(),
            };
            rows.push(Row {
                practitioner,
                name,
                employee,
                post,
                declarations: posts.get(&employee).copied().unwrap_or_default(),
                declarations_of_all_posts: all,
                limit,
                free: limit.map(|limit| u64::from(limit).saturating_sub(taken)),
            });
            Ok(())
        })?;
        Ok(true)
    })?;
    let traces = [("declarations", "&status=active{&employee}"), ("declarations_of_all_posts", "&status=active{&practitioner}")];
    Ok(Table::new(source, "doctors", COLUMNS, &rows)?.traced(source, &traces))
}
