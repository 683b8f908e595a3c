//! Access to reads: who asks, by which proof, and what he may see.
//!
//! A party signs an assertion with its ledger key and gets a token; with a person's assertion beside its own, a MIS gets one
//! for that person. Nothing but the ledger says who anybody is, and it is asked again at every use.

pub mod ask;
pub mod assertion;
mod fault;
mod standing;
mod tokens;
mod used;
mod viewer;

use std::sync::{Arc, Mutex, PoisonError};

use aggregates::words::{Instant, Stream};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::admission::KeyDirectory;
use crate::store::{Rows, StoreError};
use assertion::{Assertion, CLIENT, PERSON};
pub use fault::AccessFault;
pub use standing::{Grant, NotStanding, Standing, standing};
use tokens::Tokens;
pub use tokens::{Given, LIFETIME};
use used::Used;
pub use viewer::{View, Viewer};

/// Which of the two assertions a fault is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The client's.
    Client,
    /// The person's.
    Person,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    /// An assertion is not taken.
    #[error("{1}")]
    Fault(Part, AccessFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no room for one more now.
    #[error("there is no room for another token")]
    Full,
}

/// Who has asked for tokens, and the tokens given.
pub struct Access {
    origin: String,
    directory: KeyDirectory,
    used: Mutex<Used>,
    tokens: Mutex<Tokens>,
}

impl Access {
    /// Access to a ledger, from `now` on.
    pub fn new(origin: &str, directory: KeyDirectory, now: Instant) -> Access {
        let used = Mutex::new(Used::new(now.ms().div_euclid(1_000)));
        Access { origin: origin.to_owned(), directory, used, tokens: Mutex::default() }
    }

    /// Gives a token to whoever proves, by assertions, who he is at this size.
    ///
    /// # Errors
    /// [`NoToken`].
    pub fn token(
        &self,
        client: &str,
        person: Option<&str>,
        rows: &(impl Rows + ?Sized),
        size: u64,
        now: Instant,
    ) -> Result<(String, Viewer), NoToken> {
        let seconds = now.ms().div_euclid(1_000);
        let read = |text, typ| assertion::read(text, typ, &self.origin, seconds, |kid| self.directory.get(kid));
        let client = read(client, CLIENT).map_err(|fault| NoToken::Fault(Part::Client, fault))?;
        let person = person.map(|text| read(text, PERSON)).transpose().map_err(|fault| NoToken::Fault(Part::Person, fault))?;
        let mut grant = Grant { client_kid: client.kid, client: client.claims.sub.clone(), person: None };
        let mut viewer = stands(rows, size, now, &grant, Part::Client)?;
        if let Some(person) = &person {
            let wrong = |fault| NoToken::Fault(Part::Person, fault);
            if person.claims.client.map(|client| client.to_string()) != Some(grant.client.clone()) {
                return Err(wrong(AccessFault::OtherClient));
            }
            let of: Stream = person.claims.sub.parse().map_err(|_| wrong(AccessFault::Claims))?;
            grant.person = Some((person.kid, of));
            viewer = stands(rows, size, now, &grant, Part::Person)?;
        }
        // Only what would give a token is used up.
        self.once(&client, Part::Client, seconds)?;
        person.iter().try_for_each(|person| self.once(person, Part::Person, seconds))?;
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|_| NoToken::Full)?;
        let token = URL_SAFE_NO_PAD.encode(random);
        let kept = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).keep(&token, grant, seconds);
        if kept { Ok((token, viewer)) } else { Err(NoToken::Full) }
    }

    fn once(&self, assertion: &Assertion, part: Part, now: i64) -> Result<(), NoToken> {
        let Assertion { kid, claims } = assertion;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let once = used.once(*kid, &claims.jti, claims.iat, claims.exp, now).map_err(|used::Full| NoToken::Full)?;
        once.map_err(|fault| NoToken::Fault(part, fault))
    }

    /// What a token stands for, while it lasts.
    pub fn grant(&self, token: &str, now: Instant) -> Option<Arc<Given>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(token, now.ms().div_euclid(1_000))
    }
}

fn stands(rows: &(impl Rows + ?Sized), size: u64, now: Instant, grant: &Grant, part: Part) -> Result<Viewer, NoToken> {
    standing(rows, size, now, grant).map(|standing| standing.viewer).map_err(|not| match not {
        NotStanding::Fault(fault) => NoToken::Fault(part, fault),
        NotStanding::Store(error) => NoToken::Store(error),
    })
}
