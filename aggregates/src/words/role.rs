//! The roles in which a key signs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{NotA, StreamType};

/// In what capacity a signer acts (the member `as` of a payload's signer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The body that accredits and supervises.
    Regulator,
    /// Who runs the ledger.
    Operator,
    /// Who checks it.
    Auditor,
    /// Who enrols people's keys, as qualified trust services do.
    TrustProvider,
    /// A medical information system.
    Mis,
    /// The head of a legal entity.
    Owner,
    /// A personnel officer.
    Hr,
    /// An accountant.
    Accountant,
    /// A primary-care doctor.
    Doctor,
    /// A receptionist.
    Receptionist,
    /// Another assistant.
    Assistant,
    /// A natural person on staff who holds no post yet: an invitee, an owner-to-be.
    Practitioner,
    /// A patient.
    Patient,
    /// A patient's legal representative.
    Representative,
    /// Whoever possesses the key that the payload carries; it grants nothing else.
    Holder,
}

impl Role {
    /// Every role with the name it has on the wire, in the order of the design.
    pub const ALL: [(Role, &'static str); 15] = [
        (Role::Regulator, "regulator"),
        (Role::Operator, "operator"),
        (Role::Auditor, "auditor"),
        (Role::TrustProvider, "trust_provider"),
        (Role::Mis, "mis"),
        (Role::Owner, "owner"),
        (Role::Hr, "hr"),
        (Role::Accountant, "accountant"),
        (Role::Doctor, "doctor"),
        (Role::Receptionist, "receptionist"),
        (Role::Assistant, "assistant"),
        (Role::Practitioner, "practitioner"),
        (Role::Patient, "patient"),
        (Role::Representative, "representative"),
        (Role::Holder, "holder"),
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        Role::ALL[self as usize].1
    }

    /// The types of stream that `of` may name for this role; empty where `of` is omitted.
    ///
    /// An owner's right is his post, and before he has one, himself.
    pub fn of(self) -> &'static [StreamType] {
        match self {
            Role::Regulator | Role::Operator | Role::Auditor | Role::Holder => &[],
            Role::TrustProvider => &[StreamType::TrustProvider],
            Role::Mis => &[StreamType::Mis],
            Role::Owner => &[StreamType::Employee, StreamType::Practitioner],
            Role::Hr | Role::Accountant | Role::Doctor | Role::Receptionist | Role::Assistant => &[StreamType::Employee],
            Role::Practitioner => &[StreamType::Practitioner],
            Role::Patient | Role::Representative => &[StreamType::Patient],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = NotA;

    fn from_str(text: &str) -> Result<Role, NotA> {
        Role::ALL.iter().find(|(_, name)| *name == text).map(|(role, _)| *role).ok_or(NotA("role"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_in_the_table_agree() {
        for (place, (role, name)) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
            assert_eq!(name.parse(), Ok(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{name}\""));
        }
    }
}
