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
    begun: bool,
    /// Whether the text goes on after the object.
    within: bool,
}

impl<'a> Members<'a> {
    pub(crate) fn of(text: &'a [u8]) -> Members<'a> {
        Members { text, at: 0, begun: false, within: false }
    }

    /// The name of the next member, as it is written; none after the last. Its value is to be read or passed over then.
    pub(crate) fn name(&mut self) -> Result<Option<&'a [u8]>, Error> {
        let first = !std::mem::replace(&mut self.begun, true);
        match self.take()? {
            b'{' if first && self.text.get(self.at) == Some(&b'}') => {
                self.at += 1;
                return self.end();
            }
            b'{' if first => {}
            b',' if !first => {}
            b'}' if !first => return self.end(),
            _ => return Err(self.torn()),
        }
        let start = self.at + 1;
        if self.take()? != b'"' {
            return Err(self.torn());
        }
        self.string()?;
        let name = &self.text[start..self.at - 1];
        if self.take()? == b':' { Ok(Some(name)) } else { Err(self.torn()) }
    }

    fn end(&self) -> Result<Option<&'a [u8]>, Error> {
        if self.within || self.at == self.text.len() { Ok(None) } else { Err(self.torn()) }
    }

    /// Reads a list of objects, each by asking for its names until there are no more.
    pub(crate) fn objects<T>(&mut self, mut read: impl FnMut(&mut Members<'a>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        if self.take()? != b'[' {
            return Err(self.torn());
        }
        if self.text.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(all);
        }
        loop {
            let mut object = Members { text: self.text, at: self.at, begun: false, within: true };
            all.push(read(&mut object)?);
            self.at = object.at;
            match self.take()? {
                b',' => {}
                b']' => return Ok(all),
                _ => return Err(self.torn()),
            }
        }
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
        let start = self.at;
        match self.raw()? {
            [b'"', text @ .., b'"'] if !text.contains(&b'\\') => str::from_utf8(text).map_err(Error::custom),
            _ => Err(torn(start)),
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
        torn(self.at)
    }
}

fn torn(at: usize) -> Error {
    Error::custom(format_args!("no object of JSON at byte {at}"))
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

    /// The members of each object of a list.
    fn listed(text: &[u8]) -> Result<Vec<Vec<u64>>, Error> {
        let mut members = Members::of(text);
        let list = members.name()?.map(|_| {
            members.objects(|object| {
                let mut all = Vec::new();
                while object.name()?.is_some() {
                    all.push(object.read()?);
                }
                Ok(all)
            })
        });
        let list = list.transpose()?.unwrap_or_default();
        assert!(members.name()?.is_none());
        Ok(list)
    }

    #[test]
    fn a_list_of_objects_is_read_in_its_place() {
        assert_eq!(listed(br#"{"a":[]}"#).unwrap(), [[0_u64; 0]; 0]);
        assert_eq!(listed(br#"{"a":[{},{"b":1},{"b":2,"c":3}]}"#).unwrap(), [vec![], vec![1], vec![2, 3]]);
        for text in [r#"{"a":[{}}"#, r#"{"a":[{},]}"#, r#"{"a":{}}"#, r#"{"a":[1]}"#, r#"{"a":[{}{}]}"#, r#"{"a":[{"b":1]}"#, r#"{"a":[{}"#]
        {
            assert!(listed(text.as_bytes()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_give_members_or_an_error(bytes in proptest::collection::vec(proptest::sample::select(&br#"{}[]",:\a1 "#[..]), 0..40)) {
            let _ = read(&bytes);
            let _ = read(&[br#"{"a":1,"b":"#.as_slice(), &bytes].concat());
            let _ = listed(&[br#"{"a":["#.as_slice(), &bytes].concat());
        }
    }
}
