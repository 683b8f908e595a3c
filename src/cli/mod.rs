//! The command line: data on stdout, talk on stderr, documented exit codes.

mod exit;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::{Exit, Failure};

/// The ledger of a national eHealth system.
#[derive(Parser)]
#[command(name = "litopys", version, about, long_about = None)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

// A subcommand exists when it works, not before.
#[derive(Subcommand)]
enum Command {}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Usage } else { Exit::Ok } as u8);
        }
    };
    match line.command {}
}
