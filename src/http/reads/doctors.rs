//! The public directory of doctors: names and posts, of those who hold a doctor's post.

use projections::{ENTRIES, Resource};
use serde_json::{Map, Value, json};

use super::row::{Page, Shown, filters};
use crate::http::problem::Problem;
use crate::store::{LedgerReader, MAX_PAGE_ROWS, Row, RowQuery};

/// What of a practitioner is public.
const NAMES: &[&str] = &["last_name", "first_name", "second_name"];

/// What of a doctor's post is public.
const POST: &[&str] = &["legal_entity", "division", "type", "position", "speciality"];

/// A doctor as the public sees him; none who holds no doctor's post.
pub(super) fn doctor(reader: &dyn LedgerReader, row: Row, as_of: u64) -> Result<Option<Value>, Problem> {
    let posts = posts(reader, &row.id, as_of)?;
    Ok((!posts.is_empty()).then(|| written(row, &posts)))
}

/// A page of the directory. Asked for names, it walks the people; otherwise the posts, which have the members asked for,
/// and shows a doctor at the first of his posts that matches.
pub(super) fn page(reader: &dyn LedgerReader, query: &RowQuery) -> Result<Page, Problem> {
    let by_name = !query.words.is_empty();
    let mut walk = RowQuery { limit: query.limit + 1, ..query.clone() };
    if by_name {
        walk.filters.clear();
    } else {
        walk.resource = Resource::Employee;
        walk.filters.extend(filters(&[("type", "doctor"), ("status", "active")]));
    }
    let (mut found, mut last) = (Vec::new(), None);
    loop {
        let some = reader.rows(&walk)?;
        let ended = some.len() < walk.limit;
        walk.after = some.last().map(|row| row.id.clone());
        for row in some {
            let id = if by_name { Some(row.id.as_str()) } else { row.body.get("practitioner").and_then(Value::as_str) };
            let Some(id) = id.map(str::to_owned) else { continue };
            let posts = posts(reader, &id, query.as_of)?;
            let Some(first) = posts.iter().find(|post| matches(post, query)) else { continue };
            if !by_name && first.id != row.id {
                continue;
            }
            if found.len() == query.limit {
                return Ok(Page { rows: found, next: last, beyond: None });
            }
            let key = row.id.clone();
            let person = if by_name { Some(row) } else { reader.row(Resource::Practitioner, &id, query.as_of)? };
            let Some(person) = person else { continue };
            found.push(Shown { body: written(person, &posts), subject: None });
            last = Some(key);
        }
        if ended {
            return Ok(Page { rows: found, next: None, beyond: None });
        }
    }
}

fn matches(post: &Row, query: &RowQuery) -> bool {
    query
        .filters
        .iter()
        .all(|(name, values)| post.body.get(name).and_then(Value::as_str).is_some_and(|is| values.iter().any(|one| one == is)))
}

/// The doctor's posts that a practitioner holds.
fn posts(reader: &dyn LedgerReader, practitioner: &str, as_of: u64) -> Result<Vec<Row>, Problem> {
    let filters = filters(&[("practitioner", practitioner), ("type", "doctor"), ("status", "active")]);
    let query = RowQuery { resource: Resource::Employee, filters, words: Vec::new(), after: None, limit: MAX_PAGE_ROWS, as_of };
    Ok(reader.rows(&query)?)
}

fn written(row: Row, posts: &[Row]) -> Value {
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
    doctor.insert(ENTRIES.to_owned(), json!(entries));
    Value::Object(doctor)
}

fn pick(from: &Row, members: &[&str]) -> Map<String, Value> {
    members.iter().filter_map(|name| from.body.get(*name).map(|value| ((*name).to_owned(), value.clone()))).collect()
}
