//! Who calls, by the token of the request (RFC 6750).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::problem::Problem;
use super::{App, now};
use crate::access::{AccessFault, Given, NotStanding, Viewer, standing};
use crate::service::ServiceCode;
use crate::store::{LedgerReader, Shown, Subjects};

/// Who calls.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// Who he is to the registry.
    pub(super) viewer: Viewer,
    /// What his token stands for, if he has one.
    given: Option<Arc<Given>>,
}

impl Caller {
    /// Whether he still is who he was, at this size.
    pub(super) fn stands(&self, reader: &dyn LedgerReader, size: u64) -> Result<(), Problem> {
        match &self.given {
            Some(given) if stands(reader, size, given)? != self.viewer => Err(invalid(AccessFault::Token)),
            _ => Ok(()),
        }
    }

    /// A record that he reads rows of a list about these subjects. None where nobody is named: the public directory.
    pub(super) fn record(&self, resource: &'static str, subject: Subjects, size: u64) -> Option<Shown> {
        let who = self.given.as_ref()?.who(self.viewer);
        Some(Shown { time: now(), who, resource: resource.into(), subject, size })
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Caller, Problem> {
        let mut sent = parts.headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = sent.next() else { return Ok(Caller { viewer: Viewer::Nobody, given: None }) };
        let bearer = value.to_str().ok().and_then(|text| text.split_once(' '));
        let token = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let now = now();
        let given = token.filter(|_| sent.next().is_none()).and_then(|token| app.access.grant(token, now));
        let given = given.ok_or_else(|| invalid(AccessFault::Token))?;
        let known = |given: &Given| given.known(app.sequencer.published().size, now).map(|standing| standing.viewer);
        let viewer = match known(&given) {
            Some(viewer) => viewer,
            None => {
                // A store beside us answers sooner than those who wait for each other would go on.
                let _asking = if app.readers.are_near() { None } else { Some(given.asking().await) };
                match known(&given) {
                    Some(viewer) => viewer,
                    None => {
                        let (size, given) = (app.sequencer.published().size, Arc::clone(&given));
                        app.read_little(move |_, reader| stands(reader, size, &given)).await?
                    }
                }
            }
        };
        Ok(Caller { viewer, given: Some(given) })
    }
}

/// Who the holder of a token is at this size.
fn stands(reader: &dyn LedgerReader, size: u64, given: &Given) -> Result<Viewer, Problem> {
    let now = now();
    let standing = given.standing(size, now, |grant| standing(reader, size, now, grant));
    standing.map(|standing| standing.viewer).map_err(|not| match not {
        NotStanding::Fault(fault) => invalid(fault),
        NotStanding::Store(error) => error.into(),
    })
}

fn invalid(fault: AccessFault) -> Problem {
    Problem::of_parameter(ServiceCode::InvalidToken, "authorization", fault.name(), &[])
}
