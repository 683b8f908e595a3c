//! The keys that admission knows: those enrolled in published entries.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aggregates::words::{Kid, PublicKey};

use crate::keys::{AdmittedKey, admitted_before};

/// At every so many uses without them a key gets a few multiples: that many uses save what making them costs.
const OFTEN: u32 = 12;
/// After so many uses of its few multiples a key gets many.
const ALWAYS: u32 = 384;

/// The most keys with a few multiples, 128 KiB each, as doctors and receptionists have.
const MAX_FEW: usize = 512;
/// The most keys with many, 1.2 MiB each, as MISs have, which sign half of everything.
const MAX_MANY: usize = 64;

/// Keys by kid, shared between admission and the sequencer, which alone adds. It only says what bytes a kid stands for,
/// never whether the key counts.
#[derive(Clone, Debug, Default)]
pub struct KeyDirectory(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<Kid, Entry>,
    few: HashMap<Kid, Quick>,
    many: HashMap<Kid, Quick>,
}

/// A key is decompressed when it is first asked for: most of a registry's keys never sign again.
#[derive(Debug)]
struct Entry {
    x: PublicKey,
    key: OnceLock<Option<Box<AdmittedKey>>>,
    uses: AtomicU32,
}

/// A key with some of its multiples.
#[derive(Debug)]
struct Quick {
    key: AdmittedKey,
    /// Since it got them, or others last had to make room.
    uses: AtomicU32,
}

impl KeyDirectory {
    /// The key of this kid.
    pub fn get(&self, kid: &Kid) -> Option<AdmittedKey> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(quickest) = known.many.get(kid) {
            count(&quickest.uses);
            return Some(quickest.key.clone());
        }
        let (key, few, earned) = match known.few.get(kid) {
            Some(quick) => (quick.key.clone(), true, count(&quick.uses) == ALWAYS),
            None => {
                let entry = known.keys.get(kid)?;
                let key = entry.key.get_or_init(|| admitted_before(entry.x).map(Box::new)).as_deref()?.clone();
                (key, false, count(&entry.uses).is_multiple_of(OFTEN))
            }
        };
        drop(known);
        if !earned {
            return Some(key);
        }
        // Made outside the lock; whoever else asks meanwhile verifies without.
        let quick = if few { key.quickest() } else { key.quickened() };
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if few {
            known.few.remove(kid);
            keep(&mut known.many, quick.clone(), MAX_MANY);
        } else {
            keep(&mut known.few, quick.clone(), MAX_FEW);
        }
        Some(quick)
    }

    /// Adds keys that entries enrolled, so that each was admitted then.
    pub fn add(&self, keys: impl IntoIterator<Item = (Kid, PublicKey)>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.keys.extend(keys.into_iter().map(|(kid, x)| (kid, Entry { x, key: OnceLock::new(), uses: AtomicU32::new(0) })));
    }
}

/// Counts a use: how many there are now.
fn count(uses: &AtomicU32) -> u32 {
    uses.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
}

/// Keeps a key's multiples. At one more than fit, those of keys that sign no more than the mean make room.
fn keep(kept: &mut HashMap<Kid, Quick>, key: AdmittedKey, most: usize) {
    if kept.len() >= most {
        let all: u64 = kept.values_mut().map(|quick| u64::from(*quick.uses.get_mut())).sum();
        kept.retain(|_, quick| u64::from(std::mem::take(quick.uses.get_mut())) * most as u64 > all);
    }
    kept.insert(key.kid(), Quick { key, uses: AtomicU32::new(0) });
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

    fn directory(count: usize) -> (KeyDirectory, Vec<AdmittedKey>) {
        let directory = KeyDirectory::default();
        let keys: Vec<AdmittedKey> = (0..count as u32).map(key).collect();
        directory.add(keys.iter().map(|key| (key.kid(), key.public())));
        (directory, keys)
    }

    fn used(directory: &KeyDirectory, key: &AdmittedKey, times: u32) {
        (0..times).for_each(|_| assert_eq!(directory.get(&key.kid()).as_ref(), Some(key)));
    }

    /// How many keys have a few multiples, and how many have many.
    fn kept(directory: &KeyDirectory) -> (usize, usize) {
        let known = directory.0.read().unwrap();
        (known.few.len(), known.many.len())
    }

    #[test]
    fn keys_that_sign_often_get_multiples_and_those_that_sign_least_make_room() {
        let (directory, keys) = directory(MAX_FEW + 1);
        for (place, key) in keys[..MAX_FEW].iter().enumerate() {
            used(&directory, key, OFTEN - 1);
            assert_eq!(kept(&directory), (place, 0));
            used(&directory, key, 1);
            assert_eq!(kept(&directory), (place + 1, 0));
        }
        used(&directory, &keys[0], 3);
        used(&directory, &keys[1], 4);
        used(&directory, &keys[MAX_FEW], OFTEN);
        assert_eq!(kept(&directory), (3, 0));
        // One that lost its multiples earns them again.
        used(&directory, &keys[2], OFTEN);
        assert_eq!(kept(&directory), (4, 0));
        assert_eq!(directory.get(&key(9_999).kid()), None);
    }

    #[test]
    fn keys_that_sign_all_the_time_get_many_and_no_more_than_fit() {
        let (directory, keys) = directory(MAX_MANY + 1);
        for (place, key) in keys.iter().enumerate() {
            used(&directory, key, OFTEN + ALWAYS - 1);
            assert_eq!(kept(&directory), (1, place.min(MAX_MANY)));
            if place == MAX_MANY {
                used(&directory, &keys[0], 1);
            }
            used(&directory, key, 1);
            assert_eq!(kept(&directory), (0, if place == MAX_MANY { 2 } else { place + 1 }));
        }
    }
}
