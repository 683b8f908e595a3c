//! How the benchmark's registry comes to its parties, providers and doctors.

use aggregates::words::{Role, StreamType};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cast::{Cast, Of, PER_CLINIC, Signer, enrolment};
use super::people;
use crate::envelope::ComposeFault;
use crate::keys::{SecretKey, to_jwk};

impl Cast {
    /// Everything before the first patient, in an order that may be one batch or many.
    ///
    /// # Errors
    /// [`ComposeFault`]: the benchmark's own data is at fault.
    pub fn founding(&self) -> Result<Vec<String>, ComposeFault> {
        let mut told = Telling { cast: self, said: Vec::new() };
        told.parties()?;
        (0..self.clinics.len() as u64).try_for_each(|number| told.clinic(number))?;
        Ok(told.said)
    }
}

/// The founding, command by command.
struct Telling<'a> {
    cast: &'a Cast,
    said: Vec<String>,
}

impl Telling<'_> {
    fn say(&mut self, kind: &str, data: Value, signers: &[Signer<'_>]) -> Result<(), ComposeFault> {
        let number = self.said.len() as u64;
        let body = self.cast.compose(&format!("founding {number}"), self.cast.id(Of::Command, number), kind, data, signers)?;
        self.said.push(body);
        Ok(())
    }

    fn by_regulator(&mut self, kind: &str, data: Value) -> Result<(), ComposeFault> {
        let signers = [(&self.cast.regulator, Role::Regulator, None)];
        self.say(kind, data, &signers)
    }

    fn parties(&mut self) -> Result<(), ComposeFault> {
        let cast = self.cast;
        let until = cast.begun.plus_seconds(900 * 86_400);
        let party = |number: u64, key: &SecretKey| json!({ "name": format!("ТОВ «Сторона {number}»"), "edrpou": people::edrpou(number), "key": to_jwk(&key.public()), "key_until": until });
        let mut data = party(0, &cast.trust_provider);
        data["trust_provider"] = json!(cast.id(Of::TrustProvider, 0));
        data["website"] = json!("https://trust.example.com");
        self.say("trust_provider.accredit", data, &[(&cast.regulator, Role::Regulator, None), (&cast.trust_provider, Role::Holder, None)])?;
        for (number, key) in cast.miss.iter().enumerate() {
            let id = cast.id(Of::Mis, number as u64);
            let mut data = party(number as u64 + 1, key);
            data["mis"] = json!(id);
            data["product"] = json!("Зоря 2");
            data["email"] = json!("mis@example.com");
            self.say("mis.apply", data, &[(key, Role::Holder, None), cast.enrolled_by()])?;
            let test = json!({ "mis": id, "programme": "2026-1", "held_on": "2026-11-01", "passed": true });
            self.by_regulator("mis.record_test", test)?;
            self.by_regulator("mis.accredit", json!({ "mis": id }))?;
        }
        Ok(())
    }

    fn enrol(&mut self, key: &SecretKey, person: u64, represents: Option<String>) -> Result<Uuid, ComposeFault> {
        let id = self.cast.id(Of::Person, person);
        let mut data = enrolment(key, self.cast.begun);
        data["practitioner"] = people::practitioner(id, person);
        if let Some(edrpou) = represents {
            data["represents"] = json!([edrpou]);
        }
        self.say("key.enrol", data, &[self.cast.enrolled_by(), (key, Role::Holder, None)])?;
        Ok(id)
    }

    fn clinic(&mut self, number: u64) -> Result<(), ComposeFault> {
        let cast = self.cast;
        let clinic = &cast.clinics[number as usize];
        let (edrpou, mis) = (people::edrpou(100 + number), cast.mis(number));
        let first = number * (PER_CLINIC + 2);
        let owner = self.enrol(&clinic.owner, first, Some(edrpou.clone()))?;
        let (entity, post) = (cast.id(Of::LegalEntity, number), cast.post(number, 0));
        let himself = cast.hand(&clinic.owner, Role::Owner, StreamType::Practitioner, owner);
        self.say("legal_entity.register", people::provider(entity, post, &edrpou), &[mis, himself])?;
        let in_post = cast.hand(&clinic.owner, Role::Owner, StreamType::Employee, post);
        let division = cast.id(Of::Division, number);
        self.say("division.open", people::division(division), &[mis, in_post])?;
        let desk = (&clinic.desk, cast.post(number, 1), "receptionist");
        let doctors = clinic.doctors.iter().enumerate();
        let doctors = doctors.map(|(place, key)| (key, cast.doctor(number * PER_CLINIC + place as u64), "doctor"));
        for (place, (key, post, kind)) in std::iter::once(desk).chain(doctors).enumerate() {
            let person = self.enrol(key, first + 1 + place as u64, None)?;
            self.say("employee.invite", people::post(post, person, division, kind), &[mis, in_post])?;
            let invited = cast.hand(key, Role::Practitioner, StreamType::Practitioner, person);
            self.say("employee.accept", json!({ "employee": post }), &[mis, invited])?;
        }
        Ok(())
    }
}
