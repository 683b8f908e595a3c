//! The ledger's tables as they are, in a file that an audit reads as it reads any other.

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use rusqlite::{Connection, Statement, ToSql};
use tokio_postgres::Row as SqlRow;
use tokio_postgres::types::Type;
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

/// How many pages may wait to be written.
const WAITING: usize = 2;

/// Rows of a table, by its place in [`TABLES`].
type Page = (usize, Vec<SqlRow>);

/// Copies all tables in one transaction, hence as of one instant, beside servers that go on.
pub(super) fn snapshot(ledger: &Target, vault: &Target, into: &Path) -> Result<Snapshot, StoreError> {
    let session = Session::open(ledger, "litopys audit", Use::Read)?;
    let mut faults = rights::missing_guards(&session, true)?;
    let file = scratch(into)?;
    file.execute_batch(include_str!("snapshot.sql"))?;
    // One thread waits for the database, another writes what came before.
    thread::scope(|scope| {
        let (pages, come) = mpsc::sync_channel(WAITING);
        let written = scope.spawn(move || write(file, &come));
        let read = read(&session, &pages);
        drop(pages);
        // Reading ends without an error where writing has failed.
        read.and(written.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })?;
    let secrets = Session::open(vault, "litopys audit", Use::Read)?;
    faults.extend(rights::missing_guards(&secrets, false)?);
    let pair = secrets.run(secrets.rows(sql!("vault_identity"), &[]))?;
    let vault_pair = pair.first().map(|row| value::<Uuid>(row, 0)).transpose()?.map(|pair| pair.as_bytes().to_vec());
    Ok(Snapshot { faults, vault_pair })
}

/// Gives all rows of all tables, page by page, until nobody takes them.
fn read(session: &Session, pages: &SyncSender<Page>) -> Result<(), StoreError> {
    let run = |text: &str| session.run(session.client().batch_execute(text));
    run(sql!("snapshot_begin"))?;
    for (place, (table, ..)) in TABLES.into_iter().enumerate() {
        run(&sql!("snapshot_cursor").replace("TABLE", table))?;
        // Its columns are those of this cursor.
        let fetch = session.run(session.client().prepare(sql!("snapshot_fetch")))?;
        loop {
            let page = session.run(session.client().query(&fetch, &[]))?;
            if page.is_empty() {
                break;
            }
            if pages.send((place, page)).is_err() {
                return Ok(());
            }
        }
        run(sql!("snapshot_close"))?;
    }
    Ok(())
}

/// Writes rows as they come.
fn write(mut file: Connection, come: &Receiver<Page>) -> Result<(), StoreError> {
    let transaction = file.transaction()?;
    for (place, page) in come {
        let (table, columns, packed) = TABLES[place];
        let places = vec!["?"; columns].join(", ");
        let insert = sql!("snapshot_insert").replace("TABLE", table).replace("PLACES", &places);
        let mut insert = transaction.prepare_cached(&insert)?;
        for row in page {
            for (column, kind) in row.columns().iter().enumerate() {
                bind(&mut insert, &row, column, kind.type_(), packed.contains(&column))?;
            }
            insert.raw_execute()?;
        }
    }
    Ok(transaction.commit()?)
}

/// Gives a statement a cell in the form in which the file has it.
fn bind(insert: &mut Statement<'_>, row: &SqlRow, column: usize, kind: &Type, packed: bool) -> Result<(), StoreError> {
    let mut bind = |cell: &dyn ToSql| Ok(insert.raw_bind_parameter(column + 1, cell)?);
    if packed {
        // What is damaged is not what the entries give, which the audit says.
        let bytes: &[u8] = value(row, column)?;
        return match unpacked(bytes) {
            Ok(Packed::Text(text)) => bind(&text),
            Ok(Packed::Uuid(uuid)) => bind(&uuid),
            Err(_) => bind(&bytes),
        };
    }
    match *kind {
        Type::INT2 => bind(&value::<Option<i16>>(row, column)?),
        Type::INT8 => bind(&value::<Option<i64>>(row, column)?),
        Type::BYTEA => bind(&value::<Option<&[u8]>>(row, column)?),
        Type::UUID => bind(&value::<Option<Uuid>>(row, column)?.as_ref().map(|id| id.as_bytes())),
        _ => bind(&value::<Option<&str>>(row, column)?),
    }
}
