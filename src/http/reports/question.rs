//! Of which size and day a report is.

use std::sync::Arc;

use aggregates::words::{Date, Instant};
use axum::http::Uri;
use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::problem;
use crate::http::App;
use crate::http::now;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::reads::Moment;
use crate::report::{ReportError, Source};
use crate::service::ServiceCode;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Csv,
}

/// A question about a size and a day.
pub(super) struct Question {
    pub(super) format: Format,
    pub(super) size: u64,
    pub(super) date: Date,
}

/// The parameters of a report: those of every report, and its own.
pub(super) fn params(uri: &Uri, own: &[&str]) -> Result<Params, Problem> {
    Params::of(uri, &[&["date", "as_of", "format"], own].concat())
}

impl Question {
    /// Reads `date`, `as_of` and `format`.
    ///
    /// A date alone means the registry as it was when that day began. With `as_of` the registry is of that size or instant, and
    /// the date only judges ages and terms. With neither it is the published size, on the day of its last entry.
    ///
    /// # Errors
    /// `bad_parameter`.
    pub(super) async fn of(app: &Arc<App>, params: &Params) -> Result<Question, Problem> {
        let format = match params.get("format") {
            None | Some("json") => Format::Json,
            Some("csv") => Format::Csv,
            Some(_) => return Err(Problem::parameter("format", "bad_value", &[("allowed", json!(["json", "csv"]))])),
        };
        let date = day(params, "date")?;
        let by_date = date.filter(|_| params.get("as_of").is_none());
        if by_date.is_some_and(|date| date.midnight() > now()) {
            return Err(Problem::parameter("date", "in_the_future", &[]));
        }
        let (moment, published) = (Moment::of(app, params).await?, app.sequencer.published().size);
        app.read(move |_, reader| {
            let size = match by_date {
                None => moment.size(reader)?,
                // A day's beginning is inside no chain, as a chain has one time.
                Some(date) => reader.size_at(date.midnight().ms() - 1)?.min(published),
            };
            let last = size.checked_sub(1).ok_or_else(|| Problem::parameter("date", "before_the_ledger", &[]))?;
            let time = reader.entry(last)?.and_then(|entry| Instant::from_ms(entry.time));
            let time = time.ok_or_else(|| Problem::failed(ServiceCode::NotReady, format!("entry {last} cannot be read")))?;
            Ok(Question { format, size, date: date.unwrap_or(time.date()) })
        })
        .await
    }

    /// Makes a report, off the threads that serve others; `narrow` is the parameter that would make it smaller.
    ///
    /// # Errors
    /// Overload, or the report's.
    pub(super) async fn report<T: Send + 'static>(
        &self,
        app: &Arc<App>,
        narrow: &'static str,
        make: impl FnOnce(&Source<'_>) -> Result<T, ReportError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.made(app, &app.reports, narrow, make).await
    }

    /// The same for a report that everybody may ask for.
    ///
    /// # Errors
    /// Overload, or the report's.
    pub(super) async fn public_report<T: Send + 'static>(
        &self,
        app: &Arc<App>,
        narrow: &'static str,
        make: impl FnOnce(&Source<'_>) -> Result<T, ReportError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.made(app, &app.public_reports, narrow, make).await
    }

    async fn made<T: Send + 'static>(
        &self,
        app: &Arc<App>,
        places: &Arc<Semaphore>,
        narrow: &'static str,
        make: impl FnOnce(&Source<'_>) -> Result<T, ReportError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (size, date) = (self.size, self.date);
        app.read_within(places, move |app, ledger| {
            app.readers.with_vault(|vault| make(&Source { ledger, vault, size, date }).map_err(|error| problem(error, narrow)))
        })
        .await
    }
}

/// A day.
pub(super) fn day(params: &Params, name: &str) -> Result<Option<Date>, Problem> {
    let day = params.get(name).map(|text| text.parse().map_err(|_| Problem::parameter(name, "bad_value", &[])));
    day.transpose()
}

/// An id.
pub(super) fn id(params: &Params, name: &str) -> Result<Option<Uuid>, Problem> {
    let id = params.get(name).map(|text| {
        let id: Option<Uuid> = text.parse().ok().filter(|id: &Uuid| id.to_string() == text);
        id.ok_or_else(|| Problem::parameter(name, "bad_value", &[]))
    });
    id.transpose()
}
