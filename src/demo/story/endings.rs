//! Last chapter: patients change doctors, a doctor is dismissed, and what the ledger will not do.

use aggregates::words::Role;
use serde_json::json;
use uuid::Uuid;

use super::{Numbers, Story, StoryError, expect};
use crate::demo::actors::{COLLEAGUE, Change, HR, LEAVER, PRIVATE_DOCTOR, Patient};
use crate::demo::dice::Dice;

impl Story<'_> {
    pub(super) fn endings(&self, numbers: &mut Numbers) -> Result<(), StoryError> {
        self.strangers()?;
        self.changes(numbers)?;
        self.departures(numbers)?;
        self.dismissal(numbers)?;
        self.repeats()
    }

    /// A provider handles the requests of its own doctors only.
    fn strangers(&self) -> Result<(), StoryError> {
        let [state, private, _] = &self.cast.clinics;
        let Some(patient) = self.cast.patients.get(2) else { return Ok(()) };
        let asked = self.request(patient, patient.id, state, &state.staff[COLLEAGUE], "stray")?;
        let (kind, hands) = ("declaration_request.send_code", self.at_work(private, private.desk()));
        self.refused("a stranger's request", kind, asked.reference(), &hands, "employee_foreign")?;
        Ok(())
    }

    /// Patients of the state clinic choose a doctor of the private one, through the other MIS.
    fn changes(&self, numbers: &mut Numbers) -> Result<(), StoryError> {
        let private = &self.cast.clinics[1];
        let changing: Vec<&Patient> = self.cast.patients.iter().filter(|patient| patient.change != Change::Stays).collect();
        self.at_desks(changing.len(), |place| {
            let patient = changing[place];
            if patient.change == Change::ByCode {
                self.recognise(patient)?;
            }
            self.declare(patient, patient.id, private, &private.staff[PRIVATE_DOCTOR], "second")
        })?;
        numbers.signed += changing.len() as u64;
        numbers.terminated += changing.len() as u64;
        self.say(format!(
            "{} patients changed to the private clinic through the other MIS: each old declaration is replaced.",
            changing.len()
        ));
        Ok(())
    }

    /// The private clinic's receptionist registers somebody whom the ledger knows already.
    fn recognise(&self, patient: &Patient) -> Result<(), StoryError> {
        let (private, name) = (&self.cast.clinics[1], format!("patient {} registered again", patient.number));
        let proposed = Dice::new(self.cast.seed, &name).id();
        let hands = self.at_work(private, private.desk());
        let reply = self.must(&name, "patient.register", patient.registration(self.cast.seed, proposed), &hands)?;
        expect(&name, reply, "the patient known", |reply| Story::patient_of(reply) == Some(patient.id))?;
        Ok(())
    }

    /// Patients end their declarations themselves.
    fn departures(&self, numbers: &mut Numbers) -> Result<(), StoryError> {
        let leaving = self.cast.patients.iter().filter(|patient| patient.leaves);
        for patient in leaving {
            let Some(hand) = patient.hand() else { continue };
            let hands = [self.mis(&self.cast.clinics[patient.clinic]), hand];
            let declaration = self.declaration(patient, "first");
            let data = json!({"patient": patient.id, "declaration": declaration, "reason": "patient_application"});
            self.must(&format!("patient {} leaves", patient.number), "declaration.terminate", data, &hands)?;
            numbers.terminated += 1;
        }
        self.say("Some patients ended their declarations themselves, with their own keys.");
        Ok(())
    }

    fn declaration(&self, patient: &Patient, round: &str) -> Uuid {
        let mut dice = Dice::new(self.cast.seed, &format!("patient {}'s {round} declaration", patient.number));
        dice.id();
        dice.id()
    }

    /// The personnel officer dismisses a doctor, and with the post all its declarations end.
    fn dismissal(&self, numbers: &mut Numbers) -> Result<(), StoryError> {
        let state = &self.cast.clinics[0];
        let doctor = &state.staff[LEAVER];
        let served = |patient: &&Patient| patient.clinic == 0 && patient.doctor == LEAVER && patient.change == Change::Stays;
        let served: Vec<&Patient> = self.cast.patients.iter().filter(served).collect();
        let data = json!({"employee": doctor.employee, "reason": "end_of_contract"});
        self.must("a doctor dismissed", "employee.dismiss", data, &self.at_work(state, &state.staff[HR]))?;
        numbers.terminated += served.len() as u64;
        self.say(format!("Doctor {} is dismissed: {} declarations end with the post, in one decision.", doctor.person.last, served.len()));
        let Some(patient) = served.iter().find(|patient| patient.number == 2) else { return Ok(()) };
        let hands = self.at_work(state, doctor);
        let data = json!({"patient": patient.id, "declaration": self.declaration(patient, "first"), "reason": "patient_application"});
        self.refused("the dismissed doctor at work", "declaration.terminate", data, &hands, "signer_not_entitled")?;
        self.declare(patient, patient.id, state, &state.staff[COLLEAGUE], "second")?;
        numbers.signed += 1;
        self.say("One of the patients chose the doctor's colleague.");
        Ok(())
    }

    /// The same bytes are answered the same; changed ones are nobody's.
    fn repeats(&self) -> Result<(), StoryError> {
        let (name, kind) = ("a doctor dismissed", "employee.dismiss");
        let state = &self.cast.clinics[0];
        let data = json!({"employee": state.staff[LEAVER].employee, "reason": "end_of_contract"});
        let body = self.compose(name, kind, data, &self.at_work(state, &state.staff[HR]))?.body;
        let first = self.told().into_iter().find(|told| told.name == name).map(|told| told.text);
        let again = self.send("the dismissal sent again", kind, &body)?;
        expect("the dismissal sent again", again, "the same receipt", |again| again.replayed && Some(&again.text) == first.as_ref())?;
        let hands = [self.mis(state), (&self.cast.operator, Role::Hr, state.staff[HR].hand().2)];
        let data = json!({"employee": state.staff[COLLEAGUE].employee, "reason": "misconduct"});
        self.refused("a dismissal under another's key", kind, data, &hands, "signer_not_entitled")?;
        self.say("A command sent twice had one effect and one receipt; a dismissal signed with another's key was refused.");
        Ok(())
    }
}
