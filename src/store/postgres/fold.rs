//! Read-model rows within a commit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use projections::{Folded, Indexed, LINK_BLOCK, Open, Resource, Stored, Version, link_blocks};

use super::super::recent::Recent;
use super::super::{LedgerBatch, StoreError};
use super::failure::{stored, together};
use super::packed::packed;
use super::rows::{self, code};
use super::session::{Session, number, value};
use super::sql;

/// The open versions of rows.
type Last = BTreeMap<(Resource, String), Open>;

/// What a batch needs of the store that its writer does not remember.
pub(super) struct Asked<'a> {
    /// Rows that it changes.
    rows: BTreeSet<(Resource, &'a str)>,
    /// Streams that it links to.
    streams: Vec<&'a str>,
    /// Whether the number of the next stream is needed.
    next: bool,
}

/// What the store has of it.
pub(super) struct Told {
    last: Last,
    streams: Vec<(String, i64)>,
    next: Option<i64>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(batch: &'a LedgerBatch, recent: &mut Recent) -> Asked<'a> {
        let changed = batch.changes.iter().map(|change| (change.resource, change.id.as_str()));
        let rows = changed.filter(|(resource, id)| !recent.has_row(&(*resource, (*id).to_owned()))).collect();
        let new: HashSet<&str> = batch.streams.iter().map(String::as_str).collect();
        let linked: BTreeSet<&str> = batch.links.iter().map(|link| link.stream.as_str()).filter(|name| !new.contains(name)).collect();
        let streams = linked.into_iter().filter(|name| recent.known_stream(name).is_none()).collect();
        Asked { rows, streams, next: !new.is_empty() && !recent.knows_next_stream() }
    }

    /// Asks for all of it in one round trip.
    pub(super) async fn ask(&self, session: &Session) -> Result<Told, StoreError> {
        let (last, streams, next) = tokio::try_join!(last(session, &self.rows), numbers(session, &self.streams), next(session, self.next))?;
        Ok(Told { last, streams, next })
    }
}

/// The open versions of these rows, which are their last: rows end by a status, never by vanishing.
async fn last(session: &Session, asked: &BTreeSet<(Resource, &str)>) -> Result<Last, StoreError> {
    if asked.is_empty() {
        return Ok(Last::new());
    }
    let (resources, ids): (Vec<i16>, Vec<Vec<u8>>) = asked.iter().map(|(resource, id)| (code(resource.number()), packed(id))).unzip();
    let found = session.rows(sql!("row_last"), &[&resources, &ids]).await?;
    let open = |row| Ok(((rows::resource(row, 0)?, rows::id(row, 1)?), (number(row, 2)?, value(row, 3)?)));
    found.iter().map(open).collect()
}

/// The numbers of these streams, as far as there are such.
async fn numbers(session: &Session, names: &[&str]) -> Result<Vec<(String, i64)>, StoreError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let found = session.rows(sql!("stream_numbers"), &[&names]).await?;
    found.iter().map(|row| Ok((value(row, 0)?, value(row, 1)?))).collect()
}

/// The number of the next stream.
async fn next(session: &Session, asked: bool) -> Result<Option<i64>, StoreError> {
    if !asked {
        return Ok(None);
    }
    session.rows(sql!("stream_next"), &[]).await?.first().map(|row| value(row, 0)).transpose()
}

/// What the batch makes of its rows. Each version is written once, however many changes made it.
pub(super) fn folded(batch: &LedgerBatch, told: Told, recent: &mut Recent) -> Result<Folded, StoreError> {
    let Told { mut last, streams, next } = told;
    streams.into_iter().for_each(|(name, number)| recent.keep_stream(name, number));
    if let Some(next) = next {
        recent.keep_next_stream(next);
    }
    let known = |resource, id: &str| {
        let row = (resource, id.to_owned());
        Ok(recent.take_row(&row).or_else(|| last.remove(&row)))
    };
    Ok(projections::fold::<StoreError>(&batch.changes, known)?)
}

/// Writes versions and the values by which rows are found.
pub(super) async fn write(session: &Session, folded: &Folded) -> Result<(), StoreError> {
    let insert = versions(session, sql!("row_insert"), folded, Stored::No);
    let rewrite = versions(session, sql!("row_rewrite"), folded, Stored::Other);
    let (inserted, rewritten, indexed) = tokio::join!(insert, rewrite, values(session, folded));
    together([inserted, rewritten, indexed])
}

async fn versions(session: &Session, sql: &'static str, folded: &Folded, which: Stored) -> Result<(), StoreError> {
    let all = || folded.versions.iter().flat_map(|((resource, id), versions)| versions.iter().map(move |version| (resource, id, version)));
    let rows: Vec<(&Resource, &String, &Version)> = all().filter(|(.., version)| version.stored == which).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let resources: Vec<i16> = rows.iter().map(|(resource, ..)| code(resource.number())).collect();
    let ids: Vec<Vec<u8>> = rows.iter().map(|(_, id, _)| packed(id)).collect();
    let from: Vec<i64> = rows.iter().map(|(.., version)| stored(version.from_size)).collect::<Result<_, _>>()?;
    let bodies: Vec<&str> = rows.iter().map(|(.., version)| version.body.as_str()).collect();
    let written = session.execute(sql, &[&resources, &ids, &from, &bodies]).await?;
    if written == rows.len() as u64 { Ok(()) } else { Err(StoreError::corrupt("a row that was read is missing")) }
}

async fn values(session: &Session, folded: &Folded) -> Result<(), StoreError> {
    let is_new = |(_, versions): &(_, &Vec<Version>)| versions.first().is_some_and(|version| version.stored == Stored::No);
    let new: HashSet<(i64, &str)> =
        folded.versions.iter().filter(is_new).map(|((resource, id), _)| (resource.number(), id.as_str())).collect();
    let of_new = |row: &&Indexed| new.contains(&(Resource::of_member(row.member), row.id.as_str()));
    let (of_new, of_known) = folded.indexed.iter().partition(of_new);
    let insert = value_rows(session, sql!("row_value_insert"), of_new);
    let (inserted, added) = tokio::join!(insert, value_rows(session, sql!("row_value_add"), of_known));
    together([inserted, added])
}

async fn value_rows(session: &Session, sql: &'static str, rows: Vec<&Indexed>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let members: Vec<i16> = rows.iter().map(|row| code(row.member)).collect();
    let column = |of: fn(&Indexed) -> &str| rows.iter().map(|row| packed(of(row))).collect::<Vec<_>>();
    session.execute(sql, &[&members, &column(|row| &row.value), &column(|row| &row.id)]).await?;
    Ok(())
}

/// Writes which entries are about which streams, of which the batch's new ones are numbered from `first` on.
pub(super) async fn links(
    session: &Session,
    batch: &LedgerBatch,
    folded: &Folded,
    first: Option<i64>,
    recent: &mut Recent,
) -> Result<(), StoreError> {
    let all = link_blocks(batch.links.iter().chain(&folded.links));
    if all.is_empty() {
        return Ok(());
    }
    let new: HashMap<&str, i64> = batch.streams.iter().map(String::as_str).zip(first.unwrap_or(0)..).collect();
    let known = |(name, _): &(&str, u64)| new.get(name).copied().or_else(|| recent.known_stream(name));
    let known: Vec<Option<i64>> = all.keys().map(known).collect();
    // Providers, whom only the rows named.
    let asked: BTreeSet<&str> = all.keys().zip(&known).filter(|(_, known)| known.is_none()).map(|((name, _), _)| *name).collect();
    let found: HashMap<String, i64> = numbers(session, &asked.into_iter().collect::<Vec<_>>()).await?.into_iter().collect();
    found.iter().for_each(|(name, number)| recent.keep_stream(name.clone(), *number));
    let number = |((name, _), known): (&(&str, u64), Option<i64>)| {
        let number = known.or_else(|| found.get(*name).copied());
        number.ok_or_else(|| StoreError::invalid("a link is to no stream of the ledger"))
    };
    let streams: Vec<i64> = all.keys().zip(known).map(number).collect::<Result<_, _>>()?;
    let rows = streams.into_iter().zip(&all).map(|(stream, ((_, block), entries))| Ok((stream, stored(*block)?, entries.as_slice())));
    let rows: Vec<(i64, i64, &[u8])> = rows.collect::<Result<_, StoreError>>()?;
    // Only in a block that was begun before may a stream have a row.
    let (begun, new) = rows.into_iter().partition(|(_, block, _)| (*block as u64) * LINK_BLOCK < batch.old.size);
    let (added, inserted) = tokio::join!(link_rows(session, sql!("row_link_add"), begun), link_rows(session, sql!("row_link_insert"), new));
    together([added, inserted])
}

async fn link_rows(session: &Session, sql: &'static str, rows: Vec<(i64, i64, &[u8])>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let streams: Vec<i64> = rows.iter().map(|(stream, ..)| *stream).collect();
    let blocks: Vec<i64> = rows.iter().map(|(_, block, _)| *block).collect();
    let entries: Vec<&[u8]> = rows.iter().map(|(.., entries)| *entries).collect();
    session.execute(sql, &[&streams, &blocks, &entries]).await?;
    Ok(())
}
