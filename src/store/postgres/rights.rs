//! What a store's database must be like: durable, guarded, and closed to its own server.

use std::collections::BTreeSet;

use super::super::StoreError;
use super::session::{Session, value};
use super::{Target, sql};

/// The guards of the ledger's tables and of the vault's, as [`sql`] names them.
const LEDGER_GUARDS: [&str; 14] = [
    "ledger.checkpoints appended",
    "ledger.checkpoints stays",
    "ledger.entries appended",
    "ledger.entries stays",
    "ledger.head only_grows",
    "ledger.head stays",
    "ledger.outcomes appended",
    "ledger.outcomes stays",
    "ledger.refusals appended",
    "ledger.refusals stays",
    "ledger.streams appended",
    "ledger.streams stays",
    "ledger.tiles appended",
    "ledger.tiles stays",
];
const VAULT_GUARDS: [&str; 5] =
    ["vault.access stays", "vault.access_sorted stays", "vault.access_subjects stays", "vault.head keeps_its_identity", "vault.head stays"];

/// Refuses a database whose commits are not durable.
pub(super) fn check_durable(session: &Session, target: &Target) -> Result<(), StoreError> {
    let rows = session.run(session.rows(sql!("durability"), &[]))?;
    let durable = rows.first().map(|row| value(row, 0)).transpose()?.unwrap_or(false);
    if durable { Ok(()) } else { Err(misconfigured(target, "with fsync or full_page_writes off no commit is durable")) }
}

/// Refuses a role that could change what nobody may change.
pub(super) fn check_rights(session: &Session, target: &Target) -> Result<(), StoreError> {
    let rows = session.run(session.rows(sql!("rights"), &[]))?;
    let open: Vec<String> = rows.iter().map(|row| value(row, 0)).collect::<Result<_, _>>()?;
    if open.is_empty() {
        return Ok(());
    }
    let why = format!(
        "the role {:?} could change {}; a server works under a role that may only add (docs/operate.md)",
        target.role(),
        open.join(", ")
    );
    Err(misconfigured(target, &why))
}

/// Refuses tables whose guards were dropped or disabled.
pub(super) fn check_guards(session: &Session, target: &Target, ledger: bool) -> Result<(), StoreError> {
    let missing = missing_guards(session, ledger)?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(StoreError::NotALedger { place: target.to_string(), why: format!("guards are missing: {}", missing.join(", ")) })
}

/// The guards that are not in force.
pub(super) fn missing_guards(session: &Session, ledger: bool) -> Result<Vec<String>, StoreError> {
    let rows = session.run(session.rows(sql!("guards"), &[]))?;
    let found: BTreeSet<String> = rows.iter().map(|row| value(row, 0)).collect::<Result<_, _>>()?;
    let meant: &[&str] = if ledger { &LEDGER_GUARDS } else { &VAULT_GUARDS };
    Ok(meant.iter().filter(|guard| !found.contains(**guard)).map(|guard| (*guard).to_owned()).collect())
}

fn misconfigured(target: &Target, why: &str) -> StoreError {
    StoreError::Misconfigured { place: target.to_string(), why: why.to_owned() }
}
