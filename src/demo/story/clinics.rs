//! Second chapter: three providers, their divisions and their people.

use aggregates::words::Role;
use serde_json::{Value, json};

use super::{Story, StoryError};
use crate::demo::actors::{Clinic, ClinicKind, HR, Hand, Staff};

impl Story<'_> {
    pub(super) fn clinics(&self) -> Result<(), StoryError> {
        for clinic in &self.cast.clinics {
            self.register(clinic)?;
            for place in 0..clinic.divisions.len() {
                let name = format!("{:?} clinic's division {place}", clinic.kind);
                self.must(&name, "division.open", clinic.division(place), &self.at_work(clinic, &clinic.owner))?;
            }
            for (place, staff) in clinic.staff.iter().enumerate() {
                // The personnel officer, once there is one, invites the others.
                let hr = clinic.staff.get(HR).filter(|first| first.role == Role::Hr && place > HR);
                self.employ(clinic, hr.unwrap_or(&clinic.owner), staff, place)?;
            }
            self.say(format!(
                "{}: registered, {} division(s), {} people invited and accepted.",
                clinic.registration()["name"].as_str().unwrap_or_default(),
                clinic.divisions.len(),
                clinic.staff.len()
            ));
        }
        let regulator: Hand<'_> = (&self.cast.regulator, Role::Regulator, None);
        for clinic in self.cast.clinics.iter().filter(|clinic| clinic.kind != ClinicKind::SoleProprietor) {
            let data = json!({"legal_entity": clinic.id});
            self.must(&format!("{:?} clinic verified", clinic.kind), "legal_entity.verify", data, &[regulator])?;
        }
        self.say("The regulator verified the two clinics; the sole proprietor works and is not paid yet.");
        Ok(())
    }

    fn register(&self, clinic: &Clinic) -> Result<(), StoryError> {
        let (kind, name) = ("legal_entity.register", format!("{:?} clinic", clinic.kind));
        let hands = [self.mis(clinic), clinic.owner.himself(Role::Owner)];
        match clinic.kind {
            // Its head was enrolled in the first chapter.
            ClinicKind::Private => {}
            ClinicKind::State => self.enrol_staff(&clinic.owner, &format!("owner of the {name}"), &[&clinic.edrpou])?,
            ClinicKind::SoleProprietor => self.enrol_staff(&clinic.owner, &format!("owner of the {name}"), &[])?,
        }
        if clinic.kind == ClinicKind::State {
            let mut other = clinic.registration();
            other["edrpou"] = json!(self.cast.clinics[1].edrpou);
            self.refused("State clinic under another's code", kind, other, &hands, "edrpou_not_represented")?;
        }
        if clinic.kind == ClinicKind::SoleProprietor {
            let mut other = clinic.registration();
            other["tax_id"] = json!(self.cast.clinics[0].owner.person.tax_id);
            self.refused("sole proprietor under another's tax number", kind, other, &hands, "owner_code_mismatch")?;
        }
        self.must(&name, kind, clinic.registration(), &hands)?;
        Ok(())
    }

    fn employ(&self, clinic: &Clinic, by: &Staff, staff: &Staff, place: usize) -> Result<(), StoryError> {
        let name = format!("{:?} clinic's {} {place}", clinic.kind, staff.role);
        if !staff.is_owner {
            self.enrol_staff(staff, &name, &[])?;
        }
        self.must(&format!("{name} invited"), "employee.invite", self.post(clinic, staff), &self.at_work(clinic, by))?;
        let answer = [self.mis(clinic), staff.himself(Role::Practitioner)];
        self.must(&format!("{name} accepted"), "employee.accept", json!({"employee": staff.employee}), &answer)?;
        Ok(())
    }

    fn post(&self, clinic: &Clinic, staff: &Staff) -> Value {
        let mut data = json!({
            "employee": staff.employee, "practitioner": staff.practitioner, "type": staff.role, "position": staff.position,
            "start_date": self.at.date(),
        });
        if let Some(speciality) = staff.speciality {
            data["division"] = json!(clinic.divisions[0]);
            data["specialities"] = json!([{
                "speciality": speciality, "officio": true, "level": "first", "qualification_type": "awarding",
                "attestation_name": "Академія післядипломної освіти", "attestation_date": "2020-06-01", "certificate_number": "№ 2231",
            }]);
            data["educations"] = json!([{
                "country": "UA", "city": "Полтава", "institution_name": "Медичний університет", "diploma_number": "ДП 118",
                "degree": "master", "speciality": "Лікувальна справа",
            }]);
        }
        data
    }
}
