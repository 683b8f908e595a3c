//! The tables, made and changed by numbered texts that run once each, forward only.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::super::{IndexKey, StoreError};
use super::session::{Parameters, Session, Use, value};
use super::{Target, sql};

/// One of a store's two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The schema `ledger`.
    Ledger,
    /// The schema `vault`, with the access log.
    Vault,
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The place.
    pub place: Place,
    /// The texts that were run now, in order.
    pub run: Vec<&'static str>,
}

type Text = (&'static str, &'static str);

const LEDGER: [Text; 1] = [("0001_ledger", include_str!("migrations/ledger/0001_ledger.sql"))];
const VAULT: [Text; 1] = [("0001_vault", include_str!("migrations/vault/0001_vault.sql"))];

impl Place {
    fn schema(self) -> &'static str {
        match self {
            Place::Ledger => "ledger",
            Place::Vault => "vault",
        }
    }

    fn texts(self) -> &'static [Text] {
        match self {
            Place::Ledger => &LEDGER,
            Place::Vault => &VAULT,
        }
    }

    fn one_of(self, ledger: &'static str, vault: &'static str) -> &'static str {
        if self == Place::Ledger { ledger } else { vault }
    }
}

/// Runs the texts that were not run yet and gives the server's role its rights, in one transaction, under the owner's role.
///
/// # Errors
/// [`StoreError::NotALedger`] where what was run is not what this version knows; then nothing is changed.
pub(super) fn migrate(owner: &Target, place: Place, role: &str) -> Result<Migrated, StoreError> {
    let session = Session::open(owner, "litopys migrate", Use::Write)?;
    let run = |sql: &str| session.run(session.client().batch_execute(sql));
    run(sql!("begin"))?;
    session.run(session.rows(sql!("migration_lock"), &[]))?;
    run(place.one_of(sql!("migration_table_ledger"), sql!("migration_table_vault")))?;
    let done = known(&session, owner, place)?;
    let mut migrated = Migrated { place, run: Vec::new() };
    for (number, (name, text)) in (1i32..).zip(place.texts()).skip(done) {
        run(text)?;
        let hash: [u8; 32] = Sha256::digest(text).into();
        let insert = place.one_of(sql!("migration_insert_ledger"), sql!("migration_insert_vault"));
        session.run(session.execute(insert, &[&number, name, &hash.as_slice()]))?;
        migrated.run.push(name);
    }
    let grants = place.one_of(sql!("grants_ledger"), sql!("grants_vault"));
    run(&grants.replace(":role", &quoted(role)))?;
    run(sql!("commit"))?;
    Ok(migrated)
}

/// Refuses tables that are not those of this version.
pub(super) fn check(session: &Session, target: &Target, place: Place) -> Result<(), StoreError> {
    let there = session.run(session.rows(sql!("migration_there"), &[&place.schema()]))?;
    if !there.first().map(|row| value(row, 0)).transpose()?.unwrap_or(false) {
        return Err(StoreError::NotFound { place: format!("{target} (schema {})", place.schema()) });
    }
    let (done, meant) = (known(session, target, place)?, place.texts().len());
    if done == meant {
        return Ok(());
    }
    let why = format!("its {} is at migration {done}, this version needs {meant}: run litopys migrate", place.schema());
    Err(StoreError::NotALedger { place: target.to_string(), why })
}

/// How many of the texts were run; each must be the one that this version knows.
fn known(session: &Session, target: &Target, place: Place) -> Result<usize, StoreError> {
    let list = place.one_of(sql!("migration_list_ledger"), sql!("migration_list_vault"));
    let rows = session.run(session.rows(list, &[]))?;
    let refused = |why: String| StoreError::NotALedger { place: target.to_string(), why };
    for (place_in_order, row) in rows.iter().enumerate() {
        let (number, name, hash): (i32, &str, &[u8]) = (value(row, 0)?, value(row, 1)?, value(row, 2)?);
        let Some((known, text)) = place.texts().get(place_in_order) else {
            return Err(refused(format!("its {} has migration {name}, which a later version made", place.schema())));
        };
        if number as usize != place_in_order + 1 || name != *known || hash != Sha256::digest(text).as_slice() {
            return Err(refused(format!("its migration {name} is not this version's {known}")));
        }
    }
    Ok(rows.len())
}

/// Writes the first rows of an empty ledger and its vault, the vault's first, so that a ledger is never there without one.
pub(super) fn begin(ledger: &Target, vault: &Target, key: &IndexKey) -> Result<(), StoreError> {
    let mut pair = [0; 16];
    getrandom::fill(&mut pair).map_err(|error| StoreError::Io(Box::new(error)))?;
    let pair = Uuid::from_bytes(pair);
    let open = |target: &Target, there: &'static str| {
        let session = Session::open(target, "litopys create", Use::Write)?;
        let found = session.run(session.rows(there, &[]))?;
        if found.first().map(|row| value(row, 0)).transpose()?.unwrap_or(true) {
            return Err(StoreError::Exists { place: target.to_string() });
        }
        Ok(session)
    };
    let (ledger, vault) = (open(ledger, sql!("head_there_ledger"))?, open(vault, sql!("head_there_vault"))?);
    let insert = |session: &Session, sql, parameters: Parameters<'_>| session.run(session.execute(sql, parameters)).map(drop);
    insert(&vault, sql!("vault_head_insert"), &[&pair, &key.bytes().as_slice()])?;
    insert(&ledger, sql!("leader_insert"), &[])?;
    insert(&ledger, sql!("head_insert"), &[&pair])
}

/// Makes a role that servers may work under, or gives it this password.
pub(super) fn make_role(owner: &Target, role: &str, password: &str) -> Result<(), StoreError> {
    let session = Session::open(owner, "litopys create", Use::Write)?;
    // In the text of the statement two quotes stand for one, and both texts stand in a body of their own.
    let text = sql!("role_make").replace(":role", &quoted(role)).replace(":password", &format!("'{}'", password.replace('\'', "''")));
    session.run(session.client().batch_execute(&text))
}

/// A role's name as SQL has it.
fn quoted(role: &str) -> String {
    format!("\"{}\"", role.replace('"', "\"\""))
}
