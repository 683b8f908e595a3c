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

    /// The members by which rows are found without looking at each: what queries filter by, the most selective first.
    pub fn indexed(self) -> &'static [&'static str] {
        match self {
            Resource::DeclarationRequest => &["patient", "employee", "legal_entity"],
            Resource::Declaration => &["patient", "request", "employee", "practitioner", "division", "legal_entity"],
            Resource::Division => &["legal_entity"],
            Resource::Employee => &["practitioner", "division", "legal_entity"],
            Resource::Key => &["holder"],
            Resource::LegalEntity => &["edrpou"],
            Resource::Mis | Resource::TrustProvider => &["edrpou"],
            Resource::Patient | Resource::Policy | Resource::Practitioner => &[],
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
        }
    }
}
