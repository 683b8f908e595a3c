//! The keys that admission knows: those enrolled in published entries.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aggregates::words::Kid;

use crate::keys::AdmittedKey;

/// Keys by kid, shared between admission and the sequencer, which alone adds. It only says what bytes a kid stands for,
/// never whether the key counts.
#[derive(Clone, Debug, Default)]
pub struct KeyDirectory(Arc<RwLock<HashMap<Kid, AdmittedKey>>>);

impl KeyDirectory {
    /// The key of this kid.
    pub fn get(&self, kid: &Kid) -> Option<AdmittedKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(kid).cloned()
    }

    /// Adds keys.
    pub fn add(&self, keys: impl IntoIterator<Item = AdmittedKey>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(keys.into_iter().map(|key| (key.kid(), key)));
    }
}
