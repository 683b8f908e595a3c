//! The benchmark through the binary, as small as it goes: that it measures, not how fast anything is.

use std::fs;
use std::process::Command;

use serde_json::Value;

#[test]
fn every_part_measures_and_tells() {
    let folder = tempfile::tempdir().unwrap();
    let figures = folder.path().join("figures.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_litopys"));
    command.args(["bench", "--rounds", "2", "--declarations", "100", "--growth", "100,300"]);
    command.args(["--parts", "process,http,reads,history,growth", "--folder"]).arg(folder.path()).arg("--json").arg(&figures);
    let output = command.env_remove("LITOPYS_STORE_OWNER").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout).unwrap();
    let figures: Value = serde_json::from_slice(&fs::read(&figures).unwrap()).unwrap();
    let lines = figures["lines"].as_array().unwrap();
    let told = |name: &str| lines.iter().find(|line| line["name"] == name).unwrap_or_else(|| panic!("{name} is missing in {table}"));
    for name in [
        "declarations: two verify_strict, nothing else",
        "mix: SQLite",
        "SQLite: single, 256 connections",
        "SQLite: batches of 500, 4 connections",
        "SQLite: as of a past size",
        "SQLite: audit, signatures",
        "SQLite: rebuild, with the comparison",
        "300 declarations: a command of theirs",
    ] {
        assert!(told(name)["median"].as_f64().unwrap() > 0.0, "{name}");
        assert!(table.contains(name), "{table}");
    }
    let ratio = &told("declarations: SQLite")["ratio"];
    assert_eq!((&ratio["of"], &ratio["wanted"]), (&"ceiling".into(), &"≥ 0.6".into()));
    assert_eq!(told("declarations: SQLite")["rounds"].as_array().unwrap().len(), 2);
    // What was made is gone.
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["figures.json"]);
}
