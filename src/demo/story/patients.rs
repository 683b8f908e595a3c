//! Third chapter: patients register and choose a doctor.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Numbers, Story, StoryError, expect};
use crate::demo::actors::{Clinic, Hand, Patient, Staff, THERAPIST};
use crate::demo::dice::Dice;
use crate::keys::to_jwk;

/// A request on its way.
pub(super) struct Asked<'b> {
    pub(super) label: String,
    pub(super) patient: Uuid,
    pub(super) request: Uuid,
    pub(super) declaration: Uuid,
    pub(super) clinic: &'b Clinic,
    pub(super) doctor: &'b Staff,
}

impl Asked<'_> {
    /// The members that name the request.
    pub(super) fn reference(&self) -> Value {
        json!({"patient": self.patient, "request": self.request})
    }

    fn content(&self) -> Value {
        json!({
            "patient": self.patient, "request": self.request, "declaration": self.declaration, "employee": self.doctor.employee,
            "division": self.clinic.divisions[0], "scope": "family_doctor",
        })
    }
}

impl Story<'_> {
    pub(super) fn patients(&self) -> Result<Numbers, StoryError> {
        let patients = &self.cast.patients;
        self.at_desks(patients.len(), |number| self.first_declaration(&patients[number]))?;
        let keys = patients.iter().filter(|patient| patient.key.is_some()).count();
        self.say(format!(
            "{} patients chose a doctor: {keys} confirmed with a key of their own, the others by a one-time code.",
            patients.len()
        ));
        Ok(Numbers { signed: patients.len() as u64, terminated: 0 })
    }

    fn first_declaration(&self, patient: &Patient) -> Result<(), StoryError> {
        let clinic = &self.cast.clinics[patient.clinic];
        let name = format!("patient {}", patient.number);
        if let Some(hand) = patient.hand() {
            let mut data = self.key_data(to_jwk(&hand.0.public()));
            data["patient"] = patient.person.as_patient(patient.id);
            self.must(&format!("key of {name}"), "key.enrol", data, &self.enrolment(hand.0))?;
            let hands = [self.mis(clinic), hand];
            self.must(&name, "patient.register", patient.registration(self.cast.seed, patient.id), &hands)?;
        } else {
            self.form_faults(patient, clinic)?;
            let hands = self.at_work(clinic, clinic.desk());
            self.must(&name, "patient.register", patient.registration(self.cast.seed, patient.id), &hands)?;
        }
        self.declare(patient, patient.id, clinic, &clinic.staff[patient.doctor], "first")
    }

    /// One registration is tried with mistakes first: a personal value in clear, and a value of a wrong form.
    fn form_faults(&self, patient: &Patient, clinic: &Clinic) -> Result<(), StoryError> {
        if patient.number != 2 {
            return Ok(());
        }
        let kind = "patient.register";
        let (mut data, hands) = (patient.registration(self.cast.seed, patient.id), self.at_work(clinic, clinic.desk()));
        let mut clear = data.clone();
        // Only what the law's table names is disclosed, so this one goes in clear.
        clear["surname"] = clear["last_name"].take();
        clear.as_object_mut().map(|members| members.remove("last_name"));
        self.refused("patient 2 with a name in clear", kind, clear, &hands, "form_invalid")?;
        data["tax_id"] = json!(format!("{}x", patient.person.tax_id));
        data["phones"][0]["number"] = json!(patient.person.phone.trim_start_matches('+'));
        self.refused("patient 2 with wrong forms", kind, data, &hands, "form_invalid")?;
        Ok(())
    }

    /// Request, confirmation and signature, by the patient himself if he has a key.
    pub(super) fn declare(&self, patient: &Patient, id: Uuid, clinic: &Clinic, doctor: &Staff, round: &str) -> Result<(), StoryError> {
        let asked = self.request(patient, id, clinic, doctor, round)?;
        match patient.hand() {
            Some(hand) => {
                let hands = [self.mis(clinic), hand];
                self.must(&format!("{} confirmed", asked.label), "declaration_request.confirm_by_key", asked.reference(), &hands)?;
            }
            None => {
                let wrong = if round == "first" { patient.wrong_codes } else { 0 };
                self.confirm_by_code(&asked, wrong)?;
            }
        }
        if patient.number == 8 && round == "first" {
            // The other family doctor may not sign what names his colleague.
            let hands = self.at_work(clinic, &clinic.staff[THERAPIST]);
            self.refused("declaration signed by another doctor", "declaration.sign", self.signed(&asked), &hands, "not_named_doctor")?;
        }
        self.sign(&asked)
    }

    pub(super) fn request<'b>(
        &self,
        patient: &Patient,
        id: Uuid,
        clinic: &'b Clinic,
        doctor: &'b Staff,
        round: &str,
    ) -> Result<Asked<'b>, StoryError> {
        let label = format!("patient {}'s {round} declaration", patient.number);
        let mut dice = Dice::new(self.cast.seed, &label);
        let asked = Asked { patient: id, request: dice.id(), declaration: dice.id(), clinic, doctor, label };
        let hands: [Hand<'_>; 2] = match patient.hand() {
            Some(hand) => [self.mis(clinic), hand],
            None => self.at_work(clinic, clinic.desk()),
        };
        if patient.number == 7 && round == "first" {
            let mut other = asked.content();
            other["employee"] = json!(clinic.staff[THERAPIST].employee);
            let name = "a child asked for a therapist";
            self.refused(name, "declaration_request.create", other, &hands, "age_against_speciality")?;
        }
        self.must(&format!("{} requested", asked.label), "declaration_request.create", asked.content(), &hands)?;
        Ok(asked)
    }

    /// Sends a code and tries it, wrong ones first; the third wrong one ends it, and a new one is sent.
    fn confirm_by_code(&self, asked: &Asked<'_>, wrong: usize) -> Result<(), StoryError> {
        let hands = self.at_work(asked.clinic, asked.clinic.desk());
        let mut code = self.send_code(asked, "code", &hands)?;
        for number in 0..wrong {
            let guesses = [number + 1, number + 11].map(|guess| format!("{guess:06}"));
            let guess = guesses.iter().find(|guess| Some(*guess) != code.as_ref()).unwrap_or(&guesses[0]);
            let reply = self.try_code(asked, &format!("wrong code {number}"), guess, &hands)?;
            expect(&asked.label, reply, "code_failed", |reply| reply.body["outcome"][0]["type"] == "declaration_request.code_failed")?;
        }
        if wrong >= 3 {
            code = self.send_code(asked, "second code", &hands)?;
        }
        let Some(code) = code else { return Ok(()) };
        let reply = self.try_code(asked, "confirmed", &code, &hands)?;
        expect(&asked.label, reply, "a confirmation", |reply| reply.status == 201)?;
        Ok(())
    }

    /// The code that was sent; `None` if the story is told again and this code has been used up.
    fn send_code(&self, asked: &Asked<'_>, which: &str, hands: &[Hand<'_>]) -> Result<Option<String>, StoryError> {
        let name = format!("{}, {which}", asked.label);
        let reply = self.must(&name, "declaration_request.send_code", asked.reference(), hands)?;
        let code = self.gateway.code(asked.request, reply.size)?;
        if code.is_none() && !reply.replayed {
            return expect(&name, reply, "a code in the outbox", |_| false).map(|_| None);
        }
        Ok(code)
    }

    fn try_code(&self, asked: &Asked<'_>, what: &str, code: &str, hands: &[Hand<'_>]) -> Result<super::Reply, StoryError> {
        let mut data = asked.reference();
        data["code"] = json!(code);
        self.ask(&format!("{} {what}", asked.label), "declaration_request.confirm_by_code", data, hands)
    }

    /// What the doctor signs.
    pub(super) fn signed(&self, asked: &Asked<'_>) -> Value {
        let mut data = asked.content();
        data["patient_signed"] = json!(true);
        data
    }

    pub(super) fn sign(&self, asked: &Asked<'_>) -> Result<(), StoryError> {
        let hands = self.at_work(asked.clinic, asked.doctor);
        self.must(&format!("{} signed", asked.label), "declaration.sign", self.signed(asked), &hands)?;
        Ok(())
    }
}
