//! `litopys verify`: what a receipt proves, offline.

use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::audit::{PinnedArgs, print, read};
use super::{Exit, Failure};
use crate::admission::{carried_keys, command_of};
use crate::audit::Pinned;
use crate::entry::Cause;
use crate::envelope::Envelope;
use crate::receipt::{self, Proven};

/// The largest receipt that is read, in bytes.
const MAX_RECEIPT: u64 = 1 << 20;

/// Check a receipt offline.
///
/// It proves that the entry stands in the log, not that its effect still holds. Exit codes: 0 proved, 3 not proved, 4 the
/// file is missing.
#[derive(Args)]
pub(super) struct Verify {
    /// The receipt's file, or - for stdin
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    #[command(flatten)]
    pinned: PinnedArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How the command's signatures stand.
struct Signatures {
    total: usize,
    /// Verified under keys that the command itself carries.
    verified: usize,
}

impl Verify {
    /// Checks and prints what is proved and what is not.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let pinned = self.pinned.read()?;
        let json = if self.receipt.as_os_str() == "-" {
            let mut bytes = Vec::new();
            let read = std::io::stdin().lock().take(MAX_RECEIPT).read_to_end(&mut bytes);
            read.map_err(|error| Failure::new(Exit::Io, format!("stdin: {error}")))?;
            bytes
        } else {
            read(&self.receipt)?
        };
        let checked = check(&json, &pinned);
        let (text, exit) = match &checked {
            Ok((proven, signatures)) if self.json => (pretty(&outcome(proven, signatures, &pinned)), Exit::Ok),
            Ok((proven, signatures)) => (told(proven, signatures, &pinned), Exit::Ok),
            Err(error) if self.json => (pretty(&json!({ "verified": false, "error": error })), Exit::VerificationFailed),
            Err(error) => (format!("NOT PROVED: {error}\n"), Exit::VerificationFailed),
        };
        print(&text)?;
        Ok(exit)
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn check(json: &[u8], pinned: &Pinned) -> Result<(Proven, Signatures), String> {
    let keys = std::slice::from_ref(&pinned.log_key);
    let proven = receipt::verify(json, keys, &pinned.origin, pinned.genesis.as_ref()).map_err(|error| error.to_string())?;
    let signatures = signatures(&proven, &pinned.origin)?;
    Ok((proven, signatures))
}

/// Verifies what can be verified offline: signatures under keys that the command carries. A kid is a key's hash, so the other
/// keys must come from the ledger.
fn signatures(proven: &Proven, origin: &str) -> Result<Signatures, String> {
    let Cause::Command(command) = &proven.entry.cause else { return Ok(Signatures { total: 0, verified: 0 }) };
    let envelope = Envelope::from_entry(command).map_err(|fault| format!("the command in the entry: {fault}"))?;
    if envelope.payload.ledger != origin {
        return Err(format!("the command in the entry is made for {:?}", envelope.payload.ledger));
    }
    let total = envelope.signatures.len();
    let command = command_of(&envelope.payload, None).map_err(|refusal| format!("the command in the entry: {refusal}"))?;
    let carried = carried_keys(&command).map_err(|fault| format!("the command in the entry: {fault}"))?;
    let mut verified = 0;
    for signature in &envelope.signatures {
        let Some(key) = carried.iter().find(|key| key.kid() == signature.kid) else { continue };
        let mut alone = envelope.clone();
        alone.signatures = vec![signature.clone()];
        alone.verify_signatures(|_| Some(key.clone())).map_err(|fault| format!("a signature in the entry: {fault}"))?;
        verified += 1;
    }
    Ok(Signatures { total, verified })
}

/// What is proved, in sentences.
fn proves(proven: &Proven, signatures: &Signatures, pinned: &Pinned) -> Vec<String> {
    let (index, checkpoint) = (proven.entry.index, &proven.checkpoint);
    let mut proved = vec![format!(
        "Entry {index} with exactly these bytes stands in the log {} of size {} with root {}, which the log's key signed.",
        checkpoint.origin, checkpoint.size, checkpoint.root
    )];
    if pinned.genesis.is_some() {
        proved.push("The log begins with the entry 0 that is pinned.".into());
    }
    if signatures.verified > 0 {
        proved.push(format!(
            "{} of {} signatures of the command are good, under keys that it carries.",
            signatures.verified, signatures.total
        ));
    }
    proved
}

/// What is not proved, in sentences.
fn leaves_open(signatures: &Signatures, pinned: &Pinned) -> Vec<String> {
    let mut open = vec!["That the effect of the entry still holds: a later entry may have changed it.".to_owned()];
    if signatures.verified < signatures.total {
        let rest = signatures.total - signatures.verified;
        open.push(format!(
            "{rest} of {} signatures of the command: their keys stand in other entries; litopys audit verifies them.",
            signatures.total
        ));
    }
    open.push("That the law allowed the command: litopys audit decides it anew.".into());
    if pinned.genesis.is_none() {
        open.push("That the log began with the genesis that you expect: no --genesis was given.".into());
    }
    open.push("That nobody is shown another log under the same key: compare checkpoints with others.".into());
    open
}

fn outcome(proven: &Proven, signatures: &Signatures, pinned: &Pinned) -> Value {
    let entry = &proven.entry;
    let event = |event: &aggregates::Event| json!({ "type": event.kind(), "stream": event.stream, "version": event.version });
    json!({
        "verified": true,
        "origin": proven.checkpoint.origin,
        "size": proven.checkpoint.size,
        "root": proven.checkpoint.root.to_string(),
        "index": entry.index,
        "time": entry.time,
        "leaf": proven.leaf.to_string(),
        "events": entry.events.iter().map(event).collect::<Vec<_>>(),
        "signatures": { "total": signatures.total, "verified": signatures.verified },
        "genesis_pinned": pinned.genesis.is_some(),
        "proves": proves(proven, signatures, pinned),
        "does_not_prove": leaves_open(signatures, pinned),
    })
}

fn told(proven: &Proven, signatures: &Signatures, pinned: &Pinned) -> String {
    let entry = &proven.entry;
    let mut text = format!("entry {} of {}\n", entry.index, entry.time);
    for event in &entry.events {
        text += &format!("  {} {} version {}\n", event.kind(), event.stream, event.version);
    }
    for sentence in proves(proven, signatures, pinned) {
        text += &format!("PROVED      {sentence}\n");
    }
    for sentence in leaves_open(signatures, pinned) {
        text += &format!("NOT PROVED  {sentence}\n");
    }
    text
}
