//! Problems: how the interface says no (RFC 9457).

use std::fmt;

use aggregates::Refusal;
use aggregates::refusal::Code;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::admission::NotAdmitted;
use crate::envelope::{EnvelopeCode, EnvelopeFault};
use crate::keys::KeyFault;
use crate::receipt::MakeError;
use crate::sequencer::Refused;
use crate::service::ServiceCode;
use crate::store::StoreError;

/// The header that says that an earlier answer is given again.
pub(super) const REPLAYED: &str = "idempotent-replayed";

/// The language of the sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Language {
    /// Ukrainian, unless asked otherwise.
    #[default]
    Uk,
    /// English.
    En,
}

impl Language {
    /// What `Accept-Language` (RFC 9110 §12.5.4) prefers of the two.
    pub(super) fn of(headers: &HeaderMap) -> Language {
        let listed = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        let mut best = (0, Language::default());
        for range in listed.flat_map(|list| list.split(',')) {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let language = match tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "uk" | "*" => Language::Uk,
                "en" => Language::En,
                _ => continue,
            };
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
            // Thousandths: a weight has at most three decimals. What is no weight counts as none.
            let weight = weight.filter(|weight| (0.0..=1.0).contains(weight)).map_or(0, |weight| (weight * 1000.0) as u32);
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    pub(super) fn tag(self) -> &'static str {
        match self {
            Language::Uk => "uk",
            Language::En => "en",
        }
    }
}

/// One thing at fault within a request.
#[derive(Clone, Debug)]
struct Fault {
    pointer: String,
    code: String,
    params: Map<String, Value>,
}

#[derive(Clone, Debug)]
enum What {
    Service(ServiceCode),
    Envelope(EnvelopeCode),
    Key(KeyFault),
    Law(Box<Refusal>),
}

/// Why a request is turned down. As a response it is written out by [`super::trace::around`], which knows language and
/// trace id.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    what: What,
    faults: Vec<Fault>,
    note: Option<String>,
    replayed: bool,
    /// For the operator's log alone.
    cause: Option<String>,
}

impl Problem {
    fn new(what: What, faults: Vec<Fault>) -> Problem {
        Problem { what, faults, note: None, replayed: false, cause: None }
    }

    /// Something failed here; the cause is logged, not shown.
    pub(super) fn failed(code: ServiceCode, cause: impl fmt::Display) -> Problem {
        Problem { cause: Some(cause.to_string()), ..Problem::from(code) }
    }

    /// A parameter at fault: which, why, and what the rule asked for.
    pub(super) fn parameter(name: &str, code: &str, params: &[(&str, Value)]) -> Problem {
        Problem::of_parameter(ServiceCode::BadParameter, name, code, params)
    }

    /// The same for a member of another place.
    pub(super) fn of_parameter(service: ServiceCode, name: &str, code: &str, params: &[(&str, Value)]) -> Problem {
        // A name is the sender's; no more of it than is needed to recognise it.
        let mut all = Map::new();
        all.insert("parameter".to_owned(), name.chars().take(64).collect::<String>().into());
        all.extend(params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let fault = Fault { pointer: String::new(), code: code.to_owned(), params: all };
        Problem::new(What::Service(service), vec![fault])
    }

    /// One of each code that there is.
    pub(super) fn all() -> impl Iterator<Item = Problem> {
        let service = ServiceCode::ALL.iter().map(|code| Problem::from(*code));
        let envelope = EnvelopeCode::ALL.iter().map(|code| Problem::new(What::Envelope(*code), Vec::new()));
        let key = KeyFault::ALL.iter().map(|code| Problem::new(What::Key(*code), Vec::new()));
        let law = Code::ALL.iter().map(|code| Problem::from(Refusal::new(*code)));
        service.chain(envelope).chain(key).chain(law)
    }

    /// A code of the service with what the rule asked for.
    pub(super) fn service(code: ServiceCode, params: &[(&str, Value)]) -> Problem {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Problem::new(What::Service(code), vec![Fault { pointer: String::new(), code: code.name().to_owned(), params }])
    }

    /// The same faults under another code.
    pub(super) fn with(self, code: ServiceCode) -> Problem {
        Problem { what: What::Service(code), ..self }
    }

    pub(super) fn code(&self) -> &'static str {
        match &self.what {
            What::Service(code) => code.name(),
            What::Envelope(code) => code.name(),
            What::Key(code) => code.name(),
            What::Law(refusal) => refusal.code.name(),
        }
    }

    pub(super) fn status(&self) -> StatusCode {
        let status = match &self.what {
            What::Service(code) => code.status(),
            What::Envelope(code) => code.status(),
            What::Key(code) => code.status(),
            What::Law(refusal) => refusal.code.status(),
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
    }

    pub(super) fn retryable(&self) -> bool {
        matches!(&self.what, What::Service(code) if code.retryable())
    }

    pub(super) fn detail(&self, language: Language) -> String {
        match (&self.what, language) {
            (What::Service(code), _) => code.text(language.tag()).to_owned(),
            (What::Envelope(code), Language::Uk) => code.uk().to_owned(),
            (What::Envelope(code), Language::En) => code.en().to_owned(),
            (What::Key(code), Language::Uk) => code.uk().to_owned(),
            (What::Key(code), Language::En) => code.en().to_owned(),
            (What::Law(refusal), _) => refusal.text(language.tag()),
        }
    }

    pub(super) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    pub(super) fn replayed(&self) -> bool {
        self.replayed
    }

    /// The problem document.
    pub(super) fn to_json(&self, language: Language, trace_id: &str) -> Value {
        let code = self.code();
        let fault = |fault: &Fault| json!({ "pointer": fault.pointer, "code": fault.code, "params": fault.params });
        let mut document = json!({
            "type": format!("/problems/{code}"),
            "title": title(code),
            "status": self.status().as_u16(),
            "detail": self.detail(language),
            "code": code,
            "errors": self.faults.iter().map(fault).collect::<Vec<_>>(),
            "retryable": self.retryable(),
            "trace_id": trace_id,
        });
        if let Some(note) = &self.note {
            document["refusal_note"] = json!(note);
        }
        if let What::Service(service) = &self.what
            && service.of_oauth()
        {
            // What libraries of RFC 6749 look for.
            document["error"] = json!(code);
            document["error_description"] = json!(service.text("en"));
        }
        document
    }

    /// The whole response.
    pub(super) fn to_response(&self, language: Language, trace_id: &str) -> Response {
        let mut response = Response::new(Body::from(self.to_json(language, trace_id).to_string()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status() == StatusCode::UNAUTHORIZED {
            // RFC 9110 §11.6.1, RFC 6750 §3. A command's signatures are no credentials of a challenge; a token is the only one.
            let error = if self.code() == "invalid_token" { r#"Bearer error="invalid_token""# } else { "Bearer" };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(error));
        }
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// The code in words; the sentence in the reader's language is the detail.
pub(super) fn title(code: &str) -> String {
    let mut title = code.replace('_', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ServiceCode> for Problem {
    fn from(code: ServiceCode) -> Problem {
        Problem::new(What::Service(code), Vec::new())
    }
}

impl From<EnvelopeFault> for Problem {
    fn from(fault: EnvelopeFault) -> Problem {
        let EnvelopeFault { code, pointer, params } = fault;
        Problem::new(What::Envelope(code), vec![Fault { pointer, code: code.name().to_owned(), params }])
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let code = |code: Code| code.name().to_owned();
        let faults = if refusal.faults.is_empty() {
            let pointer = refusal.pointer.clone().unwrap_or_default();
            vec![Fault { pointer, code: code(refusal.code), params: refusal.params.clone() }]
        } else {
            let each = |fault: &aggregates::refusal::Fault| Fault {
                pointer: fault.pointer.clone(),
                code: code(fault.code),
                params: fault.params.clone(),
            };
            refusal.faults.iter().map(each).collect()
        };
        Problem::new(What::Law(Box::new(refusal)), faults)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        Problem { note: refused.note, replayed: refused.replayed, ..Problem::from(refused.refusal) }
    }
}

impl From<NotAdmitted> for Problem {
    fn from(refused: NotAdmitted) -> Problem {
        match refused {
            NotAdmitted::Envelope(fault) => fault.into(),
            NotAdmitted::Key { fault, pointer } => {
                let at = Fault { pointer, code: fault.name().to_owned(), params: Map::new() };
                Problem::new(What::Key(fault), vec![at])
            }
            NotAdmitted::Form(refusal) => refusal.into(),
            NotAdmitted::Service(code) => code.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        Problem::failed(ServiceCode::NotReady, error)
    }
}

impl From<MakeError> for Problem {
    /// The command was taken, but its receipt cannot be made now; a repeat will be given it.
    fn from(error: MakeError) -> Problem {
        Problem::failed(ServiceCode::NotCommitted, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_is_spoken_and_ukrainian_otherwise() {
        for (asked, language) in [
            ("", Language::Uk),
            ("en", Language::En),
            ("en-GB,en;q=0.9", Language::En),
            ("de, en;q=0.5", Language::En),
            ("uk;q=0.5, en;q=0.8", Language::En),
            ("uk-UA, en;q=0.8", Language::Uk),
            ("en;q=0.8, uk", Language::Uk),
            ("en;q=0", Language::Uk),
            ("en;q=7, *;q=0.1", Language::Uk),
            ("fr", Language::Uk),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(asked).unwrap());
            assert_eq!(Language::of(&headers), language, "{asked}");
        }
    }

    #[test]
    fn the_service_fails_with_503_only() {
        for code in ServiceCode::ALL {
            let status = Problem::from(code).status().as_u16();
            assert!(status < 500 || status == 503, "{code}");
            // A size that was asked for too early is no failure of the service.
            assert_eq!(code.retryable(), status == 503 || code == ServiceCode::NotYet, "{code}");
        }
    }
}
