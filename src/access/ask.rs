//! Asking for a token, as a client library does.

use aggregates::words::Stream;

use super::assertion::{CLIENT, Claims, MAX_LIFETIME, PERSON, sign};
use crate::keys::SecretKey;

/// `client_assertion_type` of a JWT (RFC 7523 §2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The grant type of a client that reads for itself (RFC 6749 §4.4).
pub const FOR_ITSELF: &str = "client_credentials";

/// The grant type of a client that reads for a person (RFC 7523 §2.1).
pub const FOR_A_PERSON: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Somebody with the key that speaks for him: `regulator`, `operator`, or a stream.
pub type Speaker<'a> = (&'a SecretKey, &'a str);

/// The members of a form for `POST /oauth/token`: of a party for itself, or of a MIS with the person who acts.
///
/// `now` is in seconds since 1970; `jti` gives texts that are used once.
pub fn form(
    origin: &str,
    client: Speaker<'_>,
    person: Option<(Speaker<'_>, Stream)>,
    now: i64,
    mut jti: impl FnMut() -> String,
) -> Vec<(&'static str, String)> {
    let mut claims = |sub: &str, client: Option<Stream>| Claims {
        iss: sub.to_owned(),
        sub: sub.to_owned(),
        client,
        aud: origin.to_owned(),
        iat: now,
        exp: now + MAX_LIFETIME,
        jti: jti(),
    };
    let mut form =
        vec![("client_assertion_type", ASSERTION_TYPE.to_owned()), ("client_assertion", sign(&claims(client.1, None), CLIENT, client.0))];
    match person {
        None => form.push(("grant_type", FOR_ITSELF.to_owned())),
        Some(((key, sub), mis)) => {
            form.push(("grant_type", FOR_A_PERSON.to_owned()));
            form.push(("assertion", sign(&claims(sub, Some(mis)), PERSON, key)));
        }
    }
    form
}
