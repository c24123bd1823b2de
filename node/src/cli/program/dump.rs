//! `sealane program dump`: the module of a program or a buffer, as a file.

use super::state::Found;
use crate::cli::print::print;
use crate::cli::settings::{NodeOptions, read_address};
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args, Debug)]
pub(super) struct DumpCommand {
    /// A program or a buffer, or its keypair
    address: String,
    /// The file to write
    file: PathBuf,
    #[command(flatten)]
    node: NodeOptions,
}

impl DumpCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.node.client()?;
        let found = Found::at(&client, read_address(&self.address)?)?;
        let module = found.state.module(&found.account);
        std::fs::write(&self.file, module)
            .with_context(|| format!("cannot write {}", self.file.display()))?;
        print(format_args!("Wrote program to {} ({} bytes)", self.file.display(), module.len()))?;
        Ok(ExitCode::SUCCESS)
    }
}
