//! A few members of a long object, read without looking closer at the rest.

use memchr::memchr2;
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Deserializer, Error};

/// The members of an object that has no space between its tokens, one after the other. What is passed over need not be JSON: whoever uses
/// this has another reason to believe the text, and wants an error, never a guess, where it cannot be what it should be.
pub(crate) struct Members<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Members<'a> {
    pub(crate) fn of(text: &'a [u8]) -> Members<'a> {
        Members { text, at: 0 }
    }

    /// The name of the next member, as it is written; none after the last. Its value is to be read or passed over then.
    pub(crate) fn name(&mut self) -> Result<Option<&'a [u8]>, Error> {
        let first = self.at == 0;
        match self.take()? {
            b'{' if first => {}
            b',' if !first => {}
            b'}' if !first && self.at == self.text.len() => return Ok(None),
            _ => return Err(self.torn()),
        }
        if first && self.text[self.at..] == *b"}" {
            self.at += 1;
            return Ok(None);
        }
        let start = self.at + 1;
        if self.take()? != b'"' {
            return Err(self.torn());
        }
        self.string()?;
        let name = &self.text[start..self.at - 1];
        if self.take()? == b':' { Ok(Some(name)) } else { Err(self.torn()) }
    }

    /// Reads a value.
    pub(crate) fn read<T: Deserialize<'a>>(&mut self) -> Result<T, Error> {
        let mut values = Deserializer::from_slice(&self.text[self.at..]).into_iter();
        let value = values.next().unwrap_or_else(|| Err(self.torn()))?;
        self.at += values.byte_offset();
        Ok(value)
    }

    /// Passes over a value: as far as its brackets and quotes go.
    pub(crate) fn skip(&mut self) -> Result<(), Error> {
        let mut depth = 0_usize;
        loop {
            match self.take()? {
                b'"' => self.string()?,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => depth -= 1,
                b'}' | b']' | b',' if depth == 0 => return Err(self.torn()),
                // Numbers and words end before what follows the value.
                _ if depth == 0 && matches!(self.text.get(self.at), Some(b',' | b'}' | b']')) => return Ok(()),
                _ => continue,
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// A value as it is written, not looked into.
    pub(crate) fn raw(&mut self) -> Result<&'a [u8], Error> {
        let start = self.at;
        self.skip().map(|()| &self.text[start..self.at])
    }

    /// A string of plain characters.
    pub(crate) fn plain(&mut self) -> Result<&'a str, Error> {
        let torn = self.torn();
        match self.raw()? {
            [b'"', text @ .., b'"'] if !text.contains(&b'\\') => str::from_utf8(text).map_err(Error::custom),
            _ => Err(torn),
        }
    }

    /// The rest of a string, with the quote that ends it.
    fn string(&mut self) -> Result<(), Error> {
        loop {
            self.at += memchr2(b'"', b'\\', &self.text[self.at..]).unwrap_or(self.text.len() - self.at);
            if self.take()? == b'"' {
                return Ok(());
            }
            // Whatever is escaped does not end the string.
            self.take()?;
        }
    }

    fn take(&mut self) -> Result<u8, Error> {
        let byte = self.text.get(self.at).ok_or_else(|| self.torn())?;
        self.at += 1;
        Ok(*byte)
    }

    fn torn(&self) -> Error {
        Error::custom(format_args!("no object of JSON at byte {}", self.at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// All members, every second one passed over.
    fn read(text: &[u8]) -> Result<Vec<(String, Option<Value>)>, Error> {
        let (mut members, mut all) = (Members::of(text), Vec::new());
        while let Some(name) = members.name()? {
            let name = String::from_utf8_lossy(name).into_owned();
            let value = if all.len() % 2 == 0 { Some(members.read()?) } else { members.skip().map(|()| None)? };
            all.push((name, value));
        }
        Ok(all)
    }

    #[test]
    fn members_are_read_or_passed_over() {
        let text = r#"{"a":"x","b":{"c":["}\"",[1],{}]},"d":7,"e":-12,"f":[{"g":true}],"h":"\\","i":null,"j":false}"#;
        let names: Vec<String> = read(text.as_bytes()).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b", "d", "e", "f", "h", "i", "j"]);
        // One more in front, so that the others are read.
        let text = format!(r#"{{"0":0,{}"#, &text[1..]);
        let all = read(text.as_bytes()).unwrap();
        assert_eq!(all[2], ("b".into(), Some(json!({"c": ["}\"", [1], {}]}))));
        assert_eq!(all[6], ("h".into(), Some(json!("\\"))));
        assert_eq!(read(b"{}").unwrap(), []);
    }

    #[test]
    fn what_is_no_such_object_is_an_error() {
        for text in [
            "",
            "{",
            "[]",
            "{}}",
            "{} ",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1"#,
            r#"{"a":1,}"#,
            r#"{"a":1,"b":}"#,
            r#"{"a":1,"b":2"#,
            r#"{"a":1,"b":"2}"#,
            r#"{"a":1,"b":"\"#,
            r#"{"a":1,"b":[2}"#,
            r#"{"a":1,"b":]}"#,
            r#"{"a":1 ,"b":2}"#,
            r#"{"a":1}{"b":2}"#,
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_give_members_or_an_error(bytes in proptest::collection::vec(proptest::sample::select(&br#"{}[]",:\a1 "#[..]), 0..40)) {
            let _ = read(&bytes);
            let _ = read(&[br#"{"a":1,"b":"#.as_slice(), &bytes].concat());
        }
    }
}
