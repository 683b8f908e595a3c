//! The demo: a registry of its own, the real server, and a story played over HTTP with real keys and signatures.
//!
//! Everybody in it is made up. It uses the product and adds nothing to it, but for a line in the log with each one-time
//! code, where a real gateway would send a message.

mod actors;
mod client;
mod dice;
mod folder;
mod gateway;
mod people;
mod reading;
mod serving;
mod story;
mod tell;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use actors::{Cast, Party};
pub use client::{Client, ClientError, Reply};
pub use folder::{Folder, FolderError};
pub use gateway::Gateway;
pub use people::{Age, Person};
pub use reading::Reading;
pub use serving::Serving;
pub use story::{Numbers, Story, StoryError, Told};
pub use tell::{STORE_URL, Weak, hints, weak_point};

use crate::audit::{self, AuditError, WithVault};
use crate::keys::SecretKey;
use crate::node::{self, Founders, Node, NodeError, Options, Place};
use crate::sequencer::Fatal;
use crate::store::Store;

/// The name of the demo's ledger.
pub const ORIGIN: &str = "demo.litopys.example/registry";

/// How long to wait until the node leads, where others could.
const LEAD: Duration = Duration::from_secs(10);

/// How long the founders' keys are valid, in days.
const FOUNDERS_DAYS: i64 = 1_830;

/// How a demo is played.
#[derive(Clone)]
pub struct Settings {
    /// The folder of the registry.
    pub dir: PathBuf,
    /// What names, ids, keys and salts come from; a registry that is continued keeps its own.
    pub seed: u64,
    /// How many patients there are.
    pub patients: usize,
    /// Where to listen; the next free port is taken if this one is not.
    pub listen: SocketAddr,
    /// Whether the providers work with the other MIS each.
    pub swapped: bool,
    /// Where ledger and vault are, if not in the folder.
    pub store: Option<Database>,
}

/// A database that a demo's registry is in.
#[derive(Clone)]
pub struct Database {
    /// It, opened under the server's role.
    pub store: Arc<dyn Store>,
    /// The URL to find it by under that role; it holds a password.
    pub url: String,
}

impl Settings {
    /// Where the registry is.
    fn place(&self, folder: &Folder) -> Place {
        let place = Place::from(folder.paths());
        match &self.store {
            Some(database) => Place { store: Arc::clone(&database.store), ..place },
            None => place,
        }
    }
}

/// Why a demo ended otherwise than well.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The registry.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The story.
    #[error(transparent)]
    Story(#[from] StoryError),
    /// Something of the system around.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The sequencer.
    #[error("the sequencer: {0}")]
    Fatal(#[from] Fatal),
    /// Somebody else leads the ledger.
    #[error("another node leads this ledger")]
    NotLeading,
    /// The audit could not be made.
    #[error("the audit: {0}")]
    Audit(#[from] AuditError),
}

/// A demo whose story has been told and whose server is still up.
pub struct Playing {
    /// The folder.
    pub folder: Folder,
    /// The server.
    pub serving: Serving,
    /// What the story should have led to.
    pub numbers: Numbers,
    /// What everybody read of it; none of a registry that was continued, to which anything may have been added.
    pub reading: Option<Reading>,
    /// Every command with its answer; empty where a registry was continued whose story had been told.
    pub told: Vec<Told>,
}

/// Makes or continues a registry, serves it and plays the story, unless it has been told there.
///
/// # Errors
/// [`DemoError`].
pub fn play(settings: &Settings, tell: &(dyn Fn(&str) + Sync)) -> Result<Playing, DemoError> {
    let (mut folder, is_new) = Folder::open(&settings.dir, settings.seed, settings.patients)?;
    let cast = Cast::new(folder.seed(), folder.year(), folder.patients());
    if is_new {
        let day = 86_400;
        let founders = Founders {
            origin: ORIGIN.into(),
            regulators: vec![SecretKey::from_seed(&cast.regulator.seed())],
            operator: SecretKey::from_seed(&cast.operator.seed()),
            log: dice::Dice::new(folder.seed(), "log key").key(),
            refusal: dice::Dice::new(folder.seed(), "refusal key").key(),
            policy: Default::default(),
            keys_until: folder.begun().plus_seconds(FOUNDERS_DAYS * day),
        };
        let trust = node::create(settings.place(&folder), &founders)?;
        folder.keep("trust.json", &trust.to_json())?;
        if let Some(database) = &settings.store {
            folder.keep_private(STORE_URL, &database.url)?;
        }
        tell(&format!("A new registry in {}, founded by its regulator and its operator.", settings.dir.display()));
    }
    let place = settings.place(&folder);
    let node = Node::open(place.clone(), Options::default())?;
    if !node.wait_until_ready(LEAD) {
        return Err(DemoError::NotLeading);
    }
    let trust = node.trust.clone();
    let serving = Serving::start(node, settings.listen)?;
    tell(&format!("The server answers on {}.", serving.base()));
    let client = Client::new(serving.base(), &trust);
    let mis = cast.clinics[0].mis ^ usize::from(settings.swapped);
    folder.keep_actors(&cast, mis, serving.base())?;
    if let Some(numbers) = folder.numbers() {
        tell("The story has been told here before; the registry is continued. --fresh begins a new one.");
        return Ok(Playing { folder, serving, numbers, reading: None, told: Vec::new() });
    }
    let gateway = Gateway::open(&*place.store).map_err(StoryError::from)?;
    let mut story = Story::new(&cast, &client, &gateway, &trust.origin, folder.begun(), tell);
    story.swapped = settings.swapped;
    let numbers = story.play()?;
    let told = story.told();
    if let Some(receipt) = told.iter().find(|one| one.kind == "declaration.sign" && one.status == 201) {
        folder.keep("receipt.json", &receipt.text)?;
    }
    let readers = reading::Readers { cast: &cast, client: &client, origin: &trust.origin, mis, tell };
    let reading = readers.read(numbers, serving.size())?;
    folder.finish(numbers)?;
    Ok(Playing { folder, serving, numbers, reading: Some(reading), told })
}

/// Audits the registry in a folder whose server has ended.
///
/// # Errors
/// The audit could not be made; what it found is in the report.
pub fn audit(dir: &Path, store: Option<&Arc<dyn Store>>) -> Result<audit::Report, DemoError> {
    let folder = Folder::read(dir)?;
    let mut options = match store {
        Some(store) => audit::Options::of_store(Arc::clone(store), WithVault::Yes, folder.trust()?),
        None => audit::Options { vault: Some(folder.paths().vault), ..audit::Options::new(folder.paths().ledger, folder.trust()?) },
    };
    options.high_water = Some(folder.paths().high_water);
    options.receipts = vec![dir.join("receipt.json")];
    Ok(audit::audit(&options)?)
}
