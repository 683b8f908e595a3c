//! Reports: what the registry's rows come to, as of a size and a day.
//!
//! The size says which entries count; the day, on which ages and terms are judged. Both stand in every report, and a report of
//! the same two is the same byte for byte on every machine: nothing is taken from a clock, and every order is said.
//!
//! The figures about declarations are all counts of one list, [`declarations`]: each report gives a template (RFC 6570) of the
//! question whose lines a figure counts, and each line names the entries that it comes from.
//!
//! A report knows neither who asks nor HTTP.

pub mod anomaly;
pub mod capitation;
pub mod declarations;
pub mod doctors;
pub mod histogram;
mod line;
mod source;
pub mod statistics;
mod table;

pub use line::{Counted, Line};
pub use source::Source;
pub use table::Table;

use crate::store::StoreError;

/// The most rows of a report that lists single findings.
pub const MAX_FINDINGS: usize = 10_000;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are more findings than a report lists; a narrower question has fewer.
    #[error("there are more than {MAX_FINDINGS} findings")]
    TooMany,
}
