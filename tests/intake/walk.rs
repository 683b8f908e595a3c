//! One walk through two payloads.

use std::collections::BTreeSet;

use aggregates::words::Role;
use aggregates::{Refusal, age_class, facts::AgeClass};
use litopys::intake::{self, Intake, Source, TABLE, To, leaves};
use litopys::node::new_id;
use projections::Resource;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{Accepted, Hand, Staff, World, now};

/// A value at fault.
pub struct Fault {
    /// Where it stands in the payload; below the person for patients.
    at: &'static str,
    /// What it should be.
    right: Value,
    code: &'static str,
    pointer: &'static str,
}

pub fn fault(at: &'static str, right: Value, code: &'static str, pointer: &'static str) -> Fault {
    Fault { at, right, code, pointer }
}

/// Two payloads and what is wrong with them; faults that are found together stand together.
pub struct Payloads {
    pub legal_entity: Value,
    pub owner_faults: Vec<Vec<Fault>>,
    pub legal_entity_faults: Vec<Vec<Fault>>,
    /// The code that is right.
    pub edrpou: &'static str,
    pub request: Value,
    pub patient_faults: Vec<Vec<Fault>>,
}

const PERSON: &str = "/declaration_request/person";

pub async fn walk(mut payloads: Payloads) {
    let world = World::new().await;
    let (owner, entity) = (Staff::new(10, Role::Owner), new_id());

    // The head's key.
    let (trust, mut payload) = (world.trust_provider(), payloads.legal_entity);
    let enrol = |payload: &Value| intake::owner(payload, owner.practitioner).unwrap();
    let as_sent = |intake: &Intake| world.enrolment(intake.data.clone(), &owner.key, &[payloads.edrpou]);
    let hands = [trust, (&owner.key, Role::Holder, None)];
    let (taken, accepted) = corrected(&world, &mut payload, "", payloads.owner_faults, enrol, as_sent, &hands).await;
    read_back(&world, &payload, Source::LegalEntity, &taken, &accepted);

    // The provider.
    let register = |payload: &Value| intake::legal_entity(payload, entity, owner.employee).unwrap();
    let as_sent = |intake: &Intake| intake.data.clone();
    let hands = [world.mis(), owner.himself(Role::Owner)];
    // A code that is right in itself, but not one that the head's key represents, comes after all faults of form.
    let mut faults = payloads.legal_entity_faults;
    let wrong_code = faults.iter_mut().flatten().find(|fault| fault.at == "/edrpou").unwrap();
    wrong_code.right = json!("40123454");
    faults.push(vec![fault("/edrpou", json!(payloads.edrpou), "edrpou_not_represented", "/data/edrpou")]);
    let (taken, accepted) = corrected(&world, &mut payload, "", faults, register, as_sent, &hands).await;
    read_back(&world, &payload, Source::LegalEntity, &taken, &accepted);
    let row = world.row(Resource::LegalEntity, entity);
    for (name, value) in taken.data.as_object().unwrap() {
        // The ids are the row's own; the post and the consent are not part of the provider.
        if !["legal_entity", "employee", "position", "public_offer_consent"].contains(&name.as_str()) {
            assert_eq!(row.get(name), Some(value), "{name} in the public row");
        }
    }
    assert_eq!(world.row(Resource::Employee, owner.employee)["position"], taken.data["position"]);
    listed(&payload, Source::LegalEntity, &[&taken, &enrol(&payload)]);

    let staff = People::hired(&world, &owner).await;
    patient(&world, &mut payloads.request, payloads.patient_faults, &staff).await;
}

async fn patient(world: &World, payload: &mut Value, faults: Vec<Vec<Fault>>, people: &People) {
    let (patient, request, declaration) = (new_id(), new_id(), new_id());
    let register = |payload: &Value| intake::patient(payload, patient).unwrap();
    let as_sent = |intake: &Intake| intake.data.clone();
    let hands = [world.mis(), people.receptionist.hand()];
    let (taken, accepted) = corrected(world, payload, PERSON, faults, register, as_sent, &hands).await;
    assert_eq!(accepted.events[0].kind(), "patient.registered");
    read_back(world, payload, Source::DeclarationRequest, &taken, &accepted);

    // The request names people of the real system first, then one who does not take patients of this age.
    let ask = |payload: &Value| intake::declaration_request(payload, patient, request, declaration).unwrap();
    let born = payload.pointer("/declaration_request/person/birth_date").unwrap().as_str().unwrap().parse().unwrap();
    let adult = age_class(born, now().date()) == AgeClass::Adult;
    let (unfit, fit) = if adult { (1, 0) } else { (0, 1) };
    let id = |place: usize| json!(people.doctors[place].employee);
    let faults = vec![
        vec![fault("/declaration_request/employee_id", id(unfit), "not_found", "/data/employee")],
        vec![fault("/declaration_request/division_id", json!(people.division), "not_found", "/data/division")],
        vec![fault("/declaration_request/employee_id", id(fit), "age_against_speciality", "/data/employee")],
    ];
    let (asked, accepted) = corrected(world, payload, "", faults, ask, as_sent, &hands).await;
    assert_eq!(accepted.events[0].kind(), "declaration_request.created");
    read_back(world, payload, Source::DeclarationRequest, &asked, &accepted);
    listed(payload, Source::DeclarationRequest, &[&taken, &asked]);
}

/// Sends a payload again and again, correcting one fault each time, and expects to be told of all that are left.
async fn corrected(
    world: &World,
    payload: &mut Value,
    below: &str,
    faults: Vec<Vec<Fault>>,
    take: impl Fn(&Value) -> Intake,
    as_sent: impl Fn(&Intake) -> Value,
    hands: &[Hand<'_>],
) -> (Intake, Accepted) {
    for together in faults {
        for first in 0..together.len() {
            let intake = take(payload);
            let refusal = world.ask(intake.kind, as_sent(&intake), hands).await.err();
            let refusal = refusal.unwrap_or_else(|| panic!("{} is taken in spite of {}", intake.kind, together[first].at));
            let expected: Vec<_> = together[first..].iter().map(|fault| (fault.code.to_owned(), fault.pointer.to_owned())).collect();
            assert_eq!(said(&refusal), expected, "{}", intake.kind);
            let fault = &together[first];
            *payload.pointer_mut(&format!("{below}{}", fault.at)).unwrap() = fault.right.clone();
        }
    }
    let intake = take(payload);
    let accepted = world.must(intake.kind, as_sent(&intake), hands).await;
    (intake, accepted)
}

fn said(refusal: &Refusal) -> Vec<(String, String)> {
    let pointer = refusal.pointer.clone().unwrap_or_default();
    if refusal.faults.is_empty() {
        vec![(refusal.code.to_string(), pointer)]
    } else {
        refusal.faults.iter().map(|fault| (fault.code.to_string(), fault.pointer.clone())).collect()
    }
}

/// What the log and the vault have is what was taken, and what was taken is what the payload says, member for member.
fn read_back(world: &World, payload: &Value, source: Source, taken: &Intake, accepted: &Accepted) {
    let kept = world.read_back(accepted.index);
    let sent = taken.data.as_object().unwrap();
    for (name, value) in sent {
        assert_eq!(kept.get(name), Some(value), "{} {name}", taken.kind);
    }
    let disclosed: BTreeSet<String> =
        world.disclosed(accepted.index).into_iter().map(|(object, name, _)| format!("{object}/{name}")).collect();
    assert_eq!(disclosed, taken.disclose.iter().cloned().collect());
    for (path, value) in leaves(payload) {
        for row in TABLE.iter().filter(|row| row.source == source && row.speaks_of(&path)) {
            let To::Member(command, member, _) = row.to else { continue };
            if command != taken.kind || (member == "tax_id" && row.path == "edrpou") {
                continue;
            }
            let mut places = path.iter().filter(|step| step.parse::<usize>().is_ok());
            let pointer: String =
                member.split('/').map(|step| format!("/{}", if step == "*" { places.next().unwrap() } else { step })).collect();
            let here = kept.pointer(&pointer).unwrap_or_else(|| panic!("{path:?} is lost"));
            assert!(
                here == value || TRANSLATED.contains(&(value.as_str().unwrap(), here.as_str().unwrap())),
                "{path:?}: {value} became {here}"
            );
        }
    }
}

/// The codes that the payloads here use, by hand.
const TRANSLATED: &[(&str, &str)] = &[
    ("STATE", "state"),
    ("STATE", "communal"),
    ("REGISTRATION", "registration"),
    ("RESIDENCE", "residence"),
    ("CITY", "city"),
    ("VILLAGE", "village"),
    ("MOBILE", "mobile"),
    ("LAND_LINE", "land_line"),
    ("MALE", "male"),
    ("FEMALE", "female"),
    ("PASSPORT", "passport"),
    ("NATIONAL_ID", "national_id"),
    ("BIRTH_CERTIFICATE", "birth_certificate"),
    ("COURT_DECISION", "court_decision"),
    ("SECOND", "second"),
    ("HIGHEST", "highest"),
    ("OTP", "code"),
    ("PRIMARY", "primary"),
];

/// Every member of the payload has come into one of the commands or is listed with a reason.
fn listed(payload: &Value, source: Source, intakes: &[&Intake]) {
    let left: BTreeSet<&str> = intakes[0].left.iter().map(|left| left.pointer.as_str()).collect();
    assert!(intakes.iter().all(|intake| intake.left == intakes[0].left), "what is left does not depend on the command");
    for (path, _) in leaves(payload) {
        let pointer: String = path.iter().map(|step| format!("/{step}")).collect();
        let rows = || TABLE.iter().filter(|row| row.source == source && row.speaks_of(&path));
        let mapped = rows().any(|row| matches!(row.to, To::Member(command, ..) if intakes.iter().any(|intake| intake.kind == command)));
        assert!(mapped != left.contains(pointer.as_str()), "{pointer}: mapped {mapped}");
    }
    assert!(intakes[0].left.iter().all(|left| left.why.len() > 20));
}

/// The staff that a declaration request needs.
struct People {
    receptionist: Staff,
    /// A therapist and a paediatrician.
    doctors: [Staff; 2],
    division: Uuid,
}

impl People {
    async fn hired(world: &World, owner: &Staff) -> People {
        let division = new_id();
        let address = json!({
            "type": "residence", "country": "UA", "area": "ЛЬВІВСЬКА", "settlement": "Стрий", "settlement_type": "city", "settlement_id": new_id(),
        });
        let data = json!({
            "division": division, "name": "Амбулаторія", "type": "clinic", "addresses": [address],
            "phones": [{"type": "mobile", "number": "+380670000001"}], "email": "a@example.org", "mountain": false,
        });
        world.must("division.open", data, &[world.mis(), owner.hand()]).await;
        let hire = async |byte, tax_id, role, speciality| hire(world, owner, division, Staff::new(byte, role), tax_id, speciality).await;
        People {
            receptionist: hire(11, "3000112233", Role::Receptionist, None).await,
            doctors: [
                hire(12, "3100112238", Role::Doctor, Some("therapist")).await,
                hire(13, "3200112232", Role::Doctor, Some("paediatrician")).await,
            ],
            division,
        }
    }
}

async fn hire(world: &World, owner: &Staff, division: Uuid, staff: Staff, tax_id: &str, speciality: Option<&str>) -> Staff {
    let person = json!({"practitioner": {
        "id": staff.practitioner, "last_name": "Нечай", "first_name": "Остап", "tax_id": tax_id, "birth_date": "1985-02-03",
    }});
    let data = world.enrolment(person, &staff.key, &[]);
    world.must("key.enrol", data, &[world.trust_provider(), (&staff.key, Role::Holder, None)]).await;
    let mut data = json!({
        "employee": staff.employee, "practitioner": staff.practitioner, "type": staff.role, "position": "P7", "start_date": "2026-01-01",
    });
    if let Some(speciality) = speciality {
        data["division"] = json!(division);
        data["specialities"] = json!([{
            "speciality": speciality, "officio": true, "level": "first", "qualification_type": "awarding",
            "attestation_name": "Академія", "attestation_date": "2020-01-01", "certificate_number": "1",
        }]);
        data["educations"] = json!([{"country": "UA", "city": "Львів", "institution_name": "Університет", "diploma_number": "1", "degree": "master", "speciality": "Лікувальна справа"}]);
    }
    world.must("employee.invite", data, &[world.mis(), owner.hand()]).await;
    let answer = [world.mis(), staff.himself(Role::Practitioner)];
    world.must("employee.accept", json!({"employee": staff.employee}), &answer).await;
    staff
}
