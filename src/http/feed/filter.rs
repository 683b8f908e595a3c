//! What a reader of the feed asks for.

use aggregates::words::{Stream, StreamType};

use super::scope::Scope;
use crate::access::Viewer;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::service::ServiceCode;

/// The parameters of a question.
pub(super) const PARAMETERS: [&str; 4] = ["stream", "type", "submitted_by", "form"];

/// In what form entries are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Whole: index, and the entry's bytes as they were hashed.
    Entry,
    /// Each event as a CloudEvent (CloudEvents 1.0, JSON format).
    CloudEvents,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The ledger's origin, which CloudEvents name as their source.
    pub(super) origin: String,
    /// What the reader may see.
    pub(super) scope: Scope,
    pub(super) form: Form,
    /// Only entries with an event of this stream, and of those only its events.
    pub(super) stream: Option<Stream>,
    /// Only entries with an event of one of these types, and of those only these events; all if there is none.
    pub(super) types: Vec<String>,
    /// Only what was signed in this right: what a MIS submitted.
    pub(super) submitted_by: Option<Stream>,
}

impl Question {
    /// Reads the parameters of somebody.
    ///
    /// # Errors
    /// `bad_parameter`; `access_denied` to whom no part of the feed is shown, or none in this form.
    pub(super) fn of(params: &Params, viewer: &Viewer, origin: &str) -> Result<Question, Problem> {
        let stream = |name: &str| {
            let parse = |text: &str| text.parse::<Stream>().map_err(|_| Problem::parameter(name, "bad_value", &[]));
            params.get(name).map(parse).transpose()
        };
        let scope = Scope::of(viewer).ok_or(ServiceCode::AccessDenied)?;
        let form = match params.get("form") {
            None if scope.whole() => Form::Entry,
            None | Some("cloudevents") => Form::CloudEvents,
            // An entry may speak of others too.
            Some("entry") if !scope.whole() => return Err(ServiceCode::AccessDenied.into()),
            Some("entry") => Form::Entry,
            Some(_) => return Err(Problem::parameter("form", "bad_value", &[("allowed", serde_json::json!(["entry", "cloudevents"]))])),
        };
        let types: Vec<String> = params.get("type").map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default();
        if types.len() > 50 || types.iter().any(String::is_empty) {
            return Err(Problem::parameter("type", "bad_value", &[]));
        }
        let submitted_by = stream("submitted_by")?;
        if submitted_by.is_some_and(|by| by.kind() != StreamType::Mis) {
            return Err(Problem::parameter("submitted_by", "bad_value", &[]));
        }
        Ok(Question { origin: origin.to_owned(), scope, form, stream: stream("stream")?, types, submitted_by })
    }
}
