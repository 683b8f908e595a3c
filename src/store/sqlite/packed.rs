//! Packed ids and values as SQLite has them: a UUID is a BLOB, a text TEXT.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

use super::super::packed::Packed;

impl ToSql for Packed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Packed::Text(text) => ValueRef::Text(text.as_bytes()),
            Packed::Uuid(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl FromSql for Packed<'static> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Blob(bytes) => {
                let wrong = FromSqlError::InvalidBlobSize { expected_size: 16, blob_size: bytes.len() };
                bytes.try_into().map(Packed::Uuid).map_err(|_| wrong)
            }
            text => Ok(Packed::Text(text.as_str()?.to_owned().into())),
        }
    }
}
