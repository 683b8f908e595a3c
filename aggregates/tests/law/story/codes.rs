//! One-time codes: what is told when, and that every try can be checked afterwards.

use aggregates::facts::Facts;
use aggregates::refusal::Code;
use aggregates::words::{Bytes32, StreamType};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::*;

struct Desk {
    world: World,
    phone_disclosure: Bytes32,
}

impl Desk {
    /// A patient with the open request `r1`.
    fn open() -> Desk {
        let mut world = World::practice();
        let data = patient_register("maria", "1990-01-02");
        let registered = world.must("patient.register", data, &[mis("mis"), doctor("doctor")]);
        let set = registered.disclosed.iter().find(|one| one.name == "code_phone").unwrap();
        let mut desk = Desk { world, phone_disclosure: Bytes32(set.digest) };
        assert_eq!(registered.facts().phone_disclosure, Some(desk.phone_disclosure));
        desk.create("r1");
        desk
    }

    fn create(&mut self, name: &str) -> Accepted {
        let data = request_create(name, "maria", "doctor post", "clinic division");
        self.world.must("declaration_request.create", data, &[mis("mis"), doctor("doctor")])
    }

    fn send(&mut self, name: &str) -> Accepted {
        self.world.must("declaration_request.send_code", request(name, "maria"), &[mis("mis"), doctor("doctor")])
    }

    fn guess(&mut self, name: &str, code: &str) -> Result<Accepted, aggregates::Refusal> {
        let data = confirm_by_code(name, "maria", code);
        self.world.send("declaration_request.confirm_by_code", data, &[mis("mis"), doctor("doctor")])
    }

    fn wrong(&mut self, name: &str) -> Accepted {
        let wrong = if self.world.code(name).digits == "000000" { "000001" } else { "000000" };
        self.guess(name, wrong).unwrap()
    }

    /// The formula of the design, written down again.
    fn commitment(&self, name: &str, salt: Bytes32, digits: &str) -> Bytes32 {
        let parts =
            [b"litopys-code-v1\0", id(name).to_string().as_bytes(), b"\0", &self.phone_disclosure.0, &salt.0, digits.as_bytes()].concat();
        Bytes32(Sha256::digest(parts).into())
    }

    fn committed(&self, name: &str) -> Bytes32 {
        let patient = self.world.registry.patient(id("maria")).state;
        patient.request(id(name)).unwrap().code.as_ref().unwrap().commitment
    }
}

/// What each command may tell of a code.
fn told(facts: Facts) -> (bool, Option<bool>, bool) {
    (facts.code_commitment.is_some(), facts.code_matches, facts.code_salt.is_some())
}

// scenario 42
#[test]
fn the_right_code_confirms_and_reveals_its_salt() {
    let mut desk = Desk::open();
    let sent = desk.send("r1");
    assert_eq!((sent.kinds(), told(sent.facts())), (vec!["declaration_request.code_sent".into()], (true, None, false)));
    let (commitment, code) = (sent.facts().code_commitment.unwrap(), desk.world.code("r1"));
    assert_eq!(sent.data(0)["commitment"], json!(commitment));
    assert_eq!(desk.committed("r1"), commitment);
    let confirmed = desk.guess("r1", &code.digits).unwrap();
    assert_eq!((confirmed.kinds(), told(confirmed.facts())), (vec!["declaration_request.confirmed".into()], (false, Some(true), true)));
    assert_eq!(confirmed.data(0)["confirmation"], "code");
    // Anybody who has the log can check now: request, phone's disclosure, salt and the code tried make the commitment.
    assert_eq!(desk.commitment("r1", confirmed.facts().code_salt.unwrap(), &code.digits), commitment);
    refused(desk.guess("r1", &code.digits), Code::RequestState, "/data/request");
}

// scenario 76
#[test]
fn three_wrong_tries_end_a_code_and_the_last_reveals_its_salt() {
    let mut desk = Desk::open();
    let commitment = desk.send("r1").facts().code_commitment.unwrap();
    let digits = desk.world.code("r1").digits;
    for (left, reveals) in [(2, false), (1, false), (0, true)] {
        let failed = desk.wrong("r1");
        assert_eq!((failed.kinds(), told(failed.facts())), (vec!["declaration_request.code_failed".into()], (false, Some(false), reveals)));
        assert_eq!(failed.data(0)["tries_left"], left);
        if let Some(salt) = failed.facts().code_salt {
            assert_eq!(desk.commitment("r1", salt, &digits), commitment);
            assert_ne!(desk.commitment("r1", salt, "000000"), commitment, "the try was wrong indeed");
        }
    }
    refused(desk.guess("r1", &digits), Code::CodeNotSent, "/data/request");
    let newer = desk.send("r1");
    assert_eq!(told(newer.facts()), (true, None, false), "the old code has been revealed already");
}

#[test]
fn a_newer_code_ends_the_older() {
    let mut desk = Desk::open();
    let first = desk.send("r1").facts().code_commitment.unwrap();
    let old = desk.world.code("r1");
    desk.wrong("r1");
    let second = desk.send("r1");
    assert_eq!(told(second.facts()), (true, None, true));
    assert_eq!(second.facts().code_salt, Some(old.salt));
    assert_eq!(desk.commitment("r1", old.salt, &old.digits), first);
    assert_ne!(second.facts().code_commitment, Some(first));
    let failed = desk.guess("r1", &old.digits).unwrap();
    assert_eq!(failed.data(0)["tries_left"], 2, "tries are counted anew");
}

#[test]
fn confirmation_by_key_ends_a_code_under_way() {
    let mut desk = Desk::open();
    let enrol = enrol_patient("maria", "maria", "1990-01-02");
    desk.world.must("key.enrol", enrol, &[trust("trust"), holder("maria")]);
    desk.send("r1");
    let code = desk.world.code("r1");
    let confirmed = desk.world.must("declaration_request.confirm_by_key", request("r1", "maria"), &[mis("mis"), patient("maria")]);
    assert_eq!((confirmed.kinds(), told(confirmed.facts())), (vec!["declaration_request.confirmed".into()], (false, None, true)));
    assert_eq!(confirmed.data(0)["confirmation"], "key");
    assert_eq!(confirmed.facts().code_salt, Some(code.salt));
}

// scenario 37
#[test]
fn a_newer_request_ends_the_code_of_the_older() {
    let mut desk = Desk::open();
    desk.send("r1");
    let code = desk.world.code("r1");
    let newer = desk.create("r2");
    assert_eq!(newer.kinds(), ["declaration_request.cancelled", "declaration_request.created"]);
    assert_eq!(newer.facts().code_salt, Some(code.salt));
    refused(desk.guess("r1", &code.digits), Code::RequestState, "/data/request");
    // Without a code under way nothing is revealed.
    assert_eq!(desk.create("r3").facts().code_salt, None);
}

#[test]
fn a_code_expires_and_a_request_has_a_few() {
    let mut desk = Desk::open();
    desk.send("r1");
    let digits = desk.world.code("r1").digits;
    desk.world.now = desk.world.now.plus_seconds(900);
    refused(desk.guess("r1", &digits), Code::CodeExpired, "/data/code");
    for _ in 1..5 {
        desk.send("r1");
    }
    let sixth = desk.world.send("declaration_request.send_code", request("r1", "maria"), &[mis("mis"), doctor("doctor")]);
    refused(sixth, Code::TooManyCodes, "/data/request");
    // The last one sent may still be tried.
    let digits = desk.world.code("r1").digits;
    desk.guess("r1", &digits).unwrap();
}

#[test]
fn a_code_that_the_vault_has_lost_cannot_be_tried() {
    let mut desk = Desk::open();
    desk.send("r1");
    desk.world.forget_code("r1");
    refused(desk.guess("r1", "000000"), Code::CodeNotSent, "/data/request");
}

#[test]
fn a_code_for_one_patients_request_is_none_for_anothers() {
    let mut desk = Desk::open();
    desk.world.patient("fraudster", "1990-01-02");
    // Codes are kept by request: an id that two patients share would make the fraudster's code good for Maria.
    let mut same = request_create("r1", "fraudster", "doctor post", "clinic division");
    same["declaration"] = json!(id("other declaration"));
    refused(desk.world.send("declaration_request.create", same, &[mis("mis"), doctor("doctor")]), Code::IdTaken, "/data/request");
}

#[test]
fn only_staff_of_the_doctors_provider_handle_codes() {
    let mut desk = Desk::open();
    desk.world.clinic("rival");
    let mut offer = invite_doctor("spy post", "spy", "rival division", &["family_doctor"]);
    desk.world.practitioner("spy", &[]);
    offer["position"] = json!("P7");
    let head = desk.world.head("rival");
    desk.world.must("employee.invite", offer, &[mis("mis"), head]);
    desk.world.must("employee.accept", accept("spy post"), &[mis("mis"), practitioner("spy")]);
    let spy = [mis("mis"), doctor("spy")];
    refused(desk.world.send("declaration_request.send_code", request("r1", "maria"), &spy), Code::EmployeeForeign, "/data/request");
    desk.send("r1");
    let code = desk.world.code("r1").digits;
    let guess = desk.world.send("declaration_request.confirm_by_code", confirm_by_code("r1", "maria", &code), &spy);
    refused(guess, Code::EmployeeForeign, "/data/request");
    let create = request_create("r2", "maria", "doctor post", "clinic division");
    refused(desk.world.send("declaration_request.create", create, &spy), Code::EmployeeForeign, "/data/employee");
}

#[test]
fn a_patient_without_a_phone_gets_no_code() {
    let mut world = World::practice();
    let mut data = patient_register("maria", "1990-01-02");
    data["authentication"] = json!("documents");
    data.as_object_mut().unwrap().remove("code_phone");
    let registered = world.must("patient.register", data, &[mis("mis"), doctor("doctor")]);
    assert_eq!((registered.facts().phone_disclosure, registered.facts().phone_reuse_ok), (None, None));
    let create = request_create("r1", "maria", "doctor post", "clinic division");
    world.must("declaration_request.create", create, &[mis("mis"), doctor("doctor")]);
    let sent = world.send("declaration_request.send_code", request("r1", "maria"), &[mis("mis"), doctor("doctor")]);
    refused(sent, Code::NoPhone, "/data/patient");
    let unknown = world.send("declaration_request.send_code", request("r1", "nobody"), &[mis("mis"), doctor("doctor")]);
    refused(unknown, Code::NotFound, "/data/patient");
    assert_eq!(world.value(stream(StreamType::Patient, "maria"), "code_phone"), None);
}
