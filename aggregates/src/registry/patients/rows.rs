//! Patients, requests and declarations at rest: what the law knows of each, with places where it has ids that are kept elsewhere.

use uuid::Uuid;

use super::table::{Ids, Place};
use crate::commands::Authentication;
use crate::patient::{Declaration, DeclarationStatus, Request, RequestStatus, SentCode, Term};
use crate::words::{Bytes32, Date, Instant};

/// A patient, with the first of his requests and of his declarations.
#[derive(Clone, Debug)]
pub(super) struct PatientRow {
    pub(super) id: Uuid,
    /// Events of one stream are fewer than 2³².
    pub(super) version: u32,
    pub(super) known: bool,
    pub(super) authentication: Option<Authentication>,
    pub(super) phone_disclosure: Option<Bytes32>,
    pub(super) first_request: Option<Place>,
    pub(super) first_declaration: Option<Place>,
}

/// A request, with its patient and his next one.
#[derive(Clone, Debug)]
pub(super) struct RequestRow {
    pub(super) id: Uuid,
    pub(super) declaration: Uuid,
    employee: Place,
    division: Place,
    at: Instant,
    status: RequestStatus,
    codes_sent: u32,
    /// Whether it has a code that may be tried: few have one at a time, and they are kept apart.
    pub(super) coded: bool,
    pub(super) patient: Place,
    pub(super) next: Option<Place>,
}

/// A declaration, with its patient and his next one.
#[derive(Clone, Debug)]
pub(super) struct DeclarationRow {
    pub(super) id: Uuid,
    employee: Place,
    practitioner: Place,
    legal_entity: Place,
    division: Place,
    start: Date,
    pub(super) term: Term,
    pub(super) status: DeclarationStatus,
    pub(super) patient: Place,
    pub(super) next: Option<Place>,
}

impl PatientRow {
    pub(super) fn new(id: Uuid) -> PatientRow {
        PatientRow {
            id,
            version: 0,
            known: false,
            authentication: None,
            phone_disclosure: None,
            first_request: None,
            first_declaration: None,
        }
    }
}

impl RequestRow {
    pub(super) fn new(request: &Request, patient: Place, ids: &mut Ids) -> RequestRow {
        RequestRow {
            id: request.id,
            declaration: request.declaration,
            employee: ids.place(request.employee),
            division: ids.place(request.division),
            at: request.at,
            status: request.status,
            codes_sent: request.codes_sent,
            coded: request.code.is_some(),
            patient,
            next: None,
        }
    }

    /// Takes over what changes of a request.
    pub(super) fn follow(&mut self, request: &Request) {
        self.status = request.status;
        self.codes_sent = request.codes_sent;
        self.coded = request.code.is_some();
    }

    pub(super) fn request(&self, code: Option<SentCode>, ids: &Ids) -> Request {
        Request {
            id: self.id,
            declaration: self.declaration,
            employee: ids[self.employee],
            division: ids[self.division],
            at: self.at,
            status: self.status,
            code,
            codes_sent: self.codes_sent,
        }
    }
}

impl DeclarationRow {
    pub(super) fn new(declaration: &Declaration, patient: Place, ids: &mut Ids) -> DeclarationRow {
        DeclarationRow {
            id: declaration.id,
            employee: ids.place(declaration.employee),
            practitioner: ids.place(declaration.practitioner),
            legal_entity: ids.place(declaration.legal_entity),
            division: ids.place(declaration.division),
            start: declaration.start,
            term: declaration.term,
            status: declaration.status,
            patient,
            next: None,
        }
    }

    /// Takes over what changes of a declaration.
    pub(super) fn follow(&mut self, declaration: &Declaration) {
        self.status = declaration.status;
    }

    pub(super) fn declaration(&self, ids: &Ids) -> Declaration {
        Declaration {
            id: self.id,
            employee: ids[self.employee],
            practitioner: ids[self.practitioner],
            legal_entity: ids[self.legal_entity],
            division: ids[self.division],
            start: self.start,
            term: self.term,
            status: self.status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_small_as_there_are_millions_of_them() {
        assert!(size_of::<PatientRow>() <= 64, "{}", size_of::<PatientRow>());
        assert!(size_of::<RequestRow>() <= 64, "{}", size_of::<RequestRow>());
        assert!(size_of::<DeclarationRow>() <= 52, "{}", size_of::<DeclarationRow>());
    }
}
