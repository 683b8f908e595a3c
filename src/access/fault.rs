//! Why an assertion or a token is not taken: exactly one check, and always the one that failed.

use std::fmt;

/// The check that failed.
///
/// Integrators lose days over a bare "invalid token", so each check has a name, which the answer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessFault {
    /// It is not three parts of base64url without padding, parted by dots, each canonical and of bounded length.
    Malformed,
    /// Its header is not exactly `alg`, `kid` and `typ`.
    Header,
    /// `alg` is neither `Ed25519` (RFC 9864) nor `EdDSA` (RFC 8037).
    Algorithm,
    /// `typ` is not the one that this place takes: commands and assertions are never mistaken for one another.
    Type,
    /// Its claims are not exactly those that it has.
    Claims,
    /// `iss` is not `sub`.
    Issuer,
    /// `aud` is not this ledger's origin.
    Audience,
    /// `exp` is not after `iat`, or more than five minutes after it.
    Lifetime,
    /// `iat` lies in the future.
    IssuedInFuture,
    /// `exp` has passed.
    Expired,
    /// It was made before this server began, which cannot know whether it was used: sign a new one.
    BeforeStart,
    /// It was used already: sign a new one.
    Used,
    /// No key of this kid is enrolled.
    UnknownKey,
    /// The signature is not this key's over these bytes.
    Signature,
    /// The key is revoked, or not valid now.
    KeyInactive,
    /// The key is not that of `sub`.
    NotItsKey,
    /// Such a party reads with no token.
    Party,
    /// The MIS is not accredited now.
    MisNotAccredited,
    /// `client` is not the MIS that presents it.
    OtherClient,
    /// The post is not held now, or by somebody else.
    PostNotHeld,
    /// The token is unknown, or has expired.
    Token,
}

impl AccessFault {
    /// Every check, with its name.
    pub const ALL: [(AccessFault, &'static str); 21] = [
        (AccessFault::Malformed, "malformed"),
        (AccessFault::Header, "header"),
        (AccessFault::Algorithm, "algorithm"),
        (AccessFault::Type, "type"),
        (AccessFault::Claims, "claims"),
        (AccessFault::Issuer, "issuer"),
        (AccessFault::Audience, "audience"),
        (AccessFault::Lifetime, "lifetime"),
        (AccessFault::IssuedInFuture, "issued_in_future"),
        (AccessFault::Expired, "expired"),
        (AccessFault::BeforeStart, "before_start"),
        (AccessFault::Used, "used"),
        (AccessFault::UnknownKey, "unknown_key"),
        (AccessFault::Signature, "signature"),
        (AccessFault::KeyInactive, "key_inactive"),
        (AccessFault::NotItsKey, "not_its_key"),
        (AccessFault::Party, "party"),
        (AccessFault::MisNotAccredited, "mis_not_accredited"),
        (AccessFault::OtherClient, "other_client"),
        (AccessFault::PostNotHeld, "post_not_held"),
        (AccessFault::Token, "token"),
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        AccessFault::ALL[self as usize].1
    }
}

impl fmt::Display for AccessFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_stands_in_its_place() {
        for (fault, name) in AccessFault::ALL {
            assert_eq!(fault.name(), name);
        }
    }
}
