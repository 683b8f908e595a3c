//! Admission: what can be judged of a command without the registry, on many threads at once.
//!
//! It parses, matches disclosures, checks the form against the law's table, and verifies the signatures of keys it
//! knows. It knows neither the registry nor the store; whether a key counts is for the sequencer to say.

mod directory;
#[cfg(test)]
mod tests;

use aggregates::Refusal;
use aggregates::commands::{self, Command};
use aggregates::form::Disclosed;
use aggregates::refusal::Code;

pub use directory::KeyDirectory;

use crate::envelope::{Disclosure, Envelope, EnvelopeFault, Payload};
use crate::keys::{self, AdmittedKey, Begun, KeyFault};
use crate::service::ServiceCode;

/// A command that has been read and whose known signatures are good.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The envelope as received.
    pub envelope: Envelope,
    /// The command.
    pub command: Command,
    /// Its disclosures, as the law reads them.
    pub disclosed: Vec<Disclosed>,
    /// Whether every signature has been verified; if not, a key was unknown here and the sequencer verifies.
    pub verified: bool,
}

/// Why a command was not admitted. Nothing is bound by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// The envelope is at fault.
    #[error(transparent)]
    Envelope(#[from] EnvelopeFault),
    /// A key that the payload carries may not be admitted.
    #[error("{fault} (at {pointer})")]
    Key {
        /// Why.
        fault: KeyFault,
        /// Which.
        pointer: String,
    },
    /// The form of the data is at fault.
    #[error(transparent)]
    Form(#[from] Refusal),
    /// The command is not for here.
    #[error("{0}")]
    Service(ServiceCode),
}

/// Admits the body of a command to the ledger of this origin.
///
/// # Errors
/// [`NotAdmitted`].
pub fn admit(body: &[u8], origin: &str, known: &KeyDirectory) -> Result<Admitted, NotAdmitted> {
    let mut begun = Vec::new();
    let admitted = read(body, origin, known, &mut begun)?;
    judged(admitted, &mut keys::verdicts(&begun).into_iter())
}

/// Admits several, each as if it had come alone, for less: their signatures are verified together up to the verdict on each.
pub fn admit_all<'a>(bodies: impl IntoIterator<Item = &'a [u8]>, origin: &str, known: &KeyDirectory) -> Vec<Result<Admitted, NotAdmitted>> {
    let mut begun = Vec::new();
    let read: Vec<_> = bodies.into_iter().map(|body| read(body, origin, known, &mut begun)).collect();
    let mut verdicts = keys::verdicts(&begun).into_iter();
    read.into_iter().map(|read| judged(read?, &mut verdicts)).collect()
}

/// Everything but the verdicts on its signatures, which are begun if every key is known.
fn read(body: &[u8], origin: &str, known: &KeyDirectory, begun: &mut Vec<Begun>) -> Result<Admitted, NotAdmitted> {
    let envelope = Envelope::parse(body)?;
    if envelope.payload.ledger != origin {
        return Err(NotAdmitted::Service(ServiceCode::WrongLedger));
    }
    let disclosed: Vec<Disclosed> = envelope.disclosures.iter().map(disclosed).collect();
    let command = command_of(&envelope.payload, Some(&disclosed))?;
    let carried = carried_keys(&command)?;
    let key = |kid: &_| carried.iter().find(|key| key.kid() == *kid).cloned().or_else(|| known.get(kid));
    let keys: Option<Vec<AdmittedKey>> = envelope.signatures.iter().map(|signature| key(&signature.kid)).collect();
    let verified = keys.is_some();
    begun.extend(envelope.begin_signatures(keys.unwrap_or_default()));
    Ok(Admitted { envelope, command, disclosed, verified })
}

/// A command that was read, if the verdicts on the signatures begun for it are good.
fn judged(admitted: Admitted, verdicts: &mut impl Iterator<Item = bool>) -> Result<Admitted, NotAdmitted> {
    if admitted.verified {
        let own: Vec<bool> = verdicts.take(admitted.envelope.signatures.len()).collect();
        admitted.envelope.judged(&own)?;
    }
    Ok(admitted)
}

/// The keys that the payload itself carries, each fit to be enrolled.
///
/// # Errors
/// [`NotAdmitted::Key`].
pub fn carried_keys(command: &Command) -> Result<Vec<AdmittedKey>, NotAdmitted> {
    let admit = |key| keys::admit(key).map_err(|fault| NotAdmitted::Key { fault, pointer: "/data/key".into() });
    command.carried_keys().into_iter().map(admit).collect()
}

/// The command in a payload. Without disclosures, as in an entry, the disclosed members' forms are taken as good.
///
/// # Errors
/// `unknown_command`, `form_invalid`.
pub fn command_of(payload: &Payload, disclosed: Option<&[Disclosed]>) -> Result<Command, Refusal> {
    if payload.signers.is_empty() {
        return Err(Code::AuthorityMissing.into());
    }
    let signer = |signer: &crate::envelope::Signer| commands::Signer { kid: signer.kid, role: signer.as_, of: signer.of };
    Ok(Command {
        id: payload.id,
        issued_at: payload.issued_at,
        signers: payload.signers.iter().map(signer).collect(),
        expect: payload.expect.map(|expect| commands::Expect { stream: expect.stream, version: expect.version }),
        data: commands::read(&payload.kind, &payload.data, disclosed)?,
    })
}

/// A disclosure as the law reads it.
pub fn disclosed(disclosure: &Disclosure) -> Disclosed {
    Disclosed {
        object: disclosure.object.clone(),
        name: disclosure.name.clone(),
        value: disclosure.value.clone(),
        digest: disclosure.digest,
    }
}
