//! Reading a vault.

use std::collections::HashMap;
use std::ops::Range;

use tokio_postgres::Row as SqlRow;
use uuid::Uuid;

use super::super::{Asked, CodeRow, DisclosureRow, IndexKey, Known, MatchRow, OutboxRow, StampedRows, StoreError, VaultHead, VaultReader};
use super::failure::{bound, page};
use super::packed::{packed_subject, unpacked_subject};
use super::session::{Parameters, Reading, hash, number, value};
use super::{Target, sql};

/// A session for reading a vault. Each call is one statement, hence of one instant.
pub struct PostgresVaultReader {
    session: Reading,
    pub(super) pair: Uuid,
    key: IndexKey,
}

impl PostgresVaultReader {
    pub(super) fn open(target: &Target) -> Result<Self, StoreError> {
        let session = Reading::open(target)?;
        let identity = session.one(sql!("vault_identity"), &[], |row| Ok((value(row, 0)?, hash(row, 1)?)))?;
        let (pair, key) = identity.ok_or_else(|| StoreError::NotFound { place: target.to_string() })?;
        Ok(PostgresVaultReader { session, pair, key: IndexKey::of(key) })
    }
}

/// The head from what its statement gave.
pub(super) fn read_head(row: &SqlRow) -> Result<VaultHead, StoreError> {
    Ok(VaultHead { size: number(row, 0)?, epoch: number(row, 1)?, edited: number(row, 2)? })
}

fn ordinal(row: &SqlRow, column: usize) -> Result<u32, StoreError> {
    let ordinal: i32 = value(row, column)?;
    u32::try_from(ordinal).map_err(|_| StoreError::corrupt(format!("an ordinal of {ordinal}")))
}

fn subject(row: &SqlRow, column: usize) -> Result<String, StoreError> {
    unpacked_subject(value(row, column)?)
}

fn disclosure(row: &SqlRow) -> Result<DisclosureRow, StoreError> {
    Ok(DisclosureRow {
        entry: number(row, 0)?,
        ordinal: ordinal(row, 1)?,
        subject: subject(row, 2)?,
        object: value(row, 3)?,
        name: value(row, 4)?,
        text: value(row, 5)?,
        on_file: value(row, 6)?,
    })
}

fn code(row: &SqlRow) -> Result<CodeRow, StoreError> {
    Ok(CodeRow { entry: number(row, 0)?, request: value(row, 1)?, code: value(row, 2)?, salt: hash(row, 3)? })
}

fn matched(row: &SqlRow) -> Result<MatchRow, StoreError> {
    Ok(MatchRow { mac: hash(row, 0)?, subject: subject(row, 1)?, entry: number(row, 2)? })
}

fn message(row: &SqlRow) -> Result<OutboxRow, StoreError> {
    let body: &str = value(row, 3)?;
    let body = serde_json::from_str(body).map_err(|error| StoreError::corrupt(format!("a message: {error}")))?;
    Ok(OutboxRow { entry: number(row, 0)?, ordinal: ordinal(row, 1)?, kind: value(row, 2)?, body })
}

/// The answer to a question, if there is one.
async fn some<E>(asked: bool, rows: impl Future<Output = Result<Vec<SqlRow>, E>>) -> Result<Vec<SqlRow>, E> {
    if asked { rows.await } else { Ok(Vec::new()) }
}

impl VaultReader for PostgresVaultReader {
    fn head(&self) -> Result<VaultHead, StoreError> {
        self.session.one(sql!("vault_head_read"), &[], read_head)?.ok_or_else(|| StoreError::corrupt("the vault has no head"))
    }

    fn find(&self, key: &str) -> Result<Vec<String>, StoreError> {
        self.session.many(sql!("match_find"), &[&self.key.mac(key).as_slice()], |row| subject(row, 0))
    }

    fn disclosures(&self, entry: u64) -> Result<Vec<DisclosureRow>, StoreError> {
        self.session.many(sql!("disclosure_list"), &[&bound(entry)], disclosure)
    }

    fn disclosures_of(&self, subject: &str) -> Result<Vec<DisclosureRow>, StoreError> {
        self.session.many(sql!("disclosure_list_subject"), &[&packed_subject(subject)], disclosure)
    }

    fn value(&self, subject: &str, name: &str) -> Result<Option<DisclosureRow>, StoreError> {
        self.session.one(sql!("disclosure_latest"), &[&[packed_subject(subject)].as_slice(), &[name].as_slice()], disclosure)
    }

    fn is_far(&self) -> bool {
        true
    }

    fn ask(&self, asked: &Asked) -> Result<Known, StoreError> {
        let macs: Vec<[u8; 32]> = asked.keys.iter().map(|key| self.key.mac(key)).collect();
        let slices: Vec<&[u8]> = macs.iter().map(|mac| mac.as_slice()).collect();
        let (subjects, names): (Vec<Vec<u8>>, Vec<&str>) =
            asked.values.iter().map(|(subject, name)| (packed_subject(subject), *name)).unzip();
        let (of_keys, of_values, of_codes): (Parameters<'_>, Parameters<'_>, Parameters<'_>) =
            (&[&slices], &[&subjects, &names], &[&asked.codes]);
        let (matches, values, codes) = self.session.ask(async |session| {
            tokio::try_join!(
                some(!macs.is_empty(), session.heard(sql!("match_list_macs"), of_keys)),
                some(!names.is_empty(), session.heard(sql!("disclosure_latest"), of_values)),
                some(!asked.codes.is_empty(), session.heard(sql!("code_latest_all"), of_codes)),
            )
        })?;
        let mut found: HashMap<[u8; 32], Vec<String>> = HashMap::new();
        for row in &matches {
            found.entry(hash(row, 0)?).or_default().push(subject(row, 1)?);
        }
        let mut known = Known::default();
        let subjects = |mac| found.get(mac).cloned().unwrap_or_default();
        known.keys = asked.keys.iter().cloned().zip(macs.iter().map(subjects)).collect();
        for (subject, name) in &asked.values {
            known.values.entry(subject.clone()).or_default().insert(name, None);
        }
        for row in &values {
            let row = disclosure(row)?;
            let place = known.values.get_mut(&row.subject).and_then(|values| values.get_mut(row.name.as_str()));
            if let Some(place) = place {
                *place = Some(row);
            }
        }
        known.codes = asked.codes.iter().map(|request| (*request, None)).collect();
        for row in &codes {
            let row = code(row)?;
            known.codes.insert(row.request, Some(row));
        }
        Ok(known)
    }

    fn disclosures_named(&self, name: &str, after: Option<&DisclosureRow>, limit: usize) -> Result<Vec<DisclosureRow>, StoreError> {
        let (subject, entry, ordinal) = after.map_or(("", -1, 0), |row| (row.subject.as_str(), bound(row.entry), row.ordinal as i32));
        let parameters: Parameters<'_> = &[&name, &packed_subject(subject), &entry, &ordinal, &page(limit)];
        self.session.many(sql!("disclosure_list_named"), parameters, disclosure)
    }

    fn code(&self, request: &Uuid) -> Result<Option<CodeRow>, StoreError> {
        self.session.one(sql!("code_latest"), &[request], code)
    }

    fn stamped(&self, entries: Range<u64>) -> Result<StampedRows, StoreError> {
        let span: Parameters<'_> = &[&bound(entries.start), &bound(entries.end)];
        Ok(StampedRows {
            disclosures: self.session.many(sql!("disclosure_list_stamped"), span, disclosure)?,
            matches: self.session.many(sql!("match_list_stamped"), span, matched)?,
            codes: self.session.many(sql!("code_list_stamped"), span, code)?,
            outbox: self.session.many(sql!("outbox_list_stamped"), span, message)?,
        })
    }

    fn index_key(&self) -> &IndexKey {
        &self.key
    }

    fn outbox(&self, published: u64, limit: usize) -> Result<Vec<OutboxRow>, StoreError> {
        self.session.many(sql!("outbox_list"), &[&bound(published), &page(limit)], message)
    }
}
