//! `litopys init`

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
#[cfg(feature = "postgres")]
use std::sync::Arc;

use aggregates::policy::PolicyTerms;
use aggregates::words::Instant;
use clap::Args;

use super::failures::of_node;
use super::store::{DatabaseArgs, OwnerArgs};
use super::{Exit, Failure, of_io, of_key_file, random, say};
use crate::keys::{SecretKey, write_key_file};
use crate::node::{self, Founders, Paths, Place};
use crate::sequencer::system_clock;

#[derive(Args)]
pub(super) struct Arguments {
    /// The folder of the ledger; made if it is not there
    #[arg(long)]
    dir: PathBuf,
    /// The name of the ledger, for ever: a domain and a path without scheme, as example.org/registry
    #[arg(long)]
    origin: String,
    /// How many keys the regulator has
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
    regulators: u8,
    /// The first policy, a JSON file; the built-in one unless given
    #[arg(long)]
    policy: Option<PathBuf>,
    /// How many days the regulator's and the operator's keys are valid
    #[arg(long, default_value_t = 1830, value_parser = clap::value_parser!(u32).range(1..=7300))]
    keys_days: u32,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    owners: OwnerArgs,
    /// Where the high-water mark is kept, better on another volume; DIR/high-water unless given
    #[arg(long)]
    high_water: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { dir, origin, regulators, policy, keys_days, database, owners, high_water } = arguments;
    database.refuse_unless_built()?;
    let policy = policy.as_deref().map(read_policy).transpose()?.unwrap_or_default();
    let mut paths = Paths::in_dir(dir);
    if let Some(path) = high_water {
        paths.high_water.clone_from(path);
    }
    let keys = dir.join("keys");
    let trust_file = dir.join("trust.json");
    let mut signers: Vec<(PathBuf, SecretKey)> =
        (1..=*regulators).map(|number| (keys.join(format!("regulator-{number}.json")), SecretKey::generate(random))).collect();
    signers.push((keys.join("operator.json"), SecretKey::generate(random)));

    // All that will be made is looked for first, so that a refusal leaves nothing behind.
    let mut files = vec![&paths.high_water, &paths.log_key, &paths.refusal_key, &trust_file];
    if database.store.is_none() {
        files.extend([&paths.ledger, &paths.vault, &paths.access_log]);
    }
    for path in files.into_iter().chain(signers.iter().map(|(path, _)| path)) {
        if path.symlink_metadata().is_ok() {
            return Err(Failure::new(Exit::Conflict, format!("{} exists already; nothing was changed", path.display())));
        }
    }
    fs::create_dir_all(&keys).map_err(|error| Failure::new(of_io(&error), format!("{}: {error}", keys.display())))?;
    for (path, key) in &signers {
        write_key_file(path, key).map_err(|error| of_key_file(path, &error))?;
    }
    let Some((_, operator)) = signers.pop() else { return Err(Failure::new(Exit::Failure, "there is no operator key")) };
    let now = Instant::from_ms(system_clock()()).unwrap_or(Instant::EPOCH);
    let founders = Founders {
        origin: origin.clone(),
        regulators: signers.into_iter().map(|(_, key)| key).collect(),
        operator,
        log: SecretKey::generate(random),
        refusal: SecretKey::generate(random),
        policy,
        keys_until: now.plus_seconds(i64::from(*keys_days) * 86_400),
    };
    let place = place(paths, database, owners)?;
    let trust = node::create(place, &founders).map_err(|error| of_node(&error))?.to_json();
    let file = OpenOptions::new().write(true).create_new(true).open(&trust_file);
    file.and_then(|mut file| file.write_all(trust.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(|error| Failure::new(of_io(&error), format!("{}: {error}", trust_file.display())))?;
    say(&trust)
}

/// Where the ledger is to be: in the folder, or on a database.
#[cfg_attr(not(feature = "postgres"), expect(unused_variables, reason = "there are no databases"))]
fn place(paths: Paths, database: &DatabaseArgs, owners: &OwnerArgs) -> Result<Place, Failure> {
    #[cfg(feature = "postgres")]
    if let Some(store) = database.postgres(owners)? {
        return Ok(Place { store: Arc::new(store), ..Place::from(paths) });
    }
    Ok(paths.into())
}

fn read_policy(path: &Path) -> Result<PolicyTerms, Failure> {
    let text = fs::read(path).map_err(|error| Failure::new(of_io(&error), format!("{}: {error}", path.display())))?;
    serde_json::from_slice(&text).map_err(|error| Failure::new(Exit::Configuration, format!("{}: {error}", path.display())))
}
