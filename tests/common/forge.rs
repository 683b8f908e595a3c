//! An operator of the test's own: decides like the real one, deterministically, and lies where it is told to.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]
#![allow(dead_code, reason = "no single test uses all of it")]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use aggregates::event::Body;
use aggregates::facts::Facts;
use aggregates::policy::{PolicyEvent, PolicyTerms};
use aggregates::refusal::Bond;
use aggregates::words::{Bytes32, Instant, Role, Stream};
use aggregates::{Archive, Context, Event, OneTimeCode, Registry, Unavailable, Ungathered, authority, decide, gather};
use litopys::admission::{KeyDirectory, admit};
use litopys::entry::{self, Entry};
use litopys::keys::to_jwk;
use litopys::node::{Founders, Trust};
use litopys::sequencer::RefusalNote;
use litopys::store::{
    CodeRow, DisclosureRow, FullTile, Head, IndexRow, Ledger as _, LedgerBatch, Outcome, RefusalRow, StoredEntry, Vault as _, VaultBatch,
    VaultReader as _, sqlite,
};
use serde_json::{Value, json};
use tlog::{Checkpoint, Signer, Tree, leaf_hash};
use uuid::Uuid;

use super::story::{self, Ledger, ORIGIN, Told, founders};

/// 2026-11-23T08:00:00Z.
const BEGIN_MS: i64 = 1_795_420_800_000;

/// One commit.
#[derive(Clone, Default)]
pub struct Commit {
    pub entries: Vec<StoredEntry>,
    pub streams: Vec<String>,
    pub outcomes: Vec<(Uuid, [u8; 32], u64)>,
    pub refusals: Vec<RefusalRow>,
    pub changes: Vec<projections::Change>,
    pub links: Vec<projections::Link>,
    pub disclosures: Vec<DisclosureRow>,
    pub index: Vec<IndexRow>,
    pub codes: Vec<CodeRow>,
}

/// What the forger remembers, as a vault does.
#[derive(Default)]
struct Memory {
    index: HashMap<String, BTreeSet<Stream>>,
    values: HashMap<(Stream, String), Value>,
    codes: HashMap<Uuid, OneTimeCode>,
}

impl Archive for Memory {
    fn find(&self, key: &str) -> Result<Vec<Stream>, Unavailable> {
        Ok(self.index.get(key).into_iter().flatten().copied().collect())
    }

    fn value(&self, subject: Stream, name: &str) -> Result<Option<Value>, Unavailable> {
        Ok(self.values.get(&(subject, name.to_owned())).cloned())
    }

    fn code(&self, request: Uuid) -> Result<Option<OneTimeCode>, Unavailable> {
        Ok(self.codes.get(&request).cloned())
    }
}

/// A lie about a fact, told before the decision: index of the entry, type of the command, facts.
pub type Twist = Box<dyn FnMut(u64, &str, &mut Facts)>;

/// The operator.
pub struct Forge {
    pub commits: Vec<Commit>,
    pub registry: Registry,
    /// Terms that it decides by instead of those on the ledger.
    pub lax: Option<PolicyTerms>,
    pub twist: Twist,
    /// The origin whose commands it takes.
    pub admits: String,
    memory: Memory,
    size: u64,
    ms: i64,
    drawn: u64,
    next: u64,
}

impl Forge {
    /// A ledger with its genesis.
    pub fn new(policy: PolicyTerms) -> Forge {
        Forge::with(&founders(policy), None)
    }

    /// The same, by an operator who decides by other terms.
    pub fn lax(policy: PolicyTerms, lax: PolicyTerms) -> Forge {
        Forge::with(&founders(policy), Some(lax))
    }

    fn with(founders: &Founders, lax: Option<PolicyTerms>) -> Forge {
        let mut forge = Forge {
            commits: Vec::new(),
            registry: Registry::new(1),
            lax: None,
            twist: Box::new(|_, _, _| {}),
            admits: ORIGIN.into(),
            memory: Memory::default(),
            size: 0,
            ms: BEGIN_MS,
            drawn: 0,
            next: 1_000_000,
        };
        story::count_salts_anew();
        let data = json!({
            "regulators": founders.regulators.iter().map(|key| to_jwk(&key.public())).collect::<Vec<_>>(),
            "operator": to_jwk(&founders.operator.public()),
            "log_key": log().verifier().to_string(),
            "refusal_key": refusals().verifier().to_string(),
            "keys_until": founders.keys_until,
            "policy": founders.policy,
        });
        let signers = vec![(&founders.regulators[0], Role::Regulator, None), (&founders.operator, Role::Operator, None)];
        let body = story::command(story::id(999_999), forge.now(), "genesis", data, &signers);
        assert_eq!(forge.take(vec![body]), [Told::Entry(0)]);
        if let Some(terms) = lax {
            let version = forge.registry.version(&Stream::Policy) + 1;
            let event = Event { stream: Stream::Policy, version, body: Body::Policy(PolicyEvent::Set { terms }) };
            forge.registry.apply(&event).unwrap();
        }
        forge
    }

    /// The whole story, crowd included.
    pub fn big() -> Forge {
        let mut forge = Forge::new(PolicyTerms::default());
        let mut story = story::Story::new(&mut forge);
        story.small();
        story.rest();
        story.crowd(70);
        forge
    }

    /// The small story.
    pub fn small() -> Forge {
        let mut forge = Forge::new(PolicyTerms::default());
        story::Story::new(&mut forge).small();
        forge
    }

    /// All entries' bytes.
    pub fn entries(&self) -> impl Iterator<Item = &StoredEntry> {
        self.commits.iter().flat_map(|commit| &commit.entries)
    }

    /// Rewrites the entry at an index.
    pub fn edit(&mut self, index: u64, edit: impl FnOnce(&mut Value)) {
        let entry = self.commits.iter_mut().flat_map(|commit| &mut commit.entries).find(|entry| entry.index == index).unwrap();
        let mut value: Value = serde_json::from_slice(&entry.bytes).unwrap();
        edit(&mut value);
        entry.bytes = serde_json::to_vec(&value).unwrap();
    }

    fn decide(&mut self, body: &str, commit: &mut Commit) -> Told {
        let directory = KeyDirectory::default();
        directory.add(self.registry.keys().map(|(kid, key)| (*kid, key.x)));
        let admitted = admit(body.as_bytes(), &self.admits, &directory).unwrap();
        self.ms += 1_000;
        let (index, time) = (self.size, Instant::from_ms(self.ms).unwrap());
        let command = &admitted.command;
        let data = &admitted.envelope.payload.data;
        let (drawn, memory) = (&mut self.drawn, &self.memory);
        let mut draw = || {
            *drawn += 1;
            OneTimeCode { digits: format!("{:06}", (*drawn * 7919) % 1_000_000), salt: Bytes32([*drawn as u8; 32]) }
        };
        let decided = authority::check(&self.registry, command, time).map_err(Ungathered::from).and_then(|acting| {
            let mut gathered = gather(&self.registry, command, &acting, data, &admitted.disclosed, memory, time, &mut draw)?;
            (self.twist)(index, &admitted.envelope.payload.kind, &mut gathered.facts);
            let events = decide(&self.registry, command, &Context { index, time, facts: gathered.facts })?;
            Ok((gathered, events))
        });
        let (gathered, events) = match decided {
            Ok(decided) => decided,
            Err(Ungathered::Unavailable(error)) => panic!("{error}"),
            Err(Ungathered::Refused(refusal)) => {
                let told = Told::Refused(refusal.code.name().to_owned());
                if refusal.code.bond() == Bond::Final {
                    commit.refusals.push(self.refusal(&admitted, &refusal, time));
                }
                return told;
            }
        };
        commit.streams.extend(events.iter().filter(|event| event.version == 1).map(|event| event.stream.to_string()));
        commit.outcomes.push((command.id, admitted.envelope.payload_hash, index));
        let chain: Vec<Entry> = entry::chain(entry::LAW, index, time, admitted.envelope.to_entry(), gathered.facts, events);
        let rights = admitted.envelope.payload.rights();
        for entry in &chain {
            entry.events.iter().for_each(|event| self.registry.apply(event).unwrap());
            commit.changes.extend(projections::changes(entry.index, data, &entry.events));
            commit.links.extend(projections::links(entry.index, &rights, &entry.events));
            commit.entries.push(StoredEntry { index: entry.index, time: entry.time.ms(), bytes: entry.to_bytes().unwrap() });
            self.size += 1;
        }
        if let Some(subject) = gathered.subject {
            for one in &admitted.envelope.disclosures {
                let (ordinal, object, name) = (one.ordinal as u32, one.object.clone(), one.name.clone());
                if gathered.on_file {
                    self.memory.values.insert((subject, name.clone()), one.value.clone());
                }
                let subject = subject.to_string();
                commit.disclosures.push(DisclosureRow {
                    entry: index,
                    ordinal,
                    subject,
                    object,
                    name,
                    text: one.text.clone(),
                    on_file: gathered.on_file,
                });
            }
            for key in gathered.index {
                self.memory.index.entry(key.clone()).or_default().insert(subject);
                commit.index.push(IndexRow { entry: index, subject: subject.to_string(), key });
            }
        }
        if let Some(request) = gathered.ends_code {
            self.memory.codes.remove(&request);
        }
        if let Some((request, code)) = gathered.code {
            commit.codes.push(CodeRow { entry: index, request, code: code.digits.clone(), salt: code.salt.0 });
            self.memory.codes.insert(request, code);
        }
        Told::Entry(index)
    }

    fn refusal(&self, admitted: &litopys::admission::Admitted, refusal: &aggregates::Refusal, time: Instant) -> RefusalRow {
        let (id, payload_hash, size) = (admitted.command.id, admitted.envelope.payload_hash, self.size);
        let (code, pointer) = (refusal.code.name().to_owned(), refusal.pointer.clone());
        let mut stored = json!({ "code": code, "params": refusal.params });
        if let Some(pointer) = &pointer {
            stored["pointer"] = json!(pointer);
        }
        let note = RefusalNote { origin: ORIGIN.into(), id, payload_hash, code, pointer, size, time }.sign(&refusals()).unwrap();
        RefusalRow { id, payload_hash, refusal: stored.to_string(), size, time: time.ms(), note }
    }

    /// Hashes, signs and stores everything: `ledger.sqlite`, `vault.sqlite`. The files are closed.
    pub fn write(&self, folder: &Path) {
        let (ledger_path, vault_path) = (folder.join("ledger.sqlite"), folder.join("vault.sqlite"));
        sqlite::create(&ledger_path, &vault_path).unwrap();
        let (mut ledger, mut vault) = sqlite::open(&ledger_path, &vault_path).unwrap();
        let mut head = ledger.lead().unwrap();
        vault.lead().unwrap();
        let mut vault_head = vault.head().unwrap();
        let mut tree = Tree::new();
        for commit in &self.commits {
            let mut full = Vec::new();
            commit.entries.iter().for_each(|entry| tree.push(leaf_hash(&entry.bytes), &mut full));
            let (size, root) = (tree.size(), tree.root());
            let new = if commit.entries.is_empty() {
                head.clone()
            } else {
                let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root }.sign(&log()).unwrap();
                Head { size, root: root.0, epoch: head.epoch, checkpoint }
            };
            if !commit.entries.is_empty() {
                let live = |row: &&CodeRow| self.memory.codes.get(&row.request).is_some_and(|code| code.salt.0 == row.salt);
                let codes = commit.codes.iter().filter(live).cloned().collect();
                let (disclosures, index) = (commit.disclosures.clone(), commit.index.clone());
                vault_head = vault.gain(&VaultBatch { old: vault_head, size, disclosures, index, codes, outbox: Vec::new() }).unwrap();
            }
            let tiles = full.into_iter().map(|tile| FullTile { level: tile.level, index: tile.index, hashes: tile.hashes.into_vec() });
            let outcome =
                |(id, payload_hash, index): &(Uuid, [u8; 32], u64)| Outcome { id: *id, payload_hash: *payload_hash, index: *index, size };
            let batch = LedgerBatch {
                old: head,
                new: new.clone(),
                entries: commit.entries.clone(),
                streams: commit.streams.clone(),
                tiles: tiles.collect(),
                outcomes: commit.outcomes.iter().map(outcome).collect(),
                refusals: commit.refusals.clone(),
                changes: commit.changes.clone(),
                links: commit.links.clone(),
            };
            ledger.commit(&batch).unwrap();
            head = new;
        }
    }
}

impl Ledger for Forge {
    fn now(&self) -> Instant {
        Instant::from_ms(self.ms).unwrap()
    }

    fn take(&mut self, bodies: Vec<String>) -> Vec<Told> {
        let mut commit = Commit::default();
        let told = bodies.iter().map(|body| self.decide(body, &mut commit)).collect();
        if !commit.entries.is_empty() || !commit.refusals.is_empty() {
            self.commits.push(commit);
        }
        told
    }

    fn code(&self, request: Uuid) -> String {
        self.memory.codes[&request].digits.clone()
    }

    fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

pub fn log() -> Signer {
    Signer::ed25519(ORIGIN, &story::key(3).seed()).unwrap()
}

pub fn refusals() -> Signer {
    Signer::ed25519(&RefusalNote::key_name(ORIGIN), &story::key(4).seed()).unwrap()
}

/// What an outsider pinned of the honest ledger of these terms.
pub fn trust(forge: &Forge) -> Trust {
    let genesis = leaf_hash(&forge.entries().next().unwrap().bytes);
    Trust { origin: ORIGIN.into(), log_key: log().verifier(), refusal_key: refusals().verifier(), genesis }
}
