//! Who plays in the demo: all from the seed, so that the same seed plays the same story.

use aggregates::words::{Role, Stream, StreamType};
use serde_json::{Value, json};
use uuid::Uuid;

use super::dice::Dice;
use super::people::{self, Age, Person};
use crate::keys::SecretKey;

/// A key with the capacity in which it signs.
pub type Hand<'a> = (&'a SecretKey, Role, Option<Stream>);

/// A party around the ledger.
pub struct Party {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: &'static str,
    /// Its registration code.
    pub edrpou: String,
    /// Its key.
    pub key: SecretKey,
}

/// What kind of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClinicKind {
    /// The State's.
    State,
    /// Private persons'.
    Private,
    /// One doctor's own.
    SoleProprietor,
}

/// A provider with its people.
pub struct Clinic {
    /// What kind.
    pub kind: ClinicKind,
    /// Its id.
    pub id: Uuid,
    /// Its registration code; a sole proprietor has his tax number instead.
    pub edrpou: String,
    /// Its head.
    pub owner: Staff,
    /// Everybody else; a sole proprietor is also his own doctor.
    pub staff: Vec<Staff>,
    /// Where it works.
    pub divisions: Vec<Uuid>,
    /// Which of the two MISs it works with.
    pub mis: usize,
}

/// A post with who holds it.
pub struct Staff {
    /// The person.
    pub person: Person,
    /// The person's id.
    pub practitioner: Uuid,
    /// The person's key.
    pub key: SecretKey,
    /// The post's id.
    pub employee: Uuid,
    /// What kind of post.
    pub role: Role,
    /// The post's number in the register of posts.
    pub position: &'static str,
    /// A doctor's speciality.
    pub speciality: Option<&'static str>,
    /// Whether the person and the key are those of the head, and enrolled already.
    pub is_owner: bool,
}

/// How a patient comes to another doctor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// He does not.
    Stays,
    /// He asks for it himself, with his key.
    ByKey,
    /// Another provider's receptionist recognises him.
    ByCode,
}

/// A patient.
pub struct Patient {
    /// His number in the story.
    pub number: usize,
    /// The person.
    pub person: Person,
    /// A child's parent.
    pub parent: Option<Person>,
    /// The id proposed for him.
    pub id: Uuid,
    /// His own key, if he has one.
    pub key: Option<SecretKey>,
    /// His first provider.
    pub clinic: usize,
    /// His first doctor, among that provider's staff.
    pub doctor: usize,
    /// Whether he goes to the private clinic later.
    pub change: Change,
    /// How many wrong codes are tried first.
    pub wrong_codes: usize,
    /// Whether he ends his declaration himself.
    pub leaves: bool,
}

/// Everybody.
pub struct Cast {
    /// The seed.
    pub seed: u64,
    /// The regulator's key.
    pub regulator: SecretKey,
    /// The operator's key.
    pub operator: SecretKey,
    /// The auditor.
    pub auditor: Party,
    /// The trust provider.
    pub trust_provider: Party,
    /// The two MISs.
    pub mis: [Party; 2],
    /// A state clinic, a private one and a sole proprietor.
    pub clinics: [Clinic; 3],
    /// The patients.
    pub patients: Vec<Patient>,
}

/// The place among the state clinic's staff of the doctor who is dismissed.
pub const LEAVER: usize = 4;
/// The place of the state clinic's other family doctor.
pub const COLLEAGUE: usize = 5;
/// The place of the state clinic's therapist.
pub const THERAPIST: usize = 6;
/// The place of the state clinic's paediatrician.
pub const PAEDIATRICIAN: usize = 7;
/// The place of the personnel officer.
pub const HR: usize = 0;
/// The place of the state clinic's accountant.
pub const ACCOUNTANT: usize = 1;
/// The place of the state clinic's receptionist.
pub const RECEPTIONIST: usize = 2;
/// The place of the state clinic's assistant.
pub const ASSISTANT: usize = 3;
/// The place of the private clinic's family doctor.
pub const PRIVATE_DOCTOR: usize = 3;

const STATE: &[(Role, &str, Option<&str>)] = &[
    (Role::Hr, "P14", None),
    (Role::Accountant, "P14", None),
    (Role::Receptionist, "P15", None),
    (Role::Assistant, "P17", None),
    (Role::Doctor, "P7", Some("family_doctor")),
    (Role::Doctor, "P7", Some("family_doctor")),
    (Role::Doctor, "P10", Some("therapist")),
    (Role::Doctor, "P8", Some("paediatrician")),
];
const PRIVATE: &[(Role, &str, Option<&str>)] = &[
    (Role::Hr, "P14", None),
    (Role::Assistant, "P17", None),
    (Role::Receptionist, "P15", None),
    (Role::Doctor, "P7", Some("family_doctor")),
    (Role::Doctor, "P8", Some("paediatrician")),
];
const SOLE: &[(Role, &str, Option<&str>)] = &[(Role::Doctor, "P7", Some("family_doctor")), (Role::Assistant, "P15", None)];

impl Cast {
    /// Everybody, for a story played in this year: people's ages are relative to it.
    pub fn new(seed: u64, year: i16, patients: usize) -> Cast {
        let key = |label: &str| Dice::new(seed, label).key();
        Cast {
            seed,
            regulator: key("regulator"),
            operator: key("operator"),
            auditor: party(seed, "ТОВ «Незалежний аудит»"),
            trust_provider: party(seed, "КНЕДП «Підпис»"),
            mis: [party(seed, "МІС «Пульс»"), party(seed, "МІС «Картка»")],
            clinics: [
                clinic(seed, year, ClinicKind::State, STATE, 2, 0),
                clinic(seed, year, ClinicKind::Private, PRIVATE, 1, 1),
                clinic(seed, year, ClinicKind::SoleProprietor, SOLE, 1, 0),
            ],
            patients: (0..patients).map(|number| patient(seed, year, number)).collect(),
        }
    }
}

impl Party {
    /// The party as a signer.
    pub fn hand(&self, role: Role, kind: StreamType) -> Hand<'_> {
        (&self.key, role, Some(Stream::Of(kind, self.id)))
    }
}

impl Staff {
    /// The person as holder of the post.
    pub fn hand(&self) -> Hand<'_> {
        (&self.key, self.role, Some(Stream::Of(StreamType::Employee, self.employee)))
    }

    /// The person as himself, in this role.
    pub fn himself(&self, role: Role) -> Hand<'_> {
        (&self.key, role, Some(Stream::Of(StreamType::Practitioner, self.practitioner)))
    }
}

impl Clinic {
    /// Who receives patients.
    pub fn desk(&self) -> &Staff {
        let receives = |staff: &&Staff| matches!(staff.role, Role::Receptionist | Role::Assistant);
        let desk = self.staff.iter().find(|staff| staff.role == Role::Receptionist);
        desk.or_else(|| self.staff.iter().find(receives)).unwrap_or(&self.owner)
    }

    /// The data of `legal_entity.register`.
    pub fn registration(&self) -> Value {
        let (name, ownership, form, position) = match self.kind {
            ClinicKind::State => ("Державна установа «Центр первинної допомоги №3»".to_owned(), "state", "425", "P3"),
            ClinicKind::Private => ("ТОВ «Медичний дім»".to_owned(), "private", "240", "P2"),
            ClinicKind::SoleProprietor => {
                (format!("ФОП {} {}", self.owner.person.last, self.owner.person.first), "sole_proprietor", "910", "P26")
            }
        };
        let mut data = json!({
            "legal_entity": self.id, "employee": self.owner.employee, "position": position, "name": name, "ownership": ownership,
            "legal_form": form, "kveds": ["86.21"],
            "addresses": [address("registration")],
            "phones": [{"type": "land_line", "number": "+380532500100"}],
            "email": "info@medychnyi-zaklad.example",
            "licence": {
                "number": "АЕ 460123", "issued_by": "Міністерство охорони здоров’я", "issued_date": "2019-03-01",
                "active_from_date": "2019-04-01", "order_number": "№ 501",
            },
            "public_offer_consent": true,
        });
        match self.kind {
            ClinicKind::SoleProprietor => data["tax_id"] = json!(self.owner.person.tax_id),
            ClinicKind::State | ClinicKind::Private => data["edrpou"] = json!(self.edrpou),
        }
        data
    }

    /// The data of `division.open` for one of its divisions.
    pub fn division(&self, place: usize) -> Value {
        json!({
            "division": self.divisions[place], "name": format!("Амбулаторія №{}", place + 1), "type": "ambulant_clinic",
            "addresses": [address("residence")],
            "phones": [{"type": "land_line", "number": "+380532500200"}],
            "email": "reception@medychnyi-zaklad.example", "mountain": false,
            "working_hours": {"mon": [{"from": "08:00", "to": "18:00"}], "fri": [{"from": "08:00", "to": "16:00"}]},
        })
    }
}

impl Patient {
    /// The patient as a signer, if he has a key.
    pub fn hand(&self) -> Option<Hand<'_>> {
        self.key.as_ref().map(|key| (key, Role::Patient, Some(Stream::Of(StreamType::Patient, self.id))))
    }

    /// The data of `patient.register`, proposing an id.
    pub fn registration(&self, seed: u64, id: Uuid) -> Value {
        let dice = &mut Dice::new(seed, &format!("registration/{}", self.number));
        self.person.registration(id, dice, self.parent.as_ref())
    }
}

fn address(kind: &str) -> Value {
    json!({
        "type": kind, "country": "UA", "area": "ПОЛТАВСЬКА", "settlement": "Полтава", "settlement_type": "city",
        "settlement_id": "f2d556b4-86d5-4afe-87b8-3908ad947106", "street": "просп. Першотравневий", "building": "24", "zip": "36011",
    })
}

fn party(seed: u64, name: &'static str) -> Party {
    let mut dice = Dice::new(seed, name);
    Party { id: dice.id(), name, edrpou: people::company_code(&mut dice), key: dice.key() }
}

fn clinic(
    seed: u64,
    year: i16,
    kind: ClinicKind,
    posts: &[(Role, &'static str, Option<&'static str>)],
    divisions: usize,
    mis: usize,
) -> Clinic {
    let label = format!("clinic/{kind:?}");
    let mut dice = Dice::new(seed, &label);
    let post = |place: usize, role, position, speciality, owner: Option<&Staff>| {
        let mut dice = Dice::new(seed, &format!("{label}/{place}"));
        let employee = dice.id();
        let (person, practitioner, key) = match owner {
            Some(owner) => (owner.person.clone(), owner.practitioner, SecretKey::from_seed(&owner.key.seed())),
            None => (people::practitioner(&mut dice, year), dice.id(), dice.key()),
        };
        Staff { person, practitioner, key, employee, role, position, speciality, is_owner: owner.is_some() }
    };
    let owner = post(100, Role::Owner, "P2", None, None);
    let himself = |place: usize| (kind == ClinicKind::SoleProprietor && place == 0).then_some(&owner);
    let staff = posts.iter().enumerate();
    let staff = staff.map(|(place, (role, position, speciality))| post(place, *role, position, *speciality, himself(place))).collect();
    let (id, edrpou) = (dice.id(), people::company_code(&mut dice));
    Clinic { kind, id, edrpou, staff, divisions: (0..divisions).map(|_| dice.id()).collect(), mis, owner }
}

/// Of every twenty patients twelve go to the state clinic (eight of them to the doctor who will leave), five to the private
/// one and three to the sole proprietor.
fn patient(seed: u64, year: i16, number: usize) -> Patient {
    let (slot, round) = (number % 20, number / 20);
    let (clinic, doctor, age) = match slot {
        0..=6 => (0, LEAVER, Age::Adult),
        7 => (0, LEAVER, Age::Child),
        8 => (0, COLLEAGUE, Age::Adult),
        9 => (0, THERAPIST, Age::Adult),
        10 => (0, PAEDIATRICIAN, Age::Child),
        11 => (0, PAEDIATRICIAN, Age::Teen),
        12..=14 => (1, PRIVATE_DOCTOR, Age::Adult),
        15 | 16 => (1, PRIVATE_DOCTOR + 1, Age::Child),
        17 | 18 => (2, 0, Age::Adult),
        _ => (2, 0, Age::Child),
    };
    let mut dice = Dice::new(seed, &format!("patient/{number}"));
    let person = people::patient(&mut dice, age, year);
    let parent = (age == Age::Child).then(|| people::patient(&mut dice, Age::Adult, year));
    let change = match slot {
        0 if round % 2 == 0 => Change::ByKey,
        1 if round % 4 == 0 => Change::ByCode,
        _ => Change::Stays,
    };
    let wrong_codes = match (slot, round) {
        (3, 0) => 1,
        (4, 0) => 3,
        _ => 0,
    };
    let own_key = matches!(slot, 0 | 12);
    let key = own_key.then(|| dice.key());
    Patient { number, person, parent, id: dice.id(), key, clinic, doctor, change, wrong_codes, leaves: slot == 12 && round % 2 == 0 }
}
