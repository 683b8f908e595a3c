//! Reports as of a date: what the regulator pays by, and what everybody may count after him.
//!
//! Totals are public where they tell of nobody. What a provider is paid, and for whom, is for itself, the regulator and auditors;
//! an auditor gets no single patient's age, as that is a disclosure.

mod anomalies;
mod answer;
mod question;
mod traced;

use std::sync::Arc;

use aggregates::commands::EmployeeType;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use uuid::Uuid;

use super::App;
use super::caller::Caller;
use super::problem::Problem;
use crate::access::Viewer;
use crate::report::histogram::Step;
use crate::report::{MAX_FINDINGS, ReportError, capitation, doctors, histogram, statistics};
use crate::service::ServiceCode;
use answer::answer;
use question::Question;

/// How many reports are made at a time; a report may read every declaration there is.
pub(super) const MAX_REPORTS: usize = 2;

/// How many of those that everybody may ask for: these never keep others waiting.
pub(super) const MAX_PUBLIC_REPORTS: usize = 1;

/// The routes of the reports.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/reports/capitation", get(capitation))
        .route("/v1/reports/statistics", get(statistics))
        .route("/v1/reports/histogram", get(histogram))
        .route("/v1/reports/doctors", get(doctors))
        .route("/v1/reports/declarations", get(traced::declarations))
        .merge(anomalies::routes())
}

type Shared = State<Arc<App>>;

async fn capitation(State(app): Shared, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &["legal_entity"])?;
    let provider = provider(&caller.viewer, question::id(&params, "legal_entity")?, PAID)?;
    let question = Question::of(&app, &params).await?;
    let table = question.report(&app, "", move |source| capitation::report(source, provider)).await?;
    Ok(answer(&headers, &question, &table))
}

async fn statistics(State(app): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &[])?;
    let question = Question::of(&app, &params).await?;
    let table = question.public_report(&app, "", statistics::report).await?;
    Ok(answer(&headers, &question, &table))
}

async fn histogram(State(app): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &["step", "from", "until", "legal_entity"])?;
    let step = match params.get("step") {
        None => Step::Day,
        Some(name) => {
            let known = Step::ALL.iter().find(|(_, known)| *known == name).map(|(step, _)| *step);
            known.ok_or_else(|| Problem::parameter("step", "bad_value", &[("allowed", json!(Step::ALL.map(|(_, name)| name)))]))?
        }
    };
    let span = (question::day(&params, "from")?, question::day(&params, "until")?);
    let provider = question::id(&params, "legal_entity")?;
    let question = Question::of(&app, &params).await?;
    let table = question.public_report(&app, "from", move |source| histogram::report(source, step, span, provider)).await?;
    Ok(answer(&headers, &question, &table))
}

async fn doctors(State(app): Shared, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &["legal_entity"])?;
    let provider = provider(&caller.viewer, question::id(&params, "legal_entity")?, STAFF)?;
    let question = Question::of(&app, &params).await?;
    let table = question.report(&app, "", move |source| doctors::report(source, provider)).await?;
    Ok(answer(&headers, &question, &table))
}

/// Who of a provider's people answers for its money.
const PAID: &[EmployeeType] = &[EmployeeType::Owner, EmployeeType::Accountant];

/// All of a provider's people.
const STAFF: &[EmployeeType] = &[
    EmployeeType::Owner,
    EmployeeType::Hr,
    EmployeeType::Accountant,
    EmployeeType::Doctor,
    EmployeeType::Receptionist,
    EmployeeType::Assistant,
];

/// Of which provider the viewer gets a report, none for all: whichever he asks for if he may see all, else his own, and that
/// only in these posts.
fn provider(viewer: &Viewer, asked: Option<Uuid>, posts: &[EmployeeType]) -> Result<Option<Uuid>, Problem> {
    match viewer {
        Viewer::Regulator | Viewer::Auditor => Ok(asked),
        Viewer::Staff { role, legal_entity, .. } if posts.contains(role) && asked.is_none_or(|asked| asked == *legal_entity) => {
            Ok(Some(*legal_entity))
        }
        _ => Err(ServiceCode::AccessDenied.into()),
    }
}

/// A report's error; `narrow` is the parameter that would make it smaller.
fn problem(error: ReportError, narrow: &str) -> Problem {
    match error {
        ReportError::Store(error) => error.into(),
        ReportError::TooMany => Problem::parameter(narrow, "too_many", &[("max", json!(MAX_FINDINGS))]),
    }
}
