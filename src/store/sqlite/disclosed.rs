//! A disclosure as SQLite has it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

/// The text of a disclosure. An array in base64url (RFC 9901 §4.2.1) is kept as the bytes that it says, a quarter less; any other as a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disclosed<'a>(Cow<'a, str>);

impl<'a> Disclosed<'a> {
    pub(super) fn of(text: &'a str) -> Disclosed<'a> {
        Disclosed(text.into())
    }
}

impl From<Disclosed<'_>> for String {
    fn from(disclosed: Disclosed<'_>) -> String {
        disclosed.0.into_owned()
    }
}

impl ToSql for Disclosed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        // It decodes only what it would write again, without padding or loose bits.
        let array = URL_SAFE_NO_PAD.decode(&*self.0).ok().filter(|bytes| bytes.starts_with(b"["));
        Ok(array.map_or_else(|| ToSqlOutput::Borrowed(ValueRef::Text(self.0.as_bytes())), ToSqlOutput::from))
    }
}

impl FromSql for Disclosed<'static> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Disclosed(match value {
            ValueRef::Blob(bytes) => URL_SAFE_NO_PAD.encode(bytes).into(),
            // What somebody damaged is of no digest, whatever it is read as.
            ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
            _ => return Err(FromSqlError::InvalidType),
        }))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        let array = URL_SAFE_NO_PAD.encode(r#"["salt","name","Шевченко"]"#);
        let padded = format!("{array}=");
        for text in [array.as_str(), &padded, &URL_SAFE_NO_PAD.encode("no array"), "Ww", "Wx", "", "я"] {
            let disclosed = Disclosed::of(text);
            let written = match disclosed.to_sql().unwrap() {
                ToSqlOutput::Owned(value) => value,
                ToSqlOutput::Borrowed(value) => Value::try_from(value).unwrap(),
                other => panic!("{other:?}"),
            };
            assert_eq!(matches!(written, Value::Blob(_)), text == array || text == "Ww", "{text}");
            assert_eq!(Disclosed::column_result((&written).into()).unwrap(), disclosed);
        }
    }
}
