//! `sealane completions`: what a shell needs to complete commands and options.

use super::Command;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::process::ExitCode;

/// Print a script that lets a shell complete commands and options
#[derive(Args, Debug)]
pub(crate) struct CompletionsCommand {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl CompletionsCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Command::command(), "sealane", &mut script);
        super::print::print(String::from_utf8(script)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
