//! Personal columns: the values on file in the vault, as of a size.

use projections::Resource;
use serde_json::{Map, Value};

use crate::envelope::opened;
use crate::http::App;
use crate::http::problem::Problem;

/// The member of a row that holds them.
pub(super) const PERSONAL: &str = "personal";

/// Whether rows of a resource have personal columns.
pub(super) fn has(resource: Resource) -> bool {
    matches!(resource, Resource::Patient | Resource::Practitioner)
}

/// The personal columns of a subject as of a size: of each member the value that was last put on file in an entry below it.
pub(super) fn of(app: &App, subject: &str, size: u64) -> Result<Value, Problem> {
    let rows = app.readers.with_vault(|vault| vault.disclosures_of(subject))?;
    let on_file = rows.iter().filter(|row| row.on_file && row.entry < size);
    Ok(Value::Object(on_file.filter_map(|row| opened(&row.text)).collect::<Map<_, _>>()))
}
