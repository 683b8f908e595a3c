//! A hash map whose seed is given and whose written form is sorted.

#![expect(clippy::disallowed_types, reason = "the one place where a hash map is given its seed")]

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::{Deref, DerefMut};

use serde::{Serialize, Serializer};

/// A hash map. Two maps with the same content and different seeds are written alike.
#[derive(Clone, Debug)]
pub(super) struct Map<K, V>(HashMap<K, V, ahash::RandomState>);

impl<K: Hash + Eq, V> Map<K, V> {
    pub(super) fn new(seed: u64) -> Map<K, V> {
        Map(HashMap::with_hasher(scatter(seed)))
    }
}

/// How keys are scattered in memory.
pub(super) fn scatter(seed: u64) -> ahash::RandomState {
    ahash::RandomState::with_seeds(seed, !seed, seed.rotate_left(32), 0x1170)
}

impl<K, V> Deref for Map<K, V> {
    type Target = HashMap<K, V, ahash::RandomState>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<K, V> DerefMut for Map<K, V> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<K: Serialize + Ord, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<(&K, &V)> = self.0.iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        serializer.collect_map(sorted)
    }
}
