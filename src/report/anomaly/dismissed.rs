//! Patients of dismissed doctors.

use aggregates::patient::{DeclarationStatus, EndReason};
use aggregates::words::Date;
use projections::Resource;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Findings;
use crate::report::{ReportError, Source, Table};

const COLUMNS: &[&str] = &["employee", "practitioner", "legal_entity", "dismissed_on", "declaration", "patient", "finding", "entry"];

#[derive(Serialize)]
struct Row {
    employee: Uuid,
    practitioner: Uuid,
    legal_entity: Uuid,
    dismissed_on: Option<Date>,
    declaration: Uuid,
    patient: Uuid,
    finding: Finding,
    entry: u64,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Finding {
    /// The declaration is in force though its doctor's post has ended.
    StillInForce,
    /// It ended with the post, and the patient has chosen nobody since.
    WithoutDoctor,
}

#[derive(Deserialize)]
struct Post {
    practitioner: Uuid,
    legal_entity: Uuid,
    end_date: Option<Date>,
}

#[derive(Deserialize)]
struct Declared {
    patient: Uuid,
    status: DeclarationStatus,
    reason: Option<EndReason>,
    last_day: Date,
    entries: Vec<u64>,
}

/// Declarations of posts that have ended: those still in force, which no law allows, and those whose patients are without a doctor
/// since. By post and declaration.
///
/// # Errors
/// The store's; `TooMany`.
pub fn dismissed(source: &Source<'_>, legal_entity: Option<Uuid>) -> Result<Table, ReportError> {
    let mut rows = Findings(Vec::new());
    let provider = legal_entity.map(|id| id.to_string());
    let wanted: Vec<_> =
        [("type", "doctor"), ("status", "dismissed")].into_iter().chain(provider.as_deref().map(|id| ("legal_entity", id))).collect();
    source.each(Resource::Employee, &wanted, |employee, post: Post| {
        source.each(Resource::Declaration, &[("employee", &employee.to_string())], |declaration, row: Declared| {
            let finding = if row.status.in_force() {
                Finding::StillInForce
            } else if row.reason == Some(EndReason::EmployeeDismissed) && !chosen(source, row.patient)? {
                Finding::WithoutDoctor
            } else {
                return Ok(());
            };
            let Post { practitioner, legal_entity, end_date: dismissed_on } = post;
            let entry = row.entries.last().copied().unwrap_or_default();
            rows.add(Row { employee, practitioner, legal_entity, dismissed_on, declaration, patient: row.patient, finding, entry })
        })
    })?;
    Table::new(source, "dismissed", COLUMNS, &rows.0)
}

/// Whether a patient has a declaration in force on the day.
fn chosen(source: &Source<'_>, patient: Uuid) -> Result<bool, ReportError> {
    let mut found = false;
    source.each(Resource::Declaration, &[("patient", &patient.to_string())], |_, row: Declared| {
        found |= row.status.in_force() && row.last_day >= source.date;
        Ok(())
    })?;
    Ok(found)
}
