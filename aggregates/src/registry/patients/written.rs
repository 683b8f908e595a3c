//! The written form of patients, as digests are made over it: whole states, and indexes as maps, each in order of its ids.

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{Date, Load, Patients};
use crate::patient::Patient;
use crate::registry::At;

impl Patients {
    /// Every patient by id.
    pub(in crate::registry) fn written(&self) -> impl Serialize {
        let states = self.by_id.iter().map(|place| (self.patients[place].id, place));
        Sorted::new(states, |place| -> At<Patient> { self.at(place) })
    }

    /// The patients of all requests.
    pub(in crate::registry) fn written_requests(&self) -> impl Serialize {
        let requests = self.by_request.iter().map(|place| (self.requests[place].id, place));
        Sorted::new(requests, |place| self.patients[self.requests[place].patient].id)
    }

    /// The patients of all declarations, from the request on.
    pub(in crate::registry) fn written_declarations(&self) -> impl Serialize {
        let declarations = self.by_declaration.iter().map(|place| (self.requests[place].declaration, place));
        Sorted::new(declarations, |place| self.patients[self.requests[place].patient].id)
    }

    /// The declarations in force, by post.
    pub(in crate::registry) fn written_load(&self) -> impl Serialize {
        let posts = self.load.iter().map(|(employee, load)| (*employee, load));
        Sorted::new(posts, |load: &Load| -> Vec<((Date, Uuid), Uuid)> { self.by_last_day(load.all()) })
    }
}

/// A map in order of its ids, whose values are made one after the other.
struct Sorted<P, F> {
    all: Vec<(Uuid, P)>,
    value: F,
}

impl<P, F> Sorted<P, F> {
    fn new(all: impl Iterator<Item = (Uuid, P)>, value: F) -> Sorted<P, F> {
        let mut all: Vec<_> = all.collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        Sorted { all, value }
    }
}

impl<P: Copy, V: Serialize, F: Fn(P) -> V> Serialize for Sorted<P, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.all.iter().map(|(id, one)| (id, (self.value)(*one))))
    }
}
