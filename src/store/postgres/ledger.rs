//! The one writer of a ledger.

use std::borrow::Cow;
use std::panic::resume_unwind;
use std::{slice, thread};

use tokio::task::yield_now;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::compressed::compress_entries;
use super::super::recent::Recent;
use super::super::{First, Head, Ledger, LedgerBatch, LedgerReader, StoreError};
use super::copy_in::copy_in;
use super::failure::{stored, together};
use super::session::{Session, value};
use super::writer::Writer;
use super::{PostgresLedgerReader, Target, fold, leadership, migrate, reader, rights, sql};

/// The writing session with a ledger.
pub struct PostgresLedger {
    writer: Writer,
    target: Target,
    lead: Option<u64>,
    recent: Recent,
}

impl PostgresLedger {
    /// Opens the ledger, and takes the lock by which others see that it has a writer.
    pub(super) fn open(target: &Target, node: Uuid, address: &str) -> Result<Self, StoreError> {
        let ledger = PostgresLedger::unlocked(target, node)?;
        leadership::take(ledger.session(), node, address)?;
        Ok(ledger)
    }

    /// The same without the lock, which makes nothing unsafe: the swap of the head judges. For tests of just that.
    #[doc(hidden)]
    pub fn unlocked(target: &Target, node: Uuid) -> Result<Self, StoreError> {
        let writer = Writer::open(target, &leadership::session_name(node))?;
        migrate::check(writer.session(), target, migrate::Place::Ledger)?;
        rights::check_rights(writer.session(), target)?;
        rights::check_guards(writer.session(), target, true)?;
        reader::check_sound(writer.session())?;
        Ok(PostgresLedger { writer, target: target.clone(), lead: None, recent: Recent::default() })
    }

    pub(super) fn session(&self) -> &Session {
        self.writer.session()
    }

    pub(super) fn pair(&self) -> Result<Uuid, StoreError> {
        let rows = self.writer.session().run(self.writer.session().rows(sql!("pair"), &[]))?;
        let row = rows.first().ok_or_else(|| StoreError::corrupt("there is no head"))?;
        value(row, 0)
    }
}

impl PostgresLedger {
    /// Writes batches in one transaction, which commits if what comes `before` that has gone well.
    fn write_together(&mut self, batches: &[LedgerBatch], before: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        let Some((first, more)) = batches.split_first() else { return before() };
        // Left out where the transaction fails.
        let mut recent = std::mem::take(&mut self.recent);
        let asked = fold::Asked::of(first, &mut recent);
        self.writer.transact_after(
            async |session| swap_head(session, first).await,
            async |session| {
                let compressed = async {
                    // Once the questions are on their way.
                    yield_now().await;
                    compress_entries(batches)
                };
                tokio::try_join!(asked.ask(session), compressed)
            },
            async |session, (told, bytes)| {
                let mut bytes = bytes.into_iter();
                write(session, first, &mut bytes, told, &mut recent).await?;
                for batch in more {
                    swap_head(session, batch).await?;
                    let told = fold::Asked::of(batch, &mut recent).ask(session).await?;
                    write(session, batch, &mut bytes, told, &mut recent).await?;
                }
                before()
            },
        )?;
        self.recent = recent;
        Ok(())
    }
}

impl Ledger for PostgresLedger {
    fn head(&self) -> Result<Head, StoreError> {
        reader::head(self.writer.session())
    }

    fn lead(&mut self) -> Result<Head, StoreError> {
        let head = self.writer.transact(async |session| {
            session.execute(sql!("head_lead"), &[]).await?;
            // Made ready here, so that in a commit nothing goes out before the swap.
            session.prepared(sql!("head_swap"), &[]).await?;
            let rows = session.rows(sql!("head_read"), &[]).await?;
            reader::head_of(&rows)
        })?;
        self.lead = Some(head.epoch);
        Ok(head)
    }

    fn commit_behind(&mut self, first: First<'_>, batch: &LedgerBatch) -> Result<(), StoreError> {
        LedgerBatch::check_together(slice::from_ref(batch), self.lead)?;
        thread::scope(|scope| {
            let first = scope.spawn(first);
            self.write_together(slice::from_ref(batch), || first.join().unwrap_or_else(|panic| resume_unwind(panic)))
        })
    }

    fn commit_together(&mut self, batches: &[LedgerBatch]) -> Result<(), StoreError> {
        LedgerBatch::check_together(batches, self.lead)?;
        self.write_together(batches, || Ok(()))
    }

    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        Ok(Box::new(PostgresLedgerReader::open(&self.target)?))
    }

    /// The database keeps house by itself.
    fn maintain(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The first statement of every batch: whoever is not the leader, or does not know the head, ends here.
async fn swap_head(session: &Session, batch: &LedgerBatch) -> Result<(), StoreError> {
    let (old, new) = (&batch.old, &batch.new);
    let (new_size, old_size, epoch) = (stored(new.size)?, stored(old.size)?, stored(old.epoch)?);
    let swapped = session.execute(sql!("head_swap"), &[&new_size, &new.root.as_slice(), &old_size, &old.root.as_slice(), &epoch]).await?;
    if swapped == 1 { Ok(()) } else { Err(StoreError::Fenced) }
}

/// Everything but the head; `bytes` has those of the batch's entries, as they are stored. When it begins, all that went out before has gone
/// well.
async fn write<'a>(
    session: &Session,
    batch: &LedgerBatch,
    bytes: &mut impl Iterator<Item = Cow<'a, [u8]>>,
    told: fold::Told,
    recent: &mut Recent,
) -> Result<(), StoreError> {
    let folded = fold::folded(batch, told, recent)?;
    let numbered = recent.number_streams(&batch.streams);
    // In whatever order, but for the entries, which are copied.
    let (entries, streams, links, checkpoint, tiles, outcomes, refusals, rows) = tokio::join!(
        biased;
        entries(session, batch, bytes),
        streams(session, batch, numbered),
        fold::links(session, batch, &folded, numbered, recent),
        checkpoint(session, batch),
        tiles(session, batch),
        outcomes(session, batch),
        refusals(session, batch),
        fold::write(session, &folded),
    );
    together([entries, streams, links, checkpoint, tiles, outcomes, refusals, rows])?;
    recent.keep_rows(folded);
    Ok(())
}

async fn entries<'a>(session: &Session, batch: &LedgerBatch, bytes: &mut impl Iterator<Item = Cow<'a, [u8]>>) -> Result<(), StoreError> {
    // Checked above to be dense from the old size, which is stored already.
    let rows: Vec<_> = batch.entries.iter().zip(bytes).map(|(entry, bytes)| (entry.index as i64, entry.time, bytes)).collect();
    let rows = rows.iter().map(|(index, time, bytes)| [index as _, time as _, bytes as _]);
    copy_in(session, sql!("entry_copy"), &[Type::INT8, Type::INT8, Type::BYTEA], rows).await
}

/// Writes new streams, numbered from this number on.
async fn streams(session: &Session, batch: &LedgerBatch, first: Option<i64>) -> Result<(), StoreError> {
    if let Some(first) = first {
        session.execute(sql!("stream_insert"), &[&first, &batch.streams]).await?;
    }
    Ok(())
}

async fn checkpoint(session: &Session, batch: &LedgerBatch) -> Result<(), StoreError> {
    if batch.new.size > batch.old.size {
        session.execute(sql!("checkpoint_insert"), &[&stored(batch.new.size)?, &batch.new.checkpoint]).await?;
    }
    Ok(())
}

async fn tiles(session: &Session, batch: &LedgerBatch) -> Result<(), StoreError> {
    if !batch.tiles.is_empty() {
        let levels: Vec<i16> = batch.tiles.iter().map(|tile| i16::from(tile.level)).collect();
        let indexes: Vec<i64> = batch.tiles.iter().map(|tile| stored(tile.index)).collect::<Result<_, _>>()?;
        let hashes: Vec<&[u8]> = batch.tiles.iter().map(|tile| tile.hashes.as_slice()).collect();
        session.execute(sql!("tile_insert"), &[&levels, &indexes, &hashes]).await?;
    }
    Ok(())
}

async fn outcomes(session: &Session, batch: &LedgerBatch) -> Result<(), StoreError> {
    if !batch.outcomes.is_empty() {
        let rows = &batch.outcomes;
        let indexes: Vec<i64> = rows.iter().map(|row| stored(row.index)).collect::<Result<_, _>>()?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let hashes: Vec<&[u8]> = rows.iter().map(|row| row.payload_hash.as_slice()).collect();
        let sizes: Vec<i64> = rows.iter().map(|row| stored(row.size)).collect::<Result<_, _>>()?;
        session.execute(sql!("outcome_insert"), &[&indexes, &ids, &hashes, &sizes]).await?;
    }
    Ok(())
}

async fn refusals(session: &Session, batch: &LedgerBatch) -> Result<(), StoreError> {
    if !batch.refusals.is_empty() {
        let rows = &batch.refusals;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let hashes: Vec<&[u8]> = rows.iter().map(|row| row.payload_hash.as_slice()).collect();
        let refusals: Vec<&str> = rows.iter().map(|row| row.refusal.as_str()).collect();
        let sizes: Vec<i64> = rows.iter().map(|row| stored(row.size)).collect::<Result<_, _>>()?;
        let times: Vec<i64> = rows.iter().map(|row| row.time).collect();
        let notes: Vec<&str> = rows.iter().map(|row| row.note.as_str()).collect();
        session.execute(sql!("refusal_insert"), &[&ids, &hashes, &refusals, &sizes, &times, &notes]).await?;
    }
    Ok(())
}
