//! Key identifiers and public keys.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::NotA;

macro_rules! base64url_32 {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; 43];
                let written = URL_SAFE_NO_PAD.encode_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
                f.write_str(std::str::from_utf8(&text[..written]).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = NotA;

            fn from_str(text: &str) -> Result<Self, NotA> {
                // The engine refuses padding and stray trailing bits, so one encoding stands for one value.
                let mut bytes = [0; 48];
                let read = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| NotA($what))?;
                bytes[..read].try_into().map($name).map_err(|_| NotA($what))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

base64url_32!(
    /// A key's identifier: its RFC 7638 thumbprint, written as 43 characters of base64url.
    Kid,
    "key id"
);
base64url_32!(
    /// An Ed25519 public key, the member `x` of its JWK (RFC 8037 §2), written as 43 characters of base64url.
    ///
    /// Whether it may be admitted (canonical, prime order) is judged before the law sees it.
    PublicKey,
    "public key"
);

base64url_32!(
    /// A digest, a commitment or a salt: 32 bytes, written as 43 characters of base64url.
    Bytes32,
    "base64url of 32 bytes"
);

impl PublicKey {
    /// The RFC 7638 §3 thumbprint: SHA-256 of the JWK's required members in lexical order, without white space.
    pub fn kid(&self) -> Kid {
        Kid(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{self}"}}"#)).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_of_rfc_8037_appendix_a_3() {
        let key: PublicKey = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap();
        assert_eq!(key.kid().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn one_value_has_one_encoding() {
        for bad in ["", "kPrK", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4l", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k="] {
            assert!(bad.parse::<Kid>().is_err(), "{bad}");
        }
    }
}
