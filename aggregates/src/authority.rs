//! Authority: whose signatures a command needs, and whether its signers have the right.

use std::fmt;

use uuid::Uuid;

use crate::commands::{Command, Data, EmployeeType, Signer};
use crate::employee::Post;
use crate::key_ring::{Enrolled, Holder};
use crate::mis::MisStatus;
use crate::patient::By;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;
use crate::words::{Instant, Role, Stream, StreamType};

/// One place for a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Every regulator key and the operator key that genesis names.
    Founders,
    /// As many of the regulator's keys as policy asks for this command.
    Regulators,
    /// Whoever possesses the key that the payload carries.
    Holder,
    /// The key that the command is about.
    ThisKey,
    /// An accredited trust provider.
    TrustProvider,
    /// An accredited MIS.
    Mis,
    /// The practitioner who becomes a provider's head.
    OwnerToBe,
    /// The head or a personnel officer, in that post.
    OwnerOrHr,
    /// A practitioner, as himself.
    Practitioner,
    /// A doctor, receptionist or assistant, in that post.
    Staff,
    /// A doctor, in that post.
    Doctor,
    /// The patient himself.
    Patient,
}

impl Slot {
    fn roles(self) -> &'static [Role] {
        match self {
            Slot::Founders | Slot::Regulators => &[Role::Regulator],
            Slot::Holder | Slot::ThisKey => &[Role::Holder],
            Slot::TrustProvider => &[Role::TrustProvider],
            Slot::Mis => &[Role::Mis],
            Slot::OwnerToBe => &[Role::Owner],
            Slot::OwnerOrHr => &[Role::Owner, Role::Hr],
            Slot::Practitioner => &[Role::Practitioner],
            Slot::Staff => &[Role::Doctor, Role::Receptionist, Role::Assistant],
            Slot::Doctor => &[Role::Doctor],
            Slot::Patient => &[Role::Patient],
        }
    }

    fn takes(self, signer: &Signer) -> bool {
        let of = signer.of.map(|stream| stream.kind());
        self.roles().contains(&signer.role)
            && match self {
                Slot::OwnerToBe => of == Some(StreamType::Practitioner),
                Slot::OwnerOrHr => of == Some(StreamType::Employee),
                _ => true,
            }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Slot::Founders => "regulators and operator it names",
            Slot::Regulators => "regulator",
            Slot::Holder => "holder of the key it carries",
            Slot::ThisKey => "holder of the key revoked",
            Slot::TrustProvider => "trust provider",
            Slot::Mis => "accredited MIS",
            Slot::OwnerToBe => "owner-to-be",
            Slot::OwnerOrHr => "owner or HR",
            Slot::Practitioner => "practitioner",
            Slot::Staff => "doctor, receptionist or assistant",
            Slot::Doctor => "doctor",
            Slot::Patient => "patient",
        })
    }
}

/// Who acts, as the signatures prove it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acting {
    /// The post in whose right somebody acts.
    pub employee: Option<(Uuid, Post)>,
    /// The practitioner who acts as himself.
    pub practitioner: Option<Uuid>,
    /// The patient who acts for himself.
    pub patient: Option<Uuid>,
    /// The trust provider that acts.
    pub trust_provider: Option<Uuid>,
    /// The companies that the acting person's key represents.
    pub represents: Vec<String>,
    /// The acting person or body, MISs and holders left out.
    pub by: Option<By>,
}

impl Acting {
    /// The provider in whose right somebody acts.
    ///
    /// # Errors
    /// `authority_missing` for who holds no post.
    pub fn legal_entity(&self) -> Result<Uuid, Refusal> {
        let post = self.employee.as_ref().map(|(_, post)| post.legal_entity);
        post.ok_or_else(|| Refusal::new(Code::AuthorityMissing).at("/signers").with("needed", "a post"))
    }
}

/// What an alternative asks for, in words.
pub fn described(slots: &[Slot]) -> String {
    slots.iter().map(Slot::to_string).collect::<Vec<_>>().join(" + ")
}

/// Checks that the signers fill one of the command's alternatives, that their keys count at `time`, and that each has
/// the right it claims.
///
/// # Errors
/// `authority_missing`, `key_unknown`, `key_inactive`, `signer_not_entitled`, `mis_not_accredited`, `trust_provider_inactive`.
pub fn check(registry: &Registry, command: &Command, time: Instant) -> Result<Acting, Refusal> {
    for (place, signer) in command.signers.iter().enumerate() {
        // A quorum counts keys, and nobody is two parties to one command.
        if command.signers[..place].iter().any(|earlier| earlier.kid == signer.kid) {
            let twice = Refusal::new(Code::SignerNotEntitled).at(format!("/signers/{place}"));
            return Err(twice.with("as", signer.role.name()).with("why", "the key signs already"));
        }
    }
    let spec = command.spec();
    let filled = spec.signers.iter().find(|slots| fills(slots, command, registry));
    let Some(slots) = filled else {
        let needed = spec.signers.iter().map(|slots| described(slots)).collect::<Vec<_>>().join("; or ");
        return Err(Refusal::new(Code::AuthorityMissing).at("/signers").with("needed", needed));
    };
    let mut acting = Acting::default();
    if *slots == [Slot::Founders] {
        // Nobody is enrolled before genesis; it is trusted for its pinned hash, and each key proves possession.
        return Ok(acting);
    }
    for (place, signer) in command.signers.iter().enumerate() {
        entitled(registry, command, signer, time, &mut acting).map_err(|refusal| refusal.at(format!("/signers/{place}")))?;
    }
    Ok(acting)
}

/// Whether the signers are those of the alternative, none missing and none to spare.
fn fills(slots: &[Slot], command: &Command, registry: &Registry) -> bool {
    let mut rest: Vec<&Signer> = command.signers.iter().collect();
    for slot in slots {
        let wanted = match slot {
            Slot::Founders => {
                let operator = |signer: &Signer| signer.role == Role::Operator;
                let keys: Vec<_> = command.carried_keys().iter().map(|key| key.kid()).collect();
                let each_once = keys.iter().all(|kid| rest.iter().filter(|signer| signer.kid == *kid).count() == 1);
                let roles = rest.iter().all(|signer| match keys.last() {
                    Some(last) if signer.kid == *last => operator(signer),
                    _ => signer.role == Role::Regulator,
                });
                return each_once && roles && rest.len() == keys.len();
            }
            Slot::Regulators => {
                let quorum = &registry.policy().regulator_quorum;
                let listed = quorum.commands.iter().any(|name| name == command.spec().name);
                // All signers in this role count towards the quorum, so all are taken.
                let present = rest.iter().filter(|signer| slot.takes(signer)).count();
                let needed = if listed { quorum.keys } else { 1 };
                if present < needed.max(1) {
                    return false;
                }
                present
            }
            _ => 1,
        };
        for _ in 0..wanted {
            let Some(place) = rest.iter().position(|signer| slot.takes(signer)) else { return false };
            rest.remove(place);
        }
    }
    rest.is_empty()
}

fn entitled(registry: &Registry, command: &Command, signer: &Signer, time: Instant, acting: &mut Acting) -> Result<(), Refusal> {
    let no = |why: &str| Err(Refusal::new(Code::SignerNotEntitled).with("as", signer.role.name()).with("why", why));
    if signer.role == Role::Holder && !matches!(command.data, Data::KeyRevoke(_)) {
        let carried = command.carried_keys().iter().any(|key| key.kid() == signer.kid);
        return if carried { Ok(()) } else { no("the payload carries another key") };
    }
    let key = registry.key(&signer.kid).ok_or_else(|| Refusal::new(Code::KeyUnknown).with("kid", signer.kid.to_string()))?;
    if !key.is_active(time) {
        return Err(Refusal::new(Code::KeyInactive).with("kid", signer.kid.to_string()));
    }
    if let (Role::Holder, Data::KeyRevoke(revoke)) = (signer.role, &command.data) {
        return if revoke.kid == signer.kid { Ok(()) } else { no("the key revoked is another one") };
    }
    if !matches!(signer.role, Role::Mis) {
        acting.by = Some(By { role: signer.role, of: signer.of });
        acting.represents.clone_from(&key.represents);
    }
    match (signer.role, signer.of) {
        (Role::Regulator, None) if key.holder == Holder::Regulator => Ok(()),
        (Role::Operator, None) if key.holder == Holder::Operator => Ok(()),
        (Role::Mis, Some(stream)) if key.holder == Holder::Of(stream) => {
            let accredited = stream.uuid().is_some_and(|id| registry.mis(id).state.status == MisStatus::Accredited);
            if accredited { Ok(()) } else { Err(Code::MisNotAccredited.into()) }
        }
        (Role::TrustProvider, Some(stream)) if key.holder == Holder::Of(stream) => {
            acting.trust_provider = stream.uuid();
            let active = stream.uuid().is_some_and(|id| registry.trust_provider(id).state.active);
            if active { Ok(()) } else { Err(Code::TrustProviderInactive.into()) }
        }
        (Role::Practitioner | Role::Owner, Some(stream @ Stream::Of(StreamType::Practitioner, id))) if key.holder == Holder::Of(stream) => {
            acting.practitioner = Some(id);
            Ok(())
        }
        (Role::Patient, Some(stream @ Stream::Of(StreamType::Patient, id))) if key.holder == Holder::Of(stream) => {
            acting.patient = Some(id);
            Ok(())
        }
        (role, Some(Stream::Of(StreamType::Employee, id))) => {
            let post = holds_post(registry, role, id, key)?;
            acting.employee = Some((id, post.clone()));
            Ok(())
        }
        _ => no("the key is somebody else's"),
    }
}

fn holds_post<'a>(registry: &'a Registry, role: Role, employee: Uuid, key: &Enrolled) -> Result<&'a Post, Refusal> {
    let no = |why: &str| Refusal::new(Code::SignerNotEntitled).with("as", role.name()).with("why", why);
    let post = registry.active_post(employee).ok_or_else(|| no("the post is not held now"))?;
    if key.holder != Holder::Of(Stream::Of(StreamType::Practitioner, post.practitioner)) {
        return Err(no("the post is somebody else's"));
    }
    let fits = match post.kind {
        EmployeeType::Owner => role == Role::Owner,
        EmployeeType::Hr => role == Role::Hr,
        EmployeeType::Accountant => role == Role::Accountant,
        EmployeeType::Doctor => role == Role::Doctor,
        EmployeeType::Receptionist => role == Role::Receptionist,
        EmployeeType::Assistant => role == Role::Assistant,
    };
    if fits { Ok(post) } else { Err(no("the post is of another kind")) }
}
