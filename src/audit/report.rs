//! What an audit found.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

/// How many findings a report lists; all are counted.
pub const MAX_FINDINGS: usize = 100;

/// How many findings of one kind in one table a report lists, so that no kind crowds out the others.
const MAX_ALIKE: usize = 16;

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The table that it is in; `file` for the file itself, `vault/…` for a table of the vault, `pinned` for what the auditor brought.
    pub table: String,
    /// The row's key; for entries the index.
    pub key: String,
    /// The column, if one can be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What kind of finding it is, for programs.
    pub code: &'static str,
    /// What was found, for people. It quotes no personal value.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.table, self.key)?;
        if let Some(column) = &self.column {
            write!(f, " ({column})")?;
        }
        write!(f, ": {}: {}", self.code, self.text)
    }
}

/// How the facts of the entries stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FactCounts {
    /// Recomputed, and the same.
    pub verified: u64,
    /// What would show them was not given, is not revealed yet, or was erased.
    pub not_verifiable: u64,
    /// Recomputed, and others.
    pub wrong: u64,
}

/// Whether the ledger is what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was found.
    Sound,
    /// Something was found.
    Unsound,
}

/// The outcome of an audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many entries were hashed: the head's size, unless something was found.
    pub size: u64,
    /// The root over them, in standard base64.
    pub root: String,
    /// How many events they hold.
    pub events: u64,
    /// How many entries were read and followed by the law.
    pub entries: u64,
    /// Signatures of commands in the entries that were verified and are good.
    pub signatures_verified: u64,
    /// Checkpoints whose signature and root are good.
    pub checkpoints: u64,
    /// Final refusals whose notes are good.
    pub refusals: u64,
    /// Declarations in force on the day of the last entry.
    pub declarations_active: u64,
    /// Declarations ended before their term.
    pub declarations_terminated: u64,
    /// How the facts stand.
    pub facts: FactCounts,
    /// The digest of the registry after the last entry followed, in standard base64.
    pub registry_digest: String,
    /// What was found, at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How many findings there are.
    pub findings_total: u64,
    /// Whether nothing was found.
    pub verdict: Verdict,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FactCounts { verified, not_verifiable, wrong } = self.facts;
        writeln!(f, "size             {}", self.size)?;
        writeln!(f, "root             {}", self.root)?;
        writeln!(f, "entries          {} followed, {} events", self.entries, self.events)?;
        writeln!(f, "signatures       {} verified", self.signatures_verified)?;
        writeln!(f, "checkpoints      {} verified", self.checkpoints)?;
        writeln!(f, "refusals         {} verified", self.refusals)?;
        writeln!(f, "declarations     {} in force, {} ended early", self.declarations_active, self.declarations_terminated)?;
        writeln!(f, "facts            {verified} verified, {not_verifiable} not verifiable, {wrong} wrong")?;
        writeln!(f, "registry digest  {}", self.registry_digest)?;
        for finding in &self.findings {
            writeln!(f, "FOUND {finding}")?;
        }
        if self.findings_total > self.findings.len() as u64 {
            writeln!(f, "FOUND {} more", self.findings_total - self.findings.len() as u64)?;
        }
        match self.verdict {
            Verdict::Sound => writeln!(f, "The ledger is sound: nothing was found."),
            Verdict::Unsound => writeln!(f, "The ledger is NOT sound: {} findings.", self.findings_total),
        }
    }
}

/// Findings as they come: all counted, some listed.
#[derive(Default)]
pub(super) struct Findings {
    listed: Vec<Finding>,
    alike: HashMap<(String, &'static str), usize>,
    total: u64,
}

impl Findings {
    /// Something is wrong in a row; an empty column names none.
    pub(super) fn add(&mut self, table: &str, key: impl fmt::Display, column: &str, code: &'static str, text: impl fmt::Display) {
        self.total += 1;
        let alike = self.alike.entry((table.to_owned(), code)).or_default();
        *alike += 1;
        if *alike > MAX_ALIKE || self.listed.len() >= MAX_FINDINGS {
            return;
        }
        let column = (!column.is_empty()).then(|| column.to_owned());
        let finding = Finding { table: table.to_owned(), key: key.to_string(), column, code, text: text.to_string() };
        if self.listed.contains(&finding) {
            self.total -= 1;
        } else {
            self.listed.push(finding);
        }
    }

    /// Something is wrong with an entry's bytes.
    pub(super) fn entry(&mut self, index: u64, code: &'static str, text: impl fmt::Display) {
        self.add("entries", index, "bytes", code, text);
    }

    /// Adds what was found later, as if it had been added here one by one.
    pub(super) fn absorb(&mut self, later: Findings) {
        let listed = later.listed.len() as u64;
        for Finding { table, key, column, code, text } in later.listed {
            self.add(&table, key, column.as_deref().unwrap_or_default(), code, text);
        }
        self.total += later.total - listed;
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn into_listed(self) -> Vec<Finding> {
        self.listed
    }
}
