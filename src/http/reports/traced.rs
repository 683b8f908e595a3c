//! `GET /v1/reports/declarations`: the lines that the figures of reports count.

use std::sync::Arc;

use aggregates::words::{Date, Stream, StreamType};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use projections::Resource;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::answer;
use super::question::{self, Question};
use super::{PAID, provider};
use crate::access::Viewer;
use crate::http::App;
use crate::http::accesses::{keep, record};
use crate::http::caller::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::reads::Cursor;
use crate::report::Line;
use crate::report::declarations::{Scope, table, walk};

/// A page ends after the doctor with whom it has this many lines.
const PAGE: usize = 1_000;

/// The members that may be asked for, each with one value or several, parted by commas.
const FILTERS: &[&str] =
    &["legal_entity", "practitioner", "employee", "division", "area", "mountain", "status", "counted", "age_group", "started", "ended"];

/// Those whose values are beginnings: a year, a month or a day.
const DATES: &[&str] = &["started", "ended"];

pub(super) async fn declarations(State(app): State<Arc<App>>, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = question::params(&uri, &[FILTERS, &["in_force_at", "cursor"]].concat())?;
    let ages = caller.viewer != Viewer::Auditor;
    if !ages && params.get("age_group").is_some() {
        return Err(Problem::parameter("age_group", "not_for_auditors", &[]));
    }
    let legal_entity = provider(&caller.viewer, question::id(&params, "legal_entity")?, PAID)?;
    let wanted = Wanted::of(&params)?;
    let mut asked = Question::of(&app, &params).await?;
    let bound = json!(["/v1/reports/declarations", wanted.values, wanted.in_force_at, legal_entity, asked.date, ages]);
    let start = params.get("cursor").map(|text| Cursor::read(text, &bound, app.sequencer.published().size)).transpose()?;
    if let Some(start) = &start {
        asked.size = start.size;
    }
    let after: Option<Uuid> = start.and_then(|start| start.after.parse().ok());
    let size = asked.size;
    let (table, patients) = asked
        .report(&app, "", move |source| {
            let scope = Scope { legal_entity, after, ages: true, ..Scope::default() };
            let (mut page, mut last, mut next) = (Vec::new(), Uuid::nil(), None);
            walk(source, &scope, |doctor, mut lines| {
                if page.len() >= PAGE {
                    next = Some(Cursor { size, after: last.to_string() }.write(&bound));
                    return Ok(false);
                }
                if !ages {
                    lines.iter_mut().for_each(|line| line.age_group = None);
                }
                page.extend(lines.into_iter().filter(|line| wanted.has(line)));
                last = doctor;
                Ok(true)
            })?;
            let patients: Vec<Uuid> = page.iter().map(|line| line.patient).collect();
            Ok((table(source, &page, next)?, patients))
        })
        .await?;
    let subjects = patients.into_iter().map(|patient| Stream::Of(StreamType::Patient, patient)).collect();
    keep(&app, record(&caller, Resource::Declaration, &subjects, size)).await?;
    Ok(answer(&headers, &asked, &table))
}

/// What lines must have.
struct Wanted {
    values: Vec<(&'static str, Vec<String>)>,
    in_force_at: Option<Date>,
}

impl Wanted {
    fn of(params: &Params) -> Result<Wanted, Problem> {
        let mut values = Vec::new();
        for name in FILTERS {
            let Some(text) = params.get(name) else { continue };
            // Names of areas have commas nowhere.
            let all: Vec<String> = text.split(',').map(str::to_owned).collect();
            if all.iter().any(String::is_empty) {
                return Err(Problem::parameter(name, "bad_value", &[]));
            }
            values.push((*name, all));
        }
        Ok(Wanted { values, in_force_at: question::day(params, "in_force_at")? })
    }

    fn has(&self, line: &Line) -> bool {
        let in_force = self.in_force_at.is_none_or(|day| line.in_force_at(day));
        let written = json!(line);
        let is = |(name, wanted): &(&str, Vec<String>)| match &written[*name] {
            Value::String(value) if DATES.contains(name) => wanted.iter().any(|one| value.starts_with(one.as_str())),
            Value::String(value) => wanted.contains(value),
            Value::Bool(value) => wanted.contains(&value.to_string()),
            _ => false,
        };
        in_force && self.values.iter().all(is)
    }
}
