//! The words of the table.

use super::Kind;

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
    /// In a disclosure, kept in the vault and deleted with the command's subject.
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
}

impl Member {
    /// A required member in clear.
    pub const fn clear(name: &'static str, kind: Kind) -> Member {
        Member { name, kind, need: Need::Required, place: Place::Clear }
    }

    /// A required personal member.
    pub const fn disclosed(name: &'static str, kind: Kind) -> Member {
        Member { name, kind, need: Need::Required, place: Place::Disclosed }
    }

    /// The same member, not required.
    pub const fn optional(self) -> Member {
        Member { need: Need::Optional, ..self }
    }
}
