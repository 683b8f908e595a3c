//! The world: a registry, an archive, a clock that stands, and every command's way through the law.

use std::collections::BTreeMap;

use aggregates::commands::{self, Command, Expect, Signer};
use aggregates::facts::Facts;
use aggregates::form::Disclosed;
use aggregates::policy::PolicyTerms;
use aggregates::words::{Bytes32, Instant, Role, Stream};
use aggregates::{Archive, Context, Event, Gathered, OneTimeCode, Refusal, Registry, Unavailable, Ungathered, authority, decide, gather};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::check::{check, split};
use super::data::*;
use super::names::*;

#[derive(Clone, Default)]
struct Memory {
    index: BTreeMap<String, Vec<Stream>>,
    values: BTreeMap<(Stream, String), Value>,
    codes: BTreeMap<Uuid, OneTimeCode>,
}

impl Archive for Memory {
    fn find(&self, key: &str) -> Result<Vec<Stream>, Unavailable> {
        Ok(self.index.get(key).cloned().unwrap_or_default())
    }

    fn value(&self, subject: Stream, name: &str) -> Result<Option<Value>, Unavailable> {
        Ok(self.values.get(&(subject, name.to_owned())).cloned())
    }

    fn code(&self, request: Uuid) -> Result<Option<OneTimeCode>, Unavailable> {
        Ok(self.codes.get(&request).cloned())
    }
}

/// What stands in the log: enough for anybody to decide again.
#[derive(Clone)]
pub struct Taken {
    pub kind: String,
    pub data: Map<String, Value>,
    pub command: Command,
    pub time: Instant,
    pub facts: Facts,
    pub events: Vec<Event>,
}

/// A command accepted.
#[derive(Debug)]
pub struct Accepted {
    pub events: Vec<Event>,
    pub gathered: Gathered,
    pub disclosed: Vec<Disclosed>,
}

impl Accepted {
    pub fn kinds(&self) -> Vec<String> {
        self.events.iter().map(Event::kind).collect()
    }

    pub fn facts(&self) -> Facts {
        self.gathered.facts
    }

    /// The event's data, as the entry has it.
    pub fn data(&self, place: usize) -> Value {
        serde_json::to_value(&self.events[place]).unwrap()["data"].clone()
    }
}

#[derive(Clone)]
pub struct World {
    pub registry: Registry,
    pub now: Instant,
    pub log: Vec<Taken>,
    /// What the next command relies on.
    pub expect: Option<Expect>,
    archive: Memory,
    drawn: u32,
}

impl World {
    /// A world before genesis.
    pub fn void() -> World {
        let archive = Memory::default();
        World { registry: Registry::new(1), now: at("2026-03-01T09:00:00Z"), log: Vec::new(), expect: None, archive, drawn: 0 }
    }

    /// Opened by two regulators' keys and the operator's; a trust provider and two MISs are accredited.
    pub fn founded() -> World {
        World::with_policy(|_| {})
    }

    pub fn with_policy(change: impl FnOnce(&mut PolicyTerms)) -> World {
        World::void().found(change)
    }

    fn found(self, change: impl FnOnce(&mut PolicyTerms)) -> World {
        let mut world = self;
        let mut policy = PolicyTerms::default();
        change(&mut policy);
        let mut opening = genesis(&["regulator", "regulator 2"]);
        opening["policy"] = json!(policy);
        world.must("genesis", opening, &[regulator("regulator"), regulator("regulator 2"), operator()]);
        world.must("trust_provider.accredit", trust_provider_accredit("trust"), &[regulator("regulator"), holder("trust")]);
        for name in ["mis", "mis 2"] {
            world.accredited_mis(name);
        }
        world
    }

    pub fn accredited_mis(&mut self, name: &str) {
        self.must("mis.apply", mis_apply(name), &[holder(name), trust("trust")]);
        self.must("mis.record_test", mis_record_test(name, true), &[regulator("regulator")]);
        self.must("mis.accredit", mis_accredit(name), &[regulator("regulator")]);
    }

    /// A practitioner with a key of his name.
    pub fn practitioner(&mut self, name: &str, represents: &[&str]) {
        self.must("key.enrol", enrol_practitioner(name, name, represents), &[trust("trust"), holder(name)]);
    }

    /// The provider `name` with the head `<name> head` in the post `<name> owner`, and the division `<name> division`.
    pub fn clinic(&mut self, name: &str) {
        let head = format!("{name} head");
        self.practitioner(&head, &[name]);
        self.must("legal_entity.register", legal_entity(name), &[mis("mis"), owner_to_be(&head)]);
        self.must("division.open", division_open(&format!("{name} division")), &[mis("mis"), self.head(name)]);
    }

    pub fn head(&self, clinic: &str) -> Signer {
        post(Role::Owner, &format!("{clinic} head"), &format!("{clinic} owner"))
    }

    /// A doctor of a new person `name` in the post `<name> post`.
    pub fn doctor(&mut self, name: &str, clinic: &str, specialities: &[&str]) {
        self.practitioner(name, &[]);
        self.doctor_post(name, &format!("{name} post"), clinic, specialities);
    }

    pub fn doctor_post(&mut self, name: &str, employee: &str, clinic: &str, specialities: &[&str]) {
        let offer = invite_doctor(employee, name, &format!("{clinic} division"), specialities);
        self.must("employee.invite", offer, &[mis("mis"), self.head(clinic)]);
        self.must("employee.accept", accept(employee), &[mis("mis"), practitioner(name)]);
    }

    /// Another member of staff, of a new person `name`, in the post `<name> post`.
    pub fn staff(&mut self, name: &str, clinic: &str, kind: &str) {
        let employee = format!("{name} post");
        self.practitioner(name, &[]);
        self.must("employee.invite", invite(&employee, name, kind), &[mis("mis"), self.head(clinic)]);
        self.must("employee.accept", accept(&employee), &[mis("mis"), practitioner(name)]);
    }

    /// A clinic with the family doctor `doctor`.
    pub fn practice() -> World {
        World::practice_with(|_| {})
    }

    /// The same, opened at this moment.
    pub fn practice_at(now: &str) -> World {
        World { now: at(now), ..World::void() }.found(|_| {}).practise()
    }

    pub fn practice_with(change: impl FnOnce(&mut PolicyTerms)) -> World {
        World::with_policy(change).practise()
    }

    fn practise(self) -> World {
        let mut world = self;
        world.clinic("clinic");
        world.doctor("doctor", "clinic", &["family_doctor"]);
        world
    }

    /// A patient registered by the doctor.
    pub fn patient(&mut self, name: &str, born: &str) {
        self.must("patient.register", patient_register(name, born), &[mis("mis"), doctor("doctor")]);
    }

    /// The code that lies in the vault for a request.
    pub fn code(&self, request: &str) -> OneTimeCode {
        self.archive.codes[&id(request)].clone()
    }

    pub fn known_code(&self, request: &str) -> Option<String> {
        self.archive.codes.get(&id(request)).map(|code| code.digits.clone())
    }

    pub fn forget_code(&mut self, request: &str) {
        self.archive.codes.remove(&id(request));
    }

    /// What is on file for a subject.
    pub fn value(&self, subject: Stream, name: &str) -> Option<Value> {
        self.archive.value(subject, name).unwrap()
    }

    /// Erases a subject's values.
    pub fn forget_values(&mut self, subject: Stream) {
        self.archive.values.retain(|(whose, _), _| *whose != subject);
    }

    /// Ties one more subject to an identity key, as a mistake of old would have.
    pub fn tie(&mut self, key: String, subject: Stream) {
        self.archive.index.entry(key).or_default().push(subject);
    }

    /// Requests at the doctor, sends a code, confirms: the request waits for the signature.
    pub fn confirmed(&mut self, request_name: &str, patient: &str, who: &str) {
        let employee = format!("{who} post");
        self.must(
            "declaration_request.create",
            request_create(request_name, patient, &employee, "clinic division"),
            &[mis("mis"), doctor(who)],
        );
        self.must("declaration_request.send_code", request(request_name, patient), &[mis("mis"), doctor(who)]);
        let code = self.code(request_name).digits;
        self.must("declaration_request.confirm_by_code", confirm_by_code(request_name, patient, &code), &[mis("mis"), doctor(who)]);
    }

    pub fn sign(&mut self, request: &str, patient: &str, who: &str) -> Result<Accepted, Refusal> {
        let content = declaration_sign(request, patient, &format!("{who} post"), "clinic division");
        self.send("declaration.sign", content, &[mis("mis"), doctor(who)])
    }

    /// The whole way to a declaration.
    pub fn declared(&mut self, request: &str, patient: &str, who: &str) -> Accepted {
        self.confirmed(request, patient, who);
        self.sign(request, patient, who).unwrap()
    }

    #[track_caller]
    pub fn must(&mut self, kind: &str, whole: Value, signers: &[Signer]) -> Accepted {
        match self.send(kind, whole, signers) {
            Ok(accepted) => accepted,
            Err(refusal) => panic!("{kind}: {refusal} {:?}", refusal.faults),
        }
    }

    /// One command's way through the law. Whatever is accepted is checked: the events are in order, can be read back,
    /// hold nothing disclosed, and follow from payload and facts alone.
    pub fn send(&mut self, kind: &str, whole: Value, signers: &[Signer]) -> Result<Accepted, Refusal> {
        let (data, disclosed) = split(kind, whole, self.log.len());
        let read = commands::read(kind, &data, Some(&disclosed))?;
        let id = id(&format!("command {}", self.log.len()));
        let command = Command { id, issued_at: self.now, signers: signers.to_vec(), expect: self.expect.take(), data: read };
        let acting = authority::check(&self.registry, &command, self.now)?;
        let drawn = &mut self.drawn;
        let mut draw = || {
            *drawn += 1;
            OneTimeCode { digits: format!("{:06}", *drawn * 7919 % 1_000_000), salt: Bytes32(hash(&format!("salt {drawn}"))) }
        };
        let gathered = match gather(&self.registry, &command, &acting, &data, &disclosed, &self.archive, self.now, &mut draw) {
            Ok(gathered) => gathered,
            Err(Ungathered::Refused(refusal)) => return Err(refusal),
            Err(Ungathered::Unavailable(why)) => panic!("{why}"),
        };
        let context = Context { index: self.log.len() as u64, time: self.now, facts: gathered.facts };
        let events = decide(&self.registry, &command, &context)?;
        check(&self.registry, kind, &data, &disclosed, &command, &context, &gathered, &events);
        for event in &events {
            self.registry.apply(event).unwrap();
        }
        self.keep(&gathered, &disclosed);
        let (kind, facts) = (kind.to_owned(), gathered.facts);
        self.log.push(Taken { kind, data, command, time: self.now, facts, events: events.clone() });
        Ok(Accepted { events, gathered, disclosed })
    }

    fn keep(&mut self, gathered: &Gathered, disclosed: &[Disclosed]) {
        if let Some(subject) = gathered.subject {
            for one in disclosed.iter().filter(|_| gathered.on_file) {
                self.archive.values.insert((subject, one.name.clone()), one.value.clone());
            }
            for key in &gathered.index {
                let known = self.archive.index.entry(key.clone()).or_default();
                if !known.contains(&subject) {
                    known.push(subject);
                }
            }
        } else {
            assert!(disclosed.is_empty(), "whose are the disclosures?");
        }
        if let Some(request) = gathered.ends_code {
            self.archive.codes.remove(&request);
        }
        if let Some((request, code)) = gathered.code.clone() {
            self.archive.codes.insert(request, code);
        }
    }
}

/// The doctor `name` in the post `<name> post`.
pub fn doctor(name: &str) -> Signer {
    post(Role::Doctor, name, &format!("{name} post"))
}
