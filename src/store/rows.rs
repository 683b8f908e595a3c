//! The rows of the public read models, each true from one size until another.

use std::ops::Range;

use projections::{LinkKind, Resource, beginning, matches};
use serde_json::{Map, Value};

use super::StoreError;

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
    /// looking at each where a member with one value is [`Resource::indexed`]; the first such leads.
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

impl RowQuery {
    /// The member and the value by which rows are found without looking at each, if there is one.
    pub(super) fn leading(&self) -> Option<(&str, &str)> {
        let leads = |(member, values): &&(String, Vec<String>)| values.len() == 1 && self.resource.indexed().contains(&member.as_str());
        self.filters.iter().find(leads).map(|(member, values)| (member.as_str(), beginning(&values[0])))
    }

    /// The conditions as an engine's statements take them: `condition` writes one.
    pub(super) fn conditions(&self, condition: impl Fn(&str, &[String]) -> Value) -> Result<String, StoreError> {
        let plain = |member: &str| !member.is_empty() && member.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match self.filters.iter().find(|(member, _)| !plain(member)) {
            Some((strange, _)) => Err(StoreError::invalid(format!("no row has a member named {strange:?}"))),
            None => Ok(Value::from_iter(self.filters.iter().map(|(member, values)| condition(member, values))).to_string()),
        }
    }

    /// A page of the rows that have all words. The longest leads: `some` gives rows after an id that have a word from one text on, below
    /// another, at most as many as a page has; whether a row has all words in this version is seen by its body.
    pub(super) fn by_words(&self, some: impl Fn(&str, &str, &str) -> Result<Vec<Row>, StoreError>) -> Result<Vec<Row>, StoreError> {
        let Some(longest) = self.words.iter().max_by_key(|word| word.len()) else { return Ok(Vec::new()) };
        let (beyond, limit) = (format!("{longest}\u{10ffff}"), self.limit.min(super::MAX_PAGE_ROWS));
        let mut found: Vec<Row> = Vec::new();
        let mut after = self.after.clone().unwrap_or_default();
        while found.len() < limit {
            let page = some(&after, longest, &beyond)?;
            let ended = page.len() < limit;
            if let Some(last) = page.last() {
                after.clone_from(&last.id);
            }
            found.extend(page.into_iter().filter(|row| matches(self.resource, &row.body, &self.words)));
            if ended {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
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
