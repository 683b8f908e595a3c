//! An entry's outline: what folding it into registry and read models asks.

use aggregates::Event;
use aggregates::words::Instant;
use serde::de::Error as _;
use serde_json::Error;

use crate::json::Members;

/// An entry as far as registry and read models ask. It is believed, and so read in a hurry: whoever doubts it recomputes the root over all bytes
/// first. Most of an entry is a payload in base64, which is passed over.
#[derive(Debug)]
pub struct Outline<'a> {
    /// Its place in the log.
    pub index: u64,
    /// When it was decided.
    pub time: Instant,
    /// What it caused.
    pub events: Vec<Event>,
    cause: &'a [u8],
}

/// What caused an entry, as far as read models ask.
#[derive(Debug, PartialEq, Eq)]
pub enum OutlineCause<'a> {
    /// A signed command.
    Command {
        /// What was signed: base64url.
        payload: &'a str,
    },
    /// The effects of the command of an earlier entry go on.
    Continues(u64),
}

impl<'a> Outline<'a> {
    /// Reads the bytes of an entry.
    ///
    /// # Errors
    /// They are none, or have a member that is asked for twice.
    pub fn from(bytes: &'a [u8]) -> Result<Outline<'a>, Error> {
        let (mut index, mut time, mut cause, mut events) = (None, None, None, None);
        let mut members = Members::of(bytes);
        while let Some(name) = members.name()? {
            match name {
                b"index" => once(&mut index, members.read()?)?,
                b"time" => once(&mut time, members.plain()?.parse().map_err(Error::custom)?)?,
                b"cause" => once(&mut cause, members.raw()?)?,
                b"events" => once(&mut events, members.objects(event)?)?,
                _ => members.skip()?,
            }
        }
        Ok(Outline { index: there(index)?, time: there(time)?, cause: there(cause)?, events: there(events)? })
    }

    /// What caused it.
    ///
    /// # Errors
    /// It says nothing of the kind.
    pub fn cause(&self) -> Result<OutlineCause<'a>, Error> {
        OutlineCause::from(self.cause)
    }
}

impl<'a> OutlineCause<'a> {
    fn from(bytes: &'a [u8]) -> Result<OutlineCause<'a>, Error> {
        let (mut members, mut cause) = (Members::of(bytes), None);
        while let Some(name) = members.name()? {
            let one = match name {
                b"command" => OutlineCause::Command { payload: payload(members.raw()?)? },
                b"continues" => OutlineCause::Continues(members.read()?),
                _ => return Err(Error::custom("a cause is a command or continues one")),
            };
            once(&mut cause, one)?;
        }
        there(cause)
    }
}

/// One event. Its data come before its type, so they are passed over until that is known.
fn event(members: &mut Members<'_>) -> Result<Event, Error> {
    let (mut data, mut stream, mut kind, mut version) = (None, None, None, None);
    while let Some(name) = members.name()? {
        match name {
            b"data" => once(&mut data, str::from_utf8(members.raw()?).map_err(Error::custom)?)?,
            b"stream" => once(&mut stream, members.plain()?.parse().map_err(Error::custom)?)?,
            b"type" => once(&mut kind, members.plain()?)?,
            b"version" => once(&mut version, members.read()?)?,
            _ => return Err(Error::custom("an event has no such member")),
        }
    }
    Event::read(there(stream)?, there(version)?, there(kind)?, there(data)?)
}

/// The payload of a command's envelope.
fn payload(envelope: &[u8]) -> Result<&str, Error> {
    let (mut members, mut payload) = (Members::of(envelope), None);
    while let Some(name) = members.name()? {
        match name {
            b"payload" => once(&mut payload, members.plain()?)?,
            _ => members.skip()?,
        }
    }
    there(payload)
}

fn once<T>(member: &mut Option<T>, value: T) -> Result<(), Error> {
    if member.replace(value).is_some() { Err(Error::custom("a member comes twice")) } else { Ok(()) }
}

fn there<T>(member: Option<T>) -> Result<T, Error> {
    member.ok_or_else(|| Error::custom("a member is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Cause, Entry};

    #[test]
    fn an_outline_says_what_the_whole_entry_says_and_is_none_when_cut() {
        for bytes in include_str!("../../tests/golden/entries.jsonl").lines().map(str::as_bytes) {
            let (outline, entry) = (Outline::from(bytes).unwrap(), Entry::from_bytes(bytes).unwrap());
            let cause = match &entry.cause {
                Cause::Command(command) => OutlineCause::Command { payload: command["payload"].as_str().unwrap() },
                Cause::Continues(first) => OutlineCause::Continues(*first),
            };
            assert_eq!(outline.cause().unwrap(), cause);
            assert_eq!((outline.index, outline.time, outline.events), (entry.index, entry.time, entry.events));
            for end in 0..bytes.len() {
                assert!(Outline::from(&bytes[..end]).is_err(), "cut at {end}");
            }
        }
        let time = r#""time":"2026-11-23T10:15:30.123Z""#;
        for (text, why) in [
            (format!(r#"{{"cause":1,"events":[],{time},{time}}}"#), "a member comes twice"),
            (format!(r#"{{"cause":1,"index":1,{time}}}"#), "a member is missing"),
            (format!(r#"{{"events":[{{}}],{time}}}"#), "a member is missing"),
        ] {
            let error = Outline::from(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        for cause in [r#"{"continues":1,"continues":1}"#, r#"{"command":{"payload":"a\u0062"}}"#, r#"{"command":{}}"#, "{}", "7"] {
            assert!(OutlineCause::from(cause.as_bytes()).is_err(), "{cause}");
        }
    }
}
