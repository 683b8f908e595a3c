//! What decisions ask of the registry.

use uuid::Uuid;

use super::{At, Registry};
use crate::auditor::Auditor;
use crate::division::{Division, DivisionStatus};
use crate::employee::{Employee, Post};
use crate::key_ring::{Enrolled, Key};
use crate::legal_entity::{LegalEntity, LegalEntityStatus};
use crate::mis::Mis;
use crate::patient::Patient;
use crate::policy::{Policy, PolicyTerms};
use crate::practitioner::Practitioner;
use crate::refusal::{Code, Refusal};
use crate::trust_provider::TrustProvider;
use crate::words::{Date, Kid, Stream, StreamType};

macro_rules! streams {
    ($($get:ident, $map:ident, $state:ty;)*) => {
        $(
            #[doc = concat!("The state and version of a stream among `", stringify!($map), "`; version 0 if it has no event.")]
            pub fn $get(&self, id: Uuid) -> At<$state> {
                self.$map.get(&id).cloned().unwrap_or_default()
            }
        )*
    };
}

impl Registry {
    streams! {
        auditor, auditors, Auditor;
        trust_provider, trust_providers, TrustProvider;
        mis, mis, Mis;
        legal_entity, legal_entities, LegalEntity;
        division, divisions, Division;
        practitioner, practitioners, Practitioner;
        employee, employees, Employee;
    }

    /// A patient with his version; version 0 if he has no event.
    pub fn patient(&self, id: Uuid) -> At<Patient> {
        self.patients.get(id)
    }

    /// Whether this patient exists.
    pub fn knows_patient(&self, id: Uuid) -> bool {
        self.patients.known(id)
    }

    /// The policy with its version.
    pub fn policy_state(&self) -> &At<Policy> {
        &self.policy
    }

    /// The terms in force.
    pub fn policy(&self) -> &PolicyTerms {
        &self.policy.state.terms
    }

    /// A key's stream.
    pub fn key_state(&self, kid: &Kid) -> At<Key> {
        self.keys.get(kid).cloned().unwrap_or_default()
    }

    /// A key that has been enrolled, active or not.
    pub fn key(&self, kid: &Kid) -> Option<&Enrolled> {
        self.keys.get(kid)?.state.0.as_ref()
    }

    /// The version of a stream: how many events it has had.
    pub fn version(&self, stream: &Stream) -> u64 {
        fn of<A>(at: Option<&At<A>>) -> u64 {
            at.map_or(0, |at| at.version)
        }
        match stream {
            Stream::Policy => self.policy.version,
            Stream::Key(kid) => of(self.keys.get(kid)),
            Stream::Of(kind, id) => match kind {
                StreamType::Auditor => of(self.auditors.get(id)),
                StreamType::Division => of(self.divisions.get(id)),
                StreamType::Employee => of(self.employees.get(id)),
                StreamType::LegalEntity => of(self.legal_entities.get(id)),
                StreamType::Mis => of(self.mis.get(id)),
                StreamType::Patient => self.patients.version(*id),
                StreamType::Practitioner => of(self.practitioners.get(id)),
                StreamType::TrustProvider => of(self.trust_providers.get(id)),
                StreamType::Key | StreamType::Policy => 0,
            },
        }
    }

    /// How many keys the regulator has that are not revoked.
    pub fn regulator_keys(&self) -> usize {
        self.regulator_keys
    }

    /// The provider with this EDRPOU code.
    pub fn provider_of(&self, edrpou: &str) -> Option<Uuid> {
        self.by_edrpou.get(edrpou).copied()
    }

    /// The provider that this practitioner is as a sole proprietor.
    pub fn sole_proprietor_of(&self, practitioner: Uuid) -> Option<Uuid> {
        let is_one = |id: &Uuid| self.legal_entities.get(id).is_some_and(|entity| entity.state.edrpou.is_none());
        let owned = |(_, employee): (Uuid, &Employee)| {
            employee.active().filter(|post| post.kind == crate::commands::EmployeeType::Owner).map(|post| post.legal_entity)
        };
        self.posts_of(practitioner).filter_map(owned).find(is_one)
    }

    /// A practitioner's posts, over all times.
    pub fn posts_of(&self, practitioner: Uuid) -> impl Iterator<Item = (Uuid, &Employee)> {
        let ids = self.posts.get(&practitioner).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.employees.get(id).map(|employee| (*id, &employee.state)))
    }

    /// Whether a trust provider has identified this practitioner.
    pub fn knows_practitioner(&self, id: Uuid) -> bool {
        self.practitioners.get(&id).is_some_and(|one| one.state.known)
    }

    /// The post of this id, if it is held now.
    pub fn active_post(&self, employee: Uuid) -> Option<&Post> {
        self.employees.get(&employee)?.state.active()
    }

    /// The post of a doctor.
    ///
    /// # Errors
    /// `not_found`, `not_a_doctor`, `employee_state`.
    pub fn doctor(&self, employee: Uuid) -> Result<&Post, Refusal> {
        let state = self.employees.get(&employee).map(|at| &at.state);
        let Some((state, post)) = state.and_then(|state| state.post.as_ref().map(|post| (state, post))) else {
            return Err(Refusal::new(Code::NotFound).at("/data/employee").with("what", "employee"));
        };
        if post.speciality.is_none() {
            return Err(Refusal::new(Code::NotADoctor).at("/data/employee"));
        }
        state.active().ok_or_else(|| Refusal::new(Code::EmployeeState).at("/data/employee").with("status", state.status.to_string()))
    }

    /// A provider that may work.
    ///
    /// # Errors
    /// `not_found`, `legal_entity_state`.
    pub fn active_legal_entity(&self, id: Uuid) -> Result<&LegalEntity, Refusal> {
        let entity = &self.legal_entities.get(&id).ok_or_else(|| Refusal::new(Code::NotFound).with("what", "legal entity"))?.state;
        match entity.status {
            LegalEntityStatus::Active => Ok(entity),
            status => Err(Refusal::new(Code::LegalEntityState).with("status", status.to_string())),
        }
    }

    /// A division that works and is this provider's.
    ///
    /// # Errors
    /// `not_found`, `division_foreign`, `division_state`; the member is `/data/division` in every command.
    pub fn active_division_of(&self, id: Uuid, legal_entity: Uuid) -> Result<&Division, Refusal> {
        let at = |code: Code| Refusal::new(code).at("/data/division");
        let division = &self.divisions.get(&id).ok_or_else(|| at(Code::NotFound).with("what", "division"))?.state;
        if division.legal_entity != Some(legal_entity) {
            return Err(at(Code::DivisionForeign));
        }
        match division.status {
            DivisionStatus::Active => Ok(division),
            status => Err(at(Code::DivisionState).with("status", status.to_string())),
        }
    }

    /// The least limit among a practitioner's primary-care specialities over all posts held; none if he is no doctor.
    pub fn limit_of(&self, practitioner: Uuid) -> Option<u32> {
        let limits = self.policy().limits;
        self.posts_of(practitioner)
            .filter_map(|(_, employee)| employee.active())
            .flat_map(|post| &post.specialities)
            .map(|one| limits.of(*one))
            .min()
    }

    /// How many declarations in force a practitioner has over all posts, those past their last day left out.
    pub fn load_of(&self, practitioner: Uuid, today: Date) -> usize {
        self.posts_of(practitioner).map(|(id, _)| self.patients.load(id, today)).sum()
    }

    /// The declarations of one post in force on `today`, with their patients, by last day and id.
    pub fn declarations_of(&self, employee: Uuid, today: Date) -> Vec<(Uuid, Uuid)> {
        self.patients.declarations_of(employee, today)
    }

    /// Whether a declaration request of any patient has this id, whatever its state.
    pub fn request_known(&self, id: Uuid) -> bool {
        self.patients.request_known(id)
    }

    /// Whether a declaration has this id, whatever its state, or is to have it by a request.
    pub fn declaration_known(&self, id: Uuid) -> bool {
        self.patients.declaration_known(id)
    }

    /// How many declarations there have been, and how many of them are in force on `today`.
    pub fn declarations_total(&self, today: Date) -> (usize, usize) {
        (self.patients.signed(), self.patients.in_force(today))
    }

    /// Every key that has been enrolled.
    pub fn keys(&self) -> impl Iterator<Item = (&Kid, &Enrolled)> {
        self.keys.iter().filter_map(|(kid, key)| key.state.0.as_ref().map(|key| (kid, key)))
    }
}
