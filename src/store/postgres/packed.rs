//! Packed ids, values and subjects as PostgreSQL has them: a byte 1 and a UUID's 16 bytes, or a byte 0 and a text. After the UUID of a
//! subject comes the type of its stream.

use super::super::StoreError;
use super::super::packed::Packed;

const TEXT: u8 = 0;
const UUID: u8 = 1;

/// A text as it is stored.
pub(super) fn packed(text: &str) -> Vec<u8> {
    bytes(&Packed::of(text))
}

/// The bytes of what is packed.
pub(super) fn bytes(packed: &Packed<'_>) -> Vec<u8> {
    match packed {
        Packed::Text(text) => [&[TEXT], text.as_bytes()].concat(),
        Packed::Uuid(uuid) => [&[UUID], &uuid[..]].concat(),
    }
}

/// What is packed in a column's bytes.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Packed<'_>, StoreError> {
    let read = match bytes.split_first() {
        Some((&TEXT, text)) => str::from_utf8(text).ok().map(|text| Packed::Text(text.into())),
        Some((&UUID, uuid)) => uuid.try_into().ok().map(Packed::Uuid),
        _ => None,
    };
    read.ok_or_else(|| StoreError::corrupt("an id or a value of a row is not packed"))
}

/// Whose a value of the vault is, as it is stored: a stream's name.
pub(super) fn packed_subject(name: &str) -> Vec<u8> {
    match Packed::of_stream(name) {
        Some((kind, id)) => [&[UUID], &id[..], kind.as_bytes()].concat(),
        None => bytes(&Packed::Text(name.into())),
    }
}

/// The stream's name in a column's bytes.
pub(super) fn unpacked_subject(bytes: &[u8]) -> Result<String, StoreError> {
    let read = match bytes.split_first() {
        Some((&TEXT, text)) => str::from_utf8(text).ok().map(str::to_owned),
        Some((&UUID, named)) => named.split_first_chunk().and_then(|(id, kind)| {
            let kind = str::from_utf8(kind).ok()?;
            Some(format!("{kind}/{}", Packed::Uuid(*id).text()))
        }),
        _ => None,
    };
    read.ok_or_else(|| StoreError::corrupt("a subject of the vault is not packed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_and_nothing_else_is() {
        for text in ["", "current", "01970000-0000-7000-8000-0000000000ab", "я"] {
            assert_eq!(unpacked(&packed(text)).unwrap().text(), text);
        }
        for wrong in [&[][..], &[2, 1], &[UUID, 1], &[TEXT, 0xff]] {
            assert!(unpacked(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_subject_is_read_as_it_was_written() {
        let id = "01970000-0000-7000-8000-0000000000ab";
        let named = format!("patient/{id}");
        for name in [named.as_str(), &format!("/{id}"), id, "patient/x", "a", "", "я/"] {
            assert_eq!(unpacked_subject(&packed_subject(name)).unwrap(), name);
        }
        assert_eq!(packed_subject(&named).len(), 24);
        for wrong in [&[][..], &[2, 1], &[UUID, 1], &[TEXT, 0xff], &[&[UUID][..], &[0xff; 17]].concat()] {
            assert!(unpacked_subject(wrong).is_err(), "{wrong:?}");
        }
    }
}
