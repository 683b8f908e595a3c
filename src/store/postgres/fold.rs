//! Read-model rows within a commit.

use std::collections::{BTreeSet, HashMap};

use projections::{FoldError, Folded, Indexed, Link, Open, Resource, Version};

use super::super::{LedgerBatch, StoreError};
use super::failure::{stored, together};
use super::session::{Session, number, value};
use super::{rows, sql};

/// The open versions of rows.
pub(super) type Last = HashMap<(Resource, String), Open>;

/// Which rows a batch changes.
pub(super) fn asked(batch: &LedgerBatch) -> BTreeSet<(Resource, &str)> {
    batch.changes.iter().map(|change| (change.resource, change.id.as_str())).collect()
}

/// The open versions of these rows, which are their last: rows end by a status, never by vanishing.
pub(super) async fn last(session: &Session, asked: &BTreeSet<(Resource, &str)>) -> Result<Last, StoreError> {
    if asked.is_empty() {
        return Ok(Last::new());
    }
    let (resources, ids): (Vec<&str>, Vec<&str>) = asked.iter().map(|(resource, id)| (resource.name(), *id)).unzip();
    let found = session.rows(sql!("row_last"), &[&resources, &ids]).await?;
    let open = |row| Ok(((rows::resource(row, 0)?, value(row, 1)?), (number(row, 2)?, rows::body(row, 3)?)));
    found.iter().map(open).collect()
}

/// What the batch makes of them. Each version is written once, however many changes made it.
pub(super) fn folded(batch: &LedgerBatch, mut last: Last) -> Result<Folded, StoreError> {
    let known = |resource, id: &str| Ok(last.remove(&(resource, id.to_owned())));
    projections::fold(&batch.changes, known).map_err(|error| match error {
        FoldError::Store(error) => error,
        FoldError::Beyond(..) => StoreError::invalid(error.to_string()),
    })
}

/// Writes versions and the values by which rows are found.
pub(super) async fn write(session: &Session, folded: &Folded) -> Result<(), StoreError> {
    let all =
        || folded.versions.iter().flat_map(|((resource, id), versions)| versions.iter().map(move |version| (resource.name(), id, version)));
    let new: Vec<Written<'_>> = all().filter(|(.., version)| !version.stored).map(written).collect::<Result<_, _>>()?;
    let again: Vec<Written<'_>> = all().filter(|(.., version)| version.stored).map(written).collect::<Result<_, _>>()?;
    let insert = async { versions(session, sql!("row_insert"), &new).await };
    let rewrite = async { versions(session, sql!("row_rewrite"), &again).await };
    let (inserted, rewritten, indexed) = tokio::join!(insert, rewrite, values(session, folded));
    together([inserted, rewritten, indexed])
}

/// A version as its row.
struct Written<'a> {
    resource: &'static str,
    id: &'a str,
    from_size: i64,
    until_size: Option<i64>,
    body: String,
}

fn written<'a>((resource, id, version): (&'static str, &'a String, &Version)) -> Result<Written<'a>, StoreError> {
    let body = serde_json::to_string(&version.body).map_err(|error| StoreError::invalid(error.to_string()))?;
    let (from_size, until_size) = (stored(version.from_size)?, version.until_size.map(stored).transpose()?);
    Ok(Written { resource, id, from_size, until_size, body })
}

async fn versions(session: &Session, sql: &'static str, rows: &[Written<'_>]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let resources: Vec<&str> = rows.iter().map(|row| row.resource).collect();
    let ids: Vec<&str> = rows.iter().map(|row| row.id).collect();
    let from: Vec<i64> = rows.iter().map(|row| row.from_size).collect();
    let until: Vec<Option<i64>> = rows.iter().map(|row| row.until_size).collect();
    let bodies: Vec<&str> = rows.iter().map(|row| row.body.as_str()).collect();
    let written = session.execute(sql, &[&resources, &ids, &from, &until, &bodies]).await?;
    if written == rows.len() as u64 { Ok(()) } else { Err(StoreError::corrupt("a row that was read is missing")) }
}

async fn values(session: &Session, folded: &Folded) -> Result<(), StoreError> {
    if folded.indexed.is_empty() {
        return Ok(());
    }
    let column = |of: fn(&Indexed) -> &str| folded.indexed.iter().map(of).collect::<Vec<&str>>();
    let (resources, members) = (column(|row| row.resource.name()), column(|row| row.member));
    let (values, ids) = (column(|row| &row.value), column(|row| &row.id));
    session.execute(sql!("row_value_insert"), &[&resources, &members, &values, &ids]).await?;
    Ok(())
}

/// Writes which entries are about which streams.
pub(super) async fn links(session: &Session, batch: &LedgerBatch, folded: &Folded) -> Result<(), StoreError> {
    let all: Vec<&Link> = batch.links.iter().chain(&folded.links).collect();
    if all.is_empty() {
        return Ok(());
    }
    let streams: Vec<&str> = all.iter().map(|link| link.stream.as_str()).collect();
    let kinds: Vec<i64> = all.iter().map(|link| link.kind.number()).collect();
    let entries: Vec<i64> = all.iter().map(|link| stored(link.entry)).collect::<Result<_, _>>()?;
    let added = session.execute(sql!("row_link_insert"), &[&streams, &kinds, &entries]).await?;
    // Links are a set, so one that is not added is of a stream that nobody knows.
    if added == all.len() as u64 { Ok(()) } else { Err(StoreError::invalid("a link is to no stream of the ledger")) }
}
