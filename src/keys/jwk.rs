//! Public keys as JSON Web Keys (RFC 8037 §2), in the form that payloads carry: exactly crv, kty and x.

use aggregates::words::PublicKey;
use serde_json::{Value, json};

use super::{AdmittedKey, KeyFault, admit};

/// Reads `{"crv":"Ed25519","kty":"OKP","x":…}` with no other member. The key is not yet admitted.
pub fn from_jwk(jwk: &Value) -> Result<PublicKey, KeyFault> {
    let members = jwk.as_object().ok_or(KeyFault::JwkMembers)?;
    let text = |name| members.get(name).and_then(Value::as_str);
    let (Some(crv), Some(kty), Some(x), 3) = (text("crv"), text("kty"), text("x"), members.len()) else {
        return Err(KeyFault::JwkMembers);
    };
    if (crv, kty) != ("Ed25519", "OKP") {
        return Err(KeyFault::JwkKind);
    }
    x.parse().map_err(|_| KeyFault::JwkX)
}

/// Reads a JWK and admits its key.
pub fn admit_jwk(jwk: &Value) -> Result<AdmittedKey, KeyFault> {
    from_jwk(jwk).and_then(admit)
}

/// Writes a public key as a JWK.
pub fn to_jwk(key: &PublicKey) -> Value {
    json!({"crv": "Ed25519", "kty": "OKP", "x": key})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_8037_appendix_a_2_is_read_and_written() {
        let jwk = json!({"crv": "Ed25519", "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let key = admit_jwk(&jwk).unwrap();
        assert_eq!(to_jwk(&key.public()), jwk);
    }

    #[test]
    fn other_forms_are_refused() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        for (jwk, fault) in [
            (json!("text"), KeyFault::JwkMembers),
            (json!({"crv": "Ed25519", "kty": "OKP"}), KeyFault::JwkMembers),
            (json!({"crv": "Ed25519", "kty": "OKP", "x": 1}), KeyFault::JwkMembers),
            (json!({"crv": "Ed25519", "kty": "OKP", "x": x, "d": x}), KeyFault::JwkMembers),
            (json!({"crv": "X25519", "kty": "OKP", "x": x}), KeyFault::JwkKind),
            (json!({"crv": "Ed25519", "kty": "EC", "x": x}), KeyFault::JwkKind),
            (json!({"crv": "Ed25519", "kty": "OKP", "x": format!("{x}=")}), KeyFault::JwkX),
            // y = 2 is on no point of the curve.
            (json!({"crv": "Ed25519", "kty": "OKP", "x": format!("Ag{}", "A".repeat(41))}), KeyFault::NotOnCurve),
            // y = 1 is the neutral element.
            (json!({"crv": "Ed25519", "kty": "OKP", "x": format!("AQ{}", "A".repeat(41))}), KeyFault::SmallOrder),
        ] {
            assert_eq!(admit_jwk(&jwk), Err(fault), "{jwk}");
        }
    }
}
