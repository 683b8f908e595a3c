//! Reading a vault.

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row as SqlRow, params};
use uuid::Uuid;

use super::super::{CodeRow, DisclosureRow, IndexKey, MAX_PAGE_ROWS, MatchRow, OutboxRow, StampedRows, StoreError, VaultHead, VaultReader};
use super::connection::{self, Access, Place};
use super::disclosed::{Disclosed, Whose};
use super::failure::{bound, number, page};
use super::sql;
use super::subject::Subject;

/// A read-only connection to a vault. Each call is one statement, hence of one instant.
pub struct SqliteVaultReader {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) pair: [u8; 16],
    key: IndexKey,
}

impl SqliteVaultReader {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with(path, Access::Read)
    }

    pub(super) fn with(path: &Path, access: Access) -> Result<Self, StoreError> {
        let connection = connection::open(path, Place::Vault, access)?;
        let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?));
        let identity: Option<([u8; 16], [u8; 32])> = connection.query_row(sql!("vault_identity"), [], read).optional()?;
        let (pair, key) = identity.ok_or_else(|| StoreError::corrupt("the vault has no head"))?;
        Ok(SqliteVaultReader { connection, path: path.into(), pair, key: IndexKey::of(key) })
    }

    /// Unpacks the disclosures in some rows, row by row.
    fn each_disclosed(
        &self,
        sql: &str,
        parameters: impl Params,
        mut each: impl FnMut(Vec<DisclosureRow>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            let (whose, disclosed) = packed(row)?;
            if each(disclosed.unpack(&whose)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The disclosures in some rows, by (entry, ordinal).
    fn disclosed(&self, sql: &str, parameters: impl Params) -> Result<Vec<DisclosureRow>, StoreError> {
        let mut found = Vec::new();
        self.each_disclosed(sql, parameters, |some| {
            found.extend(some);
            ControlFlow::Continue(())
        })?;
        found.sort_by_key(|row| (row.entry, row.ordinal));
        Ok(found)
    }

    fn many<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: fn(&SqlRow<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_map(parameters, read)?.collect::<Result<_, _>>()?;
        Ok(found)
    }
}

/// The head as it is stored.
pub(super) fn head(connection: &Connection) -> Result<VaultHead, StoreError> {
    let read = |row: &SqlRow<'_>| Ok(VaultHead { size: number(row, 0)?, epoch: number(row, 1)?, edited: number(row, 2)? });
    Ok(connection.prepare_cached(sql!("vault_head_read"))?.query_row([], read)?)
}

/// Whose disclosures are in a row, and they.
fn packed(row: &SqlRow<'_>) -> Result<(Whose, Disclosed), rusqlite::Error> {
    let whose = Whose { entry: number(row, 0)?, subject: row.get::<_, Subject<'_>>(1)?.into(), on_file: row.get(2)? };
    Ok((whose, Disclosed { salts: row.get(3)?, packed: row.get(4)? }))
}

fn code(row: &SqlRow<'_>) -> Result<CodeRow, rusqlite::Error> {
    Ok(CodeRow { entry: number(row, 0)?, request: Uuid::from_bytes(row.get(1)?), code: row.get(2)?, salt: row.get(3)? })
}

fn matched(row: &SqlRow<'_>) -> Result<MatchRow, rusqlite::Error> {
    Ok(MatchRow { mac: row.get(0)?, subject: row.get::<_, Subject<'_>>(1)?.into(), entry: number(row, 2)? })
}

fn message(row: &SqlRow<'_>) -> Result<OutboxRow, rusqlite::Error> {
    let body = serde_json::from_str(row.get_ref(3)?.as_str()?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, Type::Text, error.into()))?;
    Ok(OutboxRow { entry: number(row, 0)?, ordinal: row.get(1)?, kind: row.get(2)?, body })
}

impl VaultReader for SqliteVaultReader {
    fn hold(&self) -> Result<(), StoreError> {
        Ok(self.connection.prepare_cached(sql!("hold"))?.execute([]).map(drop)?)
    }

    fn release(&self) -> Result<(), StoreError> {
        Ok(self.connection.prepare_cached(sql!("release"))?.execute([]).map(drop)?)
    }

    fn head(&self) -> Result<VaultHead, StoreError> {
        head(&self.connection)
    }

    fn find(&self, key: &str) -> Result<Vec<String>, StoreError> {
        self.many(sql!("match_find"), [self.key.mac(key)], |row| Ok(row.get::<_, Subject<'_>>(0)?.into()))
    }

    fn disclosures(&self, entry: u64) -> Result<Vec<DisclosureRow>, StoreError> {
        self.disclosed(sql!("disclosure_list"), [bound(entry)])
    }

    fn disclosures_of(&self, subject: &str) -> Result<Vec<DisclosureRow>, StoreError> {
        self.disclosed(sql!("disclosure_list_subject"), [Subject::of(subject)])
    }

    fn value(&self, subject: &str, name: &str) -> Result<Option<DisclosureRow>, StoreError> {
        let mut found = None;
        self.each_disclosed(sql!("disclosure_latest"), [Subject::of(subject)], |some| {
            found = some.into_iter().rfind(|row| row.name == name);
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(found)
    }

    fn disclosures_named(&self, name: &str, after: Option<&DisclosureRow>, limit: usize) -> Result<Vec<DisclosureRow>, StoreError> {
        let (subject, entry) = after.map_or(("", -1), |row| (row.subject.as_str(), bound(row.entry)));
        let passed = |row: &DisclosureRow| {
            after.is_some_and(|after| (row.entry, &row.subject) == (after.entry, &after.subject) && row.ordinal <= after.ordinal)
        };
        let (limit, mut found) = (limit.min(MAX_PAGE_ROWS), Vec::new());
        self.each_disclosed(sql!("disclosure_list_named"), params![Subject::of(subject), entry], |some| {
            found.extend(some.into_iter().filter(|row| row.name == name && !passed(row)));
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        found.truncate(limit);
        Ok(found)
    }

    fn code(&self, request: &Uuid) -> Result<Option<CodeRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql!("code_latest"))?;
        Ok(statement.query_row([request.as_bytes()], code).optional()?)
    }

    fn stamped(&self, entries: Range<u64>) -> Result<StampedRows, StoreError> {
        let span = [bound(entries.start), bound(entries.end)];
        Ok(StampedRows {
            disclosures: self.disclosed(sql!("disclosure_list_stamped"), span)?,
            matches: self.many(sql!("match_list_stamped"), span, matched)?,
            codes: self.many(sql!("code_list_stamped"), span, code)?,
            outbox: self.many(sql!("outbox_list_stamped"), span, message)?,
        })
    }

    fn index_key(&self) -> &IndexKey {
        &self.key
    }

    fn outbox(&self, published: u64, limit: usize) -> Result<Vec<OutboxRow>, StoreError> {
        self.many(sql!("outbox_list"), [bound(published), page(limit)], message)
    }
}
