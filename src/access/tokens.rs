//! Tokens: opaque, short-lived, known to this process alone.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};

use super::Grant;

/// How long a token lasts, in seconds.
pub const LIFETIME: i64 = 300;

/// The most tokens at a time.
const CAPACITY: usize = 200_000;

/// The tokens given out. Of each only the hash is kept: whoever reads this process's memory finds none.
#[derive(Default)]
pub(super) struct Tokens {
    grants: HashMap<[u8; 32], (i64, Grant)>,
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
        self.grants.insert(hash, (end, grant));
        self.by_end.insert((end, hash));
        true
    }

    /// What a token stands for, while it lasts.
    pub(super) fn get(&self, token: &str, now: i64) -> Option<Grant> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        self.grants.get(&hash).filter(|(end, _)| now < *end).map(|(_, grant)| grant.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SecretKey;

    #[test]
    fn a_token_lasts_five_minutes() {
        let grant = Grant { client_kid: SecretKey::from_seed(&[7; 32]).kid(), client: "regulator".into(), person: None };
        let mut tokens = Tokens::default();
        assert!(tokens.keep("a", grant.clone(), 1_000));
        assert_eq!(tokens.get("a", 1_299), Some(grant.clone()));
        assert_eq!(tokens.get("a", 1_300), None);
        assert_eq!(tokens.get("b", 1_000), None);
        assert!(tokens.keep("b", grant, 1_300));
        assert_eq!(tokens.grants.len(), 1, "what has ended is forgotten");
    }
}
