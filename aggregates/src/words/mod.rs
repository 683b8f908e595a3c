//! The smallest words of the law: instants, dates, key ids, roles and streams.

mod instant;
mod kid;
mod role;
mod stream;

pub use instant::{Date, Instant};
pub use kid::{Bytes32, Kid, PublicKey};
pub use role::Role;
pub use stream::{Stream, StreamType};

/// A string that is not the word it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct NotA(pub &'static str);
