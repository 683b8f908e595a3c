//! One digest of the whole registry.

use std::io;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
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
    /// SHA-256 over the registry's written form. The same events give the same digest on every machine.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = Hasher(Sha256::new());
        // Neither the hasher nor the registry's own types can fail to be written.
        let written = serde_json::to_writer(&mut hasher, self);
        debug_assert!(written.is_ok(), "{written:?}");
        hasher.0.finalize().into()
    }
}

/// The written form: members in this order, maps sorted by key, however the registry keeps what they tell.
impl Serialize for Registry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_struct("Registry", 17)?;
        all.serialize_field("policy", &self.policy)?;
        all.serialize_field("keys", &self.keys)?;
        all.serialize_field("auditors", &self.auditors)?;
        all.serialize_field("trust_providers", &self.trust_providers)?;
        all.serialize_field("mis", &self.mis)?;
        all.serialize_field("legal_entities", &self.legal_entities)?;
        all.serialize_field("divisions", &self.divisions)?;
        all.serialize_field("practitioners", &self.practitioners)?;
        all.serialize_field("employees", &self.employees)?;
        all.serialize_field("patients", &self.patients.written())?;
        all.serialize_field("by_edrpou", &self.by_edrpou)?;
        all.serialize_field("posts", &self.posts)?;
        all.serialize_field("load", &self.patients.written_load())?;
        all.serialize_field("requests", &self.patients.written_requests())?;
        all.serialize_field("declarations", &self.patients.written_declarations())?;
        all.serialize_field("declarations_signed", &self.patients.signed())?;
        all.serialize_field("regulator_keys", &self.regulator_keys)?;
        all.end()
    }
}
