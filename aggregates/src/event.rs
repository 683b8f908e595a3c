//! Events: changes of one stream each, as they stand in an entry.

use std::borrow::Cow;

use cqrs_es::DomainEvent;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer as _, MapAccess};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

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

    /// The event of this type whose data are written so.
    ///
    /// # Errors
    /// The stream has no event of this type, or the type other data.
    pub fn read(stream: Stream, version: u64, kind: &str, data: &str) -> Result<Event, serde_json::Error> {
        let body = Body::read(stream.kind(), Tagged::Kind(kind, data))?;
        Ok(Event { stream, version, body })
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

            fn read(stream: StreamType, tagged: Tagged<'_>) -> Result<Body, serde_json::Error> {
                let tagged = MapAccessDeserializer::new(tagged);
                match stream { $(StreamType::$variant => Deserialize::deserialize(tagged).map(Body::$variant),)* }
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
        struct Read<'a> {
            stream: Stream,
            version: u64,
            #[serde(rename = "type", borrow)]
            kind: Cow<'a, str>,
            data: Box<RawValue>,
        }
        let Read { stream, version, kind, data } = Read::deserialize(deserializer)?;
        Event::read(stream, version, &kind, data.get()).map_err(de::Error::custom)
    }
}

/// An event's type and data as serde's tagged enumerations want them, the type first: as data stand first in an entry, they are kept as text
/// until the type is known, and read once.
enum Tagged<'a> {
    Kind(&'a str, &'a str),
    Data(&'a str),
    End,
}

impl<'a> MapAccess<'a> for Tagged<'a> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Self::Error> {
        let name = match self {
            Tagged::Kind(..) => "type",
            Tagged::Data(_) => "data",
            Tagged::End => return Ok(None),
        };
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        match std::mem::replace(self, Tagged::End) {
            Tagged::Kind(kind, data) => {
                *self = Tagged::Data(data);
                seed.deserialize(kind.into_deserializer())
            }
            Tagged::Data(data) => {
                let mut data = serde_json::Deserializer::from_str(data);
                let read = seed.deserialize(&mut data)?;
                data.end().map(|()| read)
            }
            Tagged::End => Err(de::Error::custom("there are no more members")),
        }
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
