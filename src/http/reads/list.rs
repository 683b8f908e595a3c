//! Pages of rows.

use std::sync::Arc;

use aggregates::words::Stream;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use projections::{MAX_WORDS, Resource, words};
use serde_json::{Value, json};

use super::answer::Written;
use super::cursor::Cursor;
use super::kept::{Basis, alike};
use super::moment::{self, Moment};
use super::row::{self, IN_FORCE, Page, filters, shown};
use super::{LIMIT, List, doctors};
use crate::access::{View, Viewer};
use crate::http::App;
use crate::http::accesses::{keep, record};
use crate::http::caller::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::service::ServiceCode;
use crate::store::{LedgerReader, RowQuery};

/// `GET /v1/<list>`
pub(super) async fn page(of: &'static List, app: Arc<App>, caller: Caller, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let viewer = caller.viewer;
    let searched = (!of.resource.searched().is_empty()).then_some("q");
    let known: Vec<&str> = of.filters.iter().copied().chain(searched).chain(moment::PARAMETERS).chain(["limit", "cursor"]).collect();
    let params = Params::of(&uri, &known)?;
    let limit = params.number("limit", 1, LIMIT.0)?.unwrap_or(LIMIT.1) as usize;
    let asked: Vec<(&str, &str)> = of.filters.iter().filter_map(|name| Some((*name, params.get(name)?))).collect();
    if let Some((name, _)) = asked.iter().find(|(_, values)| values.split(',').any(str::is_empty)) {
        return Err(Problem::parameter(name, "bad_value", &[]));
    }
    let question = json!([of.path, asked, params.get("q"), format!("{viewer:?}")]);
    let words = params.get("q").map(asked_words).transpose()?.unwrap_or_default();
    let filters = filters(&asked);

    let published = app.sequencer.published().size;
    let start = params.get("cursor").map(|text| Cursor::read(text, &question, published)).transpose()?;
    let moment = Moment::of(&app, &params).await?.going_on(start.as_ref().map(|start| start.size))?;
    let after = start.map(|start| start.after);
    // A first page of what is found by values that rows get.
    let lasts = after.is_none() && words.is_empty() && !asked.is_empty() && alike(&viewer, of.resource);
    let name = uri.path_and_query().filter(|_| lasts).map(PathAndQuery::as_str);
    let kept = name.and_then(|name| app.kept.get(name, moment.given()?, &app.lately));
    let (size, written) = match kept {
        Some(kept) => kept,
        None => {
            let past = moment.is_past();
            let (size, page) = app
                .read(move |app, reader| {
                    let size = moment.size(reader)?;
                    let query = RowQuery { resource: of.resource, filters, words, after, limit, as_of: size };
                    Ok((size, seen(app, reader, &viewer, query, published)?))
                })
                .await?;
            let rows = page.rows.iter().filter_map(|row| row.body["id"].as_str()).map(str::to_owned).chain(page.beyond).collect();
            let subjects: Vec<Stream> = page.rows.iter().filter_map(|row| row.subject).collect();
            let data = page.rows.into_iter().map(|row| row.body).collect();
            let written = Arc::new(Written::new(&Value::Array(data), page.next, subjects));
            if let Some(name) = name {
                let filters = asked.iter().map(|(member, values)| (*member, values.split(',').map(str::to_owned).collect())).collect();
                let basis = Basis { resource: of.resource, size, past, rows, filters, last: written.next.clone() };
                app.kept.put(name, &written, basis, &app.lately);
            }
            (size, written)
        }
    };
    keep(&app, record(&caller, of.resource, &written.subjects, size)).await?;
    let next = written.next.clone().map(|after| Cursor { size, after }.write(&question));
    Ok(written.answer(&headers, size, next))
}

fn asked_words(text: &str) -> Result<Vec<String>, Problem> {
    let words: Vec<String> = words(text).into_iter().collect();
    if words.is_empty() || words.len() >= MAX_WORDS {
        return Err(Problem::parameter("q", "bad_value", &[("max_words", json!(MAX_WORDS - 1))]));
    }
    Ok(words)
}

/// The rows that the viewer may see: of what is not his to see whole, his own.
fn seen(app: &App, reader: &dyn LedgerReader, viewer: &Viewer, mut query: RowQuery, published: u64) -> Result<Page, Problem> {
    let (own, other) = viewer.views(query.resource);
    if other == View::Public {
        let mut page = doctors::page(reader, &query)?;
        for row in page.rows.iter_mut().filter(|_| own > other) {
            // His own people are told here as they are one by one.
            let person = row.body["id"].as_str().map(|id| reader.row(query.resource, id, query.as_of)).transpose()?.flatten();
            if let Some(person) = person
                && row::view(reader, viewer, &person, published)? == own
            {
                *row = shown(app, reader, viewer, person, own, query.as_of)?;
            }
        }
        return Ok(page);
    }
    if other == View::Nothing {
        let mine = match (own, viewer) {
            (View::Clear | View::Whole, Viewer::Staff { legal_entity, .. }) => ("legal_entity", legal_entity.to_string()),
            (View::Clear | View::Whole, Viewer::Patient(id)) => ("patient", id.to_string()),
            _ => return Err(ServiceCode::AccessDenied.into()),
        };
        if query.resource == Resource::Patient {
            return patients(app, reader, viewer, mine, &query);
        }
        query.filters.push((mine.0.to_owned(), vec![mine.1]));
    }
    rows(app, reader, viewer, own.max(other), &query)
}

fn rows(app: &App, reader: &dyn LedgerReader, viewer: &Viewer, view: View, query: &RowQuery) -> Result<Page, Problem> {
    let mut rows = reader.rows(&RowQuery { limit: query.limit + 1, ..query.clone() })?;
    let beyond = rows.get(query.limit).map(|row| row.id.clone());
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| beyond.is_some()).map(|row| row.id.clone());
    let rows = rows.into_iter().map(|row| shown(app, reader, viewer, row, view, query.as_of)).collect::<Result<_, Problem>>()?;
    Ok(Page { rows, next, beyond })
}

/// A provider's patients are those of its declarations in force, of which a patient has one; a patient sees himself.
fn patients(app: &App, reader: &dyn LedgerReader, viewer: &Viewer, mine: (&str, String), query: &RowQuery) -> Result<Page, Problem> {
    let condition = [(mine.0, mine.1.as_str()), ("status", IN_FORCE)];
    let walk = RowQuery { resource: Resource::Declaration, filters: filters(&condition), limit: query.limit + 1, ..query.clone() };
    let ids: Vec<(String, String)> = match viewer {
        Viewer::Patient(id) => query.after.is_none().then(|| (String::new(), id.to_string())).into_iter().collect(),
        _ => {
            let of = |row: &crate::store::Row| row.body.get("patient").and_then(Value::as_str).map(str::to_owned);
            reader.rows(&walk)?.iter().filter_map(|row| Some((row.id.clone(), of(row)?))).collect()
        }
    };
    let next = (ids.len() > query.limit).then(|| ids[query.limit - 1].0.clone());
    let mut rows = Vec::new();
    for (_, id) in ids.iter().take(query.limit) {
        let Some(row) = reader.row(Resource::Patient, id, query.as_of)? else { continue };
        let holds = |(member, values): &(String, Vec<String>)| {
            row.body.get(member).and_then(Value::as_str).is_some_and(|value| values.iter().any(|one| one == value))
        };
        if query.filters.iter().all(holds) {
            rows.push(shown(app, reader, viewer, row, viewer.views(Resource::Patient).0, query.as_of)?);
        }
    }
    Ok(Page { rows, next, beyond: None })
}
