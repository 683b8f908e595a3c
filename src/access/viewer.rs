//! Who asks, and how much he is shown of what.

use aggregates::commands::EmployeeType;
use projections::Resource;
use uuid::Uuid;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Anybody: without a token.
    Nobody,
    /// A MIS for itself.
    Mis(Uuid),
    /// The regulator.
    Regulator,
    /// An auditor.
    Auditor,
    /// The operator.
    Operator,
    /// Somebody on a provider's staff, in a post.
    Staff {
        /// The kind of post.
        role: EmployeeType,
        /// The post.
        employee: Uuid,
        /// The provider.
        legal_entity: Uuid,
    },
    /// A patient, or his representative.
    Patient(Uuid),
}

/// How much of a row is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// Nothing.
    Nothing,
    /// What the public directory shows.
    Public,
    /// All that the ledger holds: pseudonymous.
    Clear,
    /// With the personal values from the vault.
    Whole,
}

impl Viewer {
    /// How much is shown of the viewer's own rows of a resource, and of all others.
    pub fn views(&self, resource: Resource) -> (View, View) {
        let public = match resource {
            Resource::Mis | Resource::TrustProvider | Resource::LegalEntity | Resource::Division => View::Clear,
            Resource::Practitioner => View::Public,
            _ => View::Nothing,
        };
        let own = match self {
            Viewer::Regulator => return (View::Whole, View::Whole),
            Viewer::Auditor => return (View::Clear, View::Clear),
            Viewer::Nobody | Viewer::Mis(_) | Viewer::Operator => View::Nothing,
            Viewer::Staff { role, .. } => staff(*role, resource),
            Viewer::Patient(_) => match resource {
                Resource::Patient | Resource::DeclarationRequest | Resource::Declaration => View::Whole,
                _ => View::Nothing,
            },
        };
        (own.max(public), public)
    }
}

/// What somebody on a provider's staff sees of his provider.
fn staff(role: EmployeeType, resource: Resource) -> View {
    use EmployeeType::{Accountant, Assistant, Doctor, Hr, Owner, Receptionist};
    match (role, resource) {
        (Owner | Hr, Resource::Employee | Resource::Practitioner) => View::Whole,
        (_, Resource::Employee) => View::Clear,
        (Accountant, Resource::Declaration) => View::Clear,
        (Owner | Doctor | Receptionist | Assistant, Resource::Patient | Resource::DeclarationRequest | Resource::Declaration) => {
            View::Whole
        }
        _ => View::Nothing,
    }
}
