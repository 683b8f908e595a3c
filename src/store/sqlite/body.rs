//! The bodies of rows as SQLite has them.

use std::borrow::Cow;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Error, ToSql};

use super::super::StoreError;
use super::super::dictionary::Dictionary;

/// Trained on the rows of six demos of different seeds. Level 1, as half of what is left are UUIDs, which are no repetition.
static BODIES: Dictionary = Dictionary::new("a row's body", 32_770, 1, include_bytes!("../rows-1.dictionary"));

/// A body: JSON. It lies compressed, as bytes, where that is shorter, and as the text that it is otherwise.
pub(super) struct Body<'a>(pub(super) Cow<'a, str>);

impl ToSql for Body<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match BODIES.compressed(self.0.as_bytes()).map_err(|error| Error::ToSqlConversionFailure(error.into()))? {
            Cow::Owned(frame) => Ok(frame.into()),
            Cow::Borrowed(text) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(text))),
        }
    }
}

impl FromSql for Body<'static> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Blob(frame) => body_text(frame).map(|text| Body(text.into())).map_err(FromSqlError::other),
            text => Ok(Body(text.as_str()?.to_owned().into())),
        }
    }
}

/// The text of a body that lies compressed in a file, for whoever looks for it there.
///
/// # Errors
/// [`StoreError::Corrupt`] for what no store wrote.
pub fn body_text(frame: &[u8]) -> Result<String, StoreError> {
    let text = BODIES.decompressed(frame)?.into_owned();
    String::from_utf8(text).map_err(|error| StoreError::corrupt(format!("a row's body: {error}")))
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::*;

    fn written(text: &str) -> Value {
        match Body(text.into()).to_sql().unwrap() {
            ToSqlOutput::Owned(value) => value,
            ToSqlOutput::Borrowed(value) => Value::try_from(value).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_body_is_read_as_it_was_written_and_a_long_one_takes_less_than_half() {
        let id = "01970000-0000-7000-8000-0000000000ab";
        let long = format!(
            r#"{{"division":"{id}","employee":"{id}","entries":[20062],"legal_entity":"{id}","start_date":"2026-11-27","status":"active"}}"#
        );
        for text in [long.as_str(), "{}", r#"{"x":"я"}"#, ""] {
            assert_eq!(Body::column_result((&written(text)).into()).unwrap().0, text);
        }
        assert!(matches!(written(&long), Value::Blob(frame) if frame.len() * 2 < long.len()));
        assert_eq!(written("{}"), Value::Text("{}".into()));
        for wrong in [ValueRef::Blob(&[0x28, 0xb5, 0x2f, 0xfd]), ValueRef::Blob(&[0xff]), ValueRef::Text(&[0xff]), ValueRef::Null] {
            assert!(Body::column_result(wrong).is_err());
        }
    }
}
