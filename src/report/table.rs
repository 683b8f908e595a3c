//! A report's rows, as JSON and as CSV.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{ReportError, Source};
use crate::store::StoreError;

/// One report.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// All but the rows: name, day, size, terms, totals.
    head: Map<String, Value>,
    /// The members of every row, in the order of CSV's columns.
    columns: &'static [&'static str],
    rows: Vec<Value>,
}

impl Table {
    /// A report of this name. `columns` are the members of every row.
    ///
    /// # Errors
    /// Where a row cannot be written.
    pub(super) fn new<R: Serialize>(
        source: &Source<'_>,
        report: &str,
        columns: &'static [&'static str],
        rows: &[R],
    ) -> Result<Table, ReportError> {
        let mut head = Map::new();
        for (name, value) in [("report", json!(report)), ("date", json!(source.date)), ("size", json!(source.size))] {
            head.insert(name.to_owned(), value);
        }
        let rows = rows.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>();
        let rows = rows.map_err(|error| StoreError::Corrupt { what: format!("a row of the report cannot be written: {error}") })?;
        debug_assert!(rows.iter().all(|row| row.as_object().is_some_and(|row| row.keys().all(|name| columns.contains(&name.as_str())))));
        Ok(Table { head, columns, rows })
    }

    /// The same with one more member beside the rows.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Table {
        self.head.insert(name.to_owned(), value.into());
        self
    }

    /// The same with the questions whose lines the figures count, by column.
    pub(super) fn traced(self, source: &Source<'_>, traces: &[(&str, &str)]) -> Table {
        let start = format!("/v1/reports/declarations?as_of={}&date={}", source.size, source.date);
        let all: Map<_, _> = traces.iter().map(|(column, rest)| ((*column).to_owned(), json!(format!("{start}{rest}")))).collect();
        self.with("trace", all)
    }

    /// The rows.
    pub fn rows(&self) -> &[Value] {
        &self.rows
    }

    /// The report as one JSON object, its rows in `data`. Members stand in the order of their names.
    pub fn to_json(&self) -> String {
        let mut document = self.head.clone();
        document.insert("data".to_owned(), json!(self.rows));
        Value::Object(document).to_string()
    }

    /// The rows as CSV (RFC 4180) with a header line; what is not there is empty, lists are parted by spaces.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let mut write = |record: Vec<String>| writer.write_record(record);
        let mut written = write(self.columns.iter().map(|column| (*column).to_owned()).collect());
        for row in &self.rows {
            written = written.and_then(|()| write(self.columns.iter().map(|column| cell(&row[*column])).collect()));
        }
        // Memory takes every byte, and every record has the columns' length.
        let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// A text that no spreadsheet takes for a formula: names are what people registered.
fn harmless(text: &str) -> String {
    let signed = text.strip_prefix(['+', '-']).is_some_and(|rest| !rest.bytes().all(|byte| byte.is_ascii_digit()));
    if signed || text.starts_with(['=', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_they_say_and_no_formulas() {
        let table = Table {
            head: Map::new(),
            columns: &["name", "count", "entries", "phone"],
            rows: vec![
                json!({ "name": "=HYPERLINK(\"x\")", "count": 3, "entries": [1, 2], "phone": "+380670000001" }),
                json!({ "name": "Центр, «Здоров'я»", "count": null, "entries": [], "phone": "-1+cmd" }),
            ],
        };
        let expected = "name,count,entries,phone\r\n\"'=HYPERLINK(\"\"x\"\")\",3,1 2,+380670000001\r\n\"Центр, «Здоров'я»\",,,'-1+cmd\r\n";
        assert_eq!(table.to_csv(), expected);
        assert_eq!(Table { rows: Vec::new(), ..table }.to_csv(), "name,count,entries,phone\r\n", "a report without rows has its columns");
    }
}
