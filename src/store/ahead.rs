//! What a sequencer asks a store for many commands at once, before it decides them one by one.

use std::collections::HashMap;

use uuid::Uuid;

use super::{CodeRow, DisclosureRow, Outcome, RefusalRow};

/// What became of commands before: those of the ids asked for that are known.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// Accepted ones.
    pub outcomes: HashMap<Uuid, Outcome>,
    /// Those that were refused for good.
    pub refusals: HashMap<Uuid, RefusalRow>,
}

/// What to ask a vault.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Identity keys.
    pub keys: Vec<String>,
    /// Subjects, each with the name of a member.
    pub values: Vec<(String, &'static str)>,
    /// Requests.
    pub codes: Vec<Uuid>,
}

/// What a vault said. Each thing that was asked is there, if only as nothing; what is not there was not asked.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The subjects that identity keys lead to.
    pub keys: HashMap<String, Vec<String>>,
    /// The last values on file, by subject and member.
    pub values: HashMap<String, HashMap<&'static str, Option<DisclosureRow>>>,
    /// The latest codes of requests.
    pub codes: HashMap<Uuid, Option<CodeRow>>,
}
