//! Ids and values of read-model rows as they are stored.

use std::borrow::Cow;

use uuid::Uuid;

/// An id or a value: a UUID in its canonical form (RFC 9562 §4) as its 16 bytes, anything else as the text that it is.
///
/// The order is that of the texts among UUIDs and among others; the others come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Packed<'a> {
    Text(Cow<'a, str>),
    Uuid([u8; 16]),
}

/// Characters of a UUID's canonical form.
const UUID_TEXT: usize = 36;

impl<'a> Packed<'a> {
    /// A text as it is stored.
    pub(super) fn of(text: &'a str) -> Packed<'a> {
        let uuid = (text.len() == UUID_TEXT).then(|| Uuid::try_parse(text).ok()).flatten();
        match uuid {
            // Another way of writing it, such as in upper case, is another text.
            Some(uuid) if *uuid.as_hyphenated().encode_lower(&mut [0; UUID_TEXT]) == *text => Packed::Uuid(uuid.into_bytes()),
            _ => Packed::Text(text.into()),
        }
    }

    /// The parts of a stream's name that ends with a UUID: the type and the UUID's bytes.
    pub(super) fn of_stream(name: &'a str) -> Option<(&'a str, [u8; 16])> {
        let (kind, id) = name.rsplit_once('/')?;
        if let Packed::Uuid(id) = Packed::of(id) { Some((kind, id)) } else { None }
    }

    /// The same, borrowing nothing.
    pub(super) fn into_owned(self) -> Packed<'static> {
        match self {
            Packed::Text(text) => Packed::Text(text.into_owned().into()),
            Packed::Uuid(bytes) => Packed::Uuid(bytes),
        }
    }

    /// The text again.
    pub(super) fn text(&self) -> String {
        match self {
            Packed::Text(text) => text.to_string(),
            Packed::Uuid(bytes) => Uuid::from_bytes(*bytes).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_a_uuid() {
        let canonical = "01970000-0000-7000-8000-0000000000ab";
        assert!(matches!(Packed::of(canonical), Packed::Uuid(_)));
        let upper = canonical.to_uppercase();
        let braced = format!("{{{}}}", &canonical[1..35]);
        for text in [canonical, upper.as_str(), &canonical.replace('-', ""), braced.as_str(), "current", "", "я"] {
            assert_eq!(Packed::of(text).text(), text);
            assert_eq!(matches!(Packed::of(text), Packed::Uuid(_)), text == canonical, "{text}");
        }
        assert!(Packed::of("zz") < Packed::of(canonical));
    }
}
