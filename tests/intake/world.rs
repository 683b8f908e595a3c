//! A ledger with the parties that providers and patients need, without HTTP.

use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role, Stream, StreamType};
use aggregates::{Event, Refusal};
use litopys::admission::{NotAdmitted, admit};
use litopys::entry::Entry;
use litopys::envelope::{Draft, Envelope, compose};
use litopys::intake::to_disclose;
use litopys::keys::{SecretKey, to_jwk};
use litopys::node::{self, Founders, Node, Options, Paths, new_id};
use litopys::sequencer::{Answer, system_clock};
use litopys::store::{StoreError, VaultReader as _, sqlite};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A signer.
pub type Hand<'a> = (&'a SecretKey, Role, Option<Stream>);

/// Somebody on staff.
pub struct Staff {
    pub key: SecretKey,
    pub practitioner: Uuid,
    pub employee: Uuid,
    pub role: Role,
}

impl Staff {
    pub fn new(byte: u8, role: Role) -> Staff {
        Staff { key: key(byte), practitioner: new_id(), employee: new_id(), role }
    }

    pub fn hand(&self) -> Hand<'_> {
        (&self.key, self.role, Some(Stream::Of(StreamType::Employee, self.employee)))
    }

    pub fn himself(&self, role: Role) -> Hand<'_> {
        (&self.key, role, Some(Stream::Of(StreamType::Practitioner, self.practitioner)))
    }
}

/// What became of a command.
pub struct Accepted {
    pub index: u64,
    pub events: Vec<Event>,
}

pub struct World {
    folder: tempfile::TempDir,
    pub node: Node,
    regulator: SecretKey,
    trust: (SecretKey, Uuid),
    mis: (SecretKey, Uuid),
}

pub fn key(byte: u8) -> SecretKey {
    SecretKey::from_seed(&[byte; 32])
}

pub fn now() -> Instant {
    Instant::from_ms(system_clock()()).unwrap()
}

fn until() -> Instant {
    now().plus_seconds(86_400 * 365)
}

impl World {
    pub async fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::in_dir(folder.path());
        let founders = Founders {
            origin: "example.org/intake".into(),
            regulators: vec![key(1)],
            operator: key(2),
            log: key(3),
            refusal: key(4),
            policy: PolicyTerms::default(),
            keys_until: until(),
        };
        node::create(&paths, &founders).unwrap();
        let node = Node::open(paths, Options::default()).unwrap();
        let world = World { folder, node, regulator: key(1), trust: (key(5), new_id()), mis: (key(6), new_id()) };
        world.accredit().await;
        world
    }

    async fn accredit(&self) {
        let regulator = (&self.regulator, Role::Regulator, None);
        let (trust, mis) = (&self.trust, &self.mis);
        let data = json!({"trust_provider": trust.1, "name": "Підпис", "edrpou": "32855961", "key": to_jwk(&trust.0.public()), "key_until": until()});
        self.must("trust_provider.accredit", data, &[regulator, (&trust.0, Role::Holder, None)]).await;
        let data = json!({
            "mis": mis.1, "name": "Пульс", "edrpou": "14360570", "product": "Пульс 1", "email": "a@example.org",
            "key": to_jwk(&mis.0.public()), "key_until": until(),
        });
        self.must("mis.apply", data, &[(&mis.0, Role::Holder, None), self.trust_provider()]).await;
        let data = json!({"mis": mis.1, "programme": "Перша", "held_on": "2026-01-01", "passed": true});
        self.must("mis.record_test", data, &[regulator]).await;
        self.must("mis.accredit", json!({"mis": mis.1}), &[regulator]).await;
    }

    pub fn mis(&self) -> Hand<'_> {
        (&self.mis.0, Role::Mis, Some(Stream::Of(StreamType::Mis, self.mis.1)))
    }

    pub fn trust_provider(&self) -> Hand<'_> {
        (&self.trust.0, Role::TrustProvider, Some(Stream::Of(StreamType::TrustProvider, self.trust.1)))
    }

    /// What a trust provider adds to a practitioner's data.
    pub fn enrolment(&self, mut data: Value, key: &SecretKey, represents: &[&str]) -> Value {
        data["key"] = to_jwk(&key.public());
        data["from"] = json!(now().plus_seconds(-60));
        data["until"] = json!(until());
        data["evidence"] = json!("presence");
        if !represents.is_empty() {
            data["represents"] = json!(represents);
        }
        data
    }

    /// Signs a command and hands it over, disclosing what the law wants disclosed.
    pub async fn ask(&self, kind: &str, data: Value, signers: &[Hand<'_>]) -> Result<Accepted, Refusal> {
        let draft = Draft {
            id: new_id(),
            ledger: self.node.trust.origin.clone(),
            kind: kind.to_owned(),
            issued_at: now(),
            expect: None,
            seen: None,
            disclose: to_disclose(kind, &data),
            data,
        };
        let body = compose(&draft, signers, |salt| getrandom::fill(salt).unwrap()).unwrap().body;
        let admitted = match admit(body.as_bytes(), &self.node.trust.origin, &self.node.directory) {
            Ok(admitted) => admitted,
            Err(NotAdmitted::Form(refusal)) => return Err(refusal),
            Err(other) => panic!("{kind}: {other}"),
        };
        match self.node.sequencer.submit(admitted).await.unwrap() {
            Answer::Accepted(accepted) => {
                Ok(Accepted { index: accepted.index, events: Entry::from_bytes(&accepted.entry).unwrap().events })
            }
            Answer::Refused(refused) => Err(refused.refusal),
            other => panic!("{kind}: {other:?}"),
        }
    }

    pub async fn must(&self, kind: &str, data: Value, signers: &[Hand<'_>]) -> Accepted {
        self.ask(kind, data, signers).await.unwrap_or_else(|refusal| panic!("{kind}: {refusal} {:?}", refusal.faults))
    }

    /// The members of the entry's command in clear, as they stand in the log.
    pub fn clear(&self, index: u64) -> Value {
        let entry = self.node.readers.with(|reader| reader.entry(index)).unwrap_or_else(|error: StoreError| panic!("{error}"));
        let entry = Entry::from_bytes(&entry.unwrap().bytes).unwrap();
        Value::Object(Envelope::from_entry(entry.command().unwrap()).unwrap().payload.clear_data())
    }

    /// The disclosed members of the entry's command as the vault has them: object, name, value.
    pub fn disclosed(&self, index: u64) -> Vec<(String, String, Value)> {
        let vault = sqlite::open_vault_reader(&Paths::in_dir(self.folder.path()).vault).unwrap();
        let entry = self.node.readers.with(|reader| reader.entry(index)).unwrap_or_else(|error: StoreError| panic!("{error}"));
        let entry = Entry::from_bytes(&entry.unwrap().bytes).unwrap();
        let envelope = Envelope::from_entry(entry.command().unwrap()).unwrap();
        let rows = vault.disclosures(index).unwrap();
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        // Opening matches each against the digests that the signed payload has.
        let opened = envelope.open(&texts).unwrap();
        opened.into_iter().map(|one| (one.object, one.name, one.value)).collect()
    }

    /// The whole document of an entry's command: clear members from the log, disclosed ones from the vault.
    pub fn read_back(&self, index: u64) -> Value {
        let mut root = json!({"data": self.clear(index)});
        for (object, name, value) in self.disclosed(index) {
            root.pointer_mut(&object).unwrap()[&name] = value;
        }
        root["data"].take()
    }

    /// The public row.
    pub fn row(&self, resource: projections::Resource, id: Uuid) -> Map<String, Value> {
        let size = self.node.sequencer.published().size;
        let row = self.node.readers.with(|reader| reader.row(resource, &id.to_string(), size));
        row.unwrap_or_else(|error: StoreError| panic!("{error}")).unwrap().body
    }
}
