//! Patients with their requests and declarations, as small as they can be without much ado: there are as many as people.
//!
//! The law thinks in [`Patient`], a value of its own. Here it lies taken apart into rows of three tables, from which it is put together when
//! somebody asks. What is derived from patients follows from their rows.

mod load;
mod rows;
mod table;
mod written;

use std::collections::BTreeMap;
use std::iter::successors;

use uuid::Uuid;

use super::At;
use super::map::Map;
use crate::patient::{Declaration, Patient, Request, SentCode};
use crate::words::Date;
use load::Load;
use rows::{DeclarationRow, PatientRow, RequestRow};
use table::{Ids, Place, Places, Table};

/// All patients, with what is derived from them.
#[derive(Clone, Debug)]
pub(super) struct Patients {
    patients: Table<PatientRow>,
    requests: Table<RequestRow>,
    declarations: Table<DeclarationRow>,
    /// Codes that may be tried, by request.
    codes: BTreeMap<Place, SentCode>,
    /// Posts, people, providers and divisions that requests and declarations name.
    named: Ids,
    by_id: Places,
    /// Requests of all patients, over all times.
    by_request: Places,
    /// Requests by the ids that their declarations have or will have.
    by_declaration: Places,
    /// Declarations in force by the doctor's post.
    load: Map<Uuid, Load>,
}

impl Patients {
    pub(super) fn new(seed: u64) -> Patients {
        Patients {
            patients: Table::new(),
            requests: Table::new(),
            declarations: Table::new(),
            codes: BTreeMap::new(),
            named: Ids::new(seed),
            by_id: Places::new(seed),
            by_request: Places::new(seed),
            by_declaration: Places::new(seed),
            load: Map::new(seed),
        }
    }

    /// A patient's version; 0 before his first event.
    pub(super) fn version(&self, id: Uuid) -> u64 {
        self.place(id).map_or(0, |place| self.patients[place].version.into())
    }

    /// Whether a patient exists.
    pub(super) fn known(&self, id: Uuid) -> bool {
        self.place(id).is_some_and(|place| self.patients[place].known)
    }

    /// A patient with his version.
    pub(super) fn get(&self, id: Uuid) -> At<Patient> {
        self.place(id).map_or_else(At::default, |place| self.at(place))
    }

    /// Changes a patient.
    pub(super) fn change(&mut self, id: Uuid, change: impl FnOnce(&mut At<Patient>)) {
        let place = self.place(id).unwrap_or_else(|| {
            let place = self.patients.push(PatientRow::new(id));
            self.by_id.put(place, |place| self.patients[place].id);
            place
        });
        let mut at = self.at(place);
        change(&mut at);
        self.keep(place, &at);
        debug_assert_eq!(self.at(place), at, "rows follow all that changes");
    }

    pub(super) fn request_known(&self, id: Uuid) -> bool {
        self.by_request.find(id, |place| self.requests[place].id).is_some()
    }

    pub(super) fn declaration_known(&self, id: Uuid) -> bool {
        self.by_declaration.find(id, |place| self.requests[place].declaration).is_some()
    }

    /// How many declarations have been signed.
    pub(super) fn signed(&self) -> usize {
        self.declarations.len()
    }

    /// How many declarations are in force on `today`.
    pub(super) fn in_force(&self, today: Date) -> usize {
        self.load.values().map(|load| load.count(today)).sum()
    }

    /// How many of them are of one post.
    pub(super) fn load(&self, employee: Uuid, today: Date) -> usize {
        self.load.get(&employee).map_or(0, |load| load.count(today))
    }

    /// Those of one post with their patients, by last day and id.
    pub(super) fn declarations_of(&self, employee: Uuid, today: Date) -> Vec<(Uuid, Uuid)> {
        let each = self.load.get(&employee).map(|load| self.by_last_day(load.each(today))).unwrap_or_default();
        each.into_iter().map(|((_, declaration), patient)| (declaration, patient)).collect()
    }

    /// Declarations with their patients, by last day and id.
    fn by_last_day(&self, some: &[(Date, Place)]) -> Vec<((Date, Uuid), Uuid)> {
        let told = |(last_day, place): &(Date, Place)| {
            let row = &self.declarations[*place];
            ((*last_day, row.id), self.patients[row.patient].id)
        };
        let mut all: Vec<_> = some.iter().map(told).collect();
        all.sort_unstable();
        all
    }

    fn place(&self, id: Uuid) -> Option<Place> {
        self.by_id.find(id, |place| self.patients[place].id)
    }

    /// A patient put together.
    fn at(&self, place: Place) -> At<Patient> {
        let row = &self.patients[place];
        let requests = successors(row.first_request, |place| self.requests[*place].next).map(|place| {
            let row = &self.requests[place];
            let code = if row.coded { self.codes.get(&place).copied() } else { None };
            row.request(code, &self.named)
        });
        let declarations = successors(row.first_declaration, |place| self.declarations[*place].next);
        At {
            version: row.version.into(),
            state: Patient {
                known: row.known,
                authentication: row.authentication,
                phone_disclosure: row.phone_disclosure,
                requests: requests.collect(),
                declarations: declarations.map(|place| self.declarations[place].declaration(&self.named)).collect(),
            },
        }
    }

    /// Takes a patient apart again: rows that are there follow what changed, the others come after them.
    fn keep(&mut self, patient: Place, at: &At<Patient>) {
        let row = &mut self.patients[patient];
        row.version = at.version as u32;
        row.known = at.state.known;
        row.authentication = at.state.authentication;
        row.phone_disclosure = at.state.phone_disclosure;
        let (mut before, mut next) = (None, row.first_request);
        for request in &at.state.requests {
            let place = next.unwrap_or_else(|| self.add_request(request, patient, before));
            let row = &mut self.requests[place];
            match request.code {
                Some(code) => drop(self.codes.insert(place, code)),
                None if row.coded => drop(self.codes.remove(&place)),
                None => {}
            }
            row.follow(request);
            (before, next) = (Some(place), row.next);
        }
        let (mut before, mut next) = (None, self.patients[patient].first_declaration);
        for declaration in &at.state.declarations {
            let place = next.unwrap_or_else(|| self.add_declaration(declaration, patient, before));
            let row = &mut self.declarations[place];
            if row.status.in_force()
                && !declaration.status.in_force()
                && let Some(load) = self.load.get_mut(&declaration.employee)
            {
                load.remove(row.term.last_day, place);
            }
            row.follow(declaration);
            (before, next) = (Some(place), row.next);
        }
    }

    fn add_request(&mut self, request: &Request, patient: Place, before: Option<Place>) -> Place {
        let place = self.requests.push(RequestRow::new(request, patient, &mut self.named));
        match before {
            Some(before) => self.requests[before].next = Some(place),
            None => self.patients[patient].first_request = Some(place),
        }
        self.by_request.put(place, |place| self.requests[place].id);
        self.by_declaration.put(place, |place| self.requests[place].declaration);
        place
    }

    fn add_declaration(&mut self, declaration: &Declaration, patient: Place, before: Option<Place>) -> Place {
        let place = self.declarations.push(DeclarationRow::new(declaration, patient, &mut self.named));
        match before {
            Some(before) => self.declarations[before].next = Some(place),
            None => self.patients[patient].first_declaration = Some(place),
        }
        if declaration.status.in_force() {
            self.load.entry(declaration.employee).or_default().add(declaration.term.last_day, place);
        }
        place
    }
}
