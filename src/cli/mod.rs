//! The command line: data on stdout, talk on stderr, documented exit codes.

mod audit;
mod exit;
mod verify;

use std::io::Write as _;
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
enum Command {
    Audit(audit::Audit),
    Verify(verify::Verify),
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Usage } else { Exit::Ok } as u8);
        }
    };
    let outcome = match line.command {
        Command::Audit(command) => command.run(),
        Command::Verify(command) => command.run(),
    };
    match outcome {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            // With stderr closed there is nobody to tell; the exit code says it too.
            let _ = writeln!(std::io::stderr(), "litopys: {}", failure.message);
            ExitCode::from(failure.exit as u8)
        }
    }
}
