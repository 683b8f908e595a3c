//! One change of one read-model row.

use serde_json::{Map, Value};

use crate::Resource;

/// What an entry changes in one row: the members of `set` replace those of the row's body, the others stay;
/// one that is set to null goes.
///
/// The changed row is true from the size `entry + 1` on; the row it replaces was true until then.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The resource.
    pub resource: Resource,
    /// The row's id, unique within its resource.
    pub id: String,
    /// The entry that caused the change.
    pub entry: u64,
    /// Members to set, public ones only.
    pub set: Map<String, Value>,
}
