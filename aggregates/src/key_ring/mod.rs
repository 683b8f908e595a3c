//! The key ring: one stream a key, so that a kid is enrolled once and the order of its life is its own.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::event::event_names;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;
use crate::words::{Instant, PublicKey, Stream};

/// Whose a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The regulator's.
    Regulator,
    /// The operator's.
    Operator,
    /// That of a party or person with a stream.
    #[serde(untagged)]
    Of(Stream),
}

/// The state of `key/<kid>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Key(pub Option<Enrolled>);

/// A key that has been enrolled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Whose it is.
    pub holder: Holder,
    /// The key itself.
    pub x: PublicKey,
    /// The first moment of its validity.
    pub from: Instant,
    /// The first moment after its validity.
    pub until: Instant,
    /// The companies its holder may act for as head.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub represents: Vec<String>,
    /// The trust provider that enrolled it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled_by: Option<Stream>,
    /// Whether it is revoked.
    #[serde(default)]
    pub revoked: bool,
    /// From when on its signatures are not to be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromised_since: Option<Instant>,
}

impl Enrolled {
    /// Whether it is not revoked and `time` lies in its validity.
    pub fn is_active(&self, time: Instant) -> bool {
        !self.revoked && self.from <= time && time < self.until
    }
}

/// What may happen to a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum KeyEvent {
    /// It was enrolled.
    #[serde(rename = "key.enrolled")]
    Enrolled {
        /// Whose it is.
        holder: Holder,
        /// The key itself.
        x: PublicKey,
        /// The first moment of its validity.
        from: Instant,
        /// The first moment after its validity.
        until: Instant,
        /// The companies its holder may act for as head.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        represents: Vec<String>,
        /// The trust provider that enrolled it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enrolled_by: Option<Stream>,
    },
    /// It was revoked, for good.
    #[serde(rename = "key.revoked")]
    Revoked {
        /// From when on its signatures are not to be trusted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        compromised_since: Option<Instant>,
    },
}

event_names!(KeyEvent { Enrolled => "key.enrolled", Revoked => "key.revoked", });

/// What a key is asked.
#[derive(Clone, Debug)]
pub enum KeyCommand {
    /// Enrol it.
    Enrol {
        /// Whose it is.
        holder: Holder,
        /// The key itself.
        x: PublicKey,
        /// The first moment of its validity.
        from: Instant,
        /// The first moment after its validity.
        until: Instant,
        /// The companies its holder may act for as head.
        represents: Vec<String>,
        /// The trust provider, if one enrols it.
        enrolled_by: Option<Stream>,
    },
    /// Revoke it.
    Revoke {
        /// The signer's stream, where a trust provider revokes; it may revoke what it enrolled.
        by_trust_provider: Option<Stream>,
        /// From when on its signatures are not to be trusted.
        compromised_since: Option<Instant>,
    },
}

impl Aggregate for Key {
    const TYPE: &'static str = "key";
    type Command = KeyCommand;
    type Event = KeyEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(&mut self, command: KeyCommand, registry: &Registry, sink: &EventSink<Self>) -> Result<(), Refusal> {
        match command {
            KeyCommand::Enrol { holder, x, from, until, represents, enrolled_by } => {
                if self.0.is_some() {
                    return Err(Refusal::new(Code::KeyEnrolled).at("/data/key"));
                }
                // Institutions' keys last as the regulator says; a person's key as long as policy allows.
                let max_days = registry.policy().key_term_days;
                let person = enrolled_by.is_some();
                if until <= from || (person && until > from.plus_seconds(max_days * 86_400)) {
                    return Err(Refusal::new(Code::KeyValidity).at("/data/until").with("max_days", max_days));
                }
                sink.write(KeyEvent::Enrolled { holder, x, from, until, represents, enrolled_by }, self).await;
            }
            KeyCommand::Revoke { by_trust_provider, compromised_since } => {
                let Some(key) = &self.0 else {
                    return Err(Refusal::new(Code::NotFound).at("/data/kid").with("what", "key"));
                };
                if key.revoked {
                    return Err(Refusal::new(Code::KeyRevoked).at("/data/kid"));
                }
                if by_trust_provider.is_some() && by_trust_provider != key.enrolled_by {
                    return Err(Refusal::new(Code::AuthorityMissing)
                        .at("/signers")
                        .with("needed", "the trust provider that enrolled the key"));
                }
                sink.write(KeyEvent::Revoked { compromised_since }, self).await;
            }
        }
        Ok(())
    }

    fn apply(&mut self, event: KeyEvent) {
        match event {
            KeyEvent::Enrolled { holder, x, from, until, represents, enrolled_by } => {
                self.0 = Some(Enrolled { holder, x, from, until, represents, enrolled_by, revoked: false, compromised_since: None });
            }
            KeyEvent::Revoked { compromised_since } => {
                if let Some(key) = &mut self.0 {
                    key.revoked = true;
                    key.compromised_since = compromised_since;
                }
            }
        }
    }
}
