//! The signatures of an envelope and their protected headers (RFC 7515 §4, closed).

use aggregates::words::Kid;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::members::{BODY, Members, PROTECTED};
use super::{EnvelopeCode, EnvelopeFault, MAX_SIGNATURES};
use crate::json;

/// The signature algorithm of every command (RFC 9864).
pub const ALG: &str = "Ed25519";

/// The media type of every command, as the protected header's `typ` writes it.
pub const TYP: &str = "litopys-command+json";

/// One signature, with the strings as they were received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The protected header: base64url as received.
    pub protected: String,
    /// The signature: base64url as received.
    pub signature: String,
    /// The key that it names.
    pub kid: Kid,
    /// The decoded signature.
    pub bytes: [u8; 64],
}

/// Reads the list of signatures; the first may have a header where `header` says so.
pub(super) fn read_all(list: &[Value], header: bool) -> Result<Vec<Signature>, EnvelopeFault> {
    let at = "/signatures";
    if list.is_empty() {
        return Err(EnvelopeFault::new(EnvelopeCode::SignaturesEmpty, at));
    }
    if list.len() > MAX_SIGNATURES {
        return Err(EnvelopeFault::new(EnvelopeCode::SignaturesTooMany, at).with("limit", MAX_SIGNATURES).with("actual", list.len()));
    }
    let mut all: Vec<Signature> = Vec::with_capacity(list.len());
    for (place, value) in list.iter().enumerate() {
        let at = format!("{at}/{place}");
        if header && place > 0 && value.get("header").is_some() {
            return Err(EnvelopeFault::new(EnvelopeCode::HeaderMisplaced, at + "/header"));
        }
        let optional: &[&str] = if header { &["header"] } else { &[] };
        let members = Members::new(value, at, &BODY, &["protected", "signature"], optional)?;
        let signature = read(&members)?;
        if all.iter().any(|earlier| earlier.kid == signature.kid) {
            return Err(EnvelopeFault::new(EnvelopeCode::SignatureKidRepeated, members.at("protected") + "/kid"));
        }
        all.push(signature);
    }
    Ok(all)
}

fn read(members: &Members<'_>) -> Result<Signature, EnvelopeFault> {
    let protected = members.text("protected")?;
    let kid = read_protected(protected, &members.at("protected"))?;
    let signature = members.text("signature")?;
    let bytes = URL_SAFE_NO_PAD.decode(signature).map_err(|_| members.fault(EnvelopeCode::SignatureNotBase64url, "signature"))?;
    let bytes = bytes.try_into().map_err(|_| members.fault(EnvelopeCode::SignatureLength, "signature"))?;
    Ok(Signature { protected: protected.to_owned(), signature: signature.to_owned(), kid, bytes })
}

fn read_protected(text: &str, at: &str) -> Result<Kid, EnvelopeFault> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| EnvelopeFault::new(EnvelopeCode::ProtectedNotBase64url, at))?;
    if let Some(kid) = usual_kid(&bytes) {
        return Ok(kid);
    }
    let value = json::parse(&bytes).map_err(|fault| EnvelopeFault::json("protected", at, fault))?;
    let members = Members::new(&value, at, &PROTECTED, &["alg", "kid", "typ"], &[])?;
    let only = |name, code, allowed: &str| match members.text(name)? == allowed {
        true => Ok(()),
        false => Err(members.fault(code, name).with("allowed", allowed)),
    };
    only("alg", EnvelopeCode::AlgorithmNotAllowed, ALG)?;
    only("typ", EnvelopeCode::TypNotAllowed, TYP)?;
    members.word("kid", EnvelopeCode::KidMalformed)
}

/// The kid of a header that is written as most senders write it, without white space and in the order of the names: nothing can be wrong
/// with the rest of it.
fn usual_kid(bytes: &[u8]) -> Option<Kid> {
    let kid = bytes.strip_prefix(br#"{"alg":"Ed25519","kid":""#)?.strip_suffix(br#"","typ":"litopys-command+json"}"#)?;
    std::str::from_utf8(kid).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_header_is_read_as_any_other() {
        let kid = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
        let usual = format!(r#"{{"alg":"{ALG}","kid":"{kid}","typ":"{TYP}"}}"#);
        assert_eq!(usual_kid(usual.as_bytes()), Some(kid.parse().unwrap()));
        let spaced = usual.replace(',', ", ");
        assert_eq!(usual_kid(spaced.as_bytes()), None);
        for text in [usual, spaced] {
            assert_eq!(read_protected(&URL_SAFE_NO_PAD.encode(text), ""), Ok(kid.parse().unwrap()));
        }
    }
}
