//! `sealane keygen`: keypairs, in the files of `solana-keygen`, with the seed phrases (BIP 39) of wallets.

mod grind;
mod new;
pub(super) mod phrase;
mod pubkey;
mod recover;

use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Make keypairs, recover them from seed phrases, and look at them.
#[derive(Args, Debug)]
pub(crate) struct KeygenCommand {
    #[command(subcommand)]
    subcommand: KeygenSubcommand,
}

#[derive(Debug, Subcommand)]
enum KeygenSubcommand {
    /// Make a keypair, and print the seed phrase that gets it back
    ///
    /// The file is readable for its owner alone and never replaces another, unless --force is given. The phrase and the
    /// passphrase, if one is given, recover the key here, with `solana-keygen recover`, and in wallets, if the derivation path is
    /// theirs.
    #[command(
        after_help = "Examples:\n  sealane keygen new\n  sealane keygen new --outfile payer.json --no-passphrase\n  \
                            sealane keygen new --word-count 24 --derivation-path --outfile wallet.json"
    )]
    New(new::NewCommand),
    /// Write the keypair of a seed phrase
    ///
    /// The phrase is asked for, without showing what is typed; where stdin is no terminal, its first line is the phrase
    /// and its second, if there is one, the passphrase.
    #[command(after_help = "Examples:\n  sealane keygen recover --outfile payer.json\n  \
                            sealane keygen recover --derivation-path --outfile wallet.json\n\nWithout --derivation-path the key \
                            is the one of `solana-keygen recover`; wallets such as Phantom and Solflare derive theirs at \
                            m/44'/501'/0'/0', which is what --derivation-path alone means.")]
    Recover(recover::RecoverCommand),
    /// Print the address of a keypair
    #[command(after_help = "Examples:\n  sealane keygen pubkey\n  sealane keygen pubkey payer.json\n  \
                            cat payer.json | sealane keygen pubkey -")]
    Pubkey(pubkey::PubkeyCommand),
    /// Check that a keypair belongs to an address
    ///
    /// Exits with 1 if it does not.
    #[command(after_help = "Examples:\n  sealane keygen verify ADDRESS payer.json")]
    Verify(pubkey::VerifyCommand),
    /// Look for keypairs whose addresses begin or end as asked
    ///
    /// Every further character takes 58 times as long: four take about half a minute on one processor.
    #[command(after_help = "Examples:\n  sealane keygen grind --starts-with abc\n  \
                            sealane keygen grind --ends-with pay --ignore-case --count 2")]
    Grind(grind::GrindCommand),
}

impl KeygenCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.subcommand {
            KeygenSubcommand::New(command) => command.run(),
            KeygenSubcommand::Recover(command) => command.run(),
            KeygenSubcommand::Pubkey(command) => command.run(),
            KeygenSubcommand::Verify(command) => command.run(),
            KeygenSubcommand::Grind(command) => command.run(),
        }
    }
}
