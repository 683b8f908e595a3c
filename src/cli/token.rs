//! `litopys token`

use std::path::PathBuf;

use aggregates::words::{Instant, Stream};
use clap::Args;
use serde_json::Value;

use super::server::{agent, answered, origin_of, problem, url};
use super::{Exit, Failure, of_key_file, say};
use crate::access::ask::form;
use crate::keys::{SecretKey, read_key_file};
use crate::node::new_id;
use crate::sequencer::system_clock;

#[derive(Args)]
pub(super) struct Arguments {
    /// The ledger's address, as https://ledger.example
    #[arg(long)]
    server: String,
    /// Who reads, or the MIS through which a person reads: KEYFILE:regulator, KEYFILE:operator or KEYFILE:stream
    #[arg(long)]
    client: String,
    /// The person who reads through the MIS: KEYFILE:employee/… or KEYFILE:patient/…
    #[arg(long)]
    person: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (key, client) = speaker("--client", &arguments.client)?;
    let person = arguments.person.as_deref().map(|text| speaker("--person", text)).transpose()?;
    let person = match &person {
        None => None,
        Some((key, sub)) => {
            let mis: Stream = client.parse().map_err(|_| wrong("--client", &arguments.client))?;
            Some(((key, sub.as_str()), mis))
        }
    };
    let origin = origin_of(&arguments.server)?;
    let now = Instant::from_ms(system_clock()()).unwrap_or(Instant::EPOCH).ms() / 1000;
    let form = form(&origin, (&key, &client), person, now, || new_id().to_string());
    let sent = agent().post(url(&arguments.server, "/oauth/token")).header("accept-language", "en").send_form(form);
    let (status, text) = answered(&arguments.server, sent)?;
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    match document["access_token"].as_str() {
        Some(token) => say(&format!("{token}\n")),
        None => Err(problem(status, &text)),
    }
}

/// Reads `KEYFILE:name`; no name has a colon, so the file's may.
fn speaker(option: &str, text: &str) -> Result<(SecretKey, String), Failure> {
    let (file, name) = text.rsplit_once(':').ok_or_else(|| wrong(option, text))?;
    if !matches!(name, "regulator" | "operator") && name.parse::<Stream>().is_err() {
        return Err(wrong(option, text));
    }
    let file = PathBuf::from(file);
    Ok((read_key_file(&file).map_err(|error| of_key_file(&file, &error))?, name.to_owned()))
}

fn wrong(option: &str, text: &str) -> Failure {
    Failure::new(Exit::Usage, format!("{option} {text}: not KEYFILE:regulator, KEYFILE:operator or KEYFILE:stream"))
}
