//! The public directory: parties, providers, their divisions, their doctors.
//!
//! Every answer says at which size it is true and which entries made its rows. A page's cursor keeps to the size of the
//! first page, so that a walk through all pages sees one moment.

use std::sync::Arc;

use aggregates::words::Bytes32;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use projections::{ENTRIES, Resource};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::App;
use super::commands::canonical;
use super::params::Params;
use super::problem::Problem;
use crate::entry::{Cause, Entry};
use crate::service::ServiceCode;
use crate::store::{LedgerReader, MAX_PAGE_ROWS, Row, RowQuery};

/// The most rows of a page, and how many there are unless asked otherwise.
const LIMIT: (u64, u64) = (100, 50);

/// One list of the directory.
struct List {
    path: &'static str,
    resource: Resource,
    /// The members that may be asked for, the most selective first.
    filters: &'static [&'static str],
}

const LISTS: &[List] = &[
    List { path: "/v1/mis", resource: Resource::Mis, filters: &["status"] },
    List { path: "/v1/trust-providers", resource: Resource::TrustProvider, filters: &[] },
    List { path: "/v1/legal-entities", resource: Resource::LegalEntity, filters: &["edrpou", "ownership", "status"] },
    List { path: "/v1/divisions", resource: Resource::Division, filters: &["legal_entity", "type", "status"] },
    List { path: "/v1/practitioners", resource: Resource::Practitioner, filters: &["division", "legal_entity", "speciality"] },
];

/// What of a practitioner is public.
const NAMES: &[&str] = &["last_name", "first_name", "second_name"];

/// What of a doctor's post is public.
const POST: &[&str] = &["legal_entity", "division", "type", "position", "speciality"];

/// The routes of the directory.
pub(super) fn routes() -> Router<Arc<App>> {
    LISTS.iter().fold(Router::new(), |router, of| {
        let many = async move |State(app), headers: HeaderMap, uri: Uri| page(of, app, headers, uri).await;
        let one = async move |State(app), Path(id), headers: HeaderMap, uri: Uri| single(of, app, id, headers, uri).await;
        router.route(of.path, get(many)).route(&format!("{}/{{id}}", of.path), get(one))
    })
}

async fn page(of: &'static List, app: Arc<App>, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let known: Vec<&str> = of.filters.iter().copied().chain(["as_of", "limit", "cursor"]).collect();
    let params = Params::of(&uri, &known)?;
    let limit = params.number("limit", 1, LIMIT.0)?.unwrap_or(LIMIT.1) as usize;
    let equals: Vec<(String, String)> =
        of.filters.iter().filter_map(|name| params.get(name).map(|value| ((*name).to_owned(), value.to_owned()))).collect();
    let published = app.sequencer.published().size;
    let as_of = params.number("as_of", 1, published)?;
    let start = params.get("cursor").map(|text| Cursor::read(text, of, &equals, published)).transpose()?;
    if let (Some(as_of), Some(start)) = (as_of, &start)
        && as_of != start.size
    {
        return Err(Problem::parameter("as_of", "not_of_cursor", &[]));
    }
    let size = start.as_ref().map(|start| start.size).or(as_of).unwrap_or(published);
    let filters = of_one(&equals);
    let query = RowQuery { resource: of.resource, filters, words: Vec::new(), after: start.map(|start| start.after), limit, as_of: size };
    let (rows, next) = app
        .read(move |_, reader| {
            whole(reader, size, published)?;
            let (rows, more) = if of.resource == Resource::Practitioner { doctors(reader, &query)? } else { rows(reader, &query)? };
            let next = more.map(|after| Cursor { size, after }.write(of, &equals));
            Ok((rows, next))
        })
        .await?;
    Ok(answer(&headers, size, Value::from(rows), Some(next)))
}

async fn single(of: &'static List, app: Arc<App>, id: String, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let params = Params::of(&uri, &["as_of"])?;
    let id = canonical(&id)?.to_string();
    let published = app.sequencer.published().size;
    let size = params.number("as_of", 1, published)?.unwrap_or(published);
    let row = app.read(move |_, reader| {
        whole(reader, size, published)?;
        let Some(row) = reader.row(of.resource, &id, size)? else { return Ok(None) };
        if of.resource != Resource::Practitioner {
            return Ok(Some(written(row)));
        }
        let posts = posts(reader, &id, size)?;
        Ok((!posts.is_empty()).then(|| doctor(row, posts)))
    });
    let row = row.await?.ok_or(ServiceCode::NoSuchResource)?;
    Ok(answer(&headers, size, row, None))
}

fn of_one(equals: &[(String, String)]) -> Vec<(String, Vec<String>)> {
    equals.iter().map(|(name, value)| (name.clone(), vec![value.clone()])).collect()
}

/// A chain of entries is one decision: nothing is shown as it was in the middle of one.
fn whole(reader: &dyn LedgerReader, size: u64, published: u64) -> Result<(), Problem> {
    if size == published {
        return Ok(());
    }
    let next = reader.entry(size)?.and_then(|entry| serde_json::from_slice::<Entry>(&entry.bytes).ok());
    match next.map(|entry| entry.cause) {
        Some(Cause::Continues(first)) => Err(Problem::parameter("as_of", "inside_a_chain", &[("first", json!(first))])),
        Some(Cause::Command(_)) => Ok(()),
        None => Err(Problem::failed(ServiceCode::NotReady, format!("entry {size} cannot be read"))),
    }
}

/// A page of rows, and after which id the next one begins.
fn rows(reader: &dyn LedgerReader, query: &RowQuery) -> Result<(Vec<Value>, Option<String>), Problem> {
    let mut rows = reader.rows(&RowQuery { limit: query.limit + 1, ..query.clone() })?;
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| more).map(|row| row.id.clone());
    Ok((rows.into_iter().map(written).collect(), next))
}

fn written(row: Row) -> Value {
    let mut body = row.body;
    body.insert("id".to_owned(), row.id.into());
    Value::Object(body)
}

/// A page of the doctors' directory. It walks the posts, which have the members asked for, and shows a doctor at the
/// first of his posts that matches.
fn doctors(reader: &dyn LedgerReader, query: &RowQuery) -> Result<(Vec<Value>, Option<String>), Problem> {
    let held = [("type", "doctor"), ("status", "active")].map(|(name, value)| (name.to_owned(), vec![value.to_owned()]));
    let filters = query.filters.iter().cloned().chain(held).collect();
    let mut walk = RowQuery { resource: Resource::Employee, filters, limit: query.limit + 1, ..query.clone() };
    let mut found: Vec<Value> = Vec::new();
    let mut last = None;
    loop {
        let some = reader.rows(&walk)?;
        let ended = some.len() < walk.limit;
        walk.after = some.last().map(|post| post.id.clone());
        for post in some {
            let Some(id) = post.body.get("practitioner").and_then(Value::as_str) else { continue };
            let posts = posts(reader, id, query.as_of)?;
            let matches = |post: &&Row| {
                query.filters.iter().all(|(name, values)| {
                    post.body.get(name).and_then(Value::as_str).is_some_and(|value| values.iter().any(|one| one == value))
                })
            };
            if posts.iter().find(matches).is_none_or(|first| first.id != post.id) {
                continue;
            }
            if found.len() == query.limit {
                return Ok((found, last));
            }
            let Some(row) = reader.row(Resource::Practitioner, id, query.as_of)? else { continue };
            found.push(doctor(row, posts));
            last = Some(post.id);
        }
        if ended {
            return Ok((found, None));
        }
    }
}

/// The doctor's posts that a practitioner holds.
fn posts(reader: &dyn LedgerReader, practitioner: &str, as_of: u64) -> Result<Vec<Row>, Problem> {
    let equals = [("practitioner", practitioner), ("type", "doctor"), ("status", "active")];
    let filters = equals.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])).to_vec();
    Ok(reader.rows(&RowQuery { resource: Resource::Employee, filters, words: Vec::new(), after: None, limit: MAX_PAGE_ROWS, as_of })?)
}

fn doctor(row: Row, posts: Vec<Row>) -> Value {
    let pick = |from: &Row, members: &[&str]| {
        let known = |name: &&str| from.body.get(*name).map(|value| ((*name).to_owned(), value.clone()));
        members.iter().filter_map(known).collect::<serde_json::Map<_, _>>()
    };
    let mut doctor = pick(&row, NAMES);
    let made = |row: &Row| row.body.get(ENTRIES).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut entries: Vec<u64> = posts.iter().chain([&row]).flat_map(made).filter_map(|entry| entry.as_u64()).collect();
    entries.sort_unstable();
    entries.dedup();
    let post = |post: &Row| {
        let mut shown = pick(post, POST);
        shown.insert("employee".to_owned(), post.id.as_str().into());
        Value::Object(shown)
    };
    doctor.insert("posts".to_owned(), posts.iter().map(post).collect());
    doctor.insert("id".to_owned(), row.id.into());
    doctor.insert("entries".to_owned(), json!(entries));
    Value::Object(doctor)
}

/// Where the next page begins: at one size, for one list, with the same filters.
struct Cursor {
    size: u64,
    after: String,
}

impl Cursor {
    fn write(&self, of: &List, equals: &[(String, String)]) -> String {
        URL_SAFE_NO_PAD.encode(json!([self.size, self.after, bound(of, equals)]).to_string())
    }

    fn read(text: &str, of: &List, equals: &[(String, String)], published: u64) -> Result<Cursor, Problem> {
        let wrong = || Problem::parameter("cursor", "bad_value", &[]);
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let (size, after, to): (u64, String, String) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if to != bound(of, equals) {
            return Err(Problem::parameter("cursor", "not_of_these_filters", &[]));
        }
        if (1..=published).contains(&size) { Ok(Cursor { size, after }) } else { Err(wrong()) }
    }
}

/// What a cursor is bound to.
fn bound(of: &List, equals: &[(String, String)]) -> String {
    Bytes32(Sha256::digest(json!([of.path, equals]).to_string()).into()).to_string()
}

/// The document, or `304 Not Modified`. The tag is of the rows alone: while they stay the same, an answer of an earlier
/// size is as good.
fn answer(headers: &HeaderMap, size: u64, data: Value, next: Option<Option<String>>) -> Response {
    let more = next.as_ref().is_some_and(Option::is_some);
    let tag = Sha256::digest(json!([data, more]).to_string());
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&tag[..18]));
    if if_none_match(headers, &tag) {
        return not_modified(tag, size);
    }
    let mut document = json!({ "size": size, "data": data });
    if let Some(next) = next.flatten() {
        document["next"] = json!(next);
    }
    let head = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned()), (header::ETAG, tag)];
    let mut response = (head, document.to_string()).into_response();
    response.headers_mut().insert("litopys-size", size.into());
    response
}

/// Whether the sender holds what has this tag, by the weak comparison (RFC 9110 §13.1.2).
pub(super) fn if_none_match(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|list| list.split(',')).any(|one| one.trim() == "*" || opaque(one) == opaque(tag))
}

pub(super) fn not_modified(tag: String, size: u64) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().insert("litopys-size", size.into());
    response
}
