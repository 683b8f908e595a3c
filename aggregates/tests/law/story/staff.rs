//! Providers, their divisions and their staff.

use aggregates::Event;
use aggregates::refusal::Code;
use aggregates::words::{Role, StreamType};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

// scenarios 1, 2
#[test]
fn a_company_registers_with_its_head() {
    let mut world = World::founded();
    world.practitioner("head", &["another", "clinic"]);
    world.practitioner("stranger", &["another"]);
    let stranger = [mis("mis"), owner_to_be("stranger")];
    refused(world.send("legal_entity.register", legal_entity("clinic"), &stranger), Code::EdrpouNotRepresented, "/data/edrpou");
    let registered = world.must("legal_entity.register", legal_entity("clinic"), &[mis("mis"), owner_to_be("head")]);
    assert_eq!(registered.kinds(), ["employee.appointed", "legal_entity.registered"]);
    assert_eq!(registered.data(1), json!({"ownership": "communal", "edrpou": edrpou("clinic"), "owner": id("clinic owner")}));
    let mut again = legal_entity("clinic 2");
    again["edrpou"] = json!(edrpou("clinic"));
    let signers = [mis("mis"), owner_to_be("head")];
    refused(world.send("legal_entity.register", again, &signers), Code::EdrpouTaken, "/data/edrpou");
    let mut same_id = legal_entity("clinic");
    same_id["edrpou"] = json!(edrpou("another"));
    refused(world.send("legal_entity.register", same_id, &signers), Code::IdTaken, "/data/legal_entity");
    let mut same_post = legal_entity("another");
    same_post["employee"] = json!(id("clinic owner"));
    refused(world.send("legal_entity.register", same_post, &signers), Code::IdTaken, "/data/employee");
}

// scenario 3
#[test]
fn a_sole_proprietor_registers_by_his_tax_number_which_stays_hidden() {
    let mut world = World::founded();
    world.practitioner("fop", &[]);
    world.practitioner("stranger", &[]);
    let stolen = world.send("legal_entity.register", sole_proprietor("practice", "fop"), &[mis("mis"), owner_to_be("stranger")]);
    refused(stolen, Code::OwnerCodeMismatch, "/data/tax_id");
    let unknown = world.send("legal_entity.register", sole_proprietor("practice", "nobody"), &[mis("mis"), owner_to_be("fop")]);
    refused(unknown, Code::OwnerCodeMismatch, "/data/tax_id");
    let registered = world.must("legal_entity.register", sole_proprietor("practice", "fop"), &[mis("mis"), owner_to_be("fop")]);
    assert_eq!(registered.facts().owner_code_matches, Some(true));
    let second = world.send("legal_entity.register", sole_proprietor("practice 2", "fop"), &[mis("mis"), owner_to_be("fop")]);
    refused(second, Code::SoleProprietorExists, "/signers");
}

// scenarios 22, 23
#[test]
fn an_invitation_is_answered_by_the_invitee_in_time() {
    let mut world = World::practice();
    world.practitioner("clerk", &[]);
    world.practitioner("other", &[]);
    let start = world.now;
    world.must("employee.invite", invite("clerk post", "clerk", "receptionist"), &[mis("mis"), world.head("clinic")]);
    let twice = world.send("employee.invite", invite("post 2", "clerk", "receptionist"), &[mis("mis"), world.head("clinic")]);
    refused(twice, Code::PostTaken, "/data/practitioner");
    let other = world.send("employee.accept", accept("clerk post"), &[mis("mis"), practitioner("other")]);
    refused(other, Code::NotInvitee, "/signers");
    world.now = start.plus_seconds(30 * 86_400);
    let late = world.send("employee.accept", accept("clerk post"), &[mis("mis"), practitioner("clerk")]);
    refused(late, Code::InvitationExpired, "/data/employee");
    // What has lapsed stands in nobody's way.
    world.must("employee.invite", invite("post 2", "clerk", "receptionist"), &[mis("mis"), world.head("clinic")]);
    world.must("employee.accept", accept("post 2"), &[mis("mis 2"), practitioner("clerk")]);
    let again = world.send("employee.accept", accept("post 2"), &[mis("mis"), practitioner("clerk")]);
    refused(again, Code::EmployeeState, "/data/employee");
}

#[test]
fn heads_and_personnel_officers_manage_their_own_provider() {
    let mut world = World::practice();
    world.clinic("rival");
    world.staff("officer", "clinic", "hr");
    let officer = post(Role::Hr, "officer", "officer post");
    world.must("division.open", division_open("second division"), &[mis("mis"), officer.clone()]);
    world.practitioner("clerk", &[]);
    // scenario 27: the offer is at the signer's provider, so the division must be its own.
    let foreign = invite_doctor("clerk post", "clerk", "rival division", &["therapist"]);
    refused(world.send("employee.invite", foreign, &[mis("mis"), officer.clone()]), Code::DivisionForeign, "/data/division");
    let rival = [mis("mis"), world.head("rival")];
    refused(world.send("employee.dismiss", dismiss("doctor post"), &rival), Code::EmployeeForeign, "/data/employee");
    // scenario 25
    let signers = [mis("mis"), officer];
    refused(world.send("employee.dismiss", dismiss("clinic owner"), &signers), Code::OwnRecord, "/data/employee");
    refused(world.send("employee.dismiss", dismiss("officer post"), &signers), Code::OwnRecord, "/data/employee");
    refused(world.send("employee.dismiss", dismiss("nobody"), &signers), Code::NotFound, "/data/employee");
    let own = [mis("mis"), world.head("clinic")];
    refused(world.send("employee.dismiss", dismiss("clinic owner"), &own), Code::OwnRecord, "/data/employee");
    world.must("employee.dismiss", dismiss("officer post"), &own);
    // Who is dismissed acts no more.
    let after = world.send("division.open", division_open("third division"), &signers);
    refused(after, Code::SignerNotEntitled, "/signers/1");
}

// scenario 25
#[test]
fn a_dismissal_ends_every_declaration_of_the_post() {
    let mut world = World::practice();
    for place in 0..5 {
        let patient = format!("patient {place}");
        world.patient(&patient, "1990-01-02");
        world.declared(&format!("request {place}"), &patient, "doctor");
    }
    let by_patient = terminate("request 4", "patient 4", "regulator_decision");
    world.must("declaration.terminate", by_patient, &[regulator("regulator")]);
    let dismissed = world.must("employee.dismiss", dismiss("doctor post"), &[mis("mis"), world.head("clinic")]);
    let mut kinds = vec!["employee.dismissed"];
    kinds.extend(["declaration.terminated"; 4]);
    assert_eq!(dismissed.kinds(), kinds, "employee/… sorts before patient/…");
    for event in 1..5 {
        let data = dismissed.data(event);
        assert_eq!(data["reason"], "employee_dismissed");
        assert_eq!(data["by"], json!({"as": "owner", "of": format!("employee/{}", id("clinic owner"))}));
    }
    assert_eq!(world.registry.declarations_total(world.now.date()), (5, 0));
    let again = world.send("employee.dismiss", dismiss("doctor post"), &[mis("mis"), world.head("clinic")]);
    refused(again, Code::EmployeeState, "/data/employee");
}

#[test]
fn a_dismissed_doctor_neither_confirms_nor_signs() {
    let mut world = World::practice();
    world.doctor("colleague", "clinic", &["family_doctor"]);
    world.patient("open", "1990-01-02");
    world.patient("ready", "1991-01-02");
    world.must(
        "declaration_request.create",
        request_create("r1", "open", "doctor post", "clinic division"),
        &[mis("mis"), doctor("doctor")],
    );
    world.must("declaration_request.send_code", request("r1", "open"), &[mis("mis"), doctor("doctor")]);
    world.confirmed("r2", "ready", "doctor");
    world.must("employee.dismiss", dismiss("doctor post"), &[mis("mis"), world.head("clinic")]);
    let code = world.code("r1").digits;
    let confirm =
        world.send("declaration_request.confirm_by_code", confirm_by_code("r1", "open", &code), &[mis("mis"), doctor("colleague")]);
    refused(confirm, Code::EmployeeState, "/data/request");
    refused(world.sign("r2", "ready", "doctor"), Code::SignerNotEntitled, "/signers/1");
}

#[test]
fn a_command_has_4096_effects_at_most() {
    let mut world = World::practice_with(|policy| policy.limits.family_doctor = 100_000);
    world.patient("model", "1990-01-02");
    world.declared("r", "model", "doctor");
    // The model's life, for 4,094 more patients: with the end of the post as many effects as may be.
    let model: Vec<Event> =
        world.log.iter().flat_map(|taken| taken.events.clone()).filter(|event| event.stream.kind() == StreamType::Patient).collect();
    for place in 0..4094_u128 {
        let patient = Uuid::from_u128(place);
        for event in &model {
            let text = serde_json::to_string(event).unwrap();
            let text = text.replace(&id("model").to_string(), &patient.to_string());
            let text = text.replace(&id("r declaration").to_string(), &Uuid::from_u128(1 << 64 | place).to_string());
            let text = text.replace(&id("r").to_string(), &Uuid::from_u128(2 << 64 | place).to_string());
            world.registry.apply(&serde_json::from_str(&text).unwrap()).unwrap();
        }
    }
    let mut beyond = world.clone();
    let dismissed = world.must("employee.dismiss", dismiss("doctor post"), &[mis("mis"), world.head("clinic")]);
    assert_eq!(dismissed.events.len(), aggregates::MAX_EFFECTS);
    beyond.patient("one more", "1990-01-02");
    beyond.declared("r2", "one more", "doctor");
    let refusal = beyond.send("employee.dismiss", dismiss("doctor post"), &[mis("mis"), beyond.head("clinic")]);
    refused(refusal, Code::TooManyEffects, "-");
}
