//! The story: what everybody does, in order, and what the ledger is expected to answer.

mod clinics;
mod endings;
mod founding;
mod patients;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use aggregates::words::{Instant, Role, StreamType};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::actors::{Cast, Clinic, Hand, Staff};
use super::client::{Client, ClientError, Reply};
use super::dice::Dice;
use super::gateway::Gateway;
use crate::envelope::{ComposeFault, Composed, Draft, compose};
use crate::intake::to_disclose;
use crate::store::StoreError;

/// How many patients are served at the same time.
const DESKS: usize = 8;

/// The story with everything that it needs.
pub struct Story<'a> {
    /// Who plays.
    pub cast: &'a Cast,
    /// The way to the ledger.
    pub client: &'a Client,
    /// Where the codes come from.
    pub gateway: &'a Gateway,
    /// The ledger's origin.
    pub origin: &'a str,
    /// When all commands say that they are made: a story told again sends the same bytes, and the ledger answers the same.
    pub at: Instant,
    /// Whether the providers work with the other MIS each.
    pub swapped: bool,
    /// Told what happened.
    pub tell: &'a (dyn Fn(&str) + Sync),
    told: Mutex<Vec<Told>>,
}

/// One command and its answer.
#[derive(Clone, Debug)]
pub struct Told {
    /// Which command of the story.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// A problem's code.
    pub code: Option<String>,
    /// The types and streams of the events it caused.
    pub outcome: Vec<(String, String)>,
    /// The receipt or the problem, as received.
    pub text: String,
}

/// The story went otherwise than it is written.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// The ledger answered otherwise.
    #[error("{name}: expected {expected}, got {status} {text}")]
    Otherwise {
        /// The command.
        name: String,
        /// What was expected.
        expected: String,
        /// The status.
        status: u16,
        /// The answer.
        text: String,
    },
    /// The ledger could not be asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A command could not be composed.
    #[error(transparent)]
    Compose(#[from] ComposeFault),
    /// The codes could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the story should have led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// Declarations signed.
    pub signed: u64,
    /// Declarations ended.
    pub terminated: u64,
}

impl<'a> Story<'a> {
    /// A story that begins at `at`.
    pub fn new(
        cast: &'a Cast,
        client: &'a Client,
        gateway: &'a Gateway,
        origin: &'a str,
        at: Instant,
        tell: &'a (dyn Fn(&str) + Sync),
    ) -> Story<'a> {
        Story { cast, client, gateway, origin, at, swapped: false, tell, told: Mutex::default() }
    }

    /// Plays all of it.
    ///
    /// # Errors
    /// [`StoryError`], at the first command that is answered otherwise than the story says.
    pub fn play(&self) -> Result<Numbers, StoryError> {
        self.founding()?;
        self.clinics()?;
        let mut numbers = self.patients()?;
        self.endings(&mut numbers)?;
        Ok(numbers)
    }

    /// Every command told so far with its answer, by name.
    pub fn told(&self) -> Vec<Told> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        told.sort_by(|one, other| one.name.cmp(&other.name));
        told
    }

    fn say(&self, text: impl AsRef<str>) {
        (self.tell)(text.as_ref());
    }

    /// The accredited MIS of a clinic as a signer.
    fn mis(&self, clinic: &Clinic) -> Hand<'a> {
        self.cast.mis[clinic.mis ^ usize::from(self.swapped)].hand(Role::Mis, StreamType::Mis)
    }

    /// Somebody of a clinic with the clinic's MIS.
    fn at_work<'b>(&'b self, clinic: &'b Clinic, staff: &'b Staff) -> [Hand<'b>; 2] {
        [self.mis(clinic), staff.hand()]
    }

    /// Composes a command; its id and salts are those of its name.
    fn compose(&self, name: &str, kind: &str, data: Value, signers: &[Hand<'_>]) -> Result<Composed, StoryError> {
        let mut dice = Dice::new(self.cast.seed, &format!("command/{name}"));
        let draft = Draft {
            id: dice.id(),
            ledger: self.origin.to_owned(),
            kind: kind.to_owned(),
            issued_at: self.at,
            expect: None,
            seen: None,
            disclose: to_disclose(kind, &data),
            data,
        };
        Ok(compose(&draft, signers, |salt| dice.fill(salt))?)
    }

    fn ask(&self, name: &str, kind: &str, data: Value, signers: &[Hand<'_>]) -> Result<Reply, StoryError> {
        let composed = self.compose(name, kind, data, signers)?;
        self.send(name, kind, &composed.body)
    }

    fn send(&self, name: &str, kind: &str, body: &str) -> Result<Reply, StoryError> {
        let reply = self.client.send(body)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let outcome = reply.body["outcome"].as_array().into_iter().flatten();
        let told = Told {
            name: name.to_owned(),
            kind: kind.to_owned(),
            status: reply.status,
            code: reply.body["code"].as_str().map(str::to_owned),
            outcome: outcome.map(|event| (text(&event["type"]), text(&event["stream"]))).collect(),
            text: reply.text.clone(),
        };
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(told);
        Ok(reply)
    }

    /// Asks and expects a receipt.
    fn must(&self, name: &str, kind: &str, data: Value, signers: &[Hand<'_>]) -> Result<Reply, StoryError> {
        let reply = self.ask(name, kind, data, signers)?;
        expect(name, reply, "a receipt", |reply| reply.status == 201)
    }

    /// Asks and expects this refusal.
    fn refused(&self, name: &str, kind: &str, data: Value, signers: &[Hand<'_>], code: &str) -> Result<Reply, StoryError> {
        let reply = self.ask(name, kind, data, signers)?;
        expect(name, reply, code, |reply| reply.body["code"] == code)
    }

    /// The id of the patient that a registration answered.
    fn patient_of(reply: &Reply) -> Option<Uuid> {
        let stream = reply.body["outcome"][0]["stream"].as_str()?;
        stream.strip_prefix("patient/")?.parse().ok()
    }

    /// Runs `work` for each number below `count`, several at a time.
    fn at_desks(&self, count: usize, work: impl Fn(usize) -> Result<(), StoryError> + Sync) -> Result<(), StoryError> {
        let next = AtomicUsize::new(0);
        let failed = Mutex::new(None);
        let desk = || {
            while let number = next.fetch_add(1, Ordering::Relaxed)
                && number < count
            {
                if let Err(error) = work(number) {
                    next.store(count, Ordering::Relaxed);
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..DESKS {
                scope.spawn(desk);
            }
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }
}

/// The reply, if it is as expected.
fn expect(name: &str, reply: Reply, expected: &str, holds: impl Fn(&Reply) -> bool) -> Result<Reply, StoryError> {
    if holds(&reply) {
        return Ok(reply);
    }
    // A receipt is long and says nothing to a person.
    let text = if reply.status == 201 { reply.body["outcome"].to_string() } else { reply.text };
    Err(StoryError::Otherwise { name: name.to_owned(), expected: expected.to_owned(), status: reply.status, text })
}
