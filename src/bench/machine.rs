//! What the figures were measured on.

use std::fs;

use serde_json::{Value, json};

use super::bed::cores;

/// The machine and how the program was built.
pub fn machine() -> Value {
    let memory = fs::read_to_string("/proc/meminfo").ok();
    let memory = memory.as_deref().and_then(|text| field(text, "MemTotal")).map(str::to_owned);
    let cpu = fs::read_to_string("/proc/cpuinfo").ok();
    let cpu = cpu.as_deref().and_then(|text| field(text, "model name")).map(str::to_owned);
    let system = fs::read_to_string("/proc/sys/kernel/osrelease").map(|text| text.trim().to_owned()).ok();
    json!({
        "cpu": cpu,
        "cores": cores(),
        "memory": memory,
        "system": format!("{} {}", std::env::consts::OS, system.unwrap_or_default()),
        "litopys": env!("CARGO_PKG_VERSION"),
        "optimised": !cfg!(debug_assertions),
        "sqlite": rusqlite::version(),
        "durability": {
            "sqlite": "WAL, synchronous=FULL, fdatasync: a sync of the vault's WAL and one of the ledger's for each batch",
            "postgresql": "fsync=on, synchronous_commit=on: a commit of the vault and one of the ledger for each batch",
            "high_water": "a file of its own with two places, one of them written and synced for each batch",
        },
    })
}

/// The value of the first line with this name.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':').map(|(_, value)| value.trim()))
}

/// How much memory the process has in use now, in bytes; none where the system does not say.
pub fn resident() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4_096)
}
