//! The command line: data on stdout, talk on stderr, documented exit codes.

mod audit;
mod bench;
#[cfg(feature = "postgres")]
mod copy;
mod demo;
mod exit;
mod failures;
mod init;
mod keys;
#[cfg(feature = "postgres")]
mod migrate;
mod progress;
mod rebuild;
mod replay;
mod serve;
mod server;
mod store;
mod submit;
mod token;
mod verify;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::{Exit, Failure};
use failures::{of_io, of_key_file};

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
    /// Create a ledger in a folder, with all its keys
    Init(init::Arguments),
    /// Run a ledger
    Serve(serve::Arguments),
    /// Make and show keys
    Keys(keys::Arguments),
    /// Sign a command and send it
    Submit(submit::Arguments),
    /// Ask for a token to read with; it is printed
    Token(token::Arguments),
    Audit(audit::Audit),
    Verify(verify::Verify),
    Replay(replay::Arguments),
    Rebuild(rebuild::Arguments),
    #[cfg(feature = "postgres")]
    Migrate(migrate::Arguments),
    #[cfg(feature = "postgres")]
    Copy(copy::Arguments),
    Demo(demo::Arguments),
    Bench(bench::Arguments),
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
    let done = |()| Exit::Ok;
    let outcome = match line.command {
        Command::Init(arguments) => init::run(&arguments).map(done),
        Command::Serve(arguments) => serve::run(&arguments).map(done),
        Command::Keys(arguments) => keys::run(&arguments).map(done),
        Command::Submit(arguments) => submit::run(&arguments).map(done),
        Command::Token(arguments) => token::run(&arguments).map(done),
        Command::Audit(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Replay(arguments) => replay::run(&arguments).map(done),
        Command::Rebuild(arguments) => rebuild::run(&arguments),
        #[cfg(feature = "postgres")]
        Command::Migrate(arguments) => migrate::run(&arguments).map(done),
        #[cfg(feature = "postgres")]
        Command::Copy(arguments) => copy::run(&arguments).map(done),
        Command::Demo(arguments) => demo::run(&arguments).map(done),
        Command::Bench(arguments) => bench::run(&arguments).map(done),
    };
    match outcome {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            // With stderr closed there is nobody to tell; the exit code says it too.
            let _ = writeln!(io::stderr(), "litopys: {}", failure.message);
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Writes data to stdout.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Failure::new(Exit::Io, format!("stdout: {error}")))
}

/// Randomness from the operating system, without which nothing secret may be made.
fn random(bytes: &mut [u8]) {
    assert!(getrandom::fill(bytes).is_ok(), "the operating system gives no randomness");
}
