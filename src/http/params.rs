//! Parameters of a request: those that the route knows, each once, and no others.

use axum::extract::Query;
use axum::http::Uri;
use serde_json::json;

use super::problem::Problem;

/// The parameters of one request.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads them; whichever the route does not know is named and refused.
    pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Params, Problem> {
        let sent = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| Problem::parameter("", "malformed_query", &[]))?.0;
        Params::known(sent, known)
    }

    /// Reads those of a form (`application/x-www-form-urlencoded`).
    pub(super) fn of_form(body: &[u8], known: &[&str]) -> Result<Params, Problem> {
        Params::known(form_urlencoded::parse(body).into_owned().collect(), known)
    }

    fn known(sent: Vec<(String, String)>, known: &[&str]) -> Result<Params, Problem> {
        for (place, (name, _)) in sent.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(Problem::parameter(name, "unknown_parameter", &[("known", json!(known))]));
            }
            if sent[..place].iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::parameter(name, "repeated_parameter", &[]));
            }
        }
        Ok(Params(sent))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `true` or `false`; false if it is not there.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::parameter(name, "bad_value", &[("allowed", json!(["true", "false"]))])),
        }
    }

    /// A whole number within bounds, written in the one way that numbers are.
    pub(super) fn number(&self, name: &str, min: u64, max: u64) -> Result<Option<u64>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number: &u64| number.to_string() == text && (min..=max).contains(number));
        let bounds = [("min", json!(min)), ("max", json!(max))];
        number.map(Some).ok_or_else(|| Problem::parameter(name, "bad_value", &bounds))
    }
}
