//! `litopys demo`

use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use tracing_subscriber::EnvFilter;

use super::failures::of_node;
#[cfg(feature = "postgres")]
use super::failures::of_store;
#[cfg(feature = "postgres")]
use super::store::target;
use super::{Exit, Failure, of_io, say};
use crate::audit::{Report, Verdict};
use crate::demo::{self, Database, DemoError, Folder, FolderError, Gateway, Numbers, Playing, Settings};
use crate::store::Store;
#[cfg(feature = "postgres")]
use crate::store::postgres::PostgresStore;

/// Play a made-up registry: parties, providers, staff, patients, declarations, over HTTP with real keys.
///
/// The registry is made in a folder, or continued there, and served until Ctrl-C. Everybody in it is made up, and all
/// keys come from the seed: never use it for anything else.
#[derive(Args)]
pub(super) struct Arguments {
    /// The demo's folder; with --once a temporary one unless given
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Move the folder aside and begin anew
    #[arg(long)]
    fresh: bool,
    /// What names, ids, keys and salts come from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many patients there are
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=900))]
    patients: u32,
    /// Where to listen; the next free port is taken if this one is not
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A database for the registry, in place of files: an empty one, under a role that owns it and may make roles
    #[cfg(feature = "postgres")]
    #[arg(long, value_name = "URL", env = "LITOPYS_STORE_OWNER", hide_env_values = true)]
    store: Option<String>,
    /// Play, audit, and end; exit code 0 only if all is as the story says
    #[arg(long)]
    once: bool,
    /// With --once: print one JSON object on stdout
    #[arg(long, requires = "once")]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    start_log();
    let temporary = match (&arguments.dir, arguments.once) {
        (None, true) => Some(tempfile::tempdir().map_err(|error| Failure::new(of_io(&error), format!("a temporary folder: {error}")))?),
        _ => None,
    };
    let usual = PathBuf::from("litopys-demo");
    let dir = temporary.as_ref().map_or_else(|| arguments.dir.as_deref().unwrap_or(&usual), |folder| folder.path());
    if arguments.fresh
        && let Some(aside) = Folder::move_aside(dir).map_err(|error| of_demo(&error.into()))?
    {
        tell(&format!("The earlier registry is now in {}.", aside.display()));
    }
    let store = store(arguments, dir)?;
    let settings = Settings {
        dir: dir.into(),
        seed: arguments.seed,
        patients: arguments.patients as usize,
        listen: arguments.listen,
        swapped: false,
        store: store.clone(),
    };
    let playing = demo::play(&settings, &tell).map_err(|error| of_demo(&error))?;
    let store = store.as_ref().map(|database| &database.store);
    if arguments.once { once(dir, store, playing, arguments.json) } else { on(dir, store, playing) }
}

/// The store on a database, if one was given, with the URL that its server works under: that of a role made for this demo, which the
/// folder keeps.
#[cfg(feature = "postgres")]
fn store(arguments: &Arguments, dir: &Path) -> Result<Option<Database>, Failure> {
    let Some(owner) = &arguments.store else { return Ok(None) };
    let owned = target(owner)?;
    if let Ok(url) = fs::read_to_string(dir.join(demo::STORE_URL)) {
        let server = target(&url)?;
        let store = Arc::new(PostgresStore::new(server.clone(), server).owned(owned.clone(), owned));
        return Ok(Some(Database { store, url }));
    }
    let mut secret = [0; 16];
    super::random(&mut secret);
    let password: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let role = format!("litopys_demo_{}", &password[..8]);
    let (scheme, rest) = owner.split_once("://").unwrap_or(("postgresql", owner));
    let address = rest.split_once('@').map_or(rest, |(_, address)| address);
    let url = format!("{scheme}://{role}:{password}@{address}");
    let store = PostgresStore::with_new_role(owned, &role, &password).map_err(|error| Failure::new(of_store(&error), error))?;
    Ok(Some(Database { store: Arc::new(store), url }))
}

#[cfg(not(feature = "postgres"))]
fn store(_: &Arguments, _: &Path) -> Result<Option<Database>, Failure> {
    Ok(None)
}

/// Codes and warnings go to stderr beside what is told, unless RUST_LOG says otherwise.
fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,litopys::demo=info"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false).try_init();
}

/// Serves until Ctrl-C.
fn on(dir: &Path, store: Option<&Arc<dyn Store>>, playing: Playing) -> Result<(), Failure> {
    let program = std::env::args_os().next().map_or_else(|| "litopys".to_owned(), |name| name.to_string_lossy().into_owned());
    let dir = fs::canonicalize(dir).unwrap_or_else(|_| dir.into());
    tell(&demo::hints(&dir, playing.serving.base(), &program));
    let files = playing.folder.paths().store();
    let gateway = Gateway::open(store.map_or(&files, |store| &**store)).map_err(|error| of_demo(&DemoError::Story(error.into())))?;
    playing.serving.until_interrupted(&gateway).and_then(|()| playing.serving.close()).map_err(|error| of_demo(&error))
}

/// Ends the server, audits, and says what was found.
fn once(dir: &Path, store: Option<&Arc<dyn Store>>, playing: Playing, as_json: bool) -> Result<(), Failure> {
    let Playing { folder, serving, numbers, reading, told } = playing;
    let size = serving.size();
    serving.close().map_err(|error| of_demo(&error))?;
    let report = demo::audit(dir, store).map_err(|error| of_demo(&error))?;
    let wrong = differences(&report, numbers, size);
    if as_json {
        let count = |holds: fn(&demo::Told) -> bool| told.iter().filter(|told| holds(told)).count();
        let object = json!({
            "seed": folder.seed(),
            "patients": folder.patients(),
            "size": report.size,
            "root": report.root,
            "events": report.events,
            "commands_accepted": count(|told| told.status == 201),
            "commands_refused": count(|told| told.status != 201),
            "declarations_signed": numbers.signed,
            "declarations_active": report.declarations_active,
            "declarations_terminated": report.declarations_terminated,
            "signatures_verified": report.signatures_verified,
            "checkpoints_verified": report.checkpoints,
            "refusals_verified": report.refusals,
            "facts": report.facts,
            "read": reading,
            "audit": if report.verdict == Verdict::Sound { "passed" } else { "failed" },
            "as_told": wrong.is_empty(),
        });
        say(&(serde_json::to_string(&object).unwrap_or_default() + "\n"))?;
    } else {
        tell(&report.to_string());
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::new(Exit::VerificationFailed, wrong.join("; "))) }
}

/// What the audit has otherwise than the story told.
fn differences(report: &Report, numbers: Numbers, size: u64) -> Vec<String> {
    let same = |what: &str, told: u64, found: u64| (told != found).then(|| format!("{what}: told {told}, found {found}"));
    let unsound = (report.verdict != Verdict::Sound).then(|| format!("the audit found {} faults", report.findings_total));
    let wrong = [
        unsound,
        same("size", size, report.size),
        same("declarations in force", numbers.signed - numbers.terminated, report.declarations_active),
        same("declarations ended", numbers.terminated, report.declarations_terminated),
        same("facts that are wrong", 0, report.facts.wrong),
    ];
    wrong.into_iter().flatten().collect()
}

fn tell(text: &str) {
    // Nobody may be listening any more; the demo goes on.
    let _ = writeln!(io::stderr(), "{text}");
}

fn of_demo(error: &DemoError) -> Failure {
    let exit = match error {
        DemoError::Node(error) => return of_node(error),
        DemoError::Folder(FolderError::Io { source, .. }) | DemoError::Io { source, .. } => of_io(source),
        DemoError::Folder(FolderError::NotADemo(..) | FolderError::TooOld(_)) => Exit::Conflict,
        DemoError::NotLeading => Exit::Conflict,
        DemoError::Story(_) | DemoError::Audit(_) | DemoError::Fatal(_) => Exit::Failure,
    };
    Failure::new(exit, error)
}
