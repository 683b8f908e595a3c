//! What an engine offers to be held to the contract.

use std::sync::Arc;

use litopys::store::{AccessLog, Ledger, LedgerReader, StoreError, Vault, VaultReader};

/// The writers of a store's two places.
pub type Both = (Box<dyn Ledger>, Box<dyn Vault>);

/// One engine with one store, which is gone when this is dropped.
pub trait Engine: Sized {
    /// Makes a fresh, empty store.
    fn fresh() -> Self;
    /// Opens it for writing; a second time while the first is open, as a rival does.
    fn open(&self) -> Result<Both, StoreError>;
    /// Opens the ledger for reading, as another process does.
    fn reader(&self) -> Result<Box<dyn LedgerReader>, StoreError>;
    /// Opens the vault for reading, as another process does.
    fn vault_reader(&self) -> Result<Box<dyn VaultReader>, StoreError>;
    /// Opens the access log, as a node does.
    fn access_log(&self) -> Result<Arc<dyn AccessLog>, StoreError>;
    /// All bytes that the vault keeps outside its process.
    fn vault_bytes(&self) -> Vec<u8>;

    /// Opens this ledger for writing with the vault of another store.
    fn open_with_vault_of(&self, other: &Self) -> Result<Both, StoreError>;

    /// Whether the engine can be had on this machine; where not, its tests are skipped.
    fn is_here() -> bool {
        true
    }

    /// Opens the ledger for writing and takes the lead.
    fn lead(&self) -> Box<dyn Ledger> {
        let (mut ledger, _) = self.open().unwrap();
        ledger.lead().unwrap();
        ledger
    }

    /// Opens the vault for writing and takes the lead.
    fn lead_vault(&self) -> Box<dyn Vault> {
        let (_, mut vault) = self.open().unwrap();
        vault.lead().unwrap();
        vault
    }
}

/// The contract's list: what every engine is held to. Goes to the macro that is named, behind what it is to get before.
macro_rules! the_contract {
    ($then:ident! { $($before:tt)* }) => {
        $then! { $($before)*
            ledger {
                an_empty_ledger_has_the_root_of_nothing,
                commits_are_dense_and_read_back,
                a_stale_head_is_fenced,
                a_stale_epoch_is_fenced,
                of_two_writers_one_commits,
                a_batch_may_hold_only_refusals,
                a_bad_batch_leaves_nothing,
                batches_together_are_as_one_by_one,
                earlier_commands_are_told_together,
            }
            reading {
                readers_see_whole_batches,
                a_reopened_ledger_is_equal,
                a_tile_of_the_second_level_is_stored,
                pages_of_any_length_show_everything,
                a_page_of_entries_is_bounded_in_bytes,
                entries_are_lent_as_they_are_listed,
                a_size_is_found_by_time,
            }
            rows {
                rows_equal_a_model_at_every_size,
                changes_by_one_entry_make_one_version,
                awkward_values_are_found,
                rows_are_found_by_words,
                rows_are_found_by_what_they_name,
                entries_are_found_by_stream,
                a_fold_differs_from_other_rows,
            }
            vault {
                gained_rows_read_back,
                values_on_file_are_listed_by_name,
                a_stale_vault_head_is_fenced,
                a_bad_gain_leaves_nothing,
                a_reopened_vault_is_equal,
                rows_of_another_vault_are_received_as_they_stand,
                what_is_asked_together_is_answered_as_one_by_one,
            }
            forgetting {
                rows_beyond_the_ledger_are_truncated,
                edits_can_be_redone,
                a_sent_message_is_gone,
                no_identity_key_is_in_the_files,
                what_is_deleted_leaves_the_files,
            }
            delivery {
                every_committed_entry_is_delivered,
                no_entry_is_at_two_places,
                resuming_after_any_place_loses_nothing,
                the_order_of_ids_is_not_that_of_commits,
                a_malformed_entry_stops_the_fold_and_is_named,
                a_catch_up_ends_at_the_size_it_began_with,
                a_vault_of_another_ledger_is_refused,
            }
            access {
                an_answer_is_a_record_of_each_whom_it_is_about,
            }
        }
    };
}
pub(crate) use the_contract;

/// Makes a `#[test]` of each part of the contract, for one engine.
macro_rules! contract {
    ($engine:ident) => {
        crate::engine::the_contract! { contract! { @tests $engine: } }
    };
    (@tests $engine:ident: $($part:ident { $($name:ident),+ $(,)? })+) => {$(
        mod $part {
            use super::$engine;

            $(#[test]
            fn $name() {
                if <$engine as crate::engine::Engine>::is_here() {
                    crate::$part::$name::<$engine>();
                }
            })+
        }
    )+};
}
pub(crate) use contract;

/// The contract's list as texts.
macro_rules! names {
    ($($part:ident { $($name:ident),+ $(,)? })+) => {
        [$((stringify!($part), &[$(stringify!($name)),+][..])),+]
    };
}
pub(crate) use names;
