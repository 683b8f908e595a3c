//! Who calls, by the token of the request.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::Viewer;

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Viewer, Infallible> {
        Ok(Viewer::Nobody)
    }
}
