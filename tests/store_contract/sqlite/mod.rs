//! SQLite, held to the contract and to what it promises besides.

mod child;
mod crash;
mod files;
mod guards;
mod room;

use std::fs;
use std::path::PathBuf;

use litopys::store::sqlite::{self, SqliteLedger, SqliteVault};
use litopys::store::{Ledger, LedgerReader, StoreError, Vault, VaultReader};
use tempfile::TempDir;

use crate::engine::{Both, Engine, contract};

/// A store in a directory of its own.
pub struct Sqlite {
    directory: TempDir,
}

impl Sqlite {
    pub fn ledger(&self) -> PathBuf {
        self.directory.path().join("ledger.sqlite")
    }

    pub fn vault(&self) -> PathBuf {
        self.directory.path().join("vault.sqlite")
    }

    pub fn open_both(&self) -> (SqliteLedger, SqliteVault) {
        let (mut ledger, mut vault) = sqlite::open(&self.ledger(), &self.vault()).unwrap();
        ledger.lead().unwrap();
        vault.lead().unwrap();
        (ledger, vault)
    }
}

impl Engine for Sqlite {
    fn fresh() -> Self {
        let store = Sqlite { directory: tempfile::tempdir().unwrap() };
        sqlite::create(&store.ledger(), &store.vault()).unwrap();
        store
    }

    fn open(&self) -> Result<Both, StoreError> {
        let (ledger, vault) = sqlite::open(&self.ledger(), &self.vault())?;
        Ok((Box::new(ledger), Box::new(vault)))
    }

    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError> {
        Ok(Box::new(sqlite::open_reader(&self.ledger())?))
    }

    fn vault_reader(&self) -> Result<Box<dyn VaultReader>, StoreError> {
        Ok(Box::new(sqlite::open_vault_reader(&self.vault())?))
    }

    fn vault_bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(self.directory.path()).unwrap().map(|file| file.unwrap());
        let vault = files.filter(|file| file.file_name().to_string_lossy().starts_with("vault"));
        vault.flat_map(|file| fs::read(file.path()).unwrap()).collect()
    }
}

contract! { Sqlite:
    ledger {
        an_empty_ledger_has_the_root_of_nothing,
        commits_are_dense_and_read_back,
        a_stale_head_is_fenced,
        a_stale_epoch_is_fenced,
        of_two_writers_one_commits,
        a_batch_may_hold_only_refusals,
        a_bad_batch_leaves_nothing,
    }
    reading {
        readers_see_whole_batches,
        a_reopened_ledger_is_equal,
        a_tile_of_the_second_level_is_stored,
        pages_of_any_length_show_everything,
        a_page_of_entries_is_bounded_in_bytes,
        a_size_is_found_by_time,
    }
    rows {
        rows_equal_a_model_at_every_size,
        changes_by_one_entry_make_one_version,
        awkward_values_are_found,
        rows_are_found_by_words,
        entries_are_found_by_stream,
        a_fold_differs_from_other_rows,
    }
    vault {
        gained_rows_read_back,
        values_on_file_are_listed_by_name,
        a_stale_vault_head_is_fenced,
        a_bad_gain_leaves_nothing,
        a_reopened_vault_is_equal,
    }
    forgetting {
        rows_beyond_the_ledger_are_truncated,
        edits_can_be_redone,
        a_sent_message_is_gone,
        no_identity_key_is_in_the_files,
        what_is_deleted_leaves_the_files,
    }
}
