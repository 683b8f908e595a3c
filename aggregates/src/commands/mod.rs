//! Commands: what each is called, what its data is made of, who signs it.

mod declaration;
mod keys;
mod ledger;
mod parties;
mod patient;
mod provider;
mod rules;
mod shared;
mod staff;
mod table;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use declaration::{ConfirmByCode, DeclarationSign, DeclarationTerminate, RequestCreate, RequestRef, TerminationReason};
pub use keys::{KeyEnrol, KeyRevoke, Person};
pub use ledger::{Genesis, PolicySet};
pub use parties::{AuditorAdmit, MisAccredit, MisApply, MisRecordTest, MisReinstate, MisSuspend, SuspensionReason, TrustProviderAccredit};
pub use patient::{Authentication, PatientRegister};
pub use provider::{DivisionOpen, LegalEntityRegister, LegalEntityVerify, Ownership};
pub use staff::{EmployeeAccept, EmployeeDismiss, EmployeeInvite, EmployeeType, Speciality, SpecialityEntry};
pub use table::{Data, Spec};

use crate::form::{self, Disclosed};
use crate::refusal::{Code, Refusal};
use crate::words::{Instant, Kid, PublicKey, Role, Stream};

/// A signature's key and the capacity in which it signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub kid: Kid,
    /// The role.
    pub role: Role,
    /// In whose right.
    pub of: Option<Stream>,
}

/// What the sender believes of a stream: optimistic concurrency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The stream.
    pub stream: Stream,
    /// Its version; 0 for a stream that has no event yet.
    pub version: u64,
}

/// A command whose signatures have been verified by whoever passes it to the law.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// Its id.
    pub id: Uuid,
    /// When the sender says that it was made.
    pub issued_at: Instant,
    /// The signers, in the order of the signatures.
    pub signers: Vec<Signer>,
    /// The stream version it relies on.
    pub expect: Option<Expect>,
    /// What it asks for.
    pub data: Data,
}

impl Command {
    /// What the table says about this command.
    pub fn spec(&self) -> &'static Spec {
        Spec::of(&self.data)
    }

    /// The key that the payload carries for a `holder`, where it does.
    pub fn carried_keys(&self) -> Vec<PublicKey> {
        match &self.data {
            Data::Genesis(data) => data.regulators.iter().chain([&data.operator]).map(|jwk| jwk.x).collect(),
            Data::AuditorAdmit(data) => vec![data.key.x],
            Data::TrustProviderAccredit(data) => vec![data.key.x],
            Data::MisApply(data) => vec![data.key.x],
            Data::KeyEnrol(data) => vec![data.key.x],
            _ => Vec::new(),
        }
    }
}

/// A public key as a payload carries it (RFC 8037 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    /// `Ed25519`, the only curve.
    pub crv: Crv,
    /// `OKP`, the only type.
    pub kty: Kty,
    /// The key.
    pub x: PublicKey,
}

impl From<PublicKey> for Jwk {
    fn from(x: PublicKey) -> Jwk {
        Jwk { crv: Crv::Ed25519, kty: Kty::OKP, x }
    }
}

/// The curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Crv {
    /// Edwards25519 for signatures.
    Ed25519,
}

/// The key type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kty {
    /// An octet key pair.
    OKP,
}

/// Reads a command's data of the given type.
///
/// `disclosed` is `None` for who holds the payload alone: the disclosed members' forms are then taken as good, which
/// the entry's fact `forms_ok` vouches for.
///
/// # Errors
/// `unknown_command`, or `form_invalid` with each fault.
pub fn read(kind: &str, data: &Map<String, Value>, disclosed: Option<&[Disclosed]>) -> Result<Data, Refusal> {
    let spec = Spec::named(kind).ok_or_else(|| Refusal::new(Code::UnknownCommand).at("/type").with("type", kind))?;
    if let Some(disclosed) = disclosed {
        let mut faults = form::check(spec.members, data, disclosed);
        // Rules across members speak of members that are what they should be.
        if faults.is_empty() {
            (spec.rules)(&form::merged(data, disclosed), &mut faults);
        }
        if !faults.is_empty() {
            return Err(Refusal::form(faults));
        }
    }
    (spec.read)(data).map_err(|error| Refusal::new(Code::FormInvalid).at("/data").with("detail", error.to_string()))
}
