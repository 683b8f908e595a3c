//! The rows of the public read models, each true from one size until another.

use std::ops::Range;

use projections::{LinkKind, Resource, WORD, beginning, matches};
use serde_json::{Map, Value};

use super::{MAX_PAGE_ROWS, StoreError};

/// One version of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The resource.
    pub resource: Resource,
    /// The row's id, unique within its resource.
    pub id: String,
    /// The smallest size at which this version is true.
    pub from_size: u64,
    /// The smallest size at which it is no longer true; none while it is true at the size asked for.
    pub until_size: Option<u64>,
    /// The entry that made this version: `from_size - 1`.
    pub entry: u64,
    /// All members of the row.
    pub body: Map<String, Value>,
}

/// The place of a version in the order of [`Rows::versions`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowKey {
    /// The resource.
    pub resource: Resource,
    /// The row's id.
    pub id: String,
    /// The size from which the version is true.
    pub from_size: u64,
}

impl From<&Row> for RowKey {
    fn from(row: &Row) -> Self {
        RowKey { resource: row.resource, id: row.id.clone(), from_size: row.from_size }
    }
}

/// Which rows of a resource to list.
#[derive(Clone, Debug)]
pub struct RowQuery {
    /// The resource.
    pub resource: Resource,
    /// Members with the values of which they must have one.
    ///
    /// A value means the member that is this string, or that is the integer or boolean written so. Rows are found without
    /// looking at each where a member with one value is [`Resource::indexed`] or [`Resource::implied`] by one.
    pub filters: Vec<(String, Vec<String>)>,
    /// Words, as [`projections::words`] makes them, each of which begins a word of the row.
    pub words: Vec<String>,
    /// Only rows with a greater id, in the order of their bytes: the last id of the page before.
    pub after: Option<String>,
    /// The most rows to return.
    pub limit: usize,
    /// The size at which the rows are true.
    pub as_of: u64,
}

/// By what rows are found without looking at each.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Lead {
    /// By nothing.
    All,
    /// A value of a member, by the member's number.
    Value(i64, String),
    /// Texts from one on, below another, of a member.
    Between(i64, String, String),
}

impl RowQuery {
    /// A page: `some` gives rows that a lead leads to, after an id, by id, at most so many; whether a row is asked for is seen by its body.
    /// `row` gives one row as it is at this size.
    pub(super) fn page(
        &self,
        row: impl Fn(Resource, &str) -> Result<Option<Row>, StoreError>,
        some: impl Fn(&Lead, &str, usize) -> Result<Vec<Row>, StoreError>,
    ) -> Result<Vec<Row>, StoreError> {
        self.check()?;
        let (lead, limit) = (self.lead(row)?, self.limit.min(MAX_PAGE_ROWS));
        let mut found: Vec<Row> = Vec::new();
        // No id is empty.
        let mut after = self.after.clone().unwrap_or_default();
        let mut many = limit;
        while found.len() < limit {
            let page = some(&lead, &after, many)?;
            let ended = page.len() < many;
            if let Some(last) = page.last() {
                after.clone_from(&last.id);
            }
            found.extend(page.into_iter().filter(|row| self.asks_for(&row.body)));
            if ended {
                break;
            }
            // Where few of the candidates are asked for, fewer questions take all of them.
            many = (2 * many).min(MAX_PAGE_ROWS);
        }
        found.truncate(limit);
        Ok(found)
    }

    fn check(&self) -> Result<(), StoreError> {
        let plain = |member: &str| !member.is_empty() && member.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match self.filters.iter().find(|(member, _)| !plain(member)) {
            Some((strange, _)) => Err(StoreError::invalid(format!("no row has a member named {strange:?}"))),
            None => Ok(()),
        }
    }

    /// The longest word leads, otherwise the first indexed member with one value, otherwise the row that another member names.
    fn lead(&self, row: impl Fn(Resource, &str) -> Result<Option<Row>, StoreError>) -> Result<Lead, StoreError> {
        let resource = self.resource;
        if let Some(longest) = self.words.iter().max_by_key(|word| word.len()) {
            return Ok(Lead::Between(resource.member(WORD), longest.clone(), format!("{longest}\u{10ffff}")));
        }
        let value = |of: &str| self.filters.iter().find(|(member, values)| member == of && values.len() == 1).map(|(_, values)| &values[0]);
        if let Some((member, value)) = resource.indexed().iter().find_map(|member| Some((member, value(member)?))) {
            return Ok(Lead::Value(resource.member(member), beginning(value).to_owned()));
        }
        for (member, named, leading) in resource.implied() {
            let Some(id) = value(member) else { continue };
            let named = row(*named, id)?;
            if let Some(value) = named.as_ref().and_then(|row| row.body.get(*leading)?.as_str()) {
                return Ok(Lead::Value(resource.member(leading), value.to_owned()));
            }
        }
        Ok(Lead::All)
    }

    fn asks_for(&self, body: &Map<String, Value>) -> bool {
        let filtered =
            self.filters.iter().all(|(member, values)| body.get(member).is_some_and(|found| values.iter().any(|one| means(one, found))));
        filtered && (self.words.is_empty() || matches(self.resource, body, &self.words))
    }
}

/// Whether a value asked for means this member: the string, or the integer or boolean that is written so.
fn means(asked: &str, found: &Value) -> bool {
    match found {
        Value::String(text) => text == asked,
        Value::Bool(_) | Value::Number(_) => {
            let written = found.to_string();
            written == asked
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// Reads rows of the public read models. Every answer is of one instant of the store and holds whole batches only.
pub trait Rows {
    /// The row as it was at size `as_of`.
    fn row(&self, resource: Resource, id: &str, as_of: u64) -> Result<Option<Row>, StoreError>;

    /// A page of rows as they were at one size, by id. It is the last page if and only if it has fewer rows than
    /// the query's limit (at most [`super::MAX_PAGE_ROWS`]).
    fn rows(&self, query: &RowQuery) -> Result<Vec<Row>, StoreError>;

    /// The versions that a row had had by size `as_of`, oldest first, from `from_size` on.
    fn history(&self, resource: Resource, id: &str, as_of: u64, from_size: u64, limit: usize) -> Result<Vec<Row>, StoreError>;

    /// A page of all versions of all rows, by (resource, id, from): what an auditor compares with rows of his own
    /// folding.
    fn versions(&self, after: Option<&RowKey>, limit: usize) -> Result<Vec<Row>, StoreError>;

    /// The entries about a stream in one of these ways, in `entries`, in their order.
    fn linked(&self, stream: &str, kinds: &[LinkKind], entries: Range<u64>, limit: usize) -> Result<Vec<u64>, StoreError>;
}
