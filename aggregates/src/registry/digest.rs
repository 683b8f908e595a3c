//! One digest of the whole registry.

use std::io;

use sha2::{Digest, Sha256};

use super::Registry;

struct Hasher(Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Registry {
    /// SHA-256 over the registry's written form: members in the order of the type, maps sorted by key. The same events
    /// give the same digest on every machine.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = Hasher(Sha256::new());
        // Neither the hasher nor the registry's own types can fail to be written.
        let written = serde_json::to_writer(&mut hasher, self);
        debug_assert!(written.is_ok(), "{written:?}");
        hasher.0.finalize().into()
    }
}
