//! The registry: the state of all aggregates at a size of the log. It never holds a personal value.

mod apply;
mod digest;
mod map;
mod patients;
mod queries;

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

pub use apply::BrokenStream;
use map::Map;
use patients::Patients;

use crate::auditor::Auditor;
use crate::division::Division;
use crate::employee::Employee;
use crate::key_ring::Key;
use crate::legal_entity::LegalEntity;
use crate::mis::Mis;
use crate::policy::Policy;
use crate::practitioner::Practitioner;
use crate::trust_provider::TrustProvider;
use crate::words::Kid;

/// An aggregate's state with its stream's version: how many events it has had.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct At<A> {
    /// The version; 0 before the first event.
    pub version: u64,
    /// The state.
    pub state: A,
}

/// The state of all aggregates, with indexes derived from them. It changes through [`Registry::apply`] only.
#[derive(Clone, Debug)]
pub struct Registry {
    policy: At<Policy>,
    keys: Map<Kid, At<Key>>,
    auditors: Map<Uuid, At<Auditor>>,
    trust_providers: Map<Uuid, At<TrustProvider>>,
    mis: Map<Uuid, At<Mis>>,
    legal_entities: Map<Uuid, At<LegalEntity>>,
    divisions: Map<Uuid, At<Division>>,
    practitioners: Map<Uuid, At<Practitioner>>,
    employees: Map<Uuid, At<Employee>>,
    /// Patients, with their requests and declarations.
    patients: Patients,
    /// Providers by EDRPOU.
    by_edrpou: BTreeMap<String, Uuid>,
    /// Posts by practitioner, oldest first.
    posts: Map<Uuid, Vec<Uuid>>,
    /// How many keys the regulator has that are not revoked.
    regulator_keys: usize,
}

impl Registry {
    /// A registry without events. `seed` decides how its maps scatter their keys in memory and nothing else; whoever
    /// runs a server draws it, so that nobody can choose ids that collide.
    pub fn new(seed: u64) -> Registry {
        Registry {
            policy: At::default(),
            keys: Map::new(seed),
            auditors: Map::new(seed),
            trust_providers: Map::new(seed),
            mis: Map::new(seed),
            legal_entities: Map::new(seed),
            divisions: Map::new(seed),
            practitioners: Map::new(seed),
            employees: Map::new(seed),
            patients: Patients::new(seed),
            by_edrpou: BTreeMap::new(),
            posts: Map::new(seed),
            regulator_keys: 0,
        }
    }
}

/// What cqrs-es's test framework starts from.
impl Default for Registry {
    fn default() -> Registry {
        Registry::new(0)
    }
}
