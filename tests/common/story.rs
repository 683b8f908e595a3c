//! A story told to a ledger: founders, parties, providers, doctors, patients, declarations, and what goes wrong.
//!
//! The teller is the same for a real node and for [`super::forge::Forge`], which decides like an honest operator until told
//! otherwise. Keys, ids and salts are counted, so that the same story gives the same commands.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]
#![allow(dead_code, reason = "no single test uses all of it")]

use std::cell::Cell;

use aggregates::commands::Spec;
use aggregates::form::{Kind, Member, Place};
use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role, Stream, StreamType};
use litopys::envelope::{Draft, compose};
use litopys::keys::{SecretKey, to_jwk};
use litopys::node::Founders;
use serde_json::{Value, json};
use uuid::Uuid;

pub const ORIGIN: &str = "example.org/registry";
pub const UNTIL: &str = "2030-01-01T00:00:00Z";

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Entry(u64),
    Refused(String),
}

impl Told {
    pub fn index(&self) -> u64 {
        match self {
            Told::Entry(index) => *index,
            Told::Refused(code) => panic!("refused: {code}"),
        }
    }
}

/// Who takes commands.
pub trait Ledger {
    fn now(&self) -> Instant;
    /// Takes commands, which should become one batch.
    fn take(&mut self, bodies: Vec<String>) -> Vec<Told>;
    /// What the gateway sent for this request.
    fn code(&self, request: Uuid) -> String;
    /// The number of the next command.
    fn next(&mut self) -> u64;
}

/// The key of a party or person.
pub fn key(number: u16) -> SecretKey {
    let mut seed = [7; 32];
    seed[..2].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_seed(&seed)
}

/// A new thing's id.
pub fn id(number: u64) -> Uuid {
    format!("01990000-0000-7000-8000-{number:012x}").parse().unwrap()
}

pub fn founders(policy: PolicyTerms) -> Founders {
    Founders {
        origin: ORIGIN.into(),
        regulators: vec![key(1)],
        operator: key(2),
        log: key(3),
        refusal: key(4),
        policy,
        keys_until: UNTIL.parse().unwrap(),
    }
}

pub type Signers<'a> = Vec<(&'a SecretKey, Role, Option<Stream>)>;

pub fn of(kind: StreamType, id: Uuid) -> Option<Stream> {
    Some(Stream::Of(kind, id))
}

/// Pointers to the members that the law's table wants disclosed.
pub fn personal(members: &[Member], data: &Value, at: &str) -> Vec<String> {
    let mut pointers = Vec::new();
    for member in members {
        let below = format!("{at}/{}", member.name);
        match (&data[member.name], member.place, member.kind) {
            (Value::Null, ..) => {}
            (_, Place::Disclosed, _) => pointers.push(below),
            (value, Place::Clear, Kind::Object(members)) => pointers.extend(personal(members, value, &below)),
            _ => {}
        }
    }
    pointers
}

thread_local! {
    static SALT: Cell<u64> = const { Cell::new(0) };
}

/// A signed command of this id.
pub fn command(id: Uuid, now: Instant, kind: &str, data: Value, signers: &Signers<'_>) -> String {
    let disclose = personal(Spec::named(kind).unwrap().members, &data, "/data");
    let draft = Draft { id, ledger: ORIGIN.into(), kind: kind.into(), issued_at: now, expect: None, seen: None, data, disclose };
    compose(&draft, signers, salt).unwrap().body
}

/// Begins the count of salts anew.
pub fn count_salts_anew() {
    SALT.set(0);
}

fn salt(bytes: &mut [u8]) {
    let number = SALT.get() + 1;
    SALT.set(number);
    bytes.fill(0x5a);
    bytes[..8].copy_from_slice(&number.to_be_bytes());
}

/// The tax number whose first nine digits are these.
pub fn tax_id(number: u32) -> String {
    let digits = format!("{number:09}");
    let weights = [-1, 5, 7, 9, 4, 6, 10, 5, 7];
    let sum: i32 = weights.iter().zip(digits.bytes()).map(|(weight, digit)| weight * i32::from(digit - b'0')).sum();
    format!("{digits}{}", sum.rem_euclid(11) % 10)
}

fn address(kind: &str) -> Value {
    json!([{ "type": kind, "country": "UA", "area": "Київська", "settlement": "Вишневе", "settlement_type": "city", "settlement_id": id(900) }])
}

fn phones() -> Value {
    json!([{ "type": "mobile", "number": "+380501234567" }])
}

/// A patient's registration; the number makes the identity.
pub fn patient_data(patient: Uuid, number: u32, by_code: bool) -> Value {
    let mut data = json!({
        "patient": patient, "authentication": if by_code { "code" } else { "documents" }, "data_processing_consent": true,
        "last_name": "Шевченко", "first_name": "Тарас", "birth_date": "1980-03-09", "birth_country": "Україна",
        "birth_settlement": "Моринці", "gender": "male", "tax_id": tax_id(200_000_000 + number),
        "documents": [{ "type": "passport", "number": format!("АЯ{number:06}") }],
        "addresses": address("residence"), "secret": "соняшник",
        "emergency_contact": { "last_name": "Шевченко", "first_name": "Катерина", "phones": phones() },
    });
    if by_code {
        data["code_phone"] = json!(format!("+38067{:07}", number));
    }
    data
}

fn child_data(patient: Uuid) -> Value {
    let mut data = patient_data(patient, 77_777, false);
    data["birth_date"] = json!("2020-05-01");
    data.as_object_mut().unwrap().remove("tax_id");
    data["documents"] = json!([{ "type": "birth_certificate", "number": "І-АМ №123456" }]);
    data["representatives"] = json!([{
        "relation": "primary", "last_name": "Шевченко", "first_name": "Марія", "birth_date": "1990-01-01", "birth_country": "Україна",
        "birth_settlement": "Київ", "gender": "female", "secret": "барвінок",
        "documents": [{ "type": "passport", "number": "АЯ654321" }],
        "relationship_documents": [{ "type": "birth_certificate", "number": "І-АМ №123456" }],
    }]);
    data
}

/// The parts, by numbers of keys and ids.
pub const REGULATOR: u16 = 1;
const TRUST_PROVIDER: u16 = 10;
const AUDITOR: u16 = 11;
const MIS: u16 = 12;
pub const OWNER: u16 = 13;
pub const DOCTOR: u16 = 14;
const SOLE: u16 = 15;
const PAEDIATRICIAN: u16 = 16;
pub const PATIENT: u16 = 17;
const NEW_PATIENT: u16 = 18;
const EDRPOU: &str = "32855961";
const OWNER_POST: u64 = 131;
const DOCTOR_POST: u64 = 141;
const PAEDIATRICIAN_POST: u64 = 161;
const CLINIC: u64 = 100;
const DIVISION: u64 = 101;

/// The teller.
pub struct Story<'a> {
    pub ledger: &'a mut dyn Ledger,
}

impl<'a> Story<'a> {
    pub fn new(ledger: &'a mut dyn Ledger) -> Story<'a> {
        Story { ledger }
    }

    pub fn body(&mut self, kind: &str, data: Value, signers: &Signers<'_>) -> String {
        let next = self.ledger.next();
        command(id(next), self.ledger.now(), kind, data, signers)
    }

    pub fn tell(&mut self, kind: &str, data: Value, signers: &Signers<'_>) -> Told {
        let body = self.body(kind, data, signers);
        self.ledger.take(vec![body]).remove(0)
    }

    pub fn by_regulator(&mut self, kind: &str, data: Value) -> Told {
        self.tell(kind, data, &vec![(&key(REGULATOR), Role::Regulator, None)])
    }

    pub fn with_mis(&mut self, kind: &str, data: Value, signer: u16, role: Role, right: Option<Stream>) -> Told {
        let body = self.body_with_mis(kind, data, signer, role, right);
        self.ledger.take(vec![body]).remove(0)
    }

    fn body_with_mis(&mut self, kind: &str, data: Value, signer: u16, role: Role, right: Option<Stream>) -> String {
        let (mis, key) = (key(MIS), key(signer));
        self.body(kind, data, &vec![(&mis, Role::Mis, of(StreamType::Mis, id(12))), (&key, role, right)])
    }

    pub fn by_doctor(&mut self, kind: &str, data: Value) -> Told {
        self.with_mis(kind, data, DOCTOR, Role::Doctor, of(StreamType::Employee, id(DOCTOR_POST)))
    }

    fn by_owner(&mut self, kind: &str, data: Value) -> Told {
        self.with_mis(kind, data, OWNER, Role::Owner, of(StreamType::Employee, id(OWNER_POST)))
    }

    fn enrol(&mut self, number: u16, data: Value) -> Told {
        let (holder, provider) = (key(number), key(TRUST_PROVIDER));
        let mut data = data;
        data["key"] = to_jwk(&holder.public());
        data["from"] = json!("2026-01-01T00:00:00Z");
        data["until"] = json!("2030-01-01T00:00:00Z");
        data["evidence"] = json!("presence");
        let right = of(StreamType::TrustProvider, id(10));
        self.tell("key.enrol", data, &vec![(&provider, Role::TrustProvider, right), (&holder, Role::Holder, None)])
    }

    fn enrol_practitioner(&mut self, number: u16, person: u16, represents: Value) -> Told {
        let mut data = json!({ "practitioner": {
            "id": id(number.into()), "last_name": "Коваленко", "first_name": "Олена", "tax_id": tax_id(300_000_000 + u32::from(person)), "birth_date": "1975-06-07",
        } });
        if !represents.is_null() {
            data["represents"] = represents;
        }
        self.enrol(number, data)
    }

    fn enrol_patient(&mut self, number: u16, proposed: Uuid, person: u32) -> Told {
        let whole = patient_data(proposed, person, false);
        let mut patient = json!({ "id": proposed });
        for name in ["last_name", "first_name", "tax_id", "birth_date", "documents"] {
            patient[name] = whole[name].clone();
        }
        self.enrol(number, json!({ "patient": patient }))
    }

    /// Trust provider, auditor, MIS.
    pub fn parties(&mut self) {
        let until = json!(UNTIL);
        let regulator = key(REGULATOR);
        let (trust_provider, auditor, mis) = (key(TRUST_PROVIDER), key(AUDITOR), key(MIS));
        let data = json!({ "trust_provider": id(10), "name": "Довірчі послуги", "edrpou": EDRPOU, "website": "https://trust.example.com", "key": to_jwk(&trust_provider.public()), "key_until": until });
        let signers = vec![(&regulator, Role::Regulator, None), (&trust_provider, Role::Holder, None)];
        self.tell("trust_provider.accredit", data, &signers).index();
        let data = json!({ "auditor": id(11), "name": "Рахункова палата", "key": to_jwk(&auditor.public()), "key_until": until });
        self.tell("auditor.admit", data, &vec![(&regulator, Role::Regulator, None), (&auditor, Role::Holder, None)]).index();
        let data = json!({ "mis": id(12), "name": "МІС «Зоря»", "edrpou": EDRPOU, "product": "Зоря 2", "email": "mis@example.com", "key": to_jwk(&mis.public()), "key_until": until });
        let right = of(StreamType::TrustProvider, id(10));
        self.tell("mis.apply", data, &vec![(&mis, Role::Holder, None), (&trust_provider, Role::TrustProvider, right)]).index();
        self.by_regulator("mis.record_test", json!({ "mis": id(12), "programme": "2026-1", "held_on": "2026-11-01", "passed": true }))
            .index();
        self.by_regulator("mis.accredit", json!({ "mis": id(12) })).index();
    }

    /// A clinic with an owner and a family doctor.
    pub fn clinic(&mut self) {
        self.enrol_practitioner(OWNER, OWNER, json!([EDRPOU])).index();
        self.enrol_practitioner(DOCTOR, DOCTOR, Value::Null).index();
        let data =
            provider(CLINIC, OWNER_POST, json!({ "ownership": "communal", "legal_form": "150", "edrpou": EDRPOU, "position": "P1" }));
        self.with_mis("legal_entity.register", data, OWNER, Role::Owner, of(StreamType::Practitioner, id(OWNER.into()))).index();
        let data = json!({ "division": id(DIVISION), "name": "Амбулаторія № 1", "type": "ambulant_clinic", "addresses": address("residence"), "phones": phones(), "email": "one@example.com", "mountain": false });
        self.by_owner("division.open", data).index();
        self.hire(DOCTOR, DOCTOR_POST, "family_doctor");
    }

    fn hire(&mut self, person: u16, post: u64, speciality: &str) {
        let data = json!({
            "employee": id(post), "practitioner": id(person.into()), "type": "doctor", "position": "P7", "start_date": "2026-11-01", "division": id(DIVISION),
            "specialities": [{ "speciality": speciality, "officio": true, "level": "first", "qualification_type": "awarding", "attestation_name": "Академія", "attestation_date": "2020-01-01", "certificate_number": "1" }],
            "educations": [{ "country": "UA", "city": "Київ", "institution_name": "НМУ", "diploma_number": "2", "degree": "master", "speciality": "Лікувальна справа" }],
        });
        self.by_owner("employee.invite", data).index();
        let right = of(StreamType::Practitioner, id(person.into()));
        self.with_mis("employee.accept", json!({ "employee": id(post) }), person, Role::Practitioner, right).index();
    }

    fn request_data(&self, patient: Uuid, request: u64, post: u64) -> Value {
        json!({ "patient": patient, "request": id(request), "declaration": id(request + 1), "employee": id(post), "division": id(DIVISION), "scope": "family_doctor" })
    }

    fn sign_data(&self, patient: Uuid, request: u64, post: u64) -> Value {
        let mut data = self.request_data(patient, request, post);
        data["patient_signed"] = json!(true);
        data
    }

    pub fn register(&mut self, patient: u64, person: u32) -> Told {
        self.by_doctor("patient.register", patient_data(id(patient), person, true))
    }

    pub fn request(&mut self, patient: u64, request: u64) -> Told {
        let data = self.request_data(id(patient), request, DOCTOR_POST);
        self.by_doctor("declaration_request.create", data)
    }

    pub fn send_code(&mut self, patient: u64, request: u64) -> Told {
        self.by_doctor("declaration_request.send_code", json!({ "patient": id(patient), "request": id(request) }))
    }

    pub fn try_code(&mut self, patient: u64, request: u64, code: &str) -> Told {
        self.by_doctor("declaration_request.confirm_by_code", json!({ "patient": id(patient), "request": id(request), "code": code }))
    }

    pub fn wrong_code(&self, request: u64) -> String {
        let right: u32 = self.ledger.code(id(request)).parse().unwrap();
        format!("{:06}", (right + 1) % 1_000_000)
    }

    pub fn confirm(&mut self, patient: u64, request: u64) -> Told {
        let code = self.ledger.code(id(request));
        self.try_code(patient, request, &code)
    }

    pub fn sign(&mut self, patient: u64, request: u64) -> Told {
        let data = self.sign_data(id(patient), request, DOCTOR_POST);
        self.by_doctor("declaration.sign", data)
    }

    /// One patient with one declaration, by code.
    pub fn declaration(&mut self, patient: u64, person: u32) {
        self.register(patient, person).index();
        self.request(patient, patient + 1).index();
        self.send_code(patient, patient + 1).index();
        self.confirm(patient, patient + 1).index();
        self.sign(patient, patient + 1).index();
    }

    /// The small story: parties, a clinic, one declaration after one wrong code.
    pub fn small(&mut self) {
        self.parties();
        self.clinic();
        self.register(2000, 1).index();
        self.request(2000, 2001).index();
        self.send_code(2000, 2001).index();
        let wrong = self.wrong_code(2001);
        self.try_code(2000, 2001, &wrong).index();
        self.confirm(2000, 2001).index();
        self.sign(2000, 2001).index();
        // Refused for good: the id is taken.
        assert_eq!(self.request(2000, 2001), Told::Refused("id_taken".into()));
    }

    /// Everything else that the law knows.
    pub fn rest(&mut self) {
        let policy = PolicyTerms { invitation_term_days: 31, ..PolicyTerms::default() };
        self.by_regulator("policy.set", json!({ "policy": policy })).index();
        // A sole proprietor: the code is the owner's tax number.
        self.enrol_practitioner(SOLE, SOLE, Value::Null).index();
        let sole = json!({ "ownership": "sole_proprietor", "legal_form": "910", "tax_id": tax_id(300_000_000 + u32::from(SOLE)), "position": "P22" });
        let right = of(StreamType::Practitioner, id(SOLE.into()));
        self.with_mis("legal_entity.register", provider(102, 151, sole), SOLE, Role::Owner, right).index();
        // A paediatrician: a second key of a known practitioner, and a child.
        self.enrol_practitioner(PAEDIATRICIAN, PAEDIATRICIAN, Value::Null).index();
        self.enrol_practitioner(19, PAEDIATRICIAN, Value::Null).index();
        self.hire(PAEDIATRICIAN, PAEDIATRICIAN_POST, "paediatrician");
        self.by_doctor("patient.register", child_data(id(2100))).index();
        let data = self.request_data(id(2100), 2101, PAEDIATRICIAN_POST);
        self.by_doctor("declaration_request.create", data).index();
        // The same person again is recognised; a key of his own, bound to the one known.
        self.by_doctor("patient.register", patient_data(id(2999), 1, true)).index();
        self.enrol_patient(PATIENT, id(2998), 1).index();
        // A patient created by enrolment completes his registration himself.
        self.enrol_patient(NEW_PATIENT, id(2200), 2).index();
        let right = of(StreamType::Patient, id(2200));
        self.with_mis("patient.register", patient_data(id(2200), 2, true), NEW_PATIENT, Role::Patient, right).index();
        // Two codes, the second confirmed by key; a request in place of another; three wrong codes.
        let data = self.request_data(id(2200), 2201, DOCTOR_POST);
        self.with_mis("declaration_request.create", data, NEW_PATIENT, Role::Patient, right).index();
        self.send_code(2200, 2201).index();
        self.send_code(2200, 2201).index();
        let confirm = json!({ "patient": id(2200), "request": id(2201) });
        self.with_mis("declaration_request.confirm_by_key", confirm, NEW_PATIENT, Role::Patient, right).index();
        self.sign(2200, 2201).index();
        self.request(2200, 2211).index();
        self.send_code(2200, 2211).index();
        self.request(2200, 2221).index();
        self.send_code(2200, 2221).index();
        let wrong = self.wrong_code(2221);
        for _ in 0..3 {
            self.try_code(2200, 2221, &wrong).index();
        }
        self.send_code(2200, 2221).index();
        self.confirm(2200, 2221).index();
        // Signing again replaces the declaration in force.
        self.sign(2200, 2221).index();
        let terminate = json!({ "patient": id(2200), "declaration": id(2222), "reason": "patient_application" });
        self.with_mis("declaration.terminate", terminate, NEW_PATIENT, Role::Patient, right).index();
        self.declaration(2300, 3);
        let terminate = json!({ "patient": id(2300), "declaration": id(2302), "reason": "moved_away", "application": "Прошу припинити." });
        self.by_doctor("declaration.terminate", terminate).index();
        self.declaration(2400, 4);
        let terminate = json!({ "patient": id(2400), "declaration": id(2402), "reason": "fraud" });
        self.by_regulator("declaration.terminate", terminate).index();
        self.revoke(PATIENT);
        // A code that nobody has tried yet stays open, and so does one tried in vain.
        self.register(2500, 5).index();
        self.request(2500, 2501).index();
        self.send_code(2500, 2501).index();
        let wrong = self.wrong_code(2501);
        self.try_code(2500, 2501, &wrong).index();
        // The regulator verifies the clinic, and suspends the MIS for a while.
        self.by_regulator("legal_entity.verify", json!({ "legal_entity": id(CLINIC) })).index();
        self.by_regulator("mis.suspend", json!({ "mis": id(12), "reason": "security_incident" })).index();
        assert_eq!(self.register(2600, 6), Told::Refused("mis_not_accredited".into()));
        self.by_regulator("mis.reinstate", json!({ "mis": id(12) })).index();
    }

    /// The commands by which a patient comes to a declaration, one after the other.
    fn step(&self, step: u8, patient: u64) -> (&'static str, Value) {
        let request = json!({ "patient": id(patient), "request": id(patient + 1) });
        match step {
            0 => ("patient.register", patient_data(id(patient), patient as u32, true)),
            1 => ("declaration_request.create", self.request_data(id(patient), patient + 1, DOCTOR_POST)),
            2 => ("declaration_request.send_code", request),
            3 => {
                let mut confirm = request;
                confirm["code"] = json!(self.ledger.code(id(patient + 1)));
                ("declaration_request.confirm_by_code", confirm)
            }
            _ => ("declaration.sign", self.sign_data(id(patient), patient + 1, DOCTOR_POST)),
        }
    }

    /// Many declarations of one doctor, in batches; his dismissal ends them all in a chain.
    pub fn crowd(&mut self, count: u64) {
        self.declarations(count);
        self.dismiss();
    }

    /// Many declarations of one doctor, in batches.
    pub fn declarations(&mut self, count: u64) {
        self.declarations_from(10_000, count);
    }

    /// The same of patients with numbers from `first` on.
    pub fn declarations_from(&mut self, first: u64, count: u64) {
        let patients: Vec<u64> = (0..count).map(|number| first + 10 * number).collect();
        let right = of(StreamType::Employee, id(DOCTOR_POST));
        for step in 0..5 {
            let mut bodies = Vec::new();
            for patient in &patients {
                let (kind, data) = self.step(step, *patient);
                bodies.push(self.body_with_mis(kind, data, DOCTOR, Role::Doctor, right));
            }
            self.ledger.take(bodies).iter().for_each(|told| assert!(matches!(told, Told::Entry(_)), "{told:?}"));
        }
    }

    /// The doctor's post ends.
    pub fn dismiss(&mut self) {
        self.by_owner("employee.dismiss", json!({ "employee": id(DOCTOR_POST), "reason": "own_wish" })).index();
    }

    /// A person's key is lost.
    pub fn revoke(&mut self, number: u16) {
        let (revoke, provider) = (json!({ "kid": key(number).kid(), "reason": "lost" }), key(TRUST_PROVIDER));
        self.tell("key.revoke", revoke, &vec![(&provider, Role::TrustProvider, of(StreamType::TrustProvider, id(10)))]).index();
    }

    /// A party's key is lost.
    pub fn revoke_by_regulator(&mut self, number: u16) {
        self.by_regulator("key.revoke", json!({ "kid": key(number).kid(), "reason": "lost" })).index();
    }
}

fn provider(legal_entity: u64, post: u64, own: Value) -> Value {
    let mut data = json!({
        "legal_entity": id(legal_entity), "employee": id(post), "name": "Центр первинної допомоги", "kveds": ["86.21"],
        "addresses": address("registration"), "phones": phones(), "email": "clinic@example.com", "public_offer_consent": true,
        "licence": { "issued_by": "МОЗ", "issued_date": "2020-01-01", "active_from_date": "2020-02-01", "order_number": "5" },
    });
    for (name, value) in own.as_object().unwrap() {
        data[name] = value.clone();
    }
    data
}
