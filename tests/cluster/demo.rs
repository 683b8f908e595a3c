//! The demo on a database, and the tools on what it leaves: audit, rebuild, replay.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::common::postgres::{ADMIN, Cluster, OWNER};

/// Runs the program, which must end with this code, and answers what it prints as JSON.
#[track_caller]
fn litopys(arguments: &[&str], code: i32) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_litopys")).args(arguments).stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
    serde_json::from_str(&out).unwrap_or_default()
}

#[test]
fn the_demo_runs_on_a_database_and_its_tools_do() {
    let Some(cluster) = Cluster::start() else { return };
    cluster.sql(ADMIN, "postgres", &format!("ALTER ROLE {OWNER} CREATEROLE"));
    let database = cluster.database();
    let owner = cluster.url(OWNER, &database);
    let folder = tempfile::tempdir().unwrap();
    let (here, files) = (folder.path().join("database"), folder.path().join("files"));
    let play = |dir: &std::path::Path, more: &[&str]| {
        let usual = ["demo", "--once", "--json", "--patients", "20", "--listen", "127.0.0.1:0", "--dir", dir.to_str().unwrap()];
        litopys(&[&usual[..], more].concat(), 0)
    };
    let (mut on_database, mut on_files) = (play(&here, &["--store", &owner]), play(&files, &[]));
    for told in [&mut on_database, &mut on_files] {
        // Desks work side by side, so what stands at half the size is another thing each time.
        assert!(told["read"].as_object_mut().unwrap().remove("past_declarations").is_some());
    }
    for member in ["size", "events", "signatures_verified", "facts", "read", "declarations_active", "audit", "as_told"] {
        assert_eq!(on_database[member], on_files[member], "{member}");
    }
    assert!(!here.join("ledger.sqlite").exists());
    let url = std::fs::read_to_string(here.join("keys/store-url")).unwrap();
    let trust = here.join("trust.json");
    let trust = trust.to_str().unwrap();

    let audit = |code| litopys(&["audit", "--json", "--store", &url, "--with-vault", "--trust", trust], code);
    assert_eq!(audit(0)["facts"], on_database["facts"]);
    let state = folder.path().join("state.sqlite");
    let replayed =
        litopys(&["replay", "--store", &url, "--as-of", "100", "--into", state.to_str().unwrap(), "--trust", trust, "--json"], 0);
    assert_eq!(replayed["size"], 100);

    let rebuild = |more: &[&str], code| litopys(&[&["rebuild", "--json", "--store", &url], more].concat(), code);
    let honest = rebuild(&[], 0);
    assert_eq!((&honest["differences"], &honest["digest_live"]), (&0.into(), &honest["digest_new"]));
    for (edit, differences) in [
        ("UPDATE ledger.row_versions SET body = replace(body, 'active', 'closed') WHERE resource = 2", 4),
        ("DELETE FROM ledger.row_versions WHERE resource = 6 AND body LIKE '%accredited%'", 2),
        ("INSERT INTO ledger.row_values VALUES (97, '\\x0031', '\\x0078')", 1),
        ("DELETE FROM ledger.row_links WHERE stream = 1 AND block = 0", 1),
    ] {
        cluster.sql(OWNER, &database, edit);
        audit(3);
        let found = rebuild(&["--check"], 3);
        assert!(found["differences"].as_u64() >= Some(differences), "{edit}: {found}");
        let healed = rebuild(&[], 0);
        assert_eq!((&healed["replaced"], &healed["digest_new"]), (&true.into(), &honest["digest_live"]), "{edit}");
        audit(0);
    }

    // The owner may take the guards away, and is found out all the same.
    let change = "ALTER TABLE ledger.entries DISABLE TRIGGER stays;
        UPDATE ledger.entries SET bytes = overlay(bytes PLACING 'X' FROM 200 FOR 1) WHERE index = 50;
        ALTER TABLE ledger.entries ENABLE TRIGGER stays";
    cluster.sql(OWNER, &database, change);
    let found = audit(3);
    let named = found["findings"].as_array().unwrap().iter().any(|finding| finding["table"] == "entries" && finding["key"] == "50");
    assert!(named, "{found:#}");
    cluster.sql(OWNER, &database, "ALTER TABLE ledger.entries DISABLE TRIGGER stays");
    let found = audit(3);
    assert!(found.to_string().contains("the guard ledger.entries stays is missing"), "{found:#}");
}
