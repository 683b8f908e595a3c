//! Events: changes of one stream each, as they stand in an entry.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::auditor::AuditorEvent;
use crate::division::DivisionEvent;
use crate::employee::EmployeeEvent;
use crate::key_ring::KeyEvent;
use crate::legal_entity::LegalEntityEvent;
use crate::mis::MisEvent;
use crate::patient::PatientEvent;
use crate::policy::PolicyEvent;
use crate::practitioner::PractitionerEvent;
use crate::trust_provider::TrustProviderEvent;
use crate::words::{Stream, StreamType};

/// One change of one stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The stream.
    pub stream: Stream,
    /// The stream's version after this event; the first is 1.
    pub version: u64,
    /// What changed.
    pub body: Body,
}

impl Event {
    /// The type on the wire, such as `declaration.signed`.
    pub fn kind(&self) -> String {
        self.body.kind()
    }
}

macro_rules! bodies {
    ($($variant:ident($event:ty),)*) => {
        /// What an event changes, by type of stream.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        #[expect(missing_docs, reason = "each variant is the event of the stream type of its name")]
        pub enum Body { $($variant($event),)* }

        impl Body {
            fn kind(&self) -> String {
                match self { $(Body::$variant(event) => event.event_type(),)* }
            }

            fn read(stream: StreamType, value: Value) -> Result<Body, serde_json::Error> {
                match stream { $(StreamType::$variant => serde_json::from_value(value).map(Body::$variant),)* }
            }
        }

        $(impl From<$event> for Body {
            fn from(event: $event) -> Body { Body::$variant(event) }
        })*
    };
}

bodies! {
    Auditor(AuditorEvent),
    Division(DivisionEvent),
    Employee(EmployeeEvent),
    Key(KeyEvent),
    LegalEntity(LegalEntityEvent),
    Mis(MisEvent),
    Patient(PatientEvent),
    Policy(PolicyEvent),
    Practitioner(PractitionerEvent),
    TrustProvider(TrustProviderEvent),
}

/// The members of an event in an entry.
#[derive(Serialize)]
struct Written<'a> {
    stream: &'a Stream,
    version: u64,
    #[serde(flatten)]
    body: &'a Body,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { stream: &self.stream, version: self.version, body: &self.body }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Event, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Read {
            stream: Stream,
            version: u64,
            #[serde(rename = "type")]
            kind: String,
            data: Value,
        }
        let read = Read::deserialize(deserializer)?;
        let body = serde_json::json!({ "type": read.kind, "data": read.data });
        let body = Body::read(read.stream.kind(), body).map_err(de::Error::custom)?;
        Ok(Event { stream: read.stream, version: read.version, body })
    }
}

/// Gives an event enumeration its names: the same as its serde tags, which a test of each aggregate compares.
macro_rules! event_names {
    ($event:ty { $($variant:ident => $name:literal,)* }) => {
        impl cqrs_es::DomainEvent for $event {
            fn event_type(&self) -> String {
                match self { $(Self::$variant { .. } => $name.to_owned(),)* }
            }

            fn event_version(&self) -> String {
                "1".to_owned()
            }
        }
    };
}
pub(crate) use event_names;
