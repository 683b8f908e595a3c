//! A PostgreSQL of the test's own: made from a template, on loopback and a free port, gone with the test.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use litopys::store::Store;
use litopys::store::postgres::{PostgresStore, Target};
use tempfile::TempDir;

use super::shared::skip;

/// The role that owns the tables, the role that servers work under, and the administrator.
pub const OWNER: &str = "litopys_owner";
pub const SERVER: &str = "litopys_server";
pub const ADMIN: &str = "postgres";

/// How long a server may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server with its data.
pub struct Cluster {
    child: Child,
    port: u16,
    settings: Vec<String>,
    made: AtomicU32,
    // Dropped last.
    folder: TempDir,
}

impl Cluster {
    /// Starts a server; skips where PostgreSQL is not installed.
    pub fn start() -> Option<Cluster> {
        Cluster::with(&[])
    }

    /// The same with settings, each `name=value`.
    pub fn with(settings: &[&str]) -> Option<Cluster> {
        Cluster::with_files(settings, &[])
    }

    /// The same with files of these names and texts in the folder of the data.
    pub fn with_files(settings: &[&str], files: &[(&str, String)]) -> Option<Cluster> {
        Cluster::in_folder(folder(), settings, files)
    }

    /// The same with its data in a new folder, for whoever wants it on a disk.
    pub fn in_folder(folder: TempDir, settings: &[&str], files: &[(&str, String)]) -> Option<Cluster> {
        if !is_here() {
            return None;
        }
        let template = template();
        let data = folder.path().join("data");
        run(Command::new("cp").arg("-a").arg(&template).arg(&data));
        for (name, text) in files {
            fs::write(data.join(name), text).unwrap();
            fs::set_permissions(data.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        own(folder.path());
        let settings: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let (child, port) = serve(&data, &settings, None);
        Some(Cluster { child, port, settings, made: AtomicU32::new(0), folder })
    }

    /// The URL of a database under a role.
    pub fn url(&self, role: &str, database: &str) -> String {
        self.url_through(self.port, role, database)
    }

    /// The same through a port that leads here.
    pub fn url_through(&self, port: u16, role: &str, database: &str) -> String {
        format!("postgresql://{role}@127.0.0.1:{port}/{database}")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A new database, which the owner owns.
    pub fn database(&self) -> String {
        let name = format!("registry_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.sql(ADMIN, "postgres", &format!("CREATE DATABASE {name} OWNER {OWNER}"));
        name
    }

    /// A store in a database, under the server's role, with its owner.
    pub fn store(&self, database: &str) -> PostgresStore {
        self.store_through(self.port, database)
    }

    /// The same through a port that leads here; the owner goes straight.
    pub fn store_through(&self, port: u16, database: &str) -> PostgresStore {
        let server = Target::parse(&self.url_through(port, SERVER, database)).unwrap();
        let owner = Target::parse(&self.url(OWNER, database)).unwrap();
        PostgresStore::new(server.clone(), server).owned(owner.clone(), owner)
    }

    /// A new store, created.
    pub fn created(&self) -> (String, PostgresStore) {
        let database = self.database();
        let store = self.store(&database);
        store.create().unwrap();
        (database, store)
    }

    /// Runs statements.
    pub fn sql(&self, role: &str, database: &str, text: &str) {
        self.try_sql(role, database, text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    }

    /// Runs statements, and answers how it went.
    pub fn try_sql(&self, role: &str, database: &str, text: &str) -> Result<(), tokio_postgres::Error> {
        on(&self.url(role, database), async |client| client.batch_execute(text).await)
    }

    /// The first column of what a statement gives, as text.
    pub fn ask(&self, role: &str, database: &str, text: &str) -> Vec<String> {
        let rows = on(&self.url(role, database), async |client| client.simple_query(text).await).unwrap();
        let row = |message| if let tokio_postgres::SimpleQueryMessage::Row(row) = message { row.get(0).map(str::to_owned) } else { None };
        rows.into_iter().filter_map(row).collect()
    }

    /// The folder of the data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Kills the server as a power cut would, with all its sessions.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // Its sessions see that it is gone, and go; before that no other can start.
        let pid = self.data().join("postmaster.pid");
        let _ = fs::remove_file(pid);
        wait_for("the sessions to end", || TcpStream::connect(("127.0.0.1", self.port)).is_err());
    }

    /// Starts it again where it was.
    pub fn restart(&mut self) {
        let until = Instant::now() + PATIENCE;
        loop {
            // A session of the killed server may still hold the shared memory.
            let (child, port) = serve(&self.data(), &self.settings, Some(self.port));
            self.child = child;
            assert_eq!(port, self.port);
            if self.child.try_wait().unwrap().is_none() || Instant::now() > until {
                return;
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg("-QUIT").arg(self.child.id().to_string()).status();
        let until = Instant::now() + PATIENCE;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > until {
                let _ = self.child.kill();
            }
            sleep(Duration::from_millis(5));
        }
    }
}

/// Whether PostgreSQL is installed; says so where it is not.
pub fn is_here() -> bool {
    let is_here = program("initdb").is_some();
    if !is_here {
        skip("PostgreSQL: there is no initdb");
    }
    is_here
}

/// Runs work on a connection.
pub fn on<T>(
    url: &str,
    work: impl AsyncFnOnce(&tokio_postgres::Client) -> Result<T, tokio_postgres::Error>,
) -> Result<T, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        work(&client).await
    })
}

/// Waits until something holds.
#[track_caller]
pub fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "waited in vain for {what}");
        sleep(Duration::from_millis(10));
    }
}

/// Where a program of PostgreSQL is: on the PATH, or where Debian puts it.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    places.extend(versions.into_iter().rev());
    places.into_iter().map(|place| place.join(name)).find(|program| program.is_file())
}

/// The user that a server runs as: it refuses to be root.
fn user() -> Option<&'static str> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let has_postgres = || fs::read_to_string("/etc/passwd").is_ok_and(|users| users.lines().any(|line| line.starts_with("postgres:")));
    is_root.then(|| if has_postgres() { "postgres" } else { "nobody" })
}

/// A program as that user. It ends when the test does, however that ends.
fn as_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if let Some(user) = user() {
        let group = Command::new("id").args(["-gn", user]).output().unwrap();
        let group = String::from_utf8(group.stdout).unwrap();
        command.args(["--reuid", user, "--regid", group.trim(), "--clear-groups"]);
    }
    command.arg(program).current_dir("/").stdin(Stdio::null());
    command
}

/// Gives a folder to that user.
fn own(folder: &Path) {
    if let Some(user) = user() {
        run(Command::new("chown").args(["-R", &format!("{user}:")]).arg(folder));
    }
}

/// A new folder, in memory where that is possible.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("litopys-").tempdir_in(place).unwrap()
}

/// The data of a fresh server with its roles, made once for all tests.
fn template() -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let template = place.join("postgres-template");
    let lock = File::create(place.join("postgres-template.lock")).unwrap();
    lock.lock().unwrap();
    if !template.exists() {
        let folder = folder();
        own(folder.path());
        let data = folder.path().join("data");
        let initdb = program("initdb").unwrap();
        run(as_user(&initdb).arg("--pgdata").arg(&data).args([
            "--username",
            ADMIN,
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
        ]));
        let (mut child, port) = serve(&data, &[], None);
        let url = format!("postgresql://{ADMIN}@127.0.0.1:{port}/postgres");
        on(&url, async |client| client.batch_execute(&format!("CREATE ROLE {OWNER} LOGIN; CREATE ROLE {SERVER} LOGIN")).await).unwrap();
        run(Command::new("kill").arg("-INT").arg(child.id().to_string()));
        child.wait().unwrap();
        let new = place.join("postgres-template.new");
        let _ = fs::remove_dir_all(&new);
        run(Command::new("cp").arg("-a").arg(&data).arg(&new));
        fs::rename(new, &template).unwrap();
    }
    template
}

/// Starts a server on this port, or on a free one.
fn serve(data: &Path, settings: &[String], port: Option<u16>) -> (Child, u16) {
    for _ in 0..20 {
        let port = port.unwrap_or_else(|| TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
        let mut command = as_user(&program("postgres").unwrap());
        command.arg("-D").arg(data);
        let log = File::options().create(true).append(true).open(data.with_file_name("log")).unwrap();
        let port_setting = format!("port={port}");
        let usual = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "shared_buffers=32MB",
            "max_connections=80",
            "log_checkpoints=off",
            &port_setting,
        ];
        for setting in usual.into_iter().chain(settings.iter().map(String::as_str)) {
            command.args(["-c", setting]);
        }
        let mut child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let url = format!("postgresql://{ADMIN}@127.0.0.1:{port}/postgres");
        let until = Instant::now() + PATIENCE;
        while child.try_wait().unwrap().is_none() && Instant::now() < until {
            if on(&url, async |client| client.batch_execute("SELECT 1").await).is_ok() {
                return (child, port);
            }
            sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        let _ = child.wait();
        sleep(Duration::from_millis(50));
    }
    let log = fs::read_to_string(data.with_file_name("log")).unwrap_or_default();
    panic!("PostgreSQL does not start: {log}");
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
