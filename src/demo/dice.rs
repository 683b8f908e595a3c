//! Chance from a seed: the same seed gives the same names, ids, keys and salts everywhere.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::keys::SecretKey;

/// The moment that the demo's ids carry, 2026-01-01T00:00:00Z: ids depend on the seed alone, not on the day.
const IDS_AT_MS: u64 = 1_767_225_600_000;

/// A stream of chance. Each thing has one of its own, by its label, so that what is added later changes nothing else.
pub struct Dice {
    start: Sha256,
    turn: u64,
    rest: Vec<u8>,
}

impl Dice {
    /// The stream of the thing with this label.
    pub fn new(seed: u64, label: &str) -> Dice {
        let start = Sha256::new().chain_update(b"litopys-demo\0").chain_update(seed.to_be_bytes()).chain_update(label);
        Dice { start, turn: 0, rest: Vec::new() }
    }

    /// Fills a slice.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.rest.is_empty() {
                self.rest = self.start.clone().chain_update([0]).chain_update(self.turn.to_be_bytes()).finalize().to_vec();
                self.turn += 1;
            }
            *byte = self.rest.pop().unwrap_or_default();
        }
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_be_bytes(bytes) % limit.max(1)
    }

    /// One of some things.
    ///
    /// # Panics
    /// If there are none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// Decimal digits, the first not 0.
    pub fn digits(&mut self, count: u32) -> String {
        let least = 10u64.pow(count.saturating_sub(1));
        (least + self.below(9 * least)).to_string()
    }

    /// A UUID of version 7.
    pub fn id(&mut self) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        uuid::Builder::from_unix_timestamp_millis(IDS_AT_MS, &random).into_uuid()
    }

    /// A key.
    pub fn key(&mut self) -> SecretKey {
        SecretKey::generate(|bytes| self.fill(bytes))
    }
}
