//! The `sealane` command: reads the command line, runs one command, prints what went wrong.

mod cli;

use clap::Parser;
use std::process::ExitCode;

/// Accounts and receipts are made on the workers and dropped on the main thread, block after block: the system's
/// allocator took a sixth of the workers' time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::Command::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
