//! The words of the table.

use super::Kind;
use crate::words::StreamType;

/// Whether a member must be present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may be left out.
    Optional,
}

/// Where a member stands in the signed payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In clear: it is public, or pseudonymous.
    Clear,
    /// In a disclosure, kept in the vault until its subject is erased.
    Disclosed,
}

/// One member of an object of a command's data.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether it must be there.
    pub need: Need,
    /// Whether it stands in clear or disclosed. Inside a disclosed value everything is part of the disclosure.
    pub place: Place,
    /// For a disclosed member: the kind of subject whose erasure deletes it.
    pub erased_with: Option<StreamType>,
}

impl Member {
    /// A required member in clear.
    pub const fn clear(name: &'static str, kind: Kind) -> Member {
        Member { name, kind, need: Need::Required, place: Place::Clear, erased_with: None }
    }

    /// A required member that is personal to the patient whom the command is about.
    pub const fn of_patient(name: &'static str, kind: Kind) -> Member {
        Member { place: Place::Disclosed, erased_with: Some(StreamType::Patient), ..Member::clear(name, kind) }
    }

    /// A required member that is personal to the practitioner whom the command is about, or who signs it.
    pub const fn of_practitioner(name: &'static str, kind: Kind) -> Member {
        Member { place: Place::Disclosed, erased_with: Some(StreamType::Practitioner), ..Member::clear(name, kind) }
    }

    /// The same member, not required.
    pub const fn optional(self) -> Member {
        Member { need: Need::Optional, ..self }
    }
}
