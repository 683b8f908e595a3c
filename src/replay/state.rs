//! The file that is handed over: one table a resource, what it was made from, and what every column means.

use std::collections::BTreeMap;
use std::path::Path;

use projections::Resource;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, Statement, named_params};
use serde_json::{Map, Value};

use super::ReplayError;
use super::latest::{Latest, LatestRow, stored};
use crate::store::{StoreError, sqlite};

/// What a state was made from.
pub(super) struct Meta<'a> {
    pub(super) origin: &'a str,
    pub(super) size: u64,
    pub(super) time: Option<String>,
    pub(super) root: tlog::Hash,
    pub(super) checkpoint: &'a str,
    pub(super) checkpoint_size: u64,
    pub(super) verified: bool,
}

/// Writes the whole state into an empty file and tells how many rows each table has.
pub(super) fn write(file: &Path, latest: &Latest, meta: &Meta<'_>) -> Result<BTreeMap<String, u64>, ReplayError> {
    let mut connection = sqlite::scratch(file).map_err(ReplayError::Output)?;
    let transaction = connection.transaction().map_err(failed)?;
    transaction.execute_batch(include_str!("tables.sql")).map_err(failed)?;
    transaction.execute_batch(include_str!("dictionary.sql")).map_err(failed)?;
    let mut counts = BTreeMap::new();
    for (resource, name) in Resource::ALL {
        let mut insert = transaction.prepare(insert(resource)).map_err(failed)?;
        let count = latest.each(resource, |row| put(&mut insert, resource, &row))?;
        counts.insert(name.replace('-', "_"), count);
    }
    tell(&transaction, meta)?;
    transaction.commit().map_err(failed)?;
    connection.close().map_err(|(_, error)| failed(error))?;
    Ok(counts)
}

fn failed(error: rusqlite::Error) -> ReplayError {
    ReplayError::Output(error.into())
}

fn insert(resource: Resource) -> &'static str {
    match resource {
        Resource::DeclarationRequest => include_str!("sql/declaration_requests.sql"),
        Resource::Declaration => include_str!("sql/declarations.sql"),
        Resource::Division => include_str!("sql/divisions.sql"),
        Resource::Employee => include_str!("sql/employees.sql"),
        Resource::Key => include_str!("sql/keys.sql"),
        Resource::LegalEntity => include_str!("sql/legal_entities.sql"),
        Resource::Mis => include_str!("sql/mis.sql"),
        Resource::Patient => include_str!("sql/patients.sql"),
        Resource::Policy => include_str!("sql/policy.sql"),
        Resource::Practitioner => include_str!("sql/practitioners.sql"),
        Resource::TrustProvider => include_str!("sql/trust_providers.sql"),
    }
}

/// Inserts a row: each parameter of the statement is the member of its name. Every member must have its column.
fn put(insert: &mut Statement<'_>, resource: Resource, row: &LatestRow) -> Result<(), ReplayError> {
    let mut taken = 0;
    for place in 1..=insert.parameter_count() {
        let name = insert.parameter_name(place).unwrap_or_default().trim_start_matches(':').to_owned();
        let cell = match name.as_str() {
            "id" => Cell::Text(row.id.clone()),
            "from_size" => Cell::Integer(stored(row.from_size)?),
            member => {
                let value = row.body.get(member);
                taken += usize::from(value.is_some());
                value.map_or(Ok(Cell::Null), cell)?
            }
        };
        insert.raw_bind_parameter(place, cell).map_err(failed)?;
    }
    if taken < row.body.len() {
        return Err(ReplayError::NoColumn { resource, member: stranger(insert, &row.body) });
    }
    insert.raw_execute().map(drop).map_err(failed)
}

/// A member that no parameter is named after.
fn stranger(insert: &Statement<'_>, body: &Map<String, Value>) -> String {
    let known = |member: &&String| matches!(insert.parameter_index(&format!(":{member}")), Ok(Some(_)));
    body.keys().find(|member| !known(member)).cloned().unwrap_or_default()
}

fn cell(value: &Value) -> Result<Cell, StoreError> {
    let invalid = || StoreError::invalid(format!("{value} is no integer"));
    Ok(match value {
        Value::Null => Cell::Null,
        Value::Bool(yes) => Cell::Integer(i64::from(*yes)),
        Value::Number(number) => Cell::Integer(number.as_i64().ok_or_else(invalid)?),
        Value::String(text) => Cell::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => Cell::Text(value.to_string()),
    })
}

fn tell(connection: &Connection, meta: &Meta<'_>) -> Result<(), ReplayError> {
    let hex: String = meta.root.0.iter().map(|byte| format!("{byte:02x}")).collect();
    let parameters = named_params! {
        ":origin": meta.origin,
        ":size": stored(meta.size)?,
        ":time": meta.time,
        ":root_base64": meta.root.to_string(),
        ":root_hex": hex,
        ":checkpoint": meta.checkpoint,
        ":checkpoint_size": stored(meta.checkpoint_size)?,
        ":signature_verified": meta.verified,
        ":software": concat!("litopys ", env!("CARGO_PKG_VERSION")),
    };
    connection.execute(include_str!("sql/meta.sql"), parameters).map(drop).map_err(failed)
}
