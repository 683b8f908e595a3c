//! The vault as the law's facts read it, with what the batch at hand has gained on top.

use std::collections::HashMap;

use aggregates::words::{Bytes32, Stream};
use aggregates::{Archive, OneTimeCode, Unavailable};
use serde_json::Value;
use uuid::Uuid;

use crate::envelope::opened;
use crate::store::{Known, VaultReader};

/// What a batch has gained and not committed.
#[derive(Default)]
pub(super) struct Overlay {
    index: HashMap<String, Vec<Stream>>,
    values: HashMap<(Stream, String), Value>,
    /// `None` for a request whose code has ended.
    codes: HashMap<Uuid, Option<OneTimeCode>>,
}

impl Overlay {
    pub(super) fn learn_key(&mut self, key: String, subject: Stream) {
        self.index.entry(key).or_default().push(subject);
    }

    pub(super) fn learn_value(&mut self, subject: Stream, name: String, value: Value) {
        self.values.insert((subject, name), value);
    }

    pub(super) fn set_code(&mut self, request: Uuid, code: Option<OneTimeCode>) {
        self.codes.insert(request, code);
    }
}

/// The vault under overlays, the latest first.
pub(super) struct VaultArchive<'a, V: ?Sized, O> {
    vault: &'a V,
    overlays: O,
    /// What the vault has said already, before the batch.
    known: &'a Known,
}

impl<'a, V: VaultReader + ?Sized, O: Iterator<Item = &'a Overlay> + Clone> VaultArchive<'a, V, O> {
    pub(super) fn over(vault: &'a V, overlays: O, known: &'a Known) -> Self {
        VaultArchive { vault, overlays, known }
    }
}

fn unavailable(error: impl std::fmt::Display) -> Unavailable {
    Unavailable(error.to_string())
}

impl<'a, V: VaultReader + ?Sized, O: Iterator<Item = &'a Overlay> + Clone> Archive for VaultArchive<'a, V, O> {
    fn find(&self, key: &str) -> Result<Vec<Stream>, Unavailable> {
        let known = match self.known.keys.get(key) {
            Some(known) => known.clone(),
            None => self.vault.find(key).map_err(unavailable)?,
        };
        let mut subjects: Vec<Stream> = known.iter().map(|text| text.parse().map_err(unavailable)).collect::<Result<_, _>>()?;
        let gained = self.overlays.clone().filter_map(|overlay| overlay.index.get(key));
        subjects.extend(gained.flatten());
        subjects.sort_unstable();
        subjects.dedup();
        Ok(subjects)
    }

    fn value(&self, subject: Stream, name: &str) -> Result<Option<Value>, Unavailable> {
        let named = (subject, name.to_owned());
        if let Some(value) = self.overlays.clone().find_map(|overlay| overlay.values.get(&named)) {
            return Ok(Some(value.clone()));
        }
        let subject = subject.to_string();
        let last = match self.known.values.get(&subject).and_then(|values| values.get(name)) {
            Some(known) => known.clone(),
            None => self.vault.value(&subject, name).map_err(unavailable)?,
        };
        Ok(last.and_then(|row| opened(&row.text)).map(|(_, value)| value))
    }

    fn code(&self, request: Uuid) -> Result<Option<OneTimeCode>, Unavailable> {
        if let Some(code) = self.overlays.clone().find_map(|overlay| overlay.codes.get(&request)) {
            return Ok(code.clone());
        }
        let row = match self.known.codes.get(&request) {
            Some(known) => known.clone(),
            None => self.vault.code(&request).map_err(unavailable)?,
        };
        Ok(row.map(|row| OneTimeCode { digits: row.code, salt: Bytes32(row.salt) }))
    }
}
