//! What an edit of the vault deletes.

use rusqlite::{ToSql, Transaction, params};
use uuid::Uuid;

use super::super::{StoreError, VaultEdit, VaultReader as _};
use super::failure::bound;
use super::sql;
use super::subject::Subject;
use super::vault_reader::SqliteVaultReader;

/// One DELETE of an edit, with what the index has in place of plain keys.
pub(super) enum Deletion<'a> {
    Codes { request: &'a Uuid, through: i64 },
    Match { mac: [u8; 32], subject: &'a str, through: i64 },
    Subject { subject: &'a str, through: i64 },
}

impl<'a> Deletion<'a> {
    pub(super) fn of(edit: &'a VaultEdit, vault: &SqliteVaultReader) -> Vec<Self> {
        match edit {
            VaultEdit::EndCodes { request, through } => {
                vec![Deletion::Codes { request, through: bound(*through) }]
            }
            VaultEdit::Unindex { subject, keys, through } => {
                let through = bound(*through);
                keys.iter().map(|key| Deletion::Match { mac: vault.index_key().mac(key), subject, through }).collect()
            }
            VaultEdit::Erase { subject, through } => {
                vec![Deletion::Subject { subject, through: bound(*through) }]
            }
        }
    }

    pub(super) fn run(&self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let delete = |sql, parameters: &[&dyn ToSql]| transaction.prepare_cached(sql)?.execute(parameters).map(drop);
        match self {
            Deletion::Codes { request, through } => {
                delete(sql!("code_end"), params![request.as_bytes(), through])?;
            }
            Deletion::Match { mac, subject, through } => {
                delete(sql!("match_delete"), params![mac, Subject::of(subject), through])?;
            }
            Deletion::Subject { subject, through } => {
                delete(sql!("disclosure_erase"), params![Subject::of(subject), through])?;
                delete(sql!("match_erase"), params![Subject::of(subject), through])?;
            }
        }
        Ok(())
    }
}
