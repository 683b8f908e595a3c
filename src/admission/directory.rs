//! The keys that admission knows: those enrolled in published entries.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aggregates::words::{Kid, PublicKey};

use crate::keys::{AdmittedKey, admitted_before};

/// After so many uses since the last clearing a key gets a table, whose making costs as much as some twenty verifications save.
const OFTEN: u32 = 64;

/// The most tables; 215 KiB each. At one more all are dropped, and every key's uses are counted anew.
const MAX_TABLES: usize = 256;

/// Keys by kid, shared between admission and the sequencer, which alone adds. It only says what bytes a kid stands for,
/// never whether the key counts.
#[derive(Clone, Debug, Default)]
pub struct KeyDirectory(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<Kid, Entry>,
    /// Keys that sign often, such as those of MISs, with their tables.
    quick: HashMap<Kid, AdmittedKey>,
}

/// A key is decompressed when it is first asked for: most of a registry's keys never sign again.
#[derive(Debug)]
struct Entry {
    x: PublicKey,
    key: OnceLock<Option<Box<AdmittedKey>>>,
    uses: AtomicU32,
}

impl KeyDirectory {
    /// The key of this kid.
    pub fn get(&self, kid: &Kid) -> Option<AdmittedKey> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(quick) = known.quick.get(kid) {
            return Some(quick.clone());
        }
        let entry = known.keys.get(kid)?;
        let key = entry.key.get_or_init(|| admitted_before(entry.x).map(Box::new)).as_deref()?.clone();
        let often = entry.uses.fetch_add(1, Ordering::Relaxed) + 1 == OFTEN;
        drop(known);
        if !often {
            return Some(key);
        }
        // Made outside the lock; whoever else asks meanwhile verifies without it.
        let quick = key.quickened();
        self.0.write().unwrap_or_else(PoisonError::into_inner).keep(quick.clone());
        Some(quick)
    }

    /// Adds keys that entries enrolled, so that each was admitted then.
    pub fn add(&self, keys: impl IntoIterator<Item = (Kid, PublicKey)>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.keys.extend(keys.into_iter().map(|(kid, x)| (kid, Entry { x, key: OnceLock::new(), uses: AtomicU32::new(0) })));
    }
}

impl Known {
    fn keep(&mut self, quick: AdmittedKey) {
        if self.quick.len() >= MAX_TABLES {
            self.quick.clear();
            self.keys.values().for_each(|entry| entry.uses.store(0, Ordering::Relaxed));
        }
        self.quick.insert(quick.kid(), quick);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SecretKey;

    fn key(number: u32) -> AdmittedKey {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        SecretKey::from_seed(&seed).admitted()
    }

    #[test]
    fn keys_that_sign_often_get_tables_and_no_more_than_fit() {
        let directory = KeyDirectory::default();
        let keys: Vec<AdmittedKey> = (0..MAX_TABLES as u32 + 1).map(key).collect();
        directory.add(keys.iter().map(|key| (key.kid(), key.public())));
        let tables = || directory.0.read().unwrap().quick.len();
        for (place, key) in keys.iter().enumerate() {
            for _ in 1..OFTEN {
                assert_eq!(directory.get(&key.kid()), Some(key.clone()));
            }
            assert_eq!(tables(), place);
            assert_eq!(directory.get(&key.kid()), Some(key.clone()));
            assert_eq!(tables(), if place == MAX_TABLES { 1 } else { place + 1 });
        }
        // The first lost its table and earns it again.
        (0..OFTEN).for_each(|_| drop(directory.get(&keys[0].kid())));
        assert_eq!(tables(), 2);
        assert_eq!(directory.get(&key(9_999).kid()), None);
    }
}
