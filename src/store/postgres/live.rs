//! The live rows of the read models: read by cursors, and passed over for their sums.

use tokio_postgres::{Row as SqlRow, Statement};

use super::super::StoreError;
use super::super::live::{Live, Passing};
use super::super::packed::Packed;
use super::super::sums::{CellRef, SumKey};
use super::packed::unpacked;
use super::row_tables::{Kind, STATEMENTS, Statements};
use super::session::{Session, Use, value};
use super::{Target, sql};

/// A cursor over the live rows of a table.
pub(super) struct Cursor<'a> {
    session: &'a Session,
    fetch: Statement,
}

impl<'a> Cursor<'a> {
    pub(super) fn open(session: &'a Session, statements: &Statements) -> Result<Cursor<'a>, StoreError> {
        session.run(session.execute(statements.cursor, &[]))?;
        // Not prepared once for all: the columns are another table's each time.
        let fetch = session.run(session.client().prepare(sql!("rebuild_fetch")))?;
        Ok(Cursor { session, fetch })
    }

    /// The next rows; none at the end.
    pub(super) fn page(&self) -> Result<Vec<SqlRow>, StoreError> {
        self.session.run(self.session.client().query(&self.fetch, &[]))
    }

    pub(super) fn close(self) -> Result<(), StoreError> {
        self.session.run(self.session.execute(sql!("rebuild_close"), &[])).map(drop)
    }
}

/// Passes over all live rows once.
pub(super) fn live(target: &Target, key: &SumKey) -> Result<Live, StoreError> {
    let session = Session::open(target, "litopys rebuild", Use::Read)?;
    session.run(session.client().batch_execute(sql!("rebuild_begin")))?;
    let mut passing = Passing::new(key);
    for (place, statements) in STATEMENTS.iter().enumerate() {
        passing.begin(place);
        let cursor = Cursor::open(&session, statements)?;
        loop {
            let page = cursor.page()?;
            if page.is_empty() {
                break;
            }
            for row in &page {
                let mut cells = [CellRef::Integer(0); 4];
                let cells = &mut cells[..statements.columns.len()];
                for (column, (kind, cell)) in statements.columns.iter().zip(&mut *cells).enumerate() {
                    *cell = borrowed(row, column, *kind)?;
                }
                passing.take(cells);
            }
        }
        cursor.close()?;
    }
    Ok(passing.end())
}

fn borrowed(row: &SqlRow, column: usize, kind: Kind) -> Result<CellRef<'_>, StoreError> {
    Ok(match kind {
        Kind::Number => CellRef::Integer(value(row, column)?),
        Kind::Text => CellRef::Text(value::<&str>(row, column)?.as_bytes()),
        Kind::Bytes => CellRef::Blob(value(row, column)?),
        Kind::Packed => {
            let bytes: &[u8] = value(row, column)?;
            match unpacked(bytes)? {
                Packed::Text(_) => CellRef::Text(&bytes[1..]),
                Packed::Uuid(_) => CellRef::Blob(&bytes[1..]),
            }
        }
    })
}
