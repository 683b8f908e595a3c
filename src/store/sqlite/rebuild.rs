//! Rows made anew, in a file beside the ledger's.
//!
//! Not in the ledger's own file: tables that do not belong there would keep the ledger from opening, and the audit from
//! passing, should the rebuild be interrupted; a comparison alone changes nothing; and renaming tables rewrites their text in the
//! schema. Instead the rows that differ are replaced, in one transaction, which is all that the ledger's file sees.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use projections::{Change, Link};

use super::super::compare::{Comparing, TABLES};
use super::super::{Comparison, Ledger as _, LedgerReader, LivePass, Rebuild, StoreError};
use super::connection::{self, Access, Place};
use super::sorted::{self, sorted};
use super::{RowFold, SqliteLedger, reader, sql};

/// The statements that make a table's live rows the new ones.
struct Replacing {
    /// Deletes live rows that are not among the new ones.
    delete: &'static str,
    /// Adds new rows that are not among the live ones.
    insert: &'static str,
}

const REPLACING: [Replacing; 3] = [
    Replacing { delete: sql!("rebuild_delete_versions"), insert: sql!("rebuild_insert_versions") },
    Replacing { delete: sql!("rebuild_delete_values"), insert: sql!("rebuild_insert_values") },
    Replacing { delete: sql!("rebuild_delete_links"), insert: sql!("rebuild_insert_links") },
];

/// A ledger of which nothing but the rows is written.
pub struct SqliteRebuild {
    // Fields are dropped in this order: the file goes when nobody has it open, the lock last.
    new: Option<RowFold>,
    file: PathBuf,
    path: PathBuf,
    ledger: SqliteLedger,
}

impl SqliteRebuild {
    pub(super) fn open(ledger: &Path) -> Result<Self, StoreError> {
        let open = SqliteLedger::open(ledger)?;
        let path = ledger.canonicalize()?;
        let mut file = path.clone();
        file.as_mut_os_string().push(".rebuild");
        Ok(SqliteRebuild { new: None, file, path, ledger: open })
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

    fn live(&self) -> LivePass {
        let path = self.path.clone();
        Box::new(move |key| sorted::live(&connection::open(&path, Place::Ledger, Access::Read)?, key))
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
        let mut comparing = Comparing::new();
        let new = self.new_rows()?;
        for table in TABLES {
            sorted(&self.ledger.connection, table, |live| new.sorted(table, |new| comparing.table(table, live, new, &mut |_, _| Ok(()))))?;
        }
        Ok(comparing.end())
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
            for table in &REPLACING {
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
