//! Everybody who may ask, with the assertions by which he asks for a token.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use litopys::access::assertion::{CLIENT, Claims, PERSON, sign};

use crate::story::{ORIGIN, id, key};

/// Somebody of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Nobody,
    Mis,
    Regulator,
    Auditor,
    Operator,
    /// The clinic's head.
    Owner,
    /// The clinic's family doctor.
    Doctor,
    /// The head of the other provider.
    Other,
    /// The patient who signs with a key of his own.
    Patient,
}

impl Who {
    pub const ALL: [Who; 9] =
        [Who::Nobody, Who::Mis, Who::Regulator, Who::Auditor, Who::Operator, Who::Owner, Who::Doctor, Who::Other, Who::Patient];

    /// The number of his key, and for whom he speaks.
    fn speaks(self) -> Option<(u16, String)> {
        Some(match self {
            Who::Nobody => return None,
            Who::Mis => (12, format!("mis/{}", id(12))),
            Who::Regulator => (1, "regulator".into()),
            Who::Auditor => (11, format!("auditor/{}", id(11))),
            Who::Operator => (2, "operator".into()),
            Who::Owner => (13, format!("employee/{}", id(131))),
            Who::Doctor => (14, format!("employee/{}", id(141))),
            Who::Other => (15, format!("employee/{}", id(151))),
            Who::Patient => (18, format!("patient/{}", id(2200))),
        })
    }

    fn is_person(self) -> bool {
        matches!(self, Who::Owner | Who::Doctor | Who::Other | Who::Patient)
    }

    /// The claims of his assertion, good now and never used before.
    pub fn claims(self) -> Claims {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (_, sub) = self.speaks().unwrap();
        let client = self.is_person().then(|| format!("mis/{}", id(12)).parse().unwrap());
        let jti = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        Claims { iss: sub.clone(), sub, client, aud: ORIGIN.into(), iat: now(), exp: now() + 300, jti }
    }

    /// An assertion of these claims, signed by his key.
    pub fn sign(self, claims: &Claims) -> String {
        let (number, _) = self.speaks().unwrap();
        sign(claims, if self.is_person() { PERSON } else { CLIENT }, &key(number))
    }

    /// The form by which he asks for a token.
    pub fn form(self) -> Vec<(&'static str, String)> {
        if self == Who::Nobody {
            return Vec::new();
        }
        let assertion = self.sign(&self.claims());
        if self.is_person() { for_person(Who::Mis.sign(&Who::Mis.claims()), assertion) } else { for_itself(assertion) }
    }
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub fn for_itself(client: String) -> Vec<(&'static str, String)> {
    vec![("grant_type", "client_credentials".into()), ("client_assertion_type", ASSERTION_TYPE.into()), ("client_assertion", client)]
}

pub fn for_person(client: String, person: String) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer".into()),
        ("client_assertion_type", ASSERTION_TYPE.into()),
        ("client_assertion", client),
        ("assertion", person),
    ]
}
