//! Who asks, and how much he is shown of what.

use aggregates::commands::EmployeeType;
use projections::Resource;
use serde_json::json;
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
    /// The name of the role that he reads in.
    pub fn role(&self) -> String {
        let name = match self {
            Viewer::Nobody => "nobody",
            Viewer::Mis(_) => "mis",
            Viewer::Regulator => "regulator",
            Viewer::Auditor => "auditor",
            Viewer::Operator => "operator",
            Viewer::Staff { role, .. } => return json!(role).as_str().unwrap_or_default().to_owned(),
            Viewer::Patient(_) => "patient",
        };
        name.to_owned()
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole matrix, by hand: of each resource what each viewer is shown of his own rows and of others'. `-` nothing,
    /// `p` the public directory, `c` all that the ledger holds, `w` with personal values.
    #[rustfmt::skip]
    const MATRIX: [(&str, [&str; 12]); 11] = [
        //                        nobody mis   regul. audit. oper.  owner  hr     acc.   doctor recep. assis. patient
        ("declaration-requests", ["--",  "--", "ww",  "cc",  "--",  "w-",  "--",  "--",  "w-",  "w-",  "w-",  "w-"]),
        ("declarations",         ["--",  "--", "ww",  "cc",  "--",  "w-",  "--",  "c-",  "w-",  "w-",  "w-",  "w-"]),
        ("divisions",            ["cc",  "cc", "ww",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc"]),
        ("employees",            ["--",  "--", "ww",  "cc",  "--",  "w-",  "w-",  "c-",  "c-",  "c-",  "c-",  "--"]),
        ("keys",                 ["--",  "--", "ww",  "cc",  "--",  "--",  "--",  "--",  "--",  "--",  "--",  "--"]),
        ("legal-entities",       ["cc",  "cc", "ww",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc"]),
        ("mis",                  ["cc",  "cc", "ww",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc"]),
        ("patients",             ["--",  "--", "ww",  "cc",  "--",  "w-",  "--",  "--",  "w-",  "w-",  "w-",  "w-"]),
        ("policy",               ["--",  "--", "ww",  "cc",  "--",  "--",  "--",  "--",  "--",  "--",  "--",  "--"]),
        ("practitioners",        ["pp",  "pp", "ww",  "cc",  "pp",  "wp",  "wp",  "pp",  "pp",  "pp",  "pp",  "pp"]),
        ("trust-providers",      ["cc",  "cc", "ww",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc",  "cc"]),
    ];

    #[test]
    fn each_is_shown_what_the_matrix_says() {
        use EmployeeType::{Accountant, Assistant, Doctor, Hr, Owner, Receptionist};
        let one = Uuid::nil();
        let staff = |role| Viewer::Staff { role, employee: one, legal_entity: one };
        let parties = [Viewer::Nobody, Viewer::Mis(one), Viewer::Regulator, Viewer::Auditor, Viewer::Operator];
        let posts = [Owner, Hr, Accountant, Doctor, Receptionist, Assistant].map(staff);
        let viewers: Vec<Viewer> = parties.into_iter().chain(posts).chain([Viewer::Patient(one)]).collect();
        let letter = |view| match view {
            View::Nothing => '-',
            View::Public => 'p',
            View::Clear => 'c',
            View::Whole => 'w',
        };
        for ((resource, name), (row, expected)) in Resource::ALL.iter().zip(MATRIX) {
            assert_eq!(*name, row);
            for (viewer, expected) in viewers.iter().zip(expected) {
                let (own, other) = viewer.views(*resource);
                assert_eq!(String::from_iter([letter(own), letter(other)]), expected, "{viewer:?} of {name}");
            }
        }
    }
}
