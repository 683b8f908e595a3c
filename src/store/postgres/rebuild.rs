//! Rows made anew, in a file on this machine, and put into the database where they differ.

use std::collections::VecDeque;

use projections::{Change, Link};
use tempfile::TempDir;
use tokio_postgres::Row as SqlRow;
use tokio_postgres::types::ToSql;

use super::super::compare::{Cell, Cells, Comparing, Sorted, TABLES, Table};
use super::super::live::LivePass;
use super::super::packed::Packed;
use super::super::sqlite::RowFold;
use super::super::{Comparison, Head, Ledger, LedgerReader, Rebuild, StoreError};
use super::failure::stored;
use super::live::{Cursor, live};
use super::packed::{bytes, unpacked};
use super::row_tables::{Kind, STATEMENTS, Statements};
use super::session::{Session, value};
use super::{PostgresLedger, Target, sql, writer};

/// How many rows are replaced with one statement.
const CHUNK: usize = 1_000;

/// A ledger of which nothing but the rows is written.
pub struct PostgresRebuild {
    // Fields are dropped in this order: the file goes when nobody has it open.
    new: Option<RowFold>,
    folder: TempDir,
    target: Target,
    ledger: PostgresLedger,
}

impl PostgresRebuild {
    pub(super) fn of(ledger: PostgresLedger, target: &Target) -> Result<Self, StoreError> {
        Ok(PostgresRebuild { new: None, folder: tempfile::tempdir()?, target: target.clone(), ledger })
    }

    fn new_rows(&self) -> Result<&RowFold, StoreError> {
        self.new.as_ref().ok_or_else(|| StoreError::invalid("no rows were folded"))
    }

    /// The first statement of the transaction: whoever is not the leader ends here.
    fn hold(&self, led: &Head) -> Result<(), StoreError> {
        let session = self.ledger.session();
        let held = session.run(session.execute(sql!("head_hold"), &[&stored(led.epoch)?, &stored(led.size)?]))?;
        if held == 1 { Ok(()) } else { Err(StoreError::Fenced) }
    }

    /// Compares within the transaction at hand; rows that differ become new ones if they are to be `replaced`.
    fn walk(&self, replaced: bool) -> Result<Comparison, StoreError> {
        let (session, new) = (self.ledger.session(), self.new_rows()?);
        let mut comparing = Comparing::new();
        for (table, statements) in TABLES.into_iter().zip(&STATEMENTS) {
            let cursor = Cursor::open(session, statements)?;
            let mut live = LiveRows { cursor, columns: statements.columns, rows: VecDeque::new() };
            let mut changes = Changes { session, statements, table, gone: Vec::new(), come: Vec::new() };
            new.sorted(table, |new| {
                comparing.table(table, &mut live, new, &mut |live, new| if replaced { changes.take(live, new) } else { Ok(()) })
            })?;
            changes.flush()?;
            live.cursor.close()?;
        }
        Ok(comparing.end())
    }
}

impl Rebuild for PostgresRebuild {
    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        self.ledger.reader()
    }

    fn live(&self) -> LivePass {
        let target = self.target.clone();
        Box::new(move |key| live(&target, key))
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.new = None;
        self.folder = tempfile::tempdir()?;
        self.new = Some(RowFold::in_file(&self.folder.path().join("rows.sqlite"))?);
        Ok(())
    }

    fn fold(&mut self, changes: &[Change], links: &[Link]) -> Result<(), StoreError> {
        let new = self.new.as_mut().ok_or_else(|| StoreError::invalid("nothing was begun"))?;
        new.fold(changes, links)
    }

    fn compare(&self) -> Result<Comparison, StoreError> {
        let session = self.ledger.session();
        session.run(session.client().batch_execute(sql!("rebuild_begin")))?;
        let compared = self.walk(false);
        session.run(session.client().batch_execute(sql!("rollback")))?;
        compared
    }

    fn replace(&mut self, before_commit: &mut dyn FnMut()) -> Result<(), StoreError> {
        let head = self.ledger.head()?;
        let led = self.ledger.lead()?;
        // As every transaction of a writer: whoever led before is fenced off, and the head is the one acted on.
        if (led.size, led.root) != (head.size, head.root) {
            return Err(StoreError::Fenced);
        }
        let session = self.ledger.session();
        session.run(session.client().batch_execute(sql!("rebuild_begin")))?;
        let replaced = self.hold(&led).and_then(|()| self.walk(true));
        match replaced {
            Ok(_) => {
                before_commit();
                writer::commit(session)
            }
            Err(error) => {
                session.run(session.client().batch_execute(sql!("rollback")))?;
                Err(error)
            }
        }
    }
}

/// The live rows, from the cursor.
struct LiveRows<'a> {
    cursor: Cursor<'a>,
    columns: &'static [Kind],
    rows: VecDeque<SqlRow>,
}

impl Sorted for LiveRows<'_> {
    fn next(&mut self) -> Result<Option<Cells>, StoreError> {
        if self.rows.is_empty() {
            self.rows = self.cursor.page()?.into();
        }
        self.rows.pop_front().map(|row| cells(&row, self.columns)).transpose()
    }
}

fn cells(row: &SqlRow, columns: &[Kind]) -> Result<Cells, StoreError> {
    let cell = |(column, kind): (usize, &Kind)| {
        Ok(match kind {
            Kind::Number => Cell::Integer(value(row, column)?),
            Kind::Text => Cell::Text(value(row, column)?),
            Kind::Bytes => Cell::Bytes(value(row, column)?),
            Kind::Packed => match unpacked(value(row, column)?)? {
                Packed::Text(text) => Cell::Text(text.into_owned()),
                Packed::Uuid(uuid) => Cell::Bytes(uuid.to_vec()),
            },
        })
    };
    columns.iter().enumerate().map(cell).collect()
}

/// Rows that are to go and to come, a chunk at a time.
struct Changes<'a> {
    session: &'a Session,
    statements: &'a Statements,
    table: Table,
    gone: Vec<Cells>,
    come: Vec<Cells>,
}

impl Changes<'_> {
    fn take(&mut self, live: Option<&Cells>, new: Option<&Cells>) -> Result<(), StoreError> {
        self.gone.extend(live.map(|cells| cells[..self.table.key].to_vec()));
        self.come.extend(new.cloned());
        if self.gone.len() + self.come.len() < CHUNK { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        // What is altered goes before it comes.
        for (sql, rows) in [(self.statements.delete, &mut self.gone), (self.statements.insert, &mut self.come)] {
            let rows = std::mem::take(rows);
            let Some(width) = rows.first().map(Vec::len) else { continue };
            let kinds = self.statements.columns[..width].iter().enumerate();
            let columns: Vec<Box<dyn ToSql + Sync>> = kinds.map(|(column, kind)| by_column(&rows, *kind, column)).collect();
            let parameters: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| &**column).collect();
            self.session.run(self.session.execute(sql, &parameters))?;
        }
        Ok(())
    }
}

/// One column of rows as an array.
fn by_column(rows: &[Cells], kind: Kind, column: usize) -> Box<dyn ToSql + Sync> {
    let cells = rows.iter().map(|row| &row[column]);
    match kind {
        Kind::Number => Box::new(cells.map(|cell| if let Cell::Integer(number) = cell { Some(*number) } else { None }).collect::<Vec<_>>()),
        Kind::Text => Box::new(cells.map(|cell| if let Cell::Text(text) = cell { Some(text.clone()) } else { None }).collect::<Vec<_>>()),
        Kind::Bytes => {
            Box::new(cells.map(|cell| if let Cell::Bytes(bytes) = cell { Some(bytes.clone()) } else { None }).collect::<Vec<_>>())
        }
        Kind::Packed => Box::new(cells.map(repacked).collect::<Vec<_>>()),
    }
}

fn repacked(cell: &Cell) -> Option<Vec<u8>> {
    match cell {
        Cell::Text(text) => Some(bytes(&Packed::Text(text.into()))),
        Cell::Bytes(uuid) => Some(bytes(&Packed::Uuid(uuid.as_slice().try_into().ok()?))),
        Cell::Integer(_) => None,
    }
}
