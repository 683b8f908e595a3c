//! Of which moment an answer is: now, a size, or an instant.

use std::sync::Arc;
use std::time::Duration;

use aggregates::words::Instant;
use serde_json::json;

use crate::entry::{Cause, Entry};
use crate::http::App;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::service::ServiceCode;
use crate::store::LedgerReader;

/// The parameters of a moment.
pub(super) const PARAMETERS: [&str; 2] = ["as_of", "min_size"];

/// How long an answer waits for `min_size`.
const WAIT: Duration = Duration::from_secs(10);

/// What was asked for.
pub(in crate::http) enum Moment {
    /// The published size, as it was when the question came.
    Published(u64),
    /// A size up to it.
    Size(u64),
    /// The last size at which no later entry was there; and the published one.
    Instant(Instant, u64),
}

impl Moment {
    /// Reads `as_of`, a size or an instant, and waits for `min_size`.
    ///
    /// # Errors
    /// `bad_parameter`; `not_yet` where the ledger did not reach `min_size` in time.
    pub(in crate::http) async fn of(app: &Arc<App>, params: &Params) -> Result<Moment, Problem> {
        let published = match params.number("min_size", 1, u64::MAX)? {
            Some(least) => reached(app, least).await?,
            None => app.sequencer.published().size,
        };
        let Some(text) = params.get("as_of") else { return Ok(Moment::Published(published)) };
        match text.parse::<Instant>() {
            Ok(instant) => Ok(Moment::Instant(instant, published)),
            Err(_) => Ok(Moment::Size(params.number("as_of", 1, published)?.unwrap_or(published))),
        }
    }

    /// The moment of a page that goes on with one of this size: no other may be asked for.
    pub(super) fn going_on(self, start: Option<u64>) -> Result<Moment, Problem> {
        match (start, self) {
            (None, moment) => Ok(moment),
            (Some(start), Moment::Published(_)) => Ok(Moment::Size(start)),
            (Some(start), Moment::Size(size)) if size == start => Ok(Moment::Size(start)),
            _ => Err(Problem::parameter("as_of", "not_of_cursor", &[])),
        }
    }

    /// The size, where it is known at once.
    pub(super) fn given(&self) -> Option<u64> {
        match self {
            Moment::Published(size) | Moment::Size(size) => Some(*size),
            Moment::Instant(..) => None,
        }
    }

    /// Whether what is true then was asked for, whatever is true now.
    pub(super) fn is_past(&self) -> bool {
        !matches!(self, Moment::Published(_))
    }

    /// The size that it is, never inside a chain: a chain of entries is one decision, and nothing is shown as it was in the
    /// middle of one.
    pub(in crate::http) fn size(&self, reader: &dyn LedgerReader) -> Result<u64, Problem> {
        match *self {
            Moment::Published(size) => Ok(size),
            Moment::Size(size) => whole(reader, size),
            // What an instant gives ends no chain in its middle, as a chain has one time; nor does what is published.
            Moment::Instant(instant, published) => match reader.size_at(instant.ms())?.min(published) {
                0 => Err(Problem::parameter("as_of", "before_the_ledger", &[])),
                size => Ok(size),
            },
        }
    }
}

fn whole(reader: &dyn LedgerReader, size: u64) -> Result<u64, Problem> {
    let Some(next) = reader.entry(size)? else { return Ok(size) };
    match Entry::from_bytes(&next.bytes).map(|entry| entry.cause) {
        Ok(Cause::Continues(first)) => Err(Problem::parameter("as_of", "inside_a_chain", &[("first", json!(first))])),
        Ok(Cause::Command(_)) => Ok(size),
        Err(error) => Err(Problem::failed(ServiceCode::NotReady, format!("entry {size} cannot be read: {error}"))),
    }
}

/// The published size, once it is at least this.
async fn reached(app: &Arc<App>, least: u64) -> Result<u64, Problem> {
    let mut published = app.sequencer.watch();
    let found = tokio::time::timeout(WAIT, published.wait_for(|published| published.size >= least)).await;
    match found {
        Ok(Ok(published)) => Ok(published.size),
        Ok(Err(_)) => Err(ServiceCode::NotReady.into()),
        Err(_) => Err(Problem::service(ServiceCode::NotYet, &[("size", json!(app.sequencer.published().size))])),
    }
}
