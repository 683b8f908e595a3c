//! The one way in which the registry changes.

use cqrs_es::Aggregate;

use super::{At, Registry};
use crate::employee::EmployeeEvent;
use crate::event::{Body, Event};
use crate::key_ring::{Holder, KeyEvent};
use crate::legal_entity::LegalEntityEvent;
use crate::words::Stream;

/// An event that does not follow the last one of its stream: the entries it comes from are not a log of this law.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stream {stream} stands at version {stands}, but the event is version {event}")]
pub struct BrokenStream {
    /// The stream.
    pub stream: Stream,
    /// Its version.
    pub stands: u64,
    /// The event's version.
    pub event: u64,
}

fn step<A: Aggregate>(at: &mut At<A>, version: u64, event: A::Event) {
    at.version = version;
    at.state.apply(event);
}

impl Registry {
    /// Applies an event that a decision made.
    ///
    /// # Errors
    /// An event out of its stream's order, which changes nothing.
    pub fn apply(&mut self, event: &Event) -> Result<(), BrokenStream> {
        let (stream, version) = (event.stream, event.version);
        let stands = self.version(&stream);
        let broken = BrokenStream { stream, stands, event: version };
        if version != stands + 1 {
            return Err(broken);
        }
        let id = stream.uuid().unwrap_or_default();
        match event.body.clone() {
            Body::Policy(change) => step(&mut self.policy, version, change),
            Body::Key(change) => {
                let Stream::Key(kid) = stream else { return Err(broken) };
                self.count_regulator_keys(&change, stream);
                step(self.keys.entry(kid).or_default(), version, change);
            }
            Body::Auditor(change) => step(self.auditors.entry(id).or_default(), version, change),
            Body::TrustProvider(change) => step(self.trust_providers.entry(id).or_default(), version, change),
            Body::Mis(change) => step(self.mis.entry(id).or_default(), version, change),
            Body::LegalEntity(change) => {
                if let LegalEntityEvent::Registered { edrpou: Some(code), .. } = &change {
                    self.by_edrpou.insert(code.clone(), id);
                }
                step(self.legal_entities.entry(id).or_default(), version, change);
            }
            Body::Division(change) => step(self.divisions.entry(id).or_default(), version, change),
            Body::Practitioner(change) => step(self.practitioners.entry(id).or_default(), version, change),
            Body::Employee(change) => {
                if let EmployeeEvent::Appointed { post } | EmployeeEvent::Invited { post, .. } = &change {
                    self.posts.entry(post.practitioner).or_default().push(id);
                }
                step(self.employees.entry(id).or_default(), version, change);
            }
            Body::Patient(change) => self.patients.change(id, |at| step(at, version, change)),
        }
        debug_assert_eq!(self.version(&stream), version);
        Ok(())
    }

    fn count_regulator_keys(&mut self, change: &KeyEvent, stream: Stream) {
        match change {
            KeyEvent::Enrolled { holder: Holder::Regulator, .. } => self.regulator_keys += 1,
            KeyEvent::Revoked { .. } => {
                let Stream::Key(kid) = stream else { return };
                let regulators = self.key(&kid).is_some_and(|key| key.holder == Holder::Regulator && !key.revoked);
                self.regulator_keys -= usize::from(regulators);
            }
            KeyEvent::Enrolled { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::mis::MisEvent;
    use crate::words::StreamType;

    #[test]
    fn an_event_out_of_order_changes_nothing() {
        let mut registry = Registry::default();
        let stream = Stream::Of(StreamType::Mis, Uuid::from_u128(7));
        let event = |version| Event { stream, version, body: Body::Mis(MisEvent::Applied {}) };
        assert_eq!(registry.apply(&event(2)), Err(BrokenStream { stream, stands: 0, event: 2 }));
        assert_eq!(registry.digest(), Registry::new(99).digest());
        assert_eq!(registry.apply(&event(1)), Ok(()));
        assert_eq!(registry.apply(&event(1)), Err(BrokenStream { stream, stands: 1, event: 1 }));
    }
}
