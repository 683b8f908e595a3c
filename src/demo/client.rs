//! How the actors reach the ledger: over HTTP, as any MIS does, checking every receipt.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use serde_json::Value;
use tlog::{Hash, Verifier};
use ureq::Agent;

use crate::node::Trust;
use crate::receipt;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a command is sent again that the ledger could not take for the moment.
const TRIES: u32 = 20;

/// What the ledger answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The size of the log at which it was answered; 0 for a problem.
    pub size: u64,
    /// The receipt or the problem, as received.
    pub text: String,
    /// The same, read.
    pub body: Value,
    /// Whether it is the answer to an earlier copy.
    pub replayed: bool,
}

/// The ledger could not be reached, or did not answer as it must.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The request failed.
    #[error("the ledger could not be reached: {0}")]
    Http(#[from] ureq::Error),
    /// The answer is not JSON.
    #[error("the answer is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The receipt proves nothing.
    #[error("the receipt does not hold: {0}")]
    Receipt(#[from] receipt::ReceiptError),
}

/// A client of one ledger.
pub struct Client {
    base: String,
    agent: Agent,
    key: Verifier,
    origin: String,
    genesis: Hash,
}

impl Client {
    /// A client of the ledger at this address, whose origin, log key and genesis it has pinned.
    pub fn new(base: &str, trust: &Trust) -> Client {
        // A refusal is an answer too.
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        Client {
            base: base.to_owned(),
            agent: Agent::new_with_config(config),
            key: trust.log_key.clone(),
            origin: trust.origin.clone(),
            genesis: trust.genesis,
        }
    }

    /// The address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a signed command; sends it again, byte for byte, for as long as the ledger says that it may succeed later.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn send(&self, body: &str) -> Result<Reply, ClientError> {
        let mut reply = self.send_once(body)?;
        for _ in 1..TRIES {
            if reply.status != 503 {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
            reply = self.send_once(body)?;
        }
        if reply.status == 201 {
            receipt::verify(reply.text.as_bytes(), std::slice::from_ref(&self.key), &self.origin, Some(&self.genesis))?;
        }
        Ok(reply)
    }

    fn send_once(&self, body: &str) -> Result<Reply, ClientError> {
        let request = self.agent.post(format!("{}/v1/commands?genesis=true", self.base)).header("content-type", "application/jose+json");
        let mut response = request.header("accept-language", "en").send(body)?;
        let replayed = response.headers().get("idempotent-replayed").is_some();
        let size = response.headers().get("litopys-size").and_then(|value| value.to_str().ok());
        let size = size.and_then(|size| size.parse().ok()).unwrap_or_default();
        let text = response.body_mut().read_to_string()?;
        Ok(Reply { status: response.status().as_u16(), size, body: serde_json::from_str(&text)?, text, replayed })
    }

    /// Reads a resource as text.
    ///
    /// # Errors
    /// [`ClientError::Http`].
    pub fn get(&self, path: &str) -> Result<(u16, String), ClientError> {
        let mut response = self.agent.get(format!("{}{path}", self.base)).call()?;
        Ok((response.status().as_u16(), response.body_mut().read_to_string()?))
    }

    /// The ledger's answer to a request for a token.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ask_for_token(&self, form: &[(&'static str, String)]) -> Result<Value, ClientError> {
        let form = form.iter().map(|(name, value)| (*name, value.as_str()));
        let mut response = self.agent.post(format!("{}/oauth/token", self.base)).send_form(form)?;
        Ok(serde_json::from_str(&response.body_mut().read_to_string()?)?)
    }

    /// Reads a resource with a token, or without one.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn read(&self, path: &str, token: Option<&str>) -> Result<(u16, Value), ClientError> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call()?;
        Ok((response.status().as_u16(), serde_json::from_str(&response.body_mut().read_to_string()?)?))
    }

    /// Opens the feed as a stream of server-sent events, after the message with this id.
    ///
    /// # Errors
    /// [`ClientError::Http`].
    pub fn listen(&self, last: Option<&str>, token: &str) -> Result<impl BufRead + use<>, ClientError> {
        let mut request = self.agent.get(format!("{}/v1/entries/stream", self.base)).header("authorization", format!("Bearer {token}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        Ok(BufReader::new(request.call()?.into_body().into_reader()))
    }
}
