//! Litopys's verification and law without its store: what stands before a peer that has neither.

use std::sync::Mutex;

use aggregates::words::{Bytes32, Instant, Stream};
use aggregates::{Archive, Context, Event, OneTimeCode, Registry, Unavailable, authority, decide, gather};
use litopys::admission::{KeyDirectory, admit};
use litopys::bench::{Bed, ORIGIN};
use litopys::entry::{self, Entry, LAW};
use litopys::envelope::opened;
use litopys::node::Readers;
use litopys::sequencer::system_clock;
use litopys::store::StoreError;

use crate::Fault;

/// Entries read at a time.
const PAGE: usize = 512;

/// The law's state in memory.
pub struct Rules {
    registry: Mutex<(Registry, u64)>,
    directory: KeyDirectory,
    vault: Vault,
}

/// The values that facts are gathered from, where patients were registered.
struct Vault(Readers);

impl Rules {
    /// After all entries of a ledger, to which nothing is added from now on.
    pub fn after(bed: &Bed) -> Result<Rules, Fault> {
        let reader = bed.place.store.reader()?;
        let mut registry = Registry::new(0);
        let mut size = 0;
        loop {
            let page = reader.entries(size, PAGE)?;
            for row in &page {
                for event in &Entry::from_bytes(&row.bytes)?.events {
                    registry.apply(event)?;
                }
            }
            size += page.len() as u64;
            if page.is_empty() {
                break;
            }
        }
        Ok(Rules { registry: Mutex::new((registry, size)), directory: bed.node.directory.clone(), vault: Vault(bed.node.readers.clone()) })
    }

    /// Verifies a command's signatures, decides on it, and gives the entry that it becomes.
    pub fn take(&self, body: &str) -> Result<Entry, Fault> {
        let admitted = admit(body.as_bytes(), ORIGIN, &self.directory).map_err(|why| why.to_string())?;
        if !admitted.verified {
            return Err("a signature could not be verified".into());
        }
        let mut state = self.registry.lock().map_err(|_| "another command failed")?;
        let (registry, size) = &mut *state;
        let time = Instant::from_ms(system_clock()()).ok_or("the clock tells no time")?;
        let acting = authority::check(registry, &admitted.command, time)?;
        let data = &admitted.envelope.payload.data;
        let mut no_code = || OneTimeCode { digits: String::new(), salt: Bytes32([0; 32]) };
        let gathered = gather(registry, &admitted.command, &acting, data, &admitted.disclosed, &self.vault, time, &mut no_code)?;
        let events: Vec<Event> = decide(registry, &admitted.command, &Context { index: *size, time, facts: gathered.facts })?;
        for event in &events {
            registry.apply(event)?;
        }
        let mut chain = entry::chain(LAW, *size, time, admitted.envelope.to_entry(), gathered.facts, events);
        *size += 1;
        if chain.len() != 1 { Err("more than one entry".into()) } else { Ok(chain.remove(0)) }
    }
}

impl Archive for Vault {
    fn find(&self, key: &str) -> Result<Vec<Stream>, Unavailable> {
        let found = self.0.with_vault(|vault| vault.find(key)).map_err(unavailable)?;
        found.iter().map(|stream| stream.parse().map_err(|_| Unavailable("a stream".into()))).collect()
    }

    fn value(&self, subject: Stream, name: &str) -> Result<Option<serde_json::Value>, Unavailable> {
        let row = self.0.with_vault(|vault| vault.value(&subject.to_string(), name)).map_err(unavailable)?;
        Ok(row.and_then(|row| opened(&row.text)).map(|(_, value)| value))
    }

    fn code(&self, _: uuid::Uuid) -> Result<Option<OneTimeCode>, Unavailable> {
        Ok(None)
    }
}

fn unavailable(error: StoreError) -> Unavailable {
    Unavailable(error.to_string())
}
