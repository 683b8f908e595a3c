//! Reading a ledger.

use std::cell::RefCell;
use std::ops::Range;

use projections::{LinkKind, Resource};
use tokio_postgres::Row as SqlRow;
use uuid::Uuid;

use super::super::{
    Earlier, EntryDecompressor, FullTile, Head, LedgerReader, Lent, MAX_PAGE_BYTES, Outcome, RefusalRow, Row, RowKey, RowQuery, Rows,
    StoreError, StoredEntry,
};
use super::failure::{bound, page};
use super::session::{Parameters, Reading, Session, hash, number, value};
use super::{Target, rows, sql};

/// A session for reading a ledger. Each call is one statement, hence of one instant.
pub struct PostgresLedgerReader {
    session: Reading,
    decompressor: RefCell<EntryDecompressor>,
}

impl PostgresLedgerReader {
    pub(super) fn open(target: &Target) -> Result<Self, StoreError> {
        PostgresLedgerReader::on(Reading::open(target)?)
    }

    fn on(session: Reading) -> Result<Self, StoreError> {
        Ok(PostgresLedgerReader { session, decompressor: RefCell::new(EntryDecompressor::default()) })
    }

    /// Lends the entry in a row.
    fn lend<T>(&self, row: &SqlRow, to: impl FnOnce(Lent<'_>) -> T) -> Result<T, StoreError> {
        let mut decompressor = self.decompressor.borrow_mut();
        Ok(to(Lent { index: number(row, 0)?, time: value(row, 1)?, bytes: decompressor.decompress(value(row, 2)?)? }))
    }
}

/// The head as it is stored.
pub(super) fn head(session: &Session) -> Result<Head, StoreError> {
    let rows = session.run(session.rows(sql!("head_read"), &[]))?;
    head_of(&rows)
}

/// The head from what [`head`]'s statement gave.
pub(super) fn head_of(rows: &[SqlRow]) -> Result<Head, StoreError> {
    read_head(rows.first().ok_or_else(|| StoreError::corrupt("there is no head"))?)
}

fn read_head(row: &SqlRow) -> Result<Head, StoreError> {
    Ok(Head { size: number(row, 0)?, root: hash(row, 1)?, epoch: number(row, 2)?, checkpoint: value(row, 3)? })
}

/// Refuses a ledger whose head does not say what its tables hold.
pub(super) fn check_sound(session: &Session) -> Result<(), StoreError> {
    let rows = session.run(session.rows(sql!("head_sound"), &[]))?;
    match rows.first().map(|row| value(row, 0)).transpose()? {
        Some(true) => Ok(()),
        Some(false) => Err(StoreError::corrupt("the head is not where entries and checkpoints end")),
        None => Err(StoreError::corrupt("there is no head")),
    }
}

fn outcome(row: &SqlRow) -> Result<Outcome, StoreError> {
    Ok(Outcome { index: number(row, 0)?, id: value(row, 1)?, payload_hash: hash(row, 2)?, size: number(row, 3)? })
}

fn refusal(row: &SqlRow) -> Result<RefusalRow, StoreError> {
    let (id, payload_hash, refusal) = (value(row, 0)?, hash(row, 1)?, value(row, 2)?);
    Ok(RefusalRow { id, payload_hash, refusal, size: number(row, 3)?, time: value(row, 4)?, note: value(row, 5)? })
}

fn tile(row: &SqlRow) -> Result<FullTile, StoreError> {
    let level: i16 = value(row, 0)?;
    let level = u8::try_from(level).map_err(|_| StoreError::corrupt(format!("a tile of level {level}")))?;
    Ok(FullTile { level, index: number(row, 1)?, hashes: value(row, 2)? })
}

fn numbered(row: &SqlRow) -> Result<(u64, String), StoreError> {
    Ok((number(row, 0)?, value(row, 1)?))
}

impl LedgerReader for PostgresLedgerReader {
    fn head(&self) -> Result<Head, StoreError> {
        self.session.one(sql!("head_read"), &[], read_head)?.ok_or_else(|| StoreError::corrupt("there is no head"))
    }

    fn entry(&self, index: u64) -> Result<Option<StoredEntry>, StoreError> {
        self.session.one(sql!("entry_read"), &[&bound(index)], |row| self.lend(row, |entry| entry.to_stored()))
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        // The statement bounds a page of rows as they are stored.
        let mut entries = Vec::new();
        let mut bytes = 0;
        for row in self.session.rows(sql!("entry_list"), &[&bound(from), &page(limit), &(MAX_PAGE_BYTES as i64)])? {
            if bytes >= MAX_PAGE_BYTES {
                break;
            }
            let entry = self.lend(&row, |entry| entry.to_stored())?;
            bytes += entry.bytes.len();
            entries.push(entry);
        }
        Ok(entries)
    }

    fn each_entry(&self, from: u64, limit: usize, each: &mut dyn FnMut(Lent<'_>)) -> Result<(), StoreError> {
        self.session.each(sql!("entry_range"), &[&bound(from), &bound(from.saturating_add(limit as u64))], |row| self.lend(row, &mut *each))
    }

    fn head_and_entries(&self, from: u64, limit: usize, each: &mut dyn FnMut(Lent<'_>)) -> Result<Head, StoreError> {
        let indexes: Vec<i64> = (from..from.saturating_add(limit as u64)).map(bound).collect();
        let indexes: Parameters<'_> = &[&indexes];
        let (head, entries) = self.session.ask(async |session| {
            tokio::try_join!(session.rows(sql!("head_read"), &[]), session.rows(sql!("entry_list_indexes"), indexes))
        })?;
        entries.iter().try_for_each(|row| self.lend(row, &mut *each))?;
        head_of(&head)
    }

    fn another(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        Ok(Box::new(PostgresLedgerReader::on(self.session.another()?)?))
    }

    fn size_at(&self, time: i64) -> Result<u64, StoreError> {
        let size = self.session.one(sql!("entry_size_at"), &[&time], |row| number(row, 0))?;
        size.ok_or_else(|| StoreError::corrupt("an entry is missing"))
    }

    fn checkpoint(&self, size: u64) -> Result<Option<String>, StoreError> {
        self.session.one(sql!("checkpoint_read"), &[&bound(size)], |row| value(row, 0))
    }

    fn checkpoints(&self, from_size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError> {
        self.session.many(sql!("checkpoint_list"), &[&bound(from_size), &page(limit)], numbered)
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.session.one(sql!("tile_read"), &[&i16::from(level), &bound(index)], |row| value(row, 0))
    }

    fn tiles(&self, from: (u8, u64), limit: usize) -> Result<Vec<FullTile>, StoreError> {
        self.session.many(sql!("tile_list"), &[&i16::from(from.0), &bound(from.1), &page(limit)], tile)
    }

    fn outcome(&self, id: &Uuid) -> Result<Option<Outcome>, StoreError> {
        self.session.one(sql!("outcome_read"), &[id], outcome)
    }

    fn earlier(&self, ids: &[Uuid]) -> Result<Earlier, StoreError> {
        let ids: Parameters<'_> = &[&ids];
        let (outcomes, refusals) = self.session.ask(async |session| {
            tokio::try_join!(session.heard(sql!("outcome_list_ids"), ids), session.heard(sql!("refusal_list_ids"), ids))
        })?;
        let outcomes = outcomes.iter().map(|row| outcome(row).map(|outcome| (outcome.id, outcome)));
        let refusals = refusals.iter().map(|row| refusal(row).map(|refusal| (refusal.id, refusal)));
        Ok(Earlier { outcomes: outcomes.collect::<Result<_, _>>()?, refusals: refusals.collect::<Result<_, _>>()? })
    }

    fn outcomes(&self, from_index: u64, limit: usize) -> Result<Vec<Outcome>, StoreError> {
        self.session.many(sql!("outcome_list"), &[&bound(from_index), &page(limit)], outcome)
    }

    fn refusal(&self, id: &Uuid) -> Result<Option<RefusalRow>, StoreError> {
        self.session.one(sql!("refusal_read"), &[id], refusal)
    }

    fn refusals(&self, time: Range<i64>, after: Option<(i64, Uuid)>, limit: usize) -> Result<Vec<RefusalRow>, StoreError> {
        let (after_time, after_id) = match after {
            Some((time, id)) => (time, Some(id)),
            None => (time.start, None),
        };
        let parameters: Parameters<'_> = &[&time.start, &time.end, &after_time, &after_id, &page(limit)];
        self.session.many(sql!("refusal_list"), parameters, refusal)
    }

    fn streams(&self, from: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError> {
        self.session.many(sql!("stream_list"), &[&bound(from), &page(limit)], numbered)
    }
}

impl Rows for PostgresLedgerReader {
    fn row(&self, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError> {
        rows::row(&self.session, resource, id, as_of)
    }

    fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        rows::rows(&self.session, query)
    }

    fn history(&self, resource: Resource, id: &str, as_of: u64, from_size: u64, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::history(&self.session, resource, id, as_of, from_size, limit)
    }

    fn versions(&self, after: Option<&RowKey>, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::versions(&self.session, after, limit)
    }

    fn linked(&self, stream: &str, kinds: &[LinkKind], entries: Range<u64>, limit: usize) -> Result<Vec<u64>, StoreError> {
        rows::linked(&self.session, stream, kinds, entries, limit)
    }
}
