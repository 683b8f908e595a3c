//! The one writer of a vault.

use std::ops::Range;
use std::path::Path;

use rusqlite::{Transaction, TransactionBehavior, params};
use uuid::Uuid;

use super::super::disclosed::together;
use super::super::{
    CodeRow, DisclosureRow, IndexKey, OutboxRow, StampedRows, StoreError, Vault, VaultEdit, VaultHead, VaultReader, VaultRows,
};
use super::connection::{self, Access};
use super::deletion::Deletion;
use super::disclosed::Disclosed;
use super::failure::{bound, commit, stored};
use super::lock::WriterLock;
use super::subject::Subject;
use super::vault_reader::{self, SqliteVaultReader};
use super::{sql, wal};

/// The writing connection to a vault's file, with the lock that makes it the only one.
pub struct SqliteVault {
    // Fields are dropped in this order: the lock is released last.
    reader: SqliteVaultReader,
    lead: Option<u64>,
    /// A commit's outcome is unknown: this writer must not commit again.
    lost: bool,
    /// Something was deleted that an older page in the WAL may still show. Also at first: who wrote before may not
    /// have come to it.
    stale: bool,
    _lock: WriterLock,
}

impl SqliteVault {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.try_exists()? {
            return Err(StoreError::not_found(path));
        }
        let lock = WriterLock::take(path)?;
        let reader = SqliteVaultReader::with(path, Access::Write)?;
        Ok(SqliteVault { reader, lead: None, lost: false, stale: true, _lock: lock })
    }

    /// Limits how many pages the database may have, as [`super::SqliteLedger::limit_pages`] does.
    pub fn limit_pages(&mut self, pages: Option<u32>) -> Result<(), StoreError> {
        connection::limit_pages(&self.reader.connection, pages)
    }

    /// How many pages the database has.
    pub fn pages(&self) -> Result<u32, StoreError> {
        connection::pages(&self.reader.connection)
    }

    pub(super) fn pair(&self) -> [u8; 16] {
        self.reader.pair
    }

    pub(super) fn path(&self) -> &Path {
        &self.reader.path
    }

    /// Runs one transaction and answers the head after it. Anything but taking the lead needs the lead; `work` gets
    /// its epoch.
    fn transact(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>) -> Result<VaultHead, StoreError> {
        if self.lost {
            let why = "an earlier commit of this writer has an unknown outcome";
            return Err(StoreError::Io(why.into()));
        }
        let connection = &mut self.reader.connection;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        work(&transaction)?;
        let head = vault_reader::head(&transaction)?;
        commit(transaction).inspect_err(|error| self.lost = !error.rolled_back())?;
        Ok(head)
    }

    fn epoch(&self) -> Result<i64, StoreError> {
        stored(self.lead.ok_or(StoreError::Fenced)?)
    }
}

/// A swap of the head row that hit nothing: another leads, or the caller does not know the head.
fn swapped(rows: usize) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Fenced) }
}

impl Vault for SqliteVault {
    fn lead(&mut self) -> Result<VaultHead, StoreError> {
        let head = self.transact(|transaction| Ok(transaction.execute(sql!("head_lead"), []).map(drop)?))?;
        self.lead = Some(head.epoch);
        Ok(head)
    }

    fn truncate(&mut self, ledger_size: u64) -> Result<VaultHead, StoreError> {
        let (size, epoch) = (bound(ledger_size), self.epoch()?);
        self.stale = true;
        self.transact(|transaction| {
            swapped(transaction.execute(sql!("vault_head_cut"), [size, epoch])?)?;
            let cuts = [sql!("disclosure_cut"), sql!("match_cut"), sql!("code_cut"), sql!("outbox_cut")];
            cuts.into_iter().try_for_each(|cut| Ok(transaction.execute(cut, [size]).map(drop)?))
        })
    }

    fn receive(&mut self, old: VaultHead, size: u64, rows: VaultRows<'_>) -> Result<VaultHead, StoreError> {
        let epoch = self.epoch()?;
        if stored(old.epoch)? != epoch {
            return Err(StoreError::Fenced);
        }
        let (old, new) = (stored(old.size)?, stored(size)?);
        self.transact(|transaction| {
            swapped(transaction.prepare_cached(sql!("vault_head_swap"))?.execute([new, old, epoch])?)?;
            add(transaction, rows)
        })
    }

    fn edit(&mut self, through_size: u64, edits: &[VaultEdit]) -> Result<VaultHead, StoreError> {
        let (size, epoch) = (stored(through_size)?, self.epoch()?);
        let edits: Vec<Deletion<'_>> = edits.iter().flat_map(|edit| Deletion::of(edit, &self.reader)).collect();
        self.stale |= !edits.is_empty();
        self.transact(|transaction| {
            swapped(transaction.prepare_cached(sql!("vault_head_edited"))?.execute([size, epoch])?)?;
            edits.iter().try_for_each(|deletion| deletion.run(transaction))
        })
    }

    fn sent(&mut self, entry: u64, ordinal: u32) -> Result<(), StoreError> {
        let (entry, epoch) = (stored(entry)?, self.epoch()?);
        self.stale = true;
        self.transact(|transaction| {
            swapped(transaction.prepare_cached(sql!("vault_head_hold"))?.execute([epoch])?)?;
            Ok(transaction.execute(sql!("outbox_delete"), params![entry, ordinal]).map(drop)?)
        })
        .map(drop)
    }

    fn reader(&self) -> Result<Box<dyn VaultReader>, StoreError> {
        Ok(Box::new(SqliteVaultReader::open(&self.reader.path)?))
    }

    fn tidy(&mut self) -> Result<bool, StoreError> {
        wal::tidy(&self.reader.connection)?;
        Ok(!self.stale)
    }

    fn maintain(&mut self) -> Result<bool, StoreError> {
        if !self.stale {
            return self.tidy();
        }
        // Deleted cells are overwritten with zeros in the database (secure_delete), but the WAL holds the pages as they were.
        self.stale = !wal::empty(&self.reader.connection)?;
        Ok(!self.stale)
    }
}

impl VaultReader for SqliteVault {
    fn head(&self) -> Result<VaultHead, StoreError> {
        self.reader.head()
    }

    fn find(&self, key: &str) -> Result<Vec<String>, StoreError> {
        self.reader.find(key)
    }

    fn disclosures(&self, entry: u64) -> Result<Vec<DisclosureRow>, StoreError> {
        self.reader.disclosures(entry)
    }

    fn disclosures_of(&self, subject: &str) -> Result<Vec<DisclosureRow>, StoreError> {
        self.reader.disclosures_of(subject)
    }

    fn value(&self, subject: &str, name: &str) -> Result<Option<DisclosureRow>, StoreError> {
        self.reader.value(subject, name)
    }

    fn disclosures_named(&self, name: &str, after: Option<&DisclosureRow>, limit: usize) -> Result<Vec<DisclosureRow>, StoreError> {
        self.reader.disclosures_named(name, after, limit)
    }

    fn code(&self, request: &Uuid) -> Result<Option<CodeRow>, StoreError> {
        self.reader.code(request)
    }

    fn stamped(&self, entries: Range<u64>) -> Result<StampedRows, StoreError> {
        self.reader.stamped(entries)
    }

    fn index_key(&self) -> &IndexKey {
        self.reader.index_key()
    }

    fn outbox(&self, published: u64, limit: usize) -> Result<Vec<OutboxRow>, StoreError> {
        self.reader.outbox(published, limit)
    }
}

fn add(transaction: &Transaction<'_>, rows: VaultRows<'_>) -> Result<(), StoreError> {
    let mut insert = transaction.prepare_cached(sql!("disclosure_insert"))?;
    for group in together(rows.disclosures)? {
        let Some(first) = group.first() else { continue };
        let Disclosed { salts, packed } = Disclosed::pack(&group)?;
        insert.execute(params![stored(first.entry)?, first.ordinal, Subject::of(&first.subject), first.on_file, salts, packed])?;
    }
    let mut insert = transaction.prepare_cached(sql!("match_insert"))?;
    for row in rows.matches {
        insert.execute(params![row.mac, Subject::of(&row.subject), stored(row.entry)?])?;
    }
    let mut insert = transaction.prepare_cached(sql!("code_insert"))?;
    for row in rows.codes {
        insert.execute(params![row.request.as_bytes(), stored(row.entry)?, row.code, row.salt])?;
    }
    let mut insert = transaction.prepare_cached(sql!("outbox_insert"))?;
    for row in rows.outbox {
        insert.execute(params![stored(row.entry)?, row.ordinal, row.kind, row.body.to_string()])?;
    }
    Ok(())
}
