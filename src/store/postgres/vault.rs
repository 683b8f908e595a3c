//! The one writer of a vault.

use std::ops::Range;

use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::{
    Asked, CodeRow, DisclosureRow, IndexKey, Known, MatchRow, OutboxRow, StampedRows, StoreError, Vault, VaultEdit, VaultHead, VaultReader,
    VaultRows,
};
use super::copy_in::copy_in;
use super::deletion::Deletions;
use super::disclosed::{Together, together_by_subject};
use super::failure::{bound, stored, together};
use super::packed::packed_subject;
use super::session::{Parameters, Session};
use super::vault_reader::{self, PostgresVaultReader};
use super::writer::Writer;
use super::{Target, migrate, rights, sql};

/// The writing session with a vault.
pub struct PostgresVault {
    writer: Writer,
    /// Reads between the writer's transactions.
    reader: PostgresVaultReader,
    target: Target,
    lead: Option<u64>,
}

impl PostgresVault {
    pub(super) fn open(target: &Target, name: &str) -> Result<Self, StoreError> {
        let writer = Writer::open(target, name)?;
        migrate::check(writer.session(), target, migrate::Place::Vault)?;
        rights::check_guards(writer.session(), target, false)?;
        Ok(PostgresVault { writer, reader: PostgresVaultReader::open(target)?, target: target.clone(), lead: None })
    }

    pub(super) fn pair(&self) -> Uuid {
        self.reader.pair
    }

    /// One transaction that the statement in `guard` opens, and the head that it makes, which nothing after it changes. The `work` goes
    /// out behind it without waiting for it.
    fn transact(
        &mut self,
        guard: &'static str,
        held: Parameters<'_>,
        work: impl AsyncFnOnce(&Session) -> Result<(), StoreError>,
    ) -> Result<VaultHead, StoreError> {
        self.writer.transact_after(
            async |_| Ok(()),
            async |session| {
                // Else what is ready would go out before it.
                session.prepared(guard, &[]).await?;
                tokio::try_join!(biased; hit(session, guard, held), work(session))
            },
            async |_, (head, ())| Ok(head),
        )
    }

    fn epoch(&self) -> Result<i64, StoreError> {
        stored(self.lead.ok_or(StoreError::Fenced)?)
    }
}

impl Vault for PostgresVault {
    fn lead(&mut self) -> Result<VaultHead, StoreError> {
        let head = self.transact(sql!("vault_head_lead"), &[], async |_| Ok(()))?;
        self.lead = Some(head.epoch);
        Ok(head)
    }

    fn truncate(&mut self, ledger_size: u64) -> Result<VaultHead, StoreError> {
        let (size, epoch) = (bound(ledger_size), self.epoch()?);
        self.transact(sql!("vault_head_cut"), &[&size, &epoch], async |session| {
            for cut in [sql!("disclosure_cut"), sql!("match_cut"), sql!("code_cut"), sql!("outbox_cut")] {
                session.execute(cut, &[&size]).await?;
            }
            Ok(())
        })
    }

    fn receive(&mut self, old: VaultHead, size: u64, rows: VaultRows<'_>) -> Result<VaultHead, StoreError> {
        let epoch = self.epoch()?;
        if stored(old.epoch)? != epoch {
            return Err(StoreError::Fenced);
        }
        let (old, new) = (stored(old.size)?, stored(size)?);
        // Its work waits, as it copies.
        let swap = async |session: &Session| hit(session, sql!("vault_head_swap"), &[&new, &old, &epoch]).await;
        self.writer.transact_after(
            async |_| Ok(()),
            swap,
            async |session, head| {
                let (disclosures, matches, codes, outbox) = tokio::join!(
                    biased;
                    disclosures(session, rows.disclosures),
                    matches(session, rows.matches),
                    codes(session, rows.codes),
                    outbox(session, rows.outbox)
                );
                together([disclosures, matches, codes, outbox])?;
                Ok(head)
            },
        )
    }

    fn edit(&mut self, through_size: u64, edits: &[VaultEdit]) -> Result<VaultHead, StoreError> {
        let (size, epoch) = (stored(through_size)?, self.epoch()?);
        let deletions = Deletions::of(edits, self.reader.index_key());
        self.transact(sql!("vault_head_edited"), &[&size, &epoch], async |session| deletions.run(session).await)
    }

    fn sent(&mut self, entry: u64, ordinal: u32) -> Result<(), StoreError> {
        let (entry, ordinal, epoch) = (stored(entry)?, ordinal as i32, self.epoch()?);
        let work = async |session: &Session| Ok(session.execute(sql!("outbox_delete"), &[&entry, &ordinal]).await.map(drop)?);
        self.transact(sql!("vault_head_hold"), &[&epoch], work).map(drop)
    }

    fn reader(&self) -> Result<Box<dyn VaultReader>, StoreError> {
        Ok(Box::new(PostgresVaultReader::open(&self.target)?))
    }

    /// What was deleted is gone for every query at once; the database's own cleaner frees its place within a minute or so. That the
    /// bytes leave its files, its WAL and its backups takes what docs/operate.md says.
    fn maintain(&mut self) -> Result<bool, StoreError> {
        Ok(true)
    }
}

impl VaultReader for PostgresVault {
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

    fn is_far(&self) -> bool {
        self.reader.is_far()
    }

    fn ask(&self, asked: &Asked) -> Result<Known, StoreError> {
        self.reader.ask(asked)
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

/// The head that a statement makes which hits the head only for the leader, and only if the caller knows it.
async fn hit(session: &Session, guard: &'static str, held: Parameters<'_>) -> Result<VaultHead, StoreError> {
    let rows = session.rows(guard, held).await?;
    vault_reader::read_head(rows.first().ok_or(StoreError::Fenced)?)
}

async fn disclosures(session: &Session, rows: &[DisclosureRow]) -> Result<(), StoreError> {
    let types = [Type::INT8, Type::INT4, Type::BYTEA, Type::BOOL, Type::INT4_ARRAY, Type::TEXT_ARRAY, Type::TEXT_ARRAY, Type::TEXT_ARRAY];
    let rows = together_by_subject(rows)?;
    let rows = rows.iter().map(|row| {
        let Together { entry, first, subject, on_file, ordinals, objects, names, texts } = row;
        [entry as _, first as _, subject as _, on_file as _, ordinals as _, objects as _, names as _, texts as _]
    });
    copy_in(session, sql!("disclosure_copy"), &types, rows).await
}

async fn matches(session: &Session, rows: &[MatchRow]) -> Result<(), StoreError> {
    let rows: Vec<(&[u8], Vec<u8>, i64)> =
        rows.iter().map(|row| Ok((&row.mac[..], packed_subject(&row.subject), stored(row.entry)?))).collect::<Result<_, StoreError>>()?;
    let rows = rows.iter().map(|(mac, subject, entry)| [mac as _, subject as _, entry as _]);
    copy_in(session, sql!("match_copy"), &[Type::BYTEA, Type::BYTEA, Type::INT8], rows).await
}

async fn codes(session: &Session, rows: &[CodeRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let requests: Vec<Uuid> = rows.iter().map(|row| row.request).collect();
    let entries: Vec<i64> = rows.iter().map(|row| stored(row.entry)).collect::<Result<_, _>>()?;
    let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    let salts: Vec<&[u8]> = rows.iter().map(|row| row.salt.as_slice()).collect();
    session.execute(sql!("code_insert"), &[&requests, &entries, &codes, &salts]).await?;
    Ok(())
}

async fn outbox(session: &Session, rows: &[OutboxRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let entries: Vec<i64> = rows.iter().map(|row| stored(row.entry)).collect::<Result<_, _>>()?;
    let ordinals: Vec<i32> = rows.iter().map(|row| row.ordinal as i32).collect();
    let kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    let bodies: Vec<String> = rows.iter().map(|row| row.body.to_string()).collect();
    session.execute(sql!("outbox_insert"), &[&entries, &ordinals, &kinds, &bodies]).await?;
    Ok(())
}
