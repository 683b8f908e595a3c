//! `POST /oauth/token`: assertions in, a token out (RFC 6749, RFC 7523).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::params::Params;
use super::problem::Problem;
use super::{App, body, now};
use crate::access::ask::{ASSERTION_TYPE, FOR_A_PERSON, FOR_ITSELF};
use crate::access::{AccessFault, LIFETIME, NoToken, Part, Viewer};
use crate::service::ServiceCode;

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// More than two assertions of the greatest length.
const MAX_BODY: usize = 16 << 10;

const MEMBERS: [&str; 4] = ["grant_type", "client_assertion_type", "client_assertion", "assertion"];

pub(super) async fn give(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    Params::of(request.uri(), &[])?;
    body::require_type(request.headers(), &[MEDIA_TYPE])?;
    let bytes = body::read(request.into_body(), MAX_BODY, || wrong("", "too_large")).await?;
    let form = Params::of_form(&bytes, &MEMBERS).map_err(|fault| fault.with(ServiceCode::InvalidRequest))?;
    let needed = |name: &str| form.get(name).map(str::to_owned).ok_or_else(|| wrong(name, "required"));
    let grant_type = needed("grant_type")?;
    if needed("client_assertion_type")? != ASSERTION_TYPE {
        return Err(wrong("client_assertion_type", "bad_value"));
    }
    let client = needed("client_assertion")?;
    let person = match grant_type.as_str() {
        FOR_ITSELF if form.get("assertion").is_some() => return Err(wrong("assertion", "not_with_this_grant_type")),
        FOR_ITSELF => None,
        FOR_A_PERSON => Some(needed("assertion")?),
        _ => return Err(Problem::of_parameter(ServiceCode::UnsupportedGrantType, "grant_type", "bad_value", &[])),
    };
    let size = app.sequencer.published().size;
    let given = app.read(move |app, reader| Ok(app.access.token(&client, person.as_deref(), reader, size, now()))).await?;
    let (token, viewer) = given.map_err(refused)?;
    metrics::counter!("tokens_given").increment(1);
    let mut document = json!({ "access_token": token, "token_type": "Bearer", "expires_in": LIFETIME });
    document["for"] = described(&viewer);
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, document.to_string()).into_response())
}

fn wrong(member: &str, code: &str) -> Problem {
    Problem::of_parameter(ServiceCode::InvalidRequest, member, code, &[])
}

fn refused(no: NoToken) -> Problem {
    let (code, member, fault) = match no {
        NoToken::Fault(Part::Client, fault) => (ServiceCode::InvalidClient, "client_assertion", fault),
        NoToken::Fault(Part::Person, fault) => (ServiceCode::InvalidGrant, "assertion", fault),
        NoToken::Full => return ServiceCode::Overloaded.into(),
        NoToken::Store(error) => return error.into(),
    };
    metrics::counter!("tokens_refused", "check" => fault.name()).increment(1);
    let hint: &[(&str, Value)] = match fault {
        AccessFault::Lifetime => &[("max_seconds", json!(LIFETIME))],
        _ => &[],
    };
    Problem::of_parameter(code, member, fault.name(), hint)
}

/// Whom a token is for, so that a client sees what it got.
fn described(viewer: &Viewer) -> Value {
    match viewer {
        Viewer::Nobody => json!({}),
        Viewer::Mis(id) => json!({ "as": viewer.role(), "of": format!("mis/{id}") }),
        Viewer::Regulator | Viewer::Auditor | Viewer::Operator => json!({ "as": viewer.role() }),
        Viewer::Staff { employee, legal_entity, .. } => {
            json!({ "as": viewer.role(), "of": format!("employee/{employee}"), "legal_entity": legal_entity })
        }
        Viewer::Patient(id) => json!({ "as": viewer.role(), "of": format!("patient/{id}") }),
    }
}
