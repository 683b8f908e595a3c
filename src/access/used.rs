//! Assertions that were used: each counts once.

use std::collections::{BTreeSet, HashSet};

use aggregates::words::Kid;

use super::AccessFault;

/// The most assertions kept in mind; each for at most five minutes and the skew of clocks.
const CAPACITY: usize = 200_000;

/// The assertions used and not yet expired.
///
/// **Invariant:** an assertion that is not expired is never forgotten; where there is no room for one more, none is taken.
pub(super) struct Used {
    /// When this began, in seconds since 1970: what was used before is not known here.
    since: i64,
    known: HashSet<(Kid, String)>,
    by_end: BTreeSet<(i64, Kid, String)>,
}

/// There is no room for one more.
pub(super) struct Full;

impl Used {
    pub(super) fn new(since: i64) -> Used {
        Used { since, known: HashSet::new(), by_end: BTreeSet::new() }
    }

    /// Uses an assertion that is good at `now`, made at `iat` and until `exp`.
    pub(super) fn once(&mut self, kid: Kid, jti: &str, iat: i64, exp: i64, now: i64) -> Result<Result<(), AccessFault>, Full> {
        if iat < self.since {
            return Ok(Err(AccessFault::BeforeStart));
        }
        while self.by_end.first().is_some_and(|(end, ..)| *end <= now) {
            if let Some((_, kid, jti)) = self.by_end.pop_first() {
                self.known.remove(&(kid, jti));
            }
        }
        if self.known.contains(&(kid, jti.to_owned())) {
            return Ok(Err(AccessFault::Used));
        }
        if self.known.len() >= CAPACITY {
            return Err(Full);
        }
        self.known.insert((kid, jti.to_owned()));
        self.by_end.insert((exp, kid, jti.to_owned()));
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SecretKey;

    fn once(used: &mut Used, jti: &str, iat: i64, now: i64) -> Result<(), AccessFault> {
        let kid = SecretKey::from_seed(&[7; 32]).kid();
        used.once(kid, jti, iat, iat + 300, now).unwrap_or_else(|Full| panic!("it is full"))
    }

    #[test]
    fn an_assertion_counts_once_until_it_expires() {
        let mut used = Used::new(1_000);
        assert_eq!(once(&mut used, "a", 1_000, 1_000), Ok(()));
        assert_eq!(once(&mut used, "a", 1_000, 1_299), Err(AccessFault::Used));
        assert_eq!(once(&mut used, "b", 1_000, 1_299), Ok(()));
        assert_eq!((used.known.len(), used.by_end.len()), (2, 2));
        assert_eq!(once(&mut used, "c", 1_300, 1_300), Ok(()));
        assert_eq!((used.known.len(), used.by_end.len()), (1, 1), "what has expired is forgotten");
    }

    #[test]
    fn what_may_have_been_used_before_a_restart_is_refused() {
        let mut used = Used::new(1_000);
        assert_eq!(once(&mut used, "a", 999, 1_000), Err(AccessFault::BeforeStart));
    }

    #[test]
    fn nothing_is_forgotten_to_make_room() {
        let mut used = Used::new(0);
        let kid = SecretKey::from_seed(&[7; 32]).kid();
        for number in 0..CAPACITY {
            assert!(matches!(used.once(kid, &number.to_string(), 0, 300, 0), Ok(Ok(()))));
        }
        assert!(used.once(kid, "one more", 0, 300, 0).is_err());
        assert!(matches!(used.once(kid, "0", 0, 300, 299), Ok(Err(AccessFault::Used))));
        assert!(matches!(used.once(kid, "one more", 0, 600, 300), Ok(Ok(()))), "later there is room again");
    }
}
