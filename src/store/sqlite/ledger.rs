//! The one writer of a ledger.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::super::compressed::compress_entries;
use super::super::recent::Recent;
use super::super::{Head, Ledger, LedgerBatch, LedgerReader, StoreError};
use super::connection::{self, Access, Place};
use super::failure::{commit, stored};
use super::lock::WriterLock;
use super::reader::{self, SqliteLedgerReader};
use super::{fold, sql, wal};

/// The writing connection to a ledger's file, with the lock that makes it the only one.
pub struct SqliteLedger {
    // Fields are dropped in this order: the lock is released last.
    pub(super) connection: Connection,
    path: PathBuf,
    lead: Option<u64>,
    /// A commit's outcome is unknown: this writer must not commit again.
    lost: bool,
    recent: Recent,
    _lock: WriterLock,
}

impl SqliteLedger {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.try_exists()? {
            return Err(StoreError::not_found(path));
        }
        let lock = WriterLock::take(path)?;
        let connection = connection::open(path, Place::Ledger, Access::Write)?;
        reader::check_sound(&connection)?;
        Ok(SqliteLedger { connection, path: path.into(), lead: None, lost: false, recent: Recent::default(), _lock: lock })
    }

    /// Limits how many pages the database may have, for room to be left on the disk; none lifts the limit. A commit
    /// beyond it is [`StoreError::Full`]. Holds for this connection.
    pub fn limit_pages(&mut self, pages: Option<u32>) -> Result<(), StoreError> {
        connection::limit_pages(&self.connection, pages)
    }

    /// How many pages the database has.
    pub fn pages(&self) -> Result<u32, StoreError> {
        connection::pages(&self.connection)
    }

    pub(super) fn pair(&self) -> Result<[u8; 16], StoreError> {
        Ok(self.connection.query_row(sql!("pair"), [], |row| row.get(0))?)
    }

    pub(super) fn transact<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.lost {
            let why = "an earlier commit of this writer has an unknown outcome";
            return Err(StoreError::Io(why.into()));
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        commit(transaction).inspect_err(|error| self.lost = !error.rolled_back())?;
        Ok(done)
    }
}

impl Ledger for SqliteLedger {
    fn head(&self) -> Result<Head, StoreError> {
        reader::head(&self.connection)
    }

    fn lead(&mut self) -> Result<Head, StoreError> {
        let head = self.transact(|transaction| {
            transaction.execute(sql!("head_lead"), [])?;
            reader::head(transaction)
        })?;
        self.lead = Some(head.epoch);
        Ok(head)
    }

    fn commit_together(&mut self, batches: &[LedgerBatch]) -> Result<(), StoreError> {
        LedgerBatch::check_together(batches, self.lead)?;
        let mut bytes = compress_entries(batches)?.into_iter();
        // Left out where the transaction fails.
        let mut recent = std::mem::take(&mut self.recent);
        self.transact(|transaction| {
            batches.iter().try_for_each(|batch| {
                swap_head(transaction, batch)?;
                append(transaction, batch, &mut bytes)?;
                fold::apply(transaction, &batch.changes, &batch.links, &mut recent)
            })
        })?;
        self.recent = recent;
        Ok(())
    }

    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        Ok(Box::new(SqliteLedgerReader::open(&self.path)?))
    }

    fn maintain(&mut self) -> Result<(), StoreError> {
        wal::tidy(&self.connection)
    }
}

/// The first statement of every batch: whoever is not the leader, or does not know the head, ends here.
fn swap_head(transaction: &Transaction<'_>, batch: &LedgerBatch) -> Result<(), StoreError> {
    let (old, new) = (&batch.old, &batch.new);
    let parameters = params![stored(new.size)?, new.root, stored(old.size)?, old.root, stored(old.epoch)?];
    match transaction.prepare_cached(sql!("head_swap"))?.execute(parameters)? {
        1 => Ok(()),
        _ => Err(StoreError::Fenced),
    }
}

/// Everything but the head and the read models; `bytes` has those of the batch's entries, as they are stored.
fn append<'a>(
    transaction: &Transaction<'_>,
    batch: &LedgerBatch,
    bytes: &mut impl Iterator<Item = Cow<'a, [u8]>>,
) -> Result<(), StoreError> {
    let mut insert = transaction.prepare_cached(sql!("entry_insert"))?;
    for (entry, bytes) in batch.entries.iter().zip(bytes) {
        insert.execute(params![stored(entry.index)?, entry.time, bytes])?;
    }
    let mut insert = transaction.prepare_cached(sql!("stream_insert"))?;
    for name in &batch.streams {
        insert.execute([name])?;
    }
    if batch.new.size > batch.old.size {
        let mut insert = transaction.prepare_cached(sql!("checkpoint_insert"))?;
        insert.execute(params![stored(batch.new.size)?, batch.new.checkpoint])?;
    }
    let mut insert = transaction.prepare_cached(sql!("tile_insert"))?;
    for tile in &batch.tiles {
        insert.execute(params![tile.level, stored(tile.index)?, tile.hashes])?;
    }
    let mut insert = transaction.prepare_cached(sql!("outcome_insert"))?;
    for row in &batch.outcomes {
        insert.execute(params![stored(row.index)?, row.id.as_bytes(), row.payload_hash, stored(row.size)?])?;
    }
    let mut insert = transaction.prepare_cached(sql!("refusal_insert"))?;
    for row in &batch.refusals {
        let (id, size) = (row.id.as_bytes(), stored(row.size)?);
        insert.execute(params![id, row.payload_hash, row.refusal, size, row.time, row.note])?;
    }
    Ok(())
}
