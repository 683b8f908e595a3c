//! Secret keys.

use std::fmt;

use aggregates::words::{Kid, PublicKey};
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::AdmittedKey;

/// An Ed25519 secret key (RFC 8032 §5.1.5). Its memory is cleared when it is dropped, and it never prints itself.
pub struct SecretKey {
    key: SigningKey,
}

impl SecretKey {
    /// From the 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> SecretKey {
        SecretKey { key: SigningKey::from_bytes(seed) }
    }

    /// A new key, from a source of randomness that fills a slice.
    pub fn generate(mut fill: impl FnMut(&mut [u8])) -> SecretKey {
        let mut seed = Zeroizing::new([0; 32]);
        fill(&mut seed[..]);
        SecretKey::from_seed(&seed)
    }

    /// The 32-byte seed.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes())
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.key.verifying_key().to_bytes())
    }

    /// The identifier of the public key.
    pub fn kid(&self) -> Kid {
        self.public().kid()
    }

    /// The public key, admitted: a key made from a seed is canonical and of prime order.
    pub fn admitted(&self) -> AdmittedKey {
        AdmittedKey::new(self.kid(), self.key.verifying_key())
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.kid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{admit, verify};

    #[test]
    fn keys_made_from_seeds_are_admitted_and_verify() {
        for byte in 0..32 {
            let secret = SecretKey::from_seed(&[byte; 32]);
            let key = admit(secret.public()).unwrap();
            assert_eq!(key, secret.admitted());
            let signature = secret.sign(b"message");
            assert!(verify(&key, b"message", &signature));
            assert!(!verify(&key, b"massage", &signature));
        }
    }

    #[test]
    fn debug_output_shows_no_seed() {
        let secret = SecretKey::generate(|bytes| bytes.fill(7));
        assert_eq!(*secret.seed(), [7; 32]);
        assert_eq!(format!("{secret:?}"), format!("SecretKey({})", secret.kid()));
    }
}
