//! The `sealane` command: reads the command line, runs one command, prints what went wrong.

mod chain;
mod cli;
mod client;
mod dashboard;
mod memory;
mod rpc;
mod serve;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    memory::keep();
    match cli::Command::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", told_once(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes, outermost first; without those that the one before tells already.
fn told_once(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::told_once;
    use anyhow::anyhow;

    #[test]
    fn what_a_cause_says_is_told_once() {
        let error = anyhow!("no room").context("store: no room").context("cannot open the ledger");
        assert_eq!(told_once(&error), "cannot open the ledger: store: no room");
        assert_eq!(told_once(&anyhow!("b").context("a")), "a: b");
    }
}
