//! Backups with PostgreSQL's own tools, as docs/operate.md has them.

use std::process::{Command, Stdio};

use crate::common::accredit::{command, now};
use crate::common::postgres::{ADMIN, SERVER, program};
use crate::load::Load;
use crate::world::{ORIGIN, World};

#[track_caller]
fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A dump is restored into another database and serves there, whole; one that is too old does not start.
#[test]
fn a_dump_is_restored_and_an_old_one_is_refused() {
    let Some(mut world) = World::new() else { return };
    let dump = |world: &World, name: &str| {
        let file = world.folder.path().join(name);
        let url = world.cluster.url(ADMIN, &world.database);
        run(Command::new(program("pg_dump").unwrap())
            .args(["--format=custom", "--schema=ledger", "--schema=vault", "--file"])
            .arg(&file)
            .arg(url));
        file
    };
    let mut node = world.serve("first");
    let load = Load::on(&[&node.base]);
    load.wait_for(50);
    // Beside the server at work.
    let old = dump(&world, "old.dump");
    load.wait_for(50);
    let size = load.end(&world, 1);
    node.kill();
    let whole = dump(&world, "whole.dump");
    let restore = |world: &World, file: &std::path::Path| {
        let database = world.cluster.database();
        let url = world.cluster.url(ADMIN, &database);
        run(Command::new(program("pg_restore").unwrap()).args(["--exit-on-error", "--dbname", &url]).arg(file));
        database
    };
    world.database = restore(&world, &whole);
    world.store = world.cluster.store(&world.database);
    world.audit();
    let node = world.serve("first");
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    let again = ureq::Agent::new_with_config(config)
        .post(format!("{}/v1/commands", node.base))
        .content_type("application/jose+json")
        .send(command(ORIGIN, 1_000_000, now()))
        .unwrap();
    assert_eq!((again.status().as_u16(), again.headers()["litopys-index"].to_str().unwrap()), (201, size.to_string().as_str()));
    drop(node);

    let database = restore(&world, &old);
    let refused = Command::new(env!("CARGO_BIN_EXE_litopys"))
        .args(["serve", "--store", &world.cluster.url(SERVER, &database), "--listen", "127.0.0.1:0", "--dir"])
        .arg(world.folder.path())
        .arg("--high-water")
        .arg(world.folder.path().join("first.mark"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{told}");
    assert!(told.contains("rolled back"), "{told}");
}
