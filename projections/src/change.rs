//! One change of one read-model row.

use serde_json::{Map, Value};

/// The resources that have a read model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Divisions of legal entities.
    Division,
    /// Posts of practitioners at legal entities.
    Employee,
    /// Providers.
    LegalEntity,
    /// Medical information systems.
    Mis,
    /// Natural persons on staff.
    Practitioner,
    /// Trust providers.
    TrustProvider,
}

impl Resource {
    /// Every resource with its name in stores and paths.
    pub const ALL: [(Resource, &'static str); 6] = [
        (Resource::Division, "divisions"),
        (Resource::Employee, "employees"),
        (Resource::LegalEntity, "legal-entities"),
        (Resource::Mis, "mis"),
        (Resource::Practitioner, "practitioners"),
        (Resource::TrustProvider, "trust-providers"),
    ];

    /// The name in stores and paths.
    pub fn name(self) -> &'static str {
        Resource::ALL[self as usize].1
    }
}

/// What an entry changes in one row: the members of `set` replace those of the row's body, the others stay.
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
