//! Exit codes.

use std::fmt::Display;

/// What the program's exit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Ok = 0,
    /// It failed.
    Failure = 1,
    /// The arguments are wrong.
    Usage = 2,
    /// Something that was to be verified is not true.
    VerificationFailed = 3,
    /// What was named does not exist.
    NotFound = 4,
    /// Somebody else holds it, or it exists already.
    Conflict = 5,
    /// Reading or writing failed, or the disk is full.
    Io = 6,
    /// The configuration is wrong.
    Configuration = 7,
    /// Try again later.
    Temporary = 75,
}

/// Why a subcommand ends otherwise than well: one sentence for a person, and the code.
#[derive(Debug)]
pub struct Failure {
    /// The code.
    pub exit: Exit,
    /// The sentence.
    pub message: String,
}

impl Failure {
    /// A failure with a code of its own.
    pub fn new(exit: Exit, message: impl Display) -> Failure {
        Failure { exit, message: message.to_string() }
    }
}
