//! The read models: tables folded from the entries against the tables of the ledger.
//!
//! The sums of both sides are compared first ([`crate::store::Sums`]). Where they differ, all entries are folded once more, into tables, and both sides
//! are walked in the order of their keys, which names each row that is not what it should be.

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use aggregates::Event;
use projections::{LINK_BLOCK, Resource};
use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::AuditError;
use super::chain::Chain;
use super::found::Found;
use super::item::{Item, read_all};
use super::report::Findings;
use super::row_tables::{TABLES, Table, body, value};
use super::source::{self, Cell, ENTRIES, PAGE, Row, Source, Unread};
use crate::store::sqlite::RowFold;
use crate::store::{Expected, StoreError, SumKey, Sums};

/// How many entries are folded at a time, and how many such parts may wait.
const PART: usize = 64;
const WAITING: usize = 16;

/// What read models take from an entry.
pub(super) struct Folding {
    pub(super) place: u64,
    pub(super) chain: Chain,
    pub(super) events: Vec<Event>,
}

/// The auditor's own fold, on a thread of its own.
pub(super) struct RowAudit {
    part: Vec<Folding>,
    waiting: SyncSender<Vec<Folding>>,
    thread: JoinHandle<Result<Sums, StoreError>>,
    /// The events of entries that do not hold what the law decides.
    lawful: HashMap<u64, Vec<Event>>,
}

fn failed(error: &StoreError) -> AuditError {
    AuditError::Io(format!("folding the read models: {error}"))
}

impl RowAudit {
    pub(super) fn new(key: SumKey) -> Result<RowAudit, AuditError> {
        let (waiting, come) = mpsc::sync_channel(WAITING);
        let thread = thread::Builder::new().name("row audit".into()).spawn(move || sums(Expected::new(key), &come));
        Ok(RowAudit { part: Vec::new(), waiting, thread: thread.map_err(|error| failed(&error.into()))?, lawful: HashMap::new() })
    }

    /// Has an entry folded, whose events are `lawful` if it holds others.
    pub(super) fn fold(&mut self, folding: Folding, lawful: Option<Vec<Event>>) {
        self.lawful.extend(lawful.map(|lawful| (folding.place, lawful)));
        self.part.push(folding);
        if self.part.len() == PART {
            self.send();
        }
    }

    fn send(&mut self) {
        // A thread that failed takes nothing more.
        let _ = self.waiting.send(std::mem::take(&mut self.part));
    }

    /// Compares all rows that are of the first `size` entries with what was `found`. What a ledger that grows meanwhile adds is left alone.
    ///
    /// # Errors
    /// The outer one is of the fold, the inner one of reading the ledger.
    pub(super) fn compare(
        mut self,
        found: Result<Found, Unread>,
        source: &Source,
        size: u64,
        findings: &mut Findings,
    ) -> Result<Result<(), Unread>, AuditError> {
        self.send();
        let RowAudit { waiting, thread, lawful, .. } = self;
        drop(waiting);
        let expected = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        if let (Ok(found), Ok(expected)) = (found, expected)
            && found.sums == expected
            && (found.reached == 0
                || source.integer("SELECT size FROM head", []).is_ok_and(|now| now.is_some_and(|now| found.reached <= now as u64)))
        {
            return Ok(Ok(()));
        }
        let fold = match fold_all(source, size, lawful)? {
            Ok(fold) => fold,
            Err(unread) => return Ok(Err(unread)),
        };
        let folded = Folded { fold };
        Ok(TABLES.iter().try_for_each(|table| folded.table(table, source, size, findings)))
    }
}

/// The sums of the rows that entries make, as they come.
fn sums(mut expected: Expected, come: &Receiver<Vec<Folding>>) -> Result<Sums, StoreError> {
    while let Ok(part) = come.recv() {
        for Folding { place, chain, events } in part {
            let links = projections::links(place, &chain.rights, &events);
            expected.fold(&projections::changes(place, &*chain.data, &events), links)?;
        }
    }
    expected.sums()
}

/// Folds the first `size` entries into tables. They have been followed, so each can be read.
fn fold_all(source: &Source, size: u64, mut lawful: HashMap<u64, Vec<Event>>) -> Result<Result<RowFold, Unread>, AuditError> {
    let mut fold = RowFold::new().map_err(|error| failed(&error))?;
    let (mut next, mut chain) = (0, Chain::default());
    while next < size {
        let page = match source.rows(ENTRIES, params![i64::try_from(next).unwrap_or(i64::MAX), PAGE as i64]) {
            Ok(page) => page,
            Err(unread) => return Ok(Err(unread)),
        };
        let items = page.into_iter().zip(next..size).filter_map(|(row, place)| match <[Cell; 3]>::try_from(row) {
            Ok([_, _, Cell::Blob(bytes)]) => Some(Item::new(place, None, bytes)),
            _ => None,
        });
        let (mut changes, mut links, before) = (Vec::new(), Vec::new(), next);
        for mut item in read_all(items.collect()) {
            let Some(entry) = item.entry.take() else { break };
            if entry.command().is_some() {
                chain = Chain::of(item.signed.as_mut());
            }
            let events = lawful.remove(&item.place).unwrap_or(entry.events);
            links.extend(projections::links(item.place, &chain.rights, &events));
            changes.extend(projections::changes(item.place, &*chain.data, &events));
            next = item.place + 1;
        }
        if next == before {
            return Ok(Err(Unread::Damaged(format!("entry {next} can no longer be read"))));
        }
        fold.fold(&changes, &links).map_err(|error| failed(&error))?;
    }
    Ok(Ok(fold))
}

/// All that was folded.
struct Folded {
    fold: RowFold,
}

impl Folded {
    /// Walks both tables in the order of their key.
    fn table(&self, table: &Table, source: &Source, size: u64, findings: &mut Findings) -> Result<(), Unread> {
        let mut expected = Walk::new(table);
        let mut found = Walk::new(table);
        let mut of_fold = |sql: &str, after: Vec<Value>| source::rows(self.fold.connection(), sql, params_from_iter(after));
        let mut of_ledger = |sql: &str, after: Vec<Value>| source.rows(sql, params_from_iter(after));
        let mut meant = expected.next(&mut of_fold)?;
        while let Some(row) = found.next(&mut of_ledger)? {
            while let Some(missing) = meant.take_if(|meant| meant[..table.key] < row[..table.key]) {
                findings.add(table.name, name(table, &missing), "", "row_missing", "the entries make this row");
                meant = expected.next(&mut of_fold)?;
            }
            match meant.take_if(|meant| meant[..table.key] == row[..table.key]) {
                Some(same) => {
                    compare(table, &row, &same, size, source, findings)?;
                    meant = expected.next(&mut of_fold)?;
                }
                None if later(table, &row, size, source)? => {}
                None => findings.add(table.name, name(table, &row), table.columns[table.key - 1], "row_surplus", "no entry makes this row"),
            }
        }
        while let Some(missing) = meant {
            findings.add(table.name, name(table, &missing), "", "row_missing", "the entries make this row");
            meant = expected.next(&mut of_fold)?;
        }
        Ok(())
    }
}

/// Reads a page: a statement and its parameters.
type Read<'a> = dyn FnMut(&str, Vec<Value>) -> Result<Vec<Row>, Unread> + 'a;

/// A table read by pages in the order of its key.
struct Walk<'a> {
    table: &'a Table,
    last: Option<Row>,
    page: Vec<Row>,
}

impl<'a> Walk<'a> {
    fn new(table: &'a Table) -> Walk<'a> {
        Walk { table, last: None, page: Vec::new() }
    }

    fn next(&mut self, read: &mut Read<'_>) -> Result<Option<Row>, Unread> {
        if self.page.is_empty() {
            let after: Vec<Value> = self.last.iter().flat_map(|last| last[..self.table.key].iter().map(value)).collect();
            let sql = self.table.page(after.len(), PAGE);
            self.page = read(&sql, after)?;
            self.page.reverse();
        }
        let Some(row) = self.page.pop().map(|row| self.table.opened(row)) else { return Ok(None) };
        let key = |row: &Row| row[..self.table.key].to_vec();
        if row[..self.table.key].iter().any(|cell| matches!(cell, Cell::Null | Cell::Strange)) {
            return Err(Unread::Damaged("a key is no key".into()));
        }
        if self.last.as_ref().is_some_and(|last| key(last) >= key(&row)) {
            return Err(Unread::Damaged("keys are out of order".into()));
        }
        self.last = Some(row.clone());
        Ok(Some(row))
    }
}

fn name(table: &Table, row: &Row) -> String {
    row[..table.key].iter().map(Cell::to_string).collect::<Vec<_>>().join("/")
}

fn compare(table: &Table, row: &Row, expected: &Row, size: u64, source: &Source, findings: &mut Findings) -> Result<(), Unread> {
    for (place, column) in table.columns.iter().enumerate().skip(table.key) {
        if row[place] == expected[place] || (*column == "entries" && longer(row, expected, size, source)?) {
            continue;
        }
        findings.add(table.name, name(table, row), column, "row_altered", "it is not what the entries say");
    }
    Ok(())
}

/// Whether a row is of entries that came during the audit: those are for the next one.
fn later(table: &Table, row: &Row, size: u64, source: &Source) -> Result<bool, Unread> {
    match table.name {
        "row_versions" => came_later(source, row[2].integer().unwrap_or_default(), size),
        "row_links" => all_later(row, row[2].blob().unwrap_or_default(), size, source),
        _ => given_later(row, size, source),
    }
}

/// Whether a block of links is longer by entries that came during the audit.
fn longer(row: &Row, expected: &Row, size: u64, source: &Source) -> Result<bool, Unread> {
    let more = row[2].blob().zip(expected[2].blob()).and_then(|(found, meant)| found.strip_prefix(meant));
    more.map_or(Ok(false), |more| all_later(row, more, size, source))
}

/// Whether these entries of a block of links all came during the audit.
fn all_later(row: &Row, entries: &[u8], size: u64, source: &Source) -> Result<bool, Unread> {
    let first = row[1].integer().unwrap_or_default().saturating_mul(LINK_BLOCK as i64);
    let places = entries.chunks(2).map(|pair| first.saturating_add(i64::from(pair[0])));
    for entry in places {
        if !came_later(source, entry.saturating_add(1), size)? {
            return Ok(false);
        }
    }
    Ok(!entries.is_empty() && entries.len().is_multiple_of(2))
}

/// Whether a size is one to which the ledger has grown during the audit.
fn came_later(source: &Source, reached: i64, size: u64) -> Result<bool, Unread> {
    let now = source.integer("SELECT size FROM head", [])?.unwrap_or_default();
    Ok(u64::try_from(reached).is_ok_and(|reached| reached > size) && reached <= now)
}

/// Whether a row has this value in a version of an entry that came during the audit.
fn given_later(row: &Row, size: u64, source: &Source) -> Result<bool, Unread> {
    // Sixteen numbers of members are a resource's.
    let Some((member, resource)) = row[0].integer().and_then(|member| Some((member, Resource::numbered(member / 16)?))) else {
        return Ok(false);
    };
    let text = row[1].uuid().map(|id| id.to_string());
    let text = text.as_deref().or(row[1].text());
    let sql = "SELECT from_size, body FROM row_versions WHERE resource = ?1 AND id = ?2 AND from_size > ?3";
    for version in source.rows(sql, params![resource.number(), value(&row[2]), i64::try_from(size).unwrap_or(i64::MAX)])? {
        let Ok([Cell::Integer(from), stored]) = <[Cell; 2]>::try_from(version) else { continue };
        let body = body(stored).text().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
        let given = projections::found_by(resource, &body).iter().any(|(found, value)| *found == member && text == Some(value));
        if given && came_later(source, from, size)? {
            return Ok(true);
        }
    }
    Ok(false)
}
