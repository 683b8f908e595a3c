//! Tokens: opaque, short-lived, known to this process alone.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aggregates::words::Instant;
use sha2::{Digest as _, Sha256};

use super::{Grant, Standing, Viewer};
use crate::store::Who;

/// How long a token lasts, in seconds.
pub const LIFETIME: i64 = 300;

/// The most tokens at a time.
const CAPACITY: usize = 200_000;

/// A token that was given out.
#[derive(Debug)]
pub struct Given {
    /// What it stands for.
    pub grant: Grant,
    /// Who its holder was when that was asked last, and at which size.
    last: Mutex<Option<(u64, Standing)>>,
    /// As whom he was recorded last.
    who: Mutex<Option<(Viewer, Arc<Who>)>>,
    asking: tokio::sync::Mutex<()>,
}

impl Given {
    /// One of which nothing was asked yet.
    pub fn new(grant: Grant) -> Given {
        Given { grant, last: Mutex::default(), who: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    /// Whoever is about to ask who the holder is: one at a time, so that of many requests at a new size one asks for all.
    pub async fn asking(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.asking.lock().await
    }

    /// As whom the holder's reads are recorded while he is this one.
    pub fn who(&self, viewer: Viewer) -> Arc<Who> {
        let mut last = self.who.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, who)) if *known == viewer => Arc::clone(who),
            _ => Arc::clone(&last.insert((viewer, Arc::new(self.grant.who(&viewer)))).1),
        }
    }

    /// Who the holder is at this size and instant: what `ask` says, unless it was asked at the same size and cannot have changed since, as
    /// it depends on nothing but rows of that size and on when keys cease to be valid.
    ///
    /// # Errors
    /// Those of `ask`.
    pub fn standing<E>(&self, size: u64, now: Instant, ask: impl FnOnce(&Grant) -> Result<Standing, E>) -> Result<Standing, E> {
        if let Some(known) = self.known(size, now) {
            return Ok(known);
        }
        let standing = ask(&self.grant)?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((size, standing));
        Ok(standing)
    }

    /// The same where it need not be asked.
    pub fn known(&self, size: u64, now: Instant) -> Option<Standing> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(known, standing)| *known == size && now < standing.until).map(|(_, standing)| standing)
    }
}

/// The tokens given out. Of each only the hash is kept: whoever reads this process's memory finds none.
#[derive(Default)]
pub(super) struct Tokens {
    grants: HashMap<[u8; 32], (i64, Arc<Given>)>,
    by_end: BTreeSet<(i64, [u8; 32])>,
}

impl Tokens {
    /// Keeps a token until `now` + [`LIFETIME`]. False if there is no room.
    pub(super) fn keep(&mut self, token: &str, grant: Grant, now: i64) -> bool {
        while self.by_end.first().is_some_and(|(end, _)| *end <= now) {
            if let Some((_, hash)) = self.by_end.pop_first() {
                self.grants.remove(&hash);
            }
        }
        if self.grants.len() >= CAPACITY {
            return false;
        }
        let (end, hash) = (now + LIFETIME, Sha256::digest(token).into());
        self.grants.insert(hash, (end, Arc::new(Given::new(grant))));
        self.by_end.insert((end, hash));
        true
    }

    /// What a token stands for, while it lasts.
    pub(super) fn get(&self, token: &str, now: i64) -> Option<Arc<Given>> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        self.grants.get(&hash).filter(|(end, _)| now < *end).map(|(_, given)| Arc::clone(given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Viewer;
    use crate::keys::SecretKey;

    #[test]
    fn a_token_lasts_five_minutes() {
        let grant = Grant { client_kid: SecretKey::from_seed(&[7; 32]).kid(), client: "regulator".into(), person: None };
        let mut tokens = Tokens::default();
        assert!(tokens.keep("a", grant.clone(), 1_000));
        assert_eq!(tokens.get("a", 1_299).map(|given| given.grant.clone()), Some(grant.clone()));
        assert!(tokens.get("a", 1_300).is_none());
        assert!(tokens.get("b", 1_000).is_none());
        assert!(tokens.keep("b", grant, 1_300));
        assert_eq!(tokens.grants.len(), 1, "what has ended is forgotten");
    }

    #[test]
    fn who_somebody_is_is_asked_again_at_another_size_and_when_a_key_ends() {
        let given = Given::new(Grant { client_kid: SecretKey::from_seed(&[7; 32]).kid(), client: "regulator".into(), person: None });
        let (now, until) = (Instant::from_ms(1_000).unwrap(), Instant::from_ms(2_000).unwrap());
        let asked = std::cell::Cell::new(0);
        let ask = |size, now| {
            let ask = |_: &Grant| {
                asked.set(asked.get() + 1);
                Ok::<_, ()>(Standing { viewer: Viewer::Regulator, until })
            };
            given.standing(size, now, ask).unwrap();
            asked.get()
        };
        assert_eq!((ask(7, now), ask(7, now)), (1, 1));
        assert_eq!((ask(8, now), ask(7, now)), (2, 3));
        assert_eq!(ask(7, until), 4);
        let refused = given.standing(9, now, |_| Err("not he"));
        assert_eq!(refused, Err("not he"));
        assert_eq!(ask(9, now), 5, "a failure is not remembered as an answer");
    }
}
