//! One-time codes: what was committed to, what was tried, and what the salt shows when it is revealed.

use std::collections::HashMap;

use aggregates::OneTimeCode;
use aggregates::words::Bytes32;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A code that has not ended.
pub(super) struct Live {
    /// The entry that drew it.
    pub(super) entry: u64,
    pub(super) commitment: Bytes32,
    /// The digest of the disclosure that set the phone.
    pub(super) phone: Bytes32,
    tries: Vec<Try>,
}

struct Try {
    entry: u64,
    digits: String,
    /// What the entry's fact says.
    matches: bool,
}

/// What a revealed salt shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// Facts that are now verified: commitment, salt, tries.
    pub(super) verified: u64,
    /// Facts that stay open: commitment and salt of a code that nobody tried.
    pub(super) open: u64,
    /// Entries whose `code_matches` is not true.
    pub(super) wrong: Vec<u64>,
    /// Whether no code at all goes with commitment and salt.
    pub(super) opens_nothing: bool,
}

/// The live codes by request.
#[derive(Default)]
pub(super) struct Codes(HashMap<Uuid, Live>);

impl Codes {
    pub(super) fn drawn(&mut self, request: Uuid, entry: u64, commitment: Bytes32, phone: Bytes32) {
        self.0.insert(request, Live { entry, commitment, phone, tries: Vec::new() });
    }

    pub(super) fn tried(&mut self, request: Uuid, entry: u64, digits: &str, matches: bool) {
        if let Some(live) = self.0.get_mut(&request) {
            live.tries.push(Try { entry, digits: digits.to_owned(), matches });
        }
    }

    /// The salt of a request's code is revealed, which ends the code. None if the request has no code.
    pub(super) fn revealed(&mut self, request: Uuid, salt: Bytes32) -> Option<Shown> {
        self.0.remove(&request).map(|live| live.judge(request, salt))
    }

    /// Codes that are live at the end of the ledger.
    pub(super) fn into_live(self) -> impl Iterator<Item = (Uuid, Live)> {
        self.0.into_iter()
    }
}

impl Live {
    /// Facts that only the salt can show: the commitment and each try.
    pub(super) fn facts(&self) -> u64 {
        1 + self.tries.len() as u64
    }

    /// Whether these digits under this salt are the code committed to.
    pub(super) fn is(&self, request: Uuid, digits: &str, salt: Bytes32) -> bool {
        let code = OneTimeCode { digits: digits.to_owned(), salt };
        code.commitment(request, self.phone) == self.commitment
    }

    /// Judges every try by a salt.
    pub(super) fn judge(&self, request: Uuid, salt: Bytes32) -> Shown {
        let mut shown = Shown::default();
        if self.tries.is_empty() {
            return Shown { open: 2, ..shown };
        }
        let mut proven = false;
        for one in &self.tries {
            let is = self.is(request, &one.digits, salt);
            proven |= is;
            if is == one.matches {
                shown.verified += 1;
            } else {
                shown.wrong.push(one.entry);
            }
        }
        // A false salt would make every try look wrong: some code must go with it.
        if proven || self.some_code(request, salt) {
            shown.verified += 2;
        } else {
            shown.opens_nothing = true;
        }
        shown
    }

    /// Whether one of the million codes goes with commitment and salt.
    fn some_code(&self, request: Uuid, salt: Bytes32) -> bool {
        let mut start = Sha256::new();
        start.update(b"litopys-code-v1\0");
        start.update(request.to_string());
        start.update([0]);
        start.update(self.phone.0);
        start.update(salt.0);
        (0..1_000_000u32).any(|number| {
            let mut digits = [b'0'; 6];
            let mut rest = number;
            for digit in digits.iter_mut().rev() {
                *digit += (rest % 10) as u8;
                rest /= 10;
            }
            start.clone().chain_update(digits).finalize()[..] == self.commitment.0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> (Codes, Uuid, OneTimeCode) {
        let (request, phone) = (Uuid::from_u128(7), Bytes32([3; 32]));
        let code = OneTimeCode { digits: "402817".into(), salt: Bytes32([9; 32]) };
        let mut codes = Codes::default();
        codes.drawn(request, 1, code.commitment(request, phone), phone);
        (codes, request, code)
    }

    #[test]
    fn a_true_account_is_verified() {
        let (mut codes, request, code) = world();
        codes.tried(request, 2, "000000", false);
        codes.tried(request, 3, "402817", true);
        assert_eq!(codes.revealed(request, code.salt), Some(Shown { verified: 4, ..Shown::default() }));
        assert_eq!(codes.revealed(request, code.salt), None);
    }

    #[test]
    fn a_code_that_nobody_hit_is_found_among_all() {
        let (mut codes, request, code) = world();
        codes.tried(request, 2, "000000", false);
        assert_eq!(codes.revealed(request, code.salt), Some(Shown { verified: 3, ..Shown::default() }));
    }

    #[test]
    fn lies_are_found() {
        let (mut codes, request, code) = world();
        codes.tried(request, 2, "402817", false);
        codes.tried(request, 3, "000000", true);
        assert_eq!(codes.revealed(request, code.salt), Some(Shown { verified: 2, wrong: vec![2, 3], ..Shown::default() }));
        let (mut codes, request, _) = world();
        codes.tried(request, 2, "402817", false);
        let shown = codes.revealed(request, Bytes32([8; 32])).unwrap();
        assert!(shown.opens_nothing && shown.wrong.is_empty());
    }

    #[test]
    fn what_nobody_tried_stays_open() {
        let (mut codes, request, code) = world();
        assert_eq!(codes.revealed(request, code.salt), Some(Shown { open: 2, ..Shown::default() }));
    }
}
