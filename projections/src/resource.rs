//! The resources that have a read model.

/// A kind of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Requests for declarations.
    DeclarationRequest,
    /// Declarations of the choice of doctor.
    Declaration,
    /// Divisions of legal entities.
    Division,
    /// Posts of practitioners at legal entities.
    Employee,
    /// Public keys, by kid: what access to reads is decided by.
    Key,
    /// Providers.
    LegalEntity,
    /// Medical information systems.
    Mis,
    /// Patients; what is personal about them stays in the vault.
    Patient,
    /// The policy, one row named `current`.
    Policy,
    /// Natural persons on staff.
    Practitioner,
    /// Trust providers.
    TrustProvider,
}

impl Resource {
    /// Every resource with its name in stores and paths, in lexical order of the names.
    pub const ALL: [(Resource, &'static str); 11] = [
        (Resource::DeclarationRequest, "declaration-requests"),
        (Resource::Declaration, "declarations"),
        (Resource::Division, "divisions"),
        (Resource::Employee, "employees"),
        (Resource::Key, "keys"),
        (Resource::LegalEntity, "legal-entities"),
        (Resource::Mis, "mis"),
        (Resource::Patient, "patients"),
        (Resource::Policy, "policy"),
        (Resource::Practitioner, "practitioners"),
        (Resource::TrustProvider, "trust-providers"),
    ];

    /// The name in stores and paths.
    pub fn name(self) -> &'static str {
        Resource::ALL[self as usize].1
    }

    /// The number in stores: the place in [`Resource::ALL`].
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The resource of a number.
    pub fn numbered(number: i64) -> Option<Resource> {
        usize::try_from(number).ok().and_then(|place| Resource::ALL.get(place)).map(|(resource, _)| *resource)
    }

    /// The number in stores of a member by which rows are found: sixteen numbers for each resource, the first of which is that of all
    /// members that are not indexed, and of words.
    pub fn member(self, member: &str) -> i64 {
        let place = self.indexed().iter().position(|known| *known == member);
        self.number() * 16 + place.map_or(0, |place| place as i64 + 1)
    }

    /// The number of the resource that a member's number is of.
    pub fn of_member(member: i64) -> i64 {
        member / 16
    }

    /// The members by which rows are found without looking at each: what queries filter by, the most selective first.
    pub fn indexed(self) -> &'static [&'static str] {
        match self {
            Resource::DeclarationRequest | Resource::Declaration => &["patient", "practitioner", "legal_entity"],
            Resource::Division => &["legal_entity"],
            Resource::Employee => &["practitioner", "legal_entity"],
            Resource::Key => &["holder"],
            Resource::LegalEntity => &["edrpou"],
            Resource::Mis | Resource::TrustProvider => &["edrpou"],
            Resource::Patient | Resource::Policy | Resource::Practitioner => &[],
        }
    }

    /// Members that name a row by which an indexed member's value is known, since the two never change apart: the member, the resource
    /// of the row that it names, and the indexed member, which that row has too.
    ///
    /// A declaration of a request is its patient's, one with an employee is with that practitioner, one at a division with its provider.
    pub fn implied(self) -> &'static [(&'static str, Resource, &'static str)] {
        match self {
            Resource::DeclarationRequest => {
                &[("employee", Resource::Employee, "practitioner"), ("division", Resource::Division, "legal_entity")]
            }
            Resource::Declaration => &[
                ("request", Resource::DeclarationRequest, "patient"),
                ("employee", Resource::Employee, "practitioner"),
                ("division", Resource::Division, "legal_entity"),
            ],
            Resource::Employee => &[("division", Resource::Division, "legal_entity")],
            _ => &[],
        }
    }

    /// The members whose words rows are searched by.
    pub fn searched(self) -> &'static [&'static str] {
        match self {
            Resource::Division => &["name"],
            Resource::LegalEntity => &["name", "short_name", "public_name", "edrpou"],
            Resource::Mis => &["name", "product"],
            Resource::Practitioner => &["last_name", "first_name", "second_name"],
            Resource::TrustProvider => &["name"],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_stands_in_its_place() {
        assert!(Resource::ALL.is_sorted_by(|(_, a), (_, b)| a < b));
        for (resource, name) in Resource::ALL {
            assert_eq!(resource.name(), name);
            assert_eq!(Resource::numbered(resource.number()), Some(resource));
            assert!(resource.indexed().len() < 16);
            assert!(resource.indexed().iter().all(|member| Resource::of_member(resource.member(member)) == resource.number()));
            assert!(resource.implied().iter().all(|(_, _, leads)| resource.indexed().contains(leads)));
        }
    }
}
