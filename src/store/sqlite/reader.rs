//! Reading a ledger.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;

use projections::{LinkKind, Resource};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow, params};
use uuid::Uuid;

use super::super::{
    EntryDecompressor, FullTile, Head, LedgerReader, Lent, MAX_PAGE_BYTES, Outcome, RefusalRow, Row, RowKey, RowQuery, Rows, StoreError,
    StoredEntry,
};
use super::connection::{self, Access, Place};
use super::failure::{bound, number, page};
use super::{rows, sql};

/// A read-only connection to a ledger. Each call is one statement, hence of one instant.
pub struct SqliteLedgerReader {
    connection: Connection,
    decompressor: RefCell<EntryDecompressor>,
}

impl SqliteLedgerReader {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = connection::open(path, Place::Ledger, Access::Read)?;
        check_sound(&connection)?;
        Ok(SqliteLedgerReader { connection, decompressor: RefCell::new(EntryDecompressor::default()) })
    }

    fn one<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: fn(&SqlRow<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(parameters, read).optional()?)
    }

    /// An entry's bytes as they lie in the file, compressed, for whoever looks for them there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn as_stored(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.one(sql!("entry_read"), [bound(index)], |row| row.get(2))
    }

    /// Lends the entry in a row.
    fn lend<T>(&self, row: &SqlRow<'_>, to: impl FnOnce(Lent<'_>) -> T) -> Result<T, StoreError> {
        let stored = row.get_ref(2)?.as_blob().map_err(|error| StoreError::corrupt(error.to_string()))?;
        let mut decompressor = self.decompressor.borrow_mut();
        Ok(to(Lent { index: number(row, 0)?, time: row.get(1)?, bytes: decompressor.decompress(stored)? }))
    }

    fn many<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: fn(&SqlRow<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_map(parameters, read)?.collect::<Result<_, _>>()?;
        Ok(found)
    }
}

/// The head as it is stored.
pub(super) fn head(connection: &Connection) -> Result<Head, StoreError> {
    let read = |row: &SqlRow<'_>| Ok(Head { size: number(row, 0)?, root: row.get(1)?, epoch: number(row, 2)?, checkpoint: row.get(3)? });
    Ok(connection.prepare_cached(sql!("head_read"))?.query_row([], read)?)
}

/// Refuses a ledger whose head does not say what its tables hold.
pub(super) fn check_sound(connection: &Connection) -> Result<(), StoreError> {
    let sound: Option<bool> = connection.query_row(sql!("head_sound"), [], |row| row.get(0)).optional()?;
    match sound {
        Some(true) => Ok(()),
        Some(false) => Err(StoreError::corrupt("the head is not where entries and checkpoints end")),
        None => Err(StoreError::corrupt("there is no head")),
    }
}

fn outcome(row: &SqlRow<'_>) -> Result<Outcome, rusqlite::Error> {
    Ok(Outcome { index: number(row, 0)?, id: Uuid::from_bytes(row.get(1)?), payload_hash: row.get(2)?, size: number(row, 3)? })
}

fn refusal(row: &SqlRow<'_>) -> Result<RefusalRow, rusqlite::Error> {
    Ok(RefusalRow {
        id: Uuid::from_bytes(row.get(0)?),
        payload_hash: row.get(1)?,
        refusal: row.get(2)?,
        size: number(row, 3)?,
        time: row.get(4)?,
        note: row.get(5)?,
    })
}

fn tile(row: &SqlRow<'_>) -> Result<FullTile, rusqlite::Error> {
    Ok(FullTile { level: row.get(0)?, index: number(row, 1)?, hashes: row.get(2)? })
}

fn numbered(row: &SqlRow<'_>) -> Result<(u64, String), rusqlite::Error> {
    Ok((number(row, 0)?, row.get(1)?))
}

impl LedgerReader for SqliteLedgerReader {
    fn hold(&self) -> Result<(), StoreError> {
        Ok(self.connection.prepare_cached(sql!("hold"))?.execute([]).map(drop)?)
    }

    fn release(&self) -> Result<(), StoreError> {
        Ok(self.connection.prepare_cached(sql!("release"))?.execute([]).map(drop)?)
    }

    fn head(&self) -> Result<Head, StoreError> {
        head(&self.connection)
    }

    fn entry(&self, index: u64) -> Result<Option<StoredEntry>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql!("entry_read"))?;
        let mut rows = statement.query([bound(index)])?;
        rows.next()?.map(|row| self.lend(row, |entry| entry.to_stored())).transpose()
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql!("entry_list"))?;
        let mut rows = statement.query([bound(from), page(limit)])?;
        let mut entries = Vec::new();
        let mut bytes = 0;
        while bytes < MAX_PAGE_BYTES
            && let Some(row) = rows.next()?
        {
            let entry = self.lend(row, |entry| entry.to_stored())?;
            bytes += entry.bytes.len();
            entries.push(entry);
        }
        Ok(entries)
    }

    fn each_entry(&self, from: u64, limit: usize, each: &mut dyn FnMut(Lent<'_>)) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql!("entry_list"))?;
        let mut rows = statement.query([bound(from), i64::try_from(limit).unwrap_or(i64::MAX)])?;
        while let Some(row) = rows.next()? {
            self.lend(row, &mut *each)?;
        }
        Ok(())
    }

    fn another(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        let path = self.connection.path().ok_or_else(|| StoreError::Io("the ledger is no file".into()))?;
        let reader = SqliteLedgerReader::open(Path::new(path))?;
        reader.connection.execute_batch(include_str!("mapped.sql"))?;
        Ok(Box::new(reader))
    }

    fn size_at(&self, time: i64) -> Result<u64, StoreError> {
        // Time never falls from one entry to the next, and entries never change: a search needs no snapshot.
        let mut not_after = 0;
        let mut end = self.head()?.size;
        while not_after < end {
            let middle = not_after + (end - not_after) / 2;
            let found: Option<i64> = self.one(sql!("entry_time"), [bound(middle)], |row| row.get(0))?;
            match found {
                Some(found) if found <= time => not_after = middle + 1,
                Some(_) => end = middle,
                None => return Err(StoreError::corrupt(format!("entry {middle} is missing"))),
            }
        }
        Ok(not_after)
    }

    fn checkpoint(&self, size: u64) -> Result<Option<String>, StoreError> {
        self.one(sql!("checkpoint_read"), [bound(size)], |row| row.get(0))
    }

    fn checkpoints(&self, from_size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError> {
        self.many(sql!("checkpoint_list"), [bound(from_size), page(limit)], numbered)
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.one(sql!("tile_read"), params![level, bound(index)], |row| row.get(0))
    }

    fn tiles(&self, from: (u8, u64), limit: usize) -> Result<Vec<FullTile>, StoreError> {
        self.many(sql!("tile_list"), params![from.0, bound(from.1), page(limit)], tile)
    }

    fn outcome(&self, id: &Uuid) -> Result<Option<Outcome>, StoreError> {
        self.one(sql!("outcome_read"), [id.as_bytes()], outcome)
    }

    fn outcomes(&self, from_index: u64, limit: usize) -> Result<Vec<Outcome>, StoreError> {
        self.many(sql!("outcome_list"), [bound(from_index), page(limit)], outcome)
    }

    fn refusal(&self, id: &Uuid) -> Result<Option<RefusalRow>, StoreError> {
        self.one(sql!("refusal_read"), [id.as_bytes()], refusal)
    }

    fn refusals(&self, time: Range<i64>, after: Option<(i64, Uuid)>, limit: usize) -> Result<Vec<RefusalRow>, StoreError> {
        // No BLOB is smaller than the empty one, so without `after` the span's first moment counts whole.
        let (after_time, after_id) = match &after {
            Some((time, id)) => (*time, id.as_bytes().as_slice()),
            None => (time.start, [].as_slice()),
        };
        let parameters = params![time.start, time.end, after_time, after_id, page(limit)];
        self.many(sql!("refusal_list"), parameters, refusal)
    }

    fn streams(&self, from: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError> {
        self.many(sql!("stream_list"), [bound(from), page(limit)], numbered)
    }
}

impl Rows for SqliteLedgerReader {
    fn row(&self, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError> {
        rows::row(&self.connection, resource, id, as_of)
    }

    fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
        rows::rows(&self.connection, query)
    }

    fn history(&self, resource: Resource, id: &str, as_of: u64, from_size: u64, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::history(&self.connection, resource, id, as_of, from_size, limit)
    }

    fn versions(&self, after: Option<&RowKey>, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::versions(&self.connection, after, limit)
    }

    fn linked(&self, stream: &str, kinds: &[LinkKind], entries: Range<u64>, limit: usize) -> Result<Vec<u64>, StoreError> {
        rows::linked(&self.connection, stream, kinds, entries, limit)
    }
}
