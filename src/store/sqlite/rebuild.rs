//! Rows made anew, in a file beside the ledger's.
//!
//! Not in the ledger's own file: tables that do not belong there would keep the ledger from opening, and the audit from
//! passing, should the rebuild be interrupted; a comparison alone changes nothing; and renaming tables rewrites their text in the
//! schema. Instead the rows that differ are replaced, in one transaction, which is all that the ledger's file sees.

use std::cmp::Ordering;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use projections::{Change, Link};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Rows as SqlRows};
use sha2::{Digest as _, Sha256};

use super::super::{Comparison, Difference, Fault, Ledger as _, LedgerReader, MAX_DIFFERENCES, Rebuild, StoreError};
use super::{RowFold, SqliteLedger, reader, sql};

/// A table of rows with its statements.
struct Table {
    name: &'static str,
    /// How many of its first columns are its key.
    key: usize,
    /// All rows in the order of their keys.
    list: &'static str,
    /// Deletes live rows that are not among the new ones.
    delete: &'static str,
    /// Adds new rows that are not among the live ones.
    insert: &'static str,
}

const TABLES: [Table; 3] = [
    Table {
        name: "row_versions",
        key: 3,
        list: sql!("rebuild_list_versions"),
        delete: sql!("rebuild_delete_versions"),
        insert: sql!("rebuild_insert_versions"),
    },
    Table {
        name: "row_values",
        key: 4,
        list: sql!("rebuild_list_values"),
        delete: sql!("rebuild_delete_values"),
        insert: sql!("rebuild_insert_values"),
    },
    Table {
        name: "row_links",
        key: 3,
        list: sql!("rebuild_list_links"),
        delete: sql!("rebuild_delete_links"),
        insert: sql!("rebuild_insert_links"),
    },
];

/// A ledger of which nothing but the rows is written.
#[derive(Debug)]
pub struct SqliteRebuild {
    // Fields are dropped in this order: the file goes when nobody has it open, the lock last.
    new: Option<RowFold>,
    file: PathBuf,
    ledger: SqliteLedger,
}

impl SqliteRebuild {
    pub(super) fn open(ledger: &Path) -> Result<Self, StoreError> {
        let open = SqliteLedger::open(ledger)?;
        let mut file = ledger.canonicalize()?;
        file.as_mut_os_string().push(".rebuild");
        Ok(SqliteRebuild { new: None, file, ledger: open })
    }

    fn new_rows(&self) -> Result<&RowFold, StoreError> {
        self.new.as_ref().ok_or_else(|| StoreError::invalid("no rows were folded"))
    }

    fn remove_file(&mut self) -> io::Result<()> {
        self.new = None;
        fs::remove_file(&self.file).or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
    }
}

impl Drop for SqliteRebuild {
    fn drop(&mut self) {
        // What stays is removed by the next rebuild.
        let _ = self.remove_file();
    }
}

impl Rebuild for SqliteRebuild {
    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        self.ledger.reader()
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.remove_file()?;
        self.new = Some(RowFold::in_file(&self.file)?);
        Ok(())
    }

    fn fold(&mut self, changes: &[Change], links: &[Link]) -> Result<(), StoreError> {
        let new = self.new.as_mut().ok_or_else(|| StoreError::invalid("nothing was begun"))?;
        new.fold(changes, links)
    }

    fn compare(&self) -> Result<Comparison, StoreError> {
        let mut hashes = (Sha256::new(), Sha256::new());
        let mut comparison = Comparison::default();
        for table in &TABLES {
            compare(table, &self.ledger.connection, self.new_rows()?.connection(), &mut hashes, &mut comparison)?;
        }
        (comparison.live, comparison.new) = (hashes.0.finalize().into(), hashes.1.finalize().into());
        Ok(comparison)
    }

    fn replace(&mut self, before_commit: &mut dyn FnMut()) -> Result<(), StoreError> {
        let file = self.file.to_str().ok_or_else(|| StoreError::invalid("the ledger's path is not UTF-8"))?;
        let head = reader::head(&self.ledger.connection)?;
        self.ledger.connection.execute(sql!("rebuild_attach"), [file])?;
        let done = self.ledger.transact(|transaction| {
            // As every transaction of a writer: whoever led before is fenced off, and the head is the one acted on.
            transaction.execute(sql!("head_lead"), [])?;
            let now = reader::head(transaction)?;
            if (now.size, now.root) != (head.size, head.root) {
                return Err(StoreError::Fenced);
            }
            for table in &TABLES {
                transaction.execute(table.delete, [])?;
                transaction.execute(table.insert, [])?;
            }
            before_commit();
            Ok(())
        });
        self.ledger.connection.execute(sql!("rebuild_detach"), [])?;
        done?;
        self.ledger.maintain()
    }
}

/// A value in the order in which SQLite sorts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Null,
    Integer(i64),
    Text(Vec<u8>),
}

impl Cell {
    fn of(value: ValueRef<'_>) -> Result<Cell, StoreError> {
        match value {
            ValueRef::Null => Ok(Cell::Null),
            ValueRef::Integer(number) => Ok(Cell::Integer(number)),
            ValueRef::Text(text) => Ok(Cell::Text(text.to_vec())),
            ValueRef::Real(_) | ValueRef::Blob(_) => Err(StoreError::corrupt("a row has a value of a type that its column does not take")),
        }
    }

    /// No two lists of cells give the same bytes.
    fn hash(&self, hash: &mut Sha256) {
        match self {
            Cell::Null => hash.update([0]),
            Cell::Integer(number) => {
                hash.update([1]);
                hash.update(number.to_be_bytes());
            }
            Cell::Text(text) => {
                hash.update([2]);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text);
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Cell::Null => "-".into(),
            Cell::Integer(number) => number.to_string(),
            Cell::Text(text) => String::from_utf8_lossy(text).into_owned(),
        }
    }
}

/// The next row, hashed.
fn next(rows: &mut SqlRows<'_>, columns: usize, hash: &mut Sha256) -> Result<Option<Vec<Cell>>, StoreError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let cells: Vec<Cell> = (0..columns).map(|column| Cell::of(row.get_ref(column)?)).collect::<Result<_, _>>()?;
    cells.iter().for_each(|cell| cell.hash(hash));
    Ok(Some(cells))
}

/// Walks both tables in the order of their keys.
fn compare(
    table: &Table,
    live: &Connection,
    new: &Connection,
    (live_hash, new_hash): &mut (Sha256, Sha256),
    comparison: &mut Comparison,
) -> Result<(), StoreError> {
    let (mut live, mut new) = (live.prepare_cached(table.list)?, new.prepare_cached(table.list)?);
    let columns = live.column_count();
    let (mut live, mut new) = (live.query([])?, new.query([])?);
    for hash in [&mut *live_hash, &mut *new_hash] {
        hash.update(table.name);
    }
    let mut found = next(&mut live, columns, live_hash)?;
    let mut meant = next(&mut new, columns, new_hash)?;
    let mut rows = 0;
    loop {
        let order = match (&found, &meant) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(found), Some(meant)) => found[..table.key].cmp(&meant[..table.key]),
        };
        let (row, fault) = match order {
            Ordering::Less => (&found, Some(Fault::Surplus)),
            Ordering::Greater => (&meant, Some(Fault::Missing)),
            Ordering::Equal => (&meant, (found != meant).then_some(Fault::Altered)),
        };
        if let (Some(row), Some(fault)) = (row, fault) {
            comparison.differences += 1;
            if comparison.named.len() < MAX_DIFFERENCES {
                let key = row[..table.key].iter().map(Cell::text).collect::<Vec<_>>().join("/");
                comparison.named.push(Difference { table: table.name, key, fault });
            }
        }
        if order != Ordering::Greater {
            found = next(&mut live, columns, live_hash)?;
        }
        if order != Ordering::Less {
            rows += 1;
            meant = next(&mut new, columns, new_hash)?;
        }
    }
    comparison.rows.insert(table.name, rows);
    Ok(())
}
