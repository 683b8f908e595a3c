//! Whose a value of the vault is, as SQLite has it.

use std::borrow::Cow;

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

use super::super::packed::Packed;

/// A stream's name. With a UUID in its canonical form (RFC 9562 §4) it is kept as the UUID's 16 bytes and the type's letters, so that it takes
/// half the room and the subjects of a time lie together; as a text otherwise.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subject<'a>(Cow<'a, str>);

impl<'a> Subject<'a> {
    pub(super) fn of(name: &'a str) -> Subject<'a> {
        Subject(name.into())
    }
}

impl From<Subject<'_>> for String {
    fn from(subject: Subject<'_>) -> String {
        subject.0.into_owned()
    }
}

impl ToSql for Subject<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match Packed::of_stream(&self.0) {
            Some((kind, id)) => [&id, kind.as_bytes()].concat().into(),
            None => ToSqlOutput::Borrowed(ValueRef::Text(self.0.as_bytes())),
        })
    }
}

impl FromSql for Subject<'static> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let ValueRef::Blob(bytes) = value else { return Ok(Subject(value.as_str()?.to_owned().into())) };
        let (id, kind) = bytes.split_first_chunk().ok_or(FromSqlError::InvalidBlobSize { expected_size: 16, blob_size: bytes.len() })?;
        let kind = str::from_utf8(kind).map_err(FromSqlError::other)?;
        Ok(Subject(format!("{kind}/{}", Packed::Uuid(*id).text()).into()))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_written() {
        let id = "01970000-0000-7000-8000-0000000000ab";
        let named = format!("patient/{id}");
        let upper = named.to_uppercase();
        let names = [named.as_str(), &upper, &format!("a/{named}"), &format!("/{id}"), &id[..35], "patient/x", "a", "", "я/"];
        for name in names {
            let subject = Subject::of(name);
            let written = match subject.to_sql().unwrap() {
                ToSqlOutput::Owned(value) => value,
                ToSqlOutput::Borrowed(value) => Value::try_from(value).unwrap(),
                other => panic!("{other:?}"),
            };
            let small = matches!(&written, Value::Blob(bytes) if bytes.len() < name.len());
            assert_eq!(Subject::column_result((&written).into()).unwrap(), subject);
            assert_eq!(small, name.ends_with("ab"), "{name}");
        }
        for wrong in [ValueRef::Blob(&[0; 15]), ValueRef::Blob(&[0xff; 17]), ValueRef::Null] {
            assert!(Subject::column_result(wrong).is_err());
        }
    }
}
