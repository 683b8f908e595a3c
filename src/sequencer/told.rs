//! What an entry tells a start, which reads all of them.

use aggregates::Event;
use aggregates::words::Instant;
use serde::de::Error as _;
use serde_json::Error;

use crate::json::Members;

/// What is folded of an entry. The rest, most of it a payload in base64, is covered by the leaf hash and passed over.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) time: Instant,
    pub(super) events: Vec<Event>,
}

impl Told {
    /// Reads the bytes of an entry.
    pub(super) fn from(bytes: &[u8]) -> Result<Told, Error> {
        let (mut members, mut time, mut events) = (Members::of(bytes), None, None);
        while let Some(name) = members.name()? {
            match name {
                b"time" if time.is_none() => time = Some(members.read()?),
                b"events" if events.is_none() => events = Some(members.read()?),
                b"time" | b"events" => return Err(Error::custom("a member comes twice")),
                _ => members.skip()?,
            }
        }
        let missing = |name| move || Error::missing_field(name);
        Ok(Told { time: time.ok_or_else(missing("time"))?, events: events.ok_or_else(missing("events"))? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Entry;

    /// An entry of each shape that there is.
    fn golden() -> impl Iterator<Item = &'static [u8]> {
        include_str!("../../tests/golden/entries.jsonl").lines().map(str::as_bytes)
    }

    #[test]
    fn it_is_what_the_whole_entry_says() {
        assert!(golden().count() >= 20);
        for bytes in golden() {
            let (told, entry) = (Told::from(bytes).unwrap(), Entry::from_bytes(bytes).unwrap());
            assert_eq!((told.time, told.events), (entry.time, entry.events));
        }
    }

    #[test]
    fn a_damaged_entry_is_an_error() {
        for bytes in golden() {
            for end in 0..bytes.len() {
                assert!(Told::from(&bytes[..end]).is_err(), "cut at {end}");
            }
        }
        let time = r#""time":"2026-11-23T10:15:30.123Z""#;
        for (text, why) in [
            (format!(r#"{{"events":[],{time},{time}}}"#), "a member comes twice"),
            (r#"{"events":[]}"#.to_owned(), "missing field `time`"),
            (format!("{{{time}}}"), "missing field `events`"),
            (format!(r#"{{"events":[{{}}],{time}}}"#), "missing field `stream`"),
        ] {
            let error = Told::from(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
