//! The payload of a command: what is signed.

use aggregates::words::{Instant, Kid, Role, Stream};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::members::{Members, PAYLOAD};
use super::{EnvelopeCode, EnvelopeFault, MAX_PAYLOAD, Signature};
use crate::json;

/// What the signers signed, read. Whether it is lawful is not judged here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The command's identity, chosen by the sender.
    pub id: Uuid,
    /// The origin of the ledger that it is meant for.
    pub ledger: String,
    /// The member `type`: which command this is.
    pub kind: String,
    /// When the sender says that it was made.
    pub issued_at: Instant,
    /// Who signs in which role, in the order of the signatures.
    pub signers: Vec<Signer>,
    /// The version that a stream must still have.
    pub expect: Option<Expect>,
    /// The last checkpoint that the sender verified.
    pub seen: Option<Seen>,
    /// The member `data` as signed, with its `_sd` lists.
    pub data: Map<String, Value>,
}

/// One signer: a key acting in a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub kid: Kid,
    /// The role, the member `as`.
    pub as_: Role,
    /// In whose right, where the role has one.
    pub of: Option<Stream>,
}

/// Optimistic concurrency: the command counts only while the stream has this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The stream.
    pub stream: Stream,
    /// Its version; 0 means that it does not exist yet.
    pub version: u64,
}

/// A checkpoint that the sender verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The log's size.
    pub size: u64,
    /// The log's root hash at that size.
    pub root: [u8; 32],
}

impl Payload {
    /// The streams in whose right it is signed, in the order of the signatures.
    pub fn rights(&self) -> Vec<Stream> {
        self.signers.iter().filter_map(|signer| signer.of).collect()
    }

    /// The member `data` without its `_sd` lists: the members in clear.
    pub fn clear_data(&self) -> Map<String, Value> {
        let mut data = Value::Object(self.data.clone());
        strip(&mut data);
        match data {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

/// Removes every `_sd` list. As deep as the JSON profile allows.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("_sd");
            members.values_mut().for_each(strip);
        }
        Value::Array(elements) => elements.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Decodes a payload; its bytes are what is hashed.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, EnvelopeFault> {
    let at = "/payload";
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| EnvelopeFault::new(EnvelopeCode::PayloadNotBase64url, at))?;
    if bytes.len() > MAX_PAYLOAD {
        return Err(EnvelopeFault::new(EnvelopeCode::PayloadTooLarge, at).with("limit", MAX_PAYLOAD).with("actual", bytes.len()));
    }
    Ok(bytes)
}

/// Reads a decoded payload; also the value of `_sd_alg`, to be judged with the digests.
pub(super) fn read(bytes: &[u8], signatures: &[Signature]) -> Result<(Payload, Option<String>), EnvelopeFault> {
    let mut value = json::parse(bytes).map_err(|fault| EnvelopeFault::json("payload", "", fault))?;
    let members =
        Members::new(&value, "", &PAYLOAD, &["id", "ledger", "type", "issued_at", "signers", "data"], &["expect", "seen", "_sd_alg"])?;
    let id_text = members.text("id")?;
    let id = Uuid::try_parse(id_text)
        .ok()
        .filter(|id| id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == id_text)
        .ok_or_else(|| members.fault(EnvelopeCode::IdMalformed, "id"))?;
    let mut payload = Payload {
        id,
        ledger: members.text("ledger")?.to_owned(),
        kind: members.text("type")?.to_owned(),
        issued_at: members.word("issued_at", EnvelopeCode::IssuedAtMalformed)?,
        signers: read_signers(members.list("signers")?, signatures)?,
        expect: members.get("expect").map(read_expect).transpose()?,
        seen: members.get("seen").map(read_seen).transpose()?,
        // It is moved here below, as nothing else is looked at any more.
        data: members.object("data").map(|_| Map::new())?,
    };
    let sd_alg = match members.get("_sd_alg") {
        Some(_) => Some(members.text("_sd_alg")?.to_owned()),
        None => None,
    };
    if let Some(Value::Object(data)) = value.get_mut("data").map(Value::take) {
        payload.data = data;
    }
    Ok((payload, sd_alg))
}

fn read_signers(list: &[Value], signatures: &[Signature]) -> Result<Vec<Signer>, EnvelopeFault> {
    if list.len() != signatures.len() {
        return Err(EnvelopeFault::new(EnvelopeCode::SignersCount, "/signers")
            .with("signatures", signatures.len())
            .with("signers", list.len()));
    }
    let signer = |(place, (value, signature)): (usize, (&Value, &Signature))| read_signer(value, format!("/signers/{place}"), signature);
    list.iter().zip(signatures).enumerate().map(signer).collect()
}

fn read_signer(value: &Value, at: String, signature: &Signature) -> Result<Signer, EnvelopeFault> {
    let members = Members::new(value, at, &PAYLOAD, &["kid", "as"], &["of"])?;
    // A kid has one spelling.
    if members.text("kid")?.parse() != Ok(signature.kid) {
        return Err(members.fault(EnvelopeCode::SignerKidMismatch, "kid"));
    }
    let as_: Role = members.word("as", EnvelopeCode::RoleUnknown)?;
    let of = match (members.get("of"), as_.of()) {
        (None, []) => None,
        (Some(_), []) => return Err(members.fault(EnvelopeCode::OfNotAllowed, "of")),
        (of, types) => {
            let allowed: Vec<_> = types.iter().map(|kind| kind.name()).collect();
            if of.is_none() {
                let fault = members.fault(EnvelopeCode::OfMissing, "of");
                return Err(fault.with("allowed", allowed));
            }
            let stream: Stream = members.word("of", EnvelopeCode::OfMalformed)?;
            if !types.contains(&stream.kind()) {
                let fault = members.fault(EnvelopeCode::OfWrongStream, "of");
                return Err(fault.with("allowed", allowed));
            }
            Some(stream)
        }
    };
    Ok(Signer { kid: signature.kid, as_, of })
}

fn read_expect(value: &Value) -> Result<Expect, EnvelopeFault> {
    let members = Members::new(value, "/expect", &PAYLOAD, &["stream", "version"], &[])?;
    Ok(Expect {
        stream: members.word("stream", EnvelopeCode::ExpectStreamMalformed)?,
        version: members.count("version", EnvelopeCode::ExpectVersionNegative)?,
    })
}

fn read_seen(value: &Value) -> Result<Seen, EnvelopeFault> {
    let members = Members::new(value, "/seen", &PAYLOAD, &["size", "root"], &[])?;
    let size = members.count("size", EnvelopeCode::SeenSizeNegative)?;
    let root = STANDARD
        .decode(members.text("root")?)
        .ok()
        .and_then(|root| root.try_into().ok())
        .ok_or_else(|| members.fault(EnvelopeCode::SeenRootMalformed, "root"))?;
    Ok(Seen { size, root })
}
