//! A ledger on a database, and nodes that serve it, each a process of its own.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use litopys::node::{self, Paths, Place, Trust};
use litopys::store::postgres::PostgresStore;
use serde_json::Value;
use tempfile::TempDir;

use crate::common::accredit::founders;
use crate::common::postgres::{Cluster, SERVER, wait_for};

/// The ledger's name.
pub const ORIGIN: &str = "example.org/cluster";

/// A database with a ledger, and the folder that its nodes' files are in.
pub struct World {
    pub cluster: Cluster,
    pub database: String,
    pub store: PostgresStore,
    pub trust: Trust,
    pub folder: TempDir,
}

impl World {
    /// A new ledger; none where PostgreSQL is not installed.
    pub fn new() -> Option<World> {
        let cluster = Cluster::start()?;
        let folder = tempfile::tempdir().unwrap();
        let database = cluster.database();
        let store = cluster.store(&database);
        let trust = node::create(place(&store, folder.path(), "first"), &founders(ORIGIN)).unwrap();
        fs::write(folder.path().join("trust.json"), trust.to_json()).unwrap();
        Some(World { cluster, database, store, trust, folder })
    }

    /// A node that reaches the database through this port.
    pub fn serve_through(&self, name: &str, port: u16) -> Process {
        let url = self.cluster.url_through(port, SERVER, &self.database);
        Process::start(&url, self.folder.path(), name)
    }

    /// A node.
    pub fn serve(&self, name: &str) -> Process {
        self.serve_through(name, self.cluster.port())
    }

    /// Nothing is wrong with the ledger, says who trusts nobody.
    pub fn audit(&self) {
        let url = self.cluster.url(SERVER, &self.database);
        let output = Command::new(env!("CARGO_BIN_EXE_litopys"))
            .args(["audit", "--json", "--store", &url, "--trust"])
            .arg(self.folder.path().join("trust.json"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
}

/// Where a node finds its store and its files. All nodes have the same keys.
pub fn place(store: &PostgresStore, folder: &Path, name: &str) -> Place {
    let Paths { log_key, refusal_key, .. } = Paths::in_dir(folder);
    Place { store: Arc::new(store.clone()), high_water: folder.join(format!("{name}.mark")), log_key, refusal_key }
}

/// A node in a process of its own; killed when dropped.
pub struct Process {
    pub child: Child,
    pub base: String,
    log: PathBuf,
    command: Command,
}

impl Process {
    fn start(store: &str, folder: &Path, name: &str) -> Process {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = folder.join(format!("{name}.log"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_litopys"));
        command.args(["serve", "--store", store, "--new-mark", "--listen", &format!("127.0.0.1:{port}"), "--dir"]).arg(folder);
        command.arg("--high-water").arg(folder.join(format!("{name}.mark"))).stdout(Stdio::null());
        command.stderr(File::options().create(true).append(true).open(&log).unwrap());
        let child = command.spawn().unwrap();
        let mut process = Process { child, base: format!("http://127.0.0.1:{port}"), log, command };
        process.wait_until_ready();
        process
    }

    /// Starts it again after its end, where it was.
    pub fn restart(&mut self) {
        self.child = self.command.spawn().unwrap();
        self.wait_until_ready();
    }

    /// Whether it takes commands, itself or by sending them on.
    pub fn is_ready(&self) -> bool {
        self.get("/readyz").is_some_and(|(status, _)| status == 200)
    }

    pub fn get(&self, path: &str) -> Option<(u16, Value)> {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(12))).http_status_as_error(false).build();
        let mut answer = ureq::Agent::new_with_config(config).get(format!("{}{path}", self.base)).call().ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        Some((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it takes commands, itself or by sending them on; a process that ended never will.
    pub fn wait_until_ready(&mut self) {
        let until = Instant::now() + Duration::from_secs(30);
        while !self.is_ready() {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < until, "it ended ({ended:?}) or is not ready: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// How often it took the lead.
    pub fn led(&self) -> usize {
        self.log().matches("this node leads").count()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap().success());
    }

    pub fn wait_until_it_led(&self, times: usize) {
        wait_for("a node to take the lead", || self.led() >= times);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
