//! `sealane program`: what becomes of programs and buffers once they are there.

mod authority;
mod close;
mod dump;
mod show;
pub(super) mod state;

use super::deploy::{Presence, UploadOptions, Wishes, deploy};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Look at programs and buffers, upgrade, close or hand them on.
#[derive(Args, Debug)]
pub(crate) struct ProgramCommand {
    #[command(subcommand)]
    subcommand: ProgramSubcommand,
}

#[derive(Debug, Subcommand)]
enum ProgramSubcommand {
    /// A program or a buffer: who may change it, when it last was, how large it is
    #[command(after_help = "Examples:\n  sealane program show PROGRAM\n  sealane program show --buffers\n  \
                            sealane program show --programs --json")]
    Show(show::ShowCommand),
    /// Replace a program's module
    ///
    /// As `sealane deploy`, but the program must be there. The new module is called from the next block on.
    #[command(after_help = "Examples:\n  sealane program upgrade PROGRAM target/sealane/counter.wasm")]
    Upgrade(UpgradeCommand),
    /// Close a buffer or a program, and have its SOL back
    ///
    /// A program that is closed cannot be called any more, and its address is lost for ever.
    #[command(
        after_help = "Examples:\n  sealane program close BUFFER\n  sealane program close --buffers\n  \
                            sealane program close PROGRAM --bypass-warning"
    )]
    Close(close::CloseCommand),
    /// Say who may change a program or a buffer from now on
    #[command(
        visible_aliases = ["set-upgrade-authority", "set-buffer-authority"],
        after_help = "Examples:\n  sealane program set-authority PROGRAM --new-authority other.json\n  \
                      sealane program set-authority PROGRAM --new-authority ADDRESS --skip-new-authority-signer-check\n  \
                      sealane program set-authority PROGRAM --final"
    )]
    SetAuthority(authority::SetAuthorityCommand),
    /// Write a program's or a buffer's module into a file
    #[command(after_help = "Examples:\n  sealane program dump PROGRAM program.wasm")]
    Dump(dump::DumpCommand),
}

impl ProgramCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.subcommand {
            ProgramSubcommand::Show(command) => command.run(),
            ProgramSubcommand::Upgrade(command) => command.run(),
            ProgramSubcommand::Close(command) => command.run(),
            ProgramSubcommand::SetAuthority(command) => command.run(),
            ProgramSubcommand::Dump(command) => command.run(),
        }
    }
}

#[derive(Args, Debug)]
struct UpgradeCommand {
    /// The program: its address or its keypair
    program: String,
    /// The new module
    file: PathBuf,
    /// Make the program immutable: nobody can ever upgrade or close it
    #[arg(long = "final")]
    is_final: bool,
    #[command(flatten)]
    upload: UploadOptions,
}

impl UpgradeCommand {
    fn run(self) -> anyhow::Result<ExitCode> {
        let wishes = Wishes { max_len: None, is_final: self.is_final, presence: Presence::Required };
        deploy(&self.file, Some(&self.program), wishes, &self.upload)
    }
}
