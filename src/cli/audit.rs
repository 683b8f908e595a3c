//! `litopys audit`: whether a ledger is what it says.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use tlog::{Hash, Verifier};

use super::store::DatabaseArgs;
use super::{Exit, Failure};
use crate::audit::{self, AuditError, Options, Pinned, Verdict, WithVault};
use crate::node::Trust;

/// Recompute a ledger from its first entry and compare everything with what is stored and with what is pinned.
///
/// Reads only; works beside a running server and without one. Exit codes: 0 sound, 3 something was found, 4 a file is
/// missing, 6 a file cannot be read, 7 a file that you brought is malformed.
#[derive(Args)]
pub(super) struct Audit {
    /// The ledger's file
    #[arg(long, value_name = "FILE", required_unless_present = "store")]
    ledger: Option<PathBuf>,
    /// The vault's file, to compare disclosures and recompute facts
    #[arg(long, value_name = "FILE")]
    vault: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArgs,
    /// With --store: compare disclosures and recompute facts by the vault in the same database, or in that of --vault-store
    #[arg(long, requires = "store")]
    with_vault: bool,
    /// The high-water mark's file
    #[arg(long, value_name = "FILE")]
    high_water: Option<PathBuf>,
    /// A receipt that was given out; may be repeated
    #[arg(long, value_name = "FILE")]
    receipt: Vec<PathBuf>,
    /// A checkpoint that was published; may be repeated
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    #[command(flatten)]
    pinned: PinnedArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What is trusted, from a file or from arguments.
#[derive(Args)]
pub(super) struct PinnedArgs {
    /// The JSON file that pins origin, keys and genesis
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "origin"])]
    trust: Option<PathBuf>,
    /// The log's verifier key, in signed-note form
    #[arg(long, value_name = "VKEY")]
    key: Option<Verifier>,
    /// The ledger's origin; the name of the key if left out
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
    /// The leaf hash of entry 0, in standard base64
    #[arg(long, value_name = "HASH")]
    genesis: Option<Hash>,
}

impl PinnedArgs {
    /// What is pinned, if anything.
    pub(super) fn read_any(&self) -> Result<Option<Pinned>, Failure> {
        let nothing = self.trust.is_none() && self.key.is_none() && self.origin.is_none() && self.genesis.is_none();
        if nothing { Ok(None) } else { self.read().map(Some) }
    }

    /// What is pinned.
    pub(super) fn read(&self) -> Result<Pinned, Failure> {
        let mut pinned = match (&self.trust, &self.key) {
            (Some(path), _) => {
                let text = String::from_utf8(read(path)?).unwrap_or_default();
                let wrong = |error| Failure::new(Exit::Configuration, format!("{}: {error}", path.display()));
                Pinned::from(Trust::from_json(&text).map_err(wrong)?)
            }
            (None, Some(key)) => {
                let origin = self.origin.clone().unwrap_or_else(|| key.name().to_owned());
                Pinned { origin, log_key: key.clone(), refusal_key: None, genesis: None }
            }
            (None, None) => return Err(Failure::new(Exit::Usage, "one of --trust and --key is needed")),
        };
        if let Some(genesis) = self.genesis {
            if pinned.genesis.is_some_and(|pinned| pinned != genesis) {
                return Err(Failure::new(Exit::Configuration, "--genesis is not the hash in the trust file"));
            }
            pinned.genesis = Some(genesis);
        }
        Ok(pinned)
    }
}

/// A file's bytes.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        let exit = if error.kind() == ErrorKind::NotFound { Exit::NotFound } else { Exit::Io };
        Failure::new(exit, format!("{}: {error}", path.display()))
    })
}

/// Writes the outcome on stdout.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(|error| Failure::new(Exit::Io, format!("stdout: {error}")))
}

impl Audit {
    /// Audits and prints the report.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let with_vault = if self.with_vault || self.database.vault_store.is_some() { WithVault::Yes } else { WithVault::No };
        let pinned = self.pinned.read()?;
        let options = match self.ledger {
            Some(ledger) if self.database.store.is_none() => Options { vault: self.vault, ..Options::new(ledger, pinned) },
            _ => Options::of_store(self.database.open(None, None)?, with_vault, pinned),
        };
        let options = Options { high_water: self.high_water, receipts: self.receipt, checkpoints: self.checkpoint, ..options };
        let report = audit::audit(&options).map_err(|error| {
            let exit = match &error {
                AuditError::NotFound(_) => Exit::NotFound,
                AuditError::Io(_) => Exit::Io,
                AuditError::Configuration(_) => Exit::Configuration,
            };
            Failure::new(exit, error)
        })?;
        let text = if self.json {
            serde_json::to_string_pretty(&report).map_err(|error| Failure::new(Exit::Failure, error))? + "\n"
        } else {
            report.to_string()
        };
        print(&text)?;
        Ok(if report.verdict == Verdict::Sound { Exit::Ok } else { Exit::VerificationFailed })
    }
}
