//! `litopys submit`

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use aggregates::commands::Spec;
use aggregates::words::{Instant, Role, Stream};
use clap::Args;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::server::{agent, answered, origin_of, problem, url};
use super::{Exit, Failure, of_io, of_key_file, random, say};
use crate::envelope::{Draft, Expect, MAX_BODY, compose, disclosed_members};
use crate::keys::{SecretKey, read_key_file};
use crate::node::new_id;
use crate::sequencer::system_clock;

#[derive(Args)]
pub(super) struct Arguments {
    /// The ledger's address, as https://ledger.example
    #[arg(long, required_unless_present = "print")]
    server: Option<String>,
    /// The command {"type", "data", "id"?, "expect"?}, or an envelope signed before; - is stdin
    #[arg(long)]
    file: PathBuf,
    /// A signer: KEYFILE:role or KEYFILE:role:stream; in the order of the signatures
    #[arg(long)]
    sign: Vec<String>,
    /// The ledger's origin; what the server says of itself unless given
    #[arg(long, required_if_eq("print", "true"))]
    origin: Option<String>,
    /// Print the signed envelope and send nothing
    #[arg(long)]
    print: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let document = read(arguments)?;
    let body = if document.contains_key("payload") {
        if !arguments.sign.is_empty() {
            return Err(Failure::new(Exit::Usage, "the file is an envelope, which is signed already"));
        }
        Value::Object(document).to_string()
    } else {
        let origin = match (&arguments.origin, &arguments.server) {
            (Some(origin), _) => origin.clone(),
            (None, Some(server)) => origin_of(server)?,
            (None, None) => return Err(Failure::new(Exit::Usage, "give --origin or --server")),
        };
        sign(&document, &arguments.sign, origin)?
    };
    match &arguments.server {
        Some(server) if !arguments.print => send(server, &body),
        _ => say(&(body + "\n")),
    }
}

fn read(arguments: &Arguments) -> Result<Map<String, Value>, Failure> {
    let path = arguments.file.display();
    let mut text = Vec::new();
    let limit = MAX_BODY as u64 + 1;
    let result = if arguments.file.as_os_str() == "-" {
        io::stdin().take(limit).read_to_end(&mut text)
    } else {
        File::open(&arguments.file).and_then(|file| file.take(limit).read_to_end(&mut text))
    };
    result.map_err(|error| Failure::new(of_io(&error), format!("{path}: {error}")))?;
    if text.len() > MAX_BODY {
        return Err(Failure::new(Exit::Usage, format!("{path}: longer than {MAX_BODY} bytes")));
    }
    match crate::json::parse(&text) {
        Ok(Value::Object(document)) => Ok(document),
        Ok(_) => Err(Failure::new(Exit::Usage, format!("{path}: not an object"))),
        Err(fault) => Err(Failure::new(Exit::Usage, format!("{path}: {fault}"))),
    }
}

/// Makes the envelope of a command, its personal members hidden as the law's table has them.
fn sign(document: &Map<String, Value>, signers: &[String], origin: String) -> Result<String, Failure> {
    let wrong = |why: &str| Failure::new(Exit::Usage, format!("the command {why}"));
    if let Some(strange) = document.keys().find(|name| !["type", "data", "id", "expect"].contains(&name.as_str())) {
        return Err(wrong(&format!("has no member {strange:?}")));
    }
    let kind = document.get("type").and_then(Value::as_str).ok_or_else(|| wrong("has no type"))?;
    let spec = Spec::named(kind).ok_or_else(|| wrong(&format!("type {kind:?} is unknown")))?;
    let data = document.get("data").and_then(Value::as_object).ok_or_else(|| wrong("has no data"))?;
    let id = match document.get("id").map(|id| id.as_str().and_then(|id| Uuid::try_parse(id).ok())) {
        None => new_id(),
        Some(Some(id)) => id,
        Some(None) => return Err(wrong("has an id that is no UUID")),
    };
    let signers: Vec<(SecretKey, Role, Option<Stream>)> = signers.iter().map(|text| signer(text)).collect::<Result<_, _>>()?;
    let signers: Vec<_> = signers.iter().map(|(key, role, of)| (key, *role, *of)).collect();
    let draft = Draft {
        id,
        ledger: origin,
        kind: kind.to_owned(),
        issued_at: Instant::from_ms(system_clock()()).unwrap_or(Instant::EPOCH),
        expect: document.get("expect").map(|expect| expected(expect).ok_or_else(|| wrong("has a malformed expect"))).transpose()?,
        seen: None,
        data: Value::Object(data.clone()),
        disclose: disclosed_members(spec, data),
    };
    let composed = compose(&draft, &signers, random).map_err(|fault| Failure::new(Exit::Usage, fault))?;
    Ok(composed.body)
}

fn expected(expect: &Value) -> Option<Expect> {
    let members = expect.as_object().filter(|members| members.len() == 2)?;
    Some(Expect { stream: members.get("stream")?.as_str()?.parse().ok()?, version: members.get("version")?.as_u64()? })
}

/// Reads `KEYFILE:role[:stream]`. Neither roles nor streams have a colon, so the file's name may have one.
fn signer(text: &str) -> Result<(SecretKey, Role, Option<Stream>), Failure> {
    let wrong = || Failure::new(Exit::Usage, format!("--sign {text}: not KEYFILE:role or KEYFILE:role:stream"));
    let (rest, last) = text.rsplit_once(':').ok_or_else(wrong)?;
    let (file, role, of) = match last.parse::<Role>() {
        Ok(role) => (rest, role, None),
        Err(_) => {
            let (file, role) = rest.rsplit_once(':').ok_or_else(wrong)?;
            (file, role.parse().map_err(|_| wrong())?, Some(last.parse().map_err(|_| wrong())?))
        }
    };
    let file = PathBuf::from(file);
    Ok((read_key_file(&file).map_err(|error| of_key_file(&file, &error))?, role, of))
}

/// Sends it, asking for a receipt that `verify` takes with nothing beside it but what was pinned.
fn send(server: &str, body: &str) -> Result<(), Failure> {
    let request = agent()
        .post(url(server, "/v1/commands?genesis=true"))
        .header("content-type", "application/jose+json")
        .header("accept-language", "en");
    let (status, text) = answered(server, request.send(body))?;
    say(&(text.clone() + "\n"))?;
    if status == 201 { Ok(()) } else { Err(problem(status, &text)) }
}
