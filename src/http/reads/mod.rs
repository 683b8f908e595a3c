//! The registry's answers: what is, what was, and how it came about.
//!
//! Every answer says at which size it is true and which entries made its rows. A page's cursor keeps to the size of the first
//! page, so that a walk through all pages sees one moment. How much of a row is shown is decided in one place, [`Viewer::views`].

mod answer;
mod cursor;
mod doctors;
mod history;
mod kept;
mod list;
mod moment;
mod personal;
mod row;
mod single;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::routing::get;
use projections::Resource;

use super::App;

pub(super) use answer::{if_none_match, not_modified};
pub(super) use cursor::Cursor;
pub(super) use kept::Kept;
pub(super) use moment::Moment;

/// The most rows of a page, and how many there are unless asked otherwise.
const LIMIT: (u64, u64) = (100, 50);

/// One list of the registry.
struct List {
    path: &'static str,
    resource: Resource,
    /// The members that may be asked for, each with one value or several, parted by commas.
    filters: &'static [&'static str],
}

const LISTS: &[List] = &[
    List { path: "/v1/mis", resource: Resource::Mis, filters: &["status", "edrpou"] },
    List { path: "/v1/trust-providers", resource: Resource::TrustProvider, filters: &["status", "edrpou"] },
    List { path: "/v1/legal-entities", resource: Resource::LegalEntity, filters: &["edrpou", "ownership", "status", "verified"] },
    List { path: "/v1/divisions", resource: Resource::Division, filters: &["legal_entity", "type", "status", "mountain"] },
    List { path: "/v1/practitioners", resource: Resource::Practitioner, filters: &["division", "legal_entity", "speciality"] },
    List {
        path: "/v1/employees",
        resource: Resource::Employee,
        filters: &["practitioner", "division", "legal_entity", "type", "status", "speciality"],
    },
    List { path: "/v1/patients", resource: Resource::Patient, filters: &["status", "authentication"] },
    List {
        path: "/v1/declaration-requests",
        resource: Resource::DeclarationRequest,
        filters: &["patient", "employee", "practitioner", "division", "legal_entity", "status"],
    },
    List {
        path: "/v1/declarations",
        resource: Resource::Declaration,
        filters: &["patient", "request", "employee", "practitioner", "division", "legal_entity", "status", "reason"],
    },
];

/// The routes of all lists.
pub(super) fn routes() -> Router<Arc<App>> {
    let lists = LISTS.iter().fold(Router::new(), |router, of| {
        let many = async move |State(app), caller, headers: HeaderMap, uri: Uri| list::page(of, app, caller, headers, uri).await;
        let one =
            async move |State(app), caller, Path(id), headers: HeaderMap, uri: Uri| single::row(of, app, caller, id, headers, uri).await;
        let past =
            async move |State(app), caller, Path(id), headers: HeaderMap, uri: Uri| history::page(of, app, caller, id, headers, uri).await;
        router
            .route(of.path, get(many))
            .route(&format!("{}/{{id}}", of.path), get(one))
            .route(&format!("{}/{{id}}/history", of.path), get(past))
    });
    lists.route("/v1/patients/{id}/declaration", get(single::declaration_of))
}
