//! The `litopys` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    litopys::cli::run()
}
