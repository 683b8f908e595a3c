//! The ledger's tables as they are, in a file that an audit reads as it reads any other.

use std::path::Path;

use rusqlite::params_from_iter;
use rusqlite::types::Value;
use tokio_postgres::Row as SqlRow;
use uuid::Uuid;

use super::super::packed::Packed;
use super::super::sqlite::scratch;
use super::super::{Snapshot, StoreError};
use super::packed::unpacked;
use super::session::{Session, Use, value};
use super::{Target, rights, sql};

/// The tables, each with how many columns it has and which of them are packed.
const TABLES: [(&str, usize, &[usize]); 10] = [
    ("head", 5, &[]),
    ("entries", 3, &[]),
    ("streams", 2, &[]),
    ("checkpoints", 2, &[]),
    ("tiles", 3, &[]),
    ("outcomes", 4, &[]),
    ("refusals", 6, &[]),
    ("row_versions", 4, &[1]),
    ("row_values", 3, &[1, 2]),
    ("row_links", 3, &[]),
];

/// Copies all tables in one transaction, hence as of one instant, beside servers that go on.
pub(super) fn snapshot(ledger: &Target, vault: &Target, into: &Path) -> Result<Snapshot, StoreError> {
    let session = Session::open(ledger, "litopys audit", Use::Read)?;
    let mut faults = rights::missing_guards(&session, true)?;
    let run = |text: &str| session.run(session.client().batch_execute(text));
    run(sql!("snapshot_begin"))?;
    let mut file = scratch(into)?;
    file.execute_batch(include_str!("snapshot.sql"))?;
    for (table, columns, packed) in TABLES {
        let places = vec!["?"; columns].join(", ");
        let insert = sql!("snapshot_insert").replace("TABLE", table).replace("PLACES", &places);
        run(&sql!("snapshot_cursor").replace("TABLE", table))?;
        let transaction = file.transaction()?;
        loop {
            let page = session.run(session.client().query(sql!("snapshot_fetch"), &[]))?;
            if page.is_empty() {
                break;
            }
            let mut insert = transaction.prepare_cached(&insert)?;
            for row in page {
                insert.execute(params_from_iter(cells(&row, packed)?))?;
            }
        }
        transaction.commit()?;
        run(sql!("snapshot_close"))?;
    }
    let secrets = Session::open(vault, "litopys audit", Use::Read)?;
    faults.extend(rights::missing_guards(&secrets, false)?);
    let pair = secrets.run(secrets.rows(sql!("vault_identity"), &[]))?;
    let vault_pair = pair.first().map(|row| value::<Uuid>(row, 0)).transpose()?.map(|pair| pair.as_bytes().to_vec());
    Ok(Snapshot { faults, vault_pair })
}

fn cells(row: &SqlRow, packed: &[usize]) -> Result<Vec<Value>, StoreError> {
    let integer = |number: Option<i64>| number.map_or(Value::Null, Value::Integer);
    let cell = |(column, kind): (usize, &tokio_postgres::Column)| {
        if packed.contains(&column) {
            // What is damaged is not what the entries give, which the audit says.
            let bytes: Vec<u8> = value(row, column)?;
            return Ok(match unpacked(&bytes) {
                Ok(Packed::Text(text)) => Value::Text(text.into_owned()),
                Ok(Packed::Uuid(uuid)) => Value::Blob(uuid.to_vec()),
                Err(_) => Value::Blob(bytes),
            });
        }
        Ok(match kind.type_().name() {
            "int2" => integer(value::<Option<i16>>(row, column)?.map(i64::from)),
            "int8" => integer(value(row, column)?),
            "bytea" => value::<Option<Vec<u8>>>(row, column)?.map_or(Value::Null, Value::Blob),
            "uuid" => value::<Option<Uuid>>(row, column)?.map_or(Value::Null, |id| Value::Blob(id.as_bytes().to_vec())),
            _ => value::<Option<String>>(row, column)?.map_or(Value::Null, Value::Text),
        })
    };
    row.columns().iter().enumerate().map(cell).collect()
}
