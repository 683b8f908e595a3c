//! One row.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use projections::Resource;

use super::answer::Written;
use super::kept::{Basis, alike};
use super::moment::{self, Moment};
use super::row::{self, IN_FORCE, Shown, first, shown};
use super::{List, doctors};
use crate::access::{View, Viewer};
use crate::http::App;
use crate::http::accesses::{keep, record};
use crate::http::caller::Caller;
use crate::http::commands::canonical;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::service::ServiceCode;
use crate::store::LedgerReader;

/// `GET /v1/<list>/{id}`
pub(super) async fn row(
    of: &'static List,
    app: Arc<App>,
    caller: Caller,
    id: String,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let params = Params::of(&uri, &moment::PARAMETERS)?;
    let id = canonical(&id)?.to_string();
    let viewer = caller.viewer;
    if viewer.views(of.resource) == (View::Nothing, View::Nothing) {
        return Err(ServiceCode::AccessDenied.into());
    }
    let moment = Moment::of(&app, &params).await?;
    let published = app.sequencer.published().size;
    let name = uri.path_and_query().filter(|_| alike(&viewer, of.resource)).map(PathAndQuery::as_str);
    let kept = name.and_then(|name| app.kept.get(name, moment.given()?, &app.lately));
    let (size, written) = match kept {
        Some(kept) => kept,
        None => {
            let (past, rows) = (moment.is_past(), vec![id.clone()]);
            let (size, row) = app
                .read_little(move |app, reader| {
                    let size = moment.size(reader)?;
                    Ok((size, found(app, reader, of.resource, &viewer, &id, size, published)?))
                })
                .await?;
            let written = Arc::new(written(row)?);
            if let Some(name) = name {
                let basis = Basis { resource: of.resource, size, past, rows, filters: Vec::new(), last: None };
                app.kept.put(name, &written, basis, &app.lately);
            }
            (size, written)
        }
    };
    tell(&app, &caller, of.resource, &headers, size, &written).await
}

/// Answers after the record is kept.
async fn tell(
    app: &App,
    caller: &Caller,
    resource: Resource,
    headers: &HeaderMap,
    size: u64,
    written: &Written,
) -> Result<Response, Problem> {
    keep(app, record(caller, resource, &written.subjects, size)).await?;
    Ok(written.answer(headers, size, None))
}

fn written(row: Option<Shown>) -> Result<Written, Problem> {
    let row = row.ok_or(ServiceCode::NoSuchResource)?;
    Ok(Written::new(&row.body, None, row.subject))
}

fn found(
    app: &App,
    reader: &dyn LedgerReader,
    resource: Resource,
    viewer: &Viewer,
    id: &str,
    size: u64,
    published: u64,
) -> Result<Option<Shown>, Problem> {
    let Some(row) = reader.row(resource, id, size)? else { return Ok(None) };
    match row::view(reader, viewer, &row, published)? {
        View::Nothing => Err(ServiceCode::AccessDenied.into()),
        View::Public if resource == Resource::Practitioner => {
            Ok(doctors::doctor(reader, row, size)?.map(|body| Shown { body, subject: None }))
        }
        view => Ok(Some(shown(app, reader, viewer, row, view, size)?)),
    }
}

/// `GET /v1/patients/{id}/declaration`: the declaration in force. Whoever asks for a patient of another provider learns that
/// there is one, and never where.
pub(super) async fn declaration_of(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let params = Params::of(&uri, &moment::PARAMETERS)?;
    let id = canonical(&id)?.to_string();
    let viewer = caller.viewer;
    let (own, other) = viewer.views(Resource::Declaration);
    let stranger = matches!(viewer, Viewer::Patient(self_) if self_.to_string() != id);
    if own.max(other) == View::Nothing || stranger {
        return Err(ServiceCode::AccessDenied.into());
    }
    let moment = Moment::of(&app, &params).await?;
    let published = app.sequencer.published().size;
    let (size, row) = app
        .read_little(move |app, reader| {
            let size = moment.size(reader)?;
            let wanted = [("patient", id.as_str()), ("status", IN_FORCE)];
            let Some(row) = first(reader, Resource::Declaration, &wanted, size)? else { return Ok((size, None)) };
            match row::view(reader, &viewer, &row, published)? {
                View::Nothing | View::Public => Err(ServiceCode::DeclarationElsewhere.into()),
                view => Ok((size, Some(shown(app, reader, &viewer, row, view, size)?))),
            }
        })
        .await?;
    tell(&app, &caller, Resource::Declaration, &headers, size, &written(row)?).await
}
