//! What an engine offers to be held to the contract.

use litopys::store::{Ledger, LedgerReader, StoreError, Vault, VaultReader};

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
    /// All bytes that the vault keeps outside its process.
    fn vault_bytes(&self) -> Vec<u8>;

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

/// Makes one `#[test]` of each named part of the contract, for one engine.
macro_rules! contract {
    ($engine:ident: $($part:ident { $($name:ident),+ $(,)? })+) => {$(
        mod $part {
            use super::$engine;

            $(#[test]
            fn $name() {
                crate::$part::$name::<$engine>();
            })+
        }
    )+};
}
pub(crate) use contract;
