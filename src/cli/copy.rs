//! `litopys copy`

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::audit::PinnedArgs;
use super::failures::{of_node, of_store};
use super::progress::Progress;
use super::store::target;
use super::{Exit, Failure, say};
use crate::copy::{self, Copied, CopyError};
use crate::node::Paths;
use crate::store::Store;
use crate::store::postgres::PostgresStore;

/// Copy a registry from one store to another: from files to PostgreSQL, back, or between two of a kind.
///
/// Entry by entry: each is hashed, each checkpoint's root and signature verified, and all that follows from entries is made anew
/// and held against the source. The copy has the same root and gives the same receipts. No server may be running on the source, and there
/// must be nothing at the target. Keys and the high-water mark are not copied: bring both along (docs/operate.md). A copy that is broken off is
/// incomplete, does not serve, and is to be thrown away. Exit codes: 0 copied; 3 the source is not what its checkpoints say; 4 there is no
/// source; 5 the source is in use, or there is something at the target; 6 reading or writing failed; 7 a place will not do.
#[derive(Args)]
pub(super) struct Arguments {
    /// The registry to copy: its folder, or the URL of its database under the server's role
    #[arg(long, value_name = "DIR|URL", env = "LITOPYS_COPY_FROM", hide_env_values = true)]
    from: String,
    /// The source's vault, where that is in another database
    #[arg(long, value_name = "URL", env = "LITOPYS_COPY_FROM_VAULT", hide_env_values = true)]
    from_vault: Option<String>,
    /// Where to: a folder without a registry, or the URL of a database under the role that the server will work under
    #[arg(long, value_name = "DIR|URL", env = "LITOPYS_COPY_TO", hide_env_values = true)]
    to: String,
    /// The target's vault, where that is to be in another database
    #[arg(long, value_name = "URL", env = "LITOPYS_COPY_TO_VAULT", hide_env_values = true)]
    to_vault: Option<String>,
    /// The target's database under the role that is to own its tables
    #[arg(long, value_name = "URL", env = "LITOPYS_STORE_OWNER", hide_env_values = true)]
    to_owner: Option<String>,
    /// The target's vault's database under the role that is to own its tables
    #[arg(long, value_name = "URL", env = "LITOPYS_VAULT_STORE_OWNER", hide_env_values = true)]
    to_vault_owner: Option<String>,
    #[command(flatten)]
    pinned: PinnedArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let from = place(&arguments.from, arguments.from_vault.as_deref(), None, None)?;
    let owners = (arguments.to_owner.as_deref(), arguments.to_vault_owner.as_deref());
    let to = place(&arguments.to, arguments.to_vault.as_deref(), owners.0, owners.1)?;
    let pinned = arguments.pinned.read_any()?;
    let mut progress = Progress::new();
    let copied = copy::copy(&*from, &*to, pinned.as_ref(), &mut |done, of| progress.at(done, of)).map_err(|error| of_copy(&error))?;
    drop(progress);
    say(&if arguments.json { format!("{:#}\n", json!(copied)) } else { in_words(&copied) })
}

fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

fn place(text: &str, vault: Option<&str>, owner: Option<&str>, vault_owner: Option<&str>) -> Result<Arc<dyn Store>, Failure> {
    if !is_url(text) {
        return Ok(Arc::new(Paths::in_dir(Path::new(text)).store()));
    }
    let ledger = target(text)?;
    let store = PostgresStore::new(ledger.clone(), vault.map_or(Ok(ledger), target)?);
    let Some(owner) = owner.map(target).transpose()? else { return Ok(Arc::new(store)) };
    let vault_owner = vault_owner.map_or_else(|| Ok(owner.clone()), target)?;
    Ok(Arc::new(store.owned(owner, vault_owner)))
}

fn in_words(copied: &Copied) -> String {
    let Copied { size, root, checkpoints, refusals, vault_rows, accesses } = copied;
    format!(
        "{size} entries, root {root}, {checkpoints} checkpoints verified.\n{refusals} refusals, {vault_rows} rows of the vault, {accesses} records \
         of the access log.\nBefore the copy is served, bring along the keys and the high-water mark of the source; from then on never serve the source.\n"
    )
}

fn of_copy(error: &CopyError) -> Failure {
    let exit = match error {
        CopyError::Source(error) | CopyError::Target(error) => of_store(error),
        CopyError::Genesis(error) => return of_node(error),
        CopyError::OtherLedger(_)
        | CopyError::Entry { .. }
        | CopyError::Checkpoint { .. }
        | CopyError::OtherRoot { .. }
        | CopyError::Differs { .. } => Exit::VerificationFailed,
        CopyError::VaultBehind { .. } => Exit::Configuration,
    };
    Failure::new(exit, error)
}
