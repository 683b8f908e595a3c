//! `GET /v1/reports/anomalies/…`: lists of what a regulator looks at twice.

use std::sync::Arc;

use aggregates::words::{Date, Stream, StreamType};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;
use projections::Resource;
use serde_json::Value;

use super::Shared;
use super::answer::answer;
use super::question::{self, Question};
use crate::access::Viewer;
use crate::http::App;
use crate::http::accesses::{keep, record};
use crate::http::caller::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::report::anomaly::{Hours, at_night, by_the_hour, dismissed, phones};
use crate::report::{Source, Table};
use crate::service::ServiceCode;

/// How many days are looked at unless asked otherwise.
const DAYS: i64 = 31;

/// Signings within an hour that are remarkable unless asked otherwise: one in three minutes.
const SIGNINGS: u64 = 20;

/// When people sleep unless asked otherwise, in UTC: 22 to 6 in Kyiv by winter time.
const NIGHT: (u64, u64) = (20, 4);

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/reports/anomalies/phones", get(many_patients))
        .route("/v1/reports/anomalies/signings", get(hours))
        .route("/v1/reports/anomalies/night", get(night))
        .route("/v1/reports/anomalies/dismissed", get(without_doctor))
}

async fn many_patients(State(app): Shared, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &["at_least"])?;
    if caller.viewer != Viewer::Regulator {
        return Err(ServiceCode::AccessDenied.into());
    }
    let at_least = params.number("at_least", 2, u32::MAX.into())?.map(|number| number as u32);
    let question = Question::of(&app, &params).await?;
    let table = question.report(&app, "at_least", move |source| phones(source, at_least)).await?;
    recorded(&app, &caller, &question, &table).await?;
    Ok(answer(&headers, &question, &table))
}

async fn hours(State(app): Shared, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &["at_least", "from", "until"])?;
    supervises(&caller)?;
    let at_least = params.number("at_least", 1, u32::MAX.into())?.unwrap_or(SIGNINGS) as usize;
    let span = Span::of(&params)?;
    let question = Question::of(&app, &params).await?;
    let table = question.report(&app, "at_least", move |source| by_the_hour(source, span.days(source), at_least)).await?;
    Ok(answer(&headers, &question, &table))
}

async fn night(State(app): Shared, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &["from_hour", "until_hour", "from", "until"])?;
    supervises(&caller)?;
    let hour = |name, otherwise| Ok::<_, Problem>(params.number(name, 0, 23)?.unwrap_or(otherwise) as u32);
    let hours = Hours { from: hour("from_hour", NIGHT.0)?, until: hour("until_hour", NIGHT.1)? };
    let span = Span::of(&params)?;
    let question = Question::of(&app, &params).await?;
    let table = question.report(&app, "from", move |source| at_night(source, span.days(source), hours)).await?;
    Ok(answer(&headers, &question, &table))
}

async fn without_doctor(State(app): Shared, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &["legal_entity"])?;
    supervises(&caller)?;
    let provider = question::id(&params, "legal_entity")?;
    let question = Question::of(&app, &params).await?;
    let table = question.report(&app, "legal_entity", move |source| dismissed(source, provider)).await?;
    recorded(&app, &caller, &question, &table).await?;
    Ok(answer(&headers, &question, &table))
}

fn supervises(caller: &Caller) -> Result<(), Problem> {
    match caller.viewer {
        Viewer::Regulator | Viewer::Auditor => Ok(()),
        _ => Err(ServiceCode::AccessDenied.into()),
    }
}

/// Keeps that the patients of a list were looked at.
async fn recorded(app: &App, caller: &Caller, question: &Question, table: &Table) -> Result<(), Problem> {
    let ids = table.rows().iter().filter_map(|row| row.get("patient").and_then(Value::as_str)?.parse().ok());
    let subjects = ids.map(|id| Stream::Of(StreamType::Patient, id)).collect();
    keep(app, record(caller, Resource::Patient, &subjects, question.size)).await
}

/// From the beginning of one day until that of another.
#[derive(Clone, Copy)]
struct Span {
    from: Option<Date>,
    until: Option<Date>,
}

impl Span {
    fn of(params: &Params) -> Result<Span, Problem> {
        Ok(Span { from: question::day(params, "from")?, until: question::day(params, "until")? })
    }

    fn days(self, source: &Source<'_>) -> (Date, Date) {
        let until = self.until.unwrap_or(source.date.plus_days(1));
        (self.from.unwrap_or(until.plus_days(-DAYS)), until)
    }
}
