//! Streams: the things whose changes are numbered, written `type/id`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use super::{Kid, NotA};

/// The kinds of stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamType {
    /// An auditor.
    Auditor,
    /// A division of a legal entity.
    Division,
    /// A practitioner's post at a legal entity.
    Employee,
    /// One key, by its kid.
    Key,
    /// A provider.
    LegalEntity,
    /// A medical information system.
    Mis,
    /// A patient with requests and declarations.
    Patient,
    /// The limits, terms and windows in force.
    Policy,
    /// A natural person on staff.
    Practitioner,
    /// A trust provider.
    TrustProvider,
}

impl StreamType {
    /// Every type with its name, in lexical order of the names.
    pub const ALL: [(StreamType, &'static str); 10] = [
        (StreamType::Auditor, "auditor"),
        (StreamType::Division, "division"),
        (StreamType::Employee, "employee"),
        (StreamType::Key, "key"),
        (StreamType::LegalEntity, "legal_entity"),
        (StreamType::Mis, "mis"),
        (StreamType::Patient, "patient"),
        (StreamType::Policy, "policy"),
        (StreamType::Practitioner, "practitioner"),
        (StreamType::TrustProvider, "trust_provider"),
    ];

    /// The name before the slash.
    pub fn name(self) -> &'static str {
        StreamType::ALL[self as usize].1
    }
}

/// One stream. Ordered and hashed by its members; the order of an entry's events is that of the written form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// The policy; there is one, written `policy/current`.
    Policy,
    /// A key, written `key/<kid>`.
    Key(Kid),
    /// Any other, by a UUID.
    Of(StreamType, Uuid),
}

impl Stream {
    /// The type of this stream.
    pub fn kind(&self) -> StreamType {
        match self {
            Stream::Policy => StreamType::Policy,
            Stream::Key(_) => StreamType::Key,
            Stream::Of(kind, _) => *kind,
        }
    }

    /// The UUID, where the stream is named by one.
    pub fn uuid(&self) -> Option<Uuid> {
        match self {
            Stream::Of(_, id) => Some(*id),
            _ => None,
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stream::Policy => f.write_str("policy/current"),
            Stream::Key(kid) => write!(f, "key/{kid}"),
            Stream::Of(kind, id) => write!(f, "{}/{id}", kind.name()),
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Stream {
    type Err = NotA;

    fn from_str(text: &str) -> Result<Stream, NotA> {
        const WRONG: NotA = NotA("stream");
        let (kind, id) = text.split_once('/').ok_or(WRONG)?;
        let (kind, _) = StreamType::ALL.into_iter().find(|(_, name)| *name == kind).ok_or(WRONG)?;
        match kind {
            StreamType::Policy if id == "current" => Ok(Stream::Policy),
            StreamType::Policy => Err(WRONG),
            StreamType::Key => id.parse().map(Stream::Key).map_err(|_| WRONG),
            _ => {
                // Upper case, braces and the form without hyphens are other spellings of the same id.
                let plain = id.len() == uuid::fmt::Hyphenated::LENGTH && !id.bytes().any(|byte| byte.is_ascii_uppercase());
                if plain { Uuid::try_parse(id).map(|uuid| Stream::Of(kind, uuid)).map_err(|_| WRONG) } else { Err(WRONG) }
            }
        }
    }
}

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_back() {
        for (place, (kind, name)) in StreamType::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
            assert_eq!(kind.name(), name);
        }
        for text in ["policy/current", "mis/01970000-0000-7000-8000-000000000001"] {
            assert_eq!(text.parse::<Stream>().unwrap().to_string(), text);
        }
        for bad in ["", "mis", "mis/", "policy/2", "mis/0197000000007000800000000000001", "MIS/01970000-0000-7000-8000-000000000001"] {
            assert!(bad.parse::<Stream>().is_err(), "{bad}");
        }
    }
}
