//! The commands, one file or folder each, and what they share.

mod bench;
mod build;
mod check;
mod client;
mod idl;
mod ledger;
mod new;
mod node;
mod profile;
mod run;
mod test;

mod account;
mod airdrop;
mod balance;
mod completions;
mod confirm;
mod deploy;
mod explain;
mod keygen;
mod logs;
mod program;
mod transfer;

mod open;
mod print;
mod progress;
mod records;
mod settings;

use clap::Parser;
use std::process::ExitCode;

/// The Sealevel execution model on WebAssembly: transactions name their accounts, a dependency graph finds what can run
/// side by side, and the result is always the one that running them one after another would give.
#[derive(Debug, Parser)]
#[command(name = "sealane", version, propagate_version = true, max_term_width = 120)]
pub(crate) struct Command {
    #[command(subcommand)]
    subcommand: Subcommand,
}

#[derive(Debug, clap::Subcommand)]
enum Subcommand {
    /// Measure a workload: the same signed transactions, serially and in parallel, compared
    Bench(bench::BenchCommand),
    /// Execute a file of blocks of raw transactions on a ledger on disk
    ///
    /// The ledger is made where there is none, with the programs built in, the token and the associated-token program, and what
    /// a genesis file adds.
    ///
    /// FILE holds transactions as they are sent to a node, in one of two formats, known by their first bytes. As JSON Lines: a
    /// transaction a line in base64, `"…"` or `{"transaction": "…"}`, and before each block a line `{"block": {"unix_time": SECONDS}}`.
    /// In bincode 2 (standard configuration): blocks `{ unix_time: i64, transactions: Vec<Vec<u8>> }`, one behind the other.
    ///
    /// Each block is reported once it is durable; blocks before a fault in the input stay, and what is printed says how to go
    /// on. Rejected transactions are left out of their block and listed with their place; they do not stop the run.
    ///
    /// Exits with 0 when all blocks are on the ledger, 1 if something stopped it before, 2 if the command line is wrong.
    Run(run::RunCommand),
    /// Run a chain of one node, which Solana's clients and wallets can talk to
    ///
    /// The ledger is made where there is none. Blocks are made when there is work; what a client is told of is on disk. JSON-RPC and
    /// WebSocket are on the ports where clients look for them, a page that shows what happens at the HTTP port's `/`, Prometheus' at
    /// `/metrics`.
    ///
    /// SIGINT and SIGTERM stop it: the block is finished and everything is on disk when it exits with 0. A second one ends it at once.
    Node(node::NodeCommand),
    /// Read a ledger on disk, check it, or hand it on
    Ledger(ledger::LedgerCommand),
    /// Make keypairs, recover them from seed phrases, and look at them
    Keygen(keygen::KeygenCommand),
    /// Ask a node's faucet for SOL
    #[command(
        after_help = "Examples:\n  sealane airdrop 10\n  sealane airdrop 0.5 ADDRESS --url http://127.0.0.1:8899"
    )]
    Airdrop(airdrop::AirdropCommand),
    /// What an address holds
    #[command(
        after_help = "Examples:\n  sealane balance\n  sealane balance ADDRESS --lamports\n  sealane balance payer.json --json"
    )]
    Balance(balance::BalanceCommand),
    /// Send SOL to an address
    ///
    /// Only a Sealane node is sent anything: the configuration file of the `solana` CLI, which this command reads, may name
    /// another one.
    #[command(
        after_help = "Examples:\n  sealane transfer ADDRESS 1.5\n  sealane transfer ADDRESS ALL --from old.json\n  \
                            sealane transfer NEW_ADDRESS 1 --allow-unfunded-recipient"
    )]
    Transfer(transfer::TransferCommand),
    /// An account with its data
    #[command(
        after_help = "Examples:\n  sealane account ADDRESS\n  sealane account ADDRESS --output json --output-file account.json\n  \
                            sealane account ADDRESS --output-file data.bin"
    )]
    Account(account::AccountCommand),
    /// What became of a transaction
    ///
    /// Exits with 1 if it failed or is in no block.
    #[command(after_help = "Examples:\n  sealane confirm SIGNATURE\n  sealane confirm -v SIGNATURE")]
    Confirm(confirm::ConfirmCommand),
    /// Follow what transactions log, until interrupted
    #[command(
        after_help = "Examples:\n  sealane logs\n  sealane logs PROGRAM\n  sealane logs --output json --count 10"
    )]
    Logs(logs::LogsCommand),
    /// Deploy a WebAssembly module as a program, or upgrade one
    ///
    /// The module is checked here, as the node will, before anything is spent. It is uploaded into a buffer account, in parallel,
    /// and then becomes a program, callable from the next block on. If the upload is interrupted, the same command goes on where
    /// it stopped; `sealane program close BUFFER` gives the SOL back instead.
    #[command(after_help = "Examples:\n  sealane deploy target/sealane/counter.wasm\n  \
                            sealane deploy counter.wasm --program-id counter-keypair.json --max-len 200000\n  \
                            sealane deploy counter.wasm --buffer counter-buffer.json")]
    Deploy(deploy::DeployCommand),
    /// Look at programs and buffers, upgrade, close or hand them on
    Program(program::ProgramCommand),
    /// What a transaction waited for, or what held a block up
    ///
    /// A node answers for its last blocks.
    #[command(
        after_help = "Examples:\n  sealane explain SIGNATURE\n  sealane explain 1234\n  sealane explain 1234 --json"
    )]
    Explain(explain::ExplainCommand),
    /// Print a script that lets a shell complete commands and options
    #[command(
        after_help = "Examples:\n  sealane completions bash > ~/.local/share/bash-completion/completions/sealane\n  \
                            sealane completions zsh > ~/.zfunc/_sealane\n  \
                            sealane completions fish > ~/.config/fish/completions/sealane.fish"
    )]
    Completions(completions::CompletionsCommand),
    /// Build a program with stock cargo: the module that a node deploys
    ///
    /// The crate is a program for Sealane (it depends on sealane-sdk) or one for Solana (solana-program, pinocchio, Anchor, SPL), built
    /// unmodified. Compiler flags, profile, a small memory, and for Solana the allocator, the log of panics and known patches of dependencies
    /// are seen to; overflow checks are those of the workspace's release profile. The module is left in the target directory as
    /// `sealane/NAME.wasm`, with the compiler's version and the program's IDL in sections of their own. The same toolchain,
    /// sources and lock file give the same bytes in every folder.
    ///
    /// Exits with 1 if it does not build, could not be deployed, or has another hash than `--verify` says.
    #[command(after_help = "Examples:\n  sealane build\n  sealane build programs/counter --json\n  \
                      sealane build --verify 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    Build(build::BuildCommand),
    /// Check that a module can be deployed, and say how to mend it
    ///
    /// Exits with 1 if a node would refuse it for another reason than its size, which is a warning.
    #[command(
        after_help = "Examples:\n  sealane check target/sealane/counter.wasm\n  sealane check program.wasm --json"
    )]
    Check(check::CheckCommand),
    /// Begin a project: a program that builds and passes its tests as it is
    ///
    /// It is a crate in a folder of its own, with tests, a README that says what to type next, and the keypair of the program's address.
    #[command(
        after_help = "Examples:\n  sealane new my-counter\n  sealane new my-club --template token-gated"
    )]
    New(new::NewCommand),
    /// Build a program, run its tests, and say what each instruction cost
    ///
    /// The tests use sealane-testing: a ledger in their own process, without a node. The first time cargo compiles that ledger, which takes
    /// minutes. The table at the end has the units of each instruction, by test. Exits with 1 if a test fails.
    #[command(
        after_help = "Examples:\n  sealane test\n  sealane test counts -- --release\n  sealane test --json\n  \
                      sealane test -- -- --nocapture   # with what the tests print"
    )]
    Test(test::TestCommand),
    /// Find out where compute units go, function by function: a flamegraph and a table
    ///
    /// The units are exact: their sum is what the same transactions consume without being profiled. Say what to profile: the tests whose
    /// names contain --test, or a --transaction on a ledger or on accounts in files.
    #[command(after_help = "Examples:\n  sealane profile --test a_counter_counts\n  \
                      sealane profile --transaction swap.base64 --ledger ledger")]
    Profile(profile::ProfileCommand),
    /// Show a program's description (IDL): from its crate, its module, or the ledger
    ///
    /// It is JSON in the form of Anchor's IDL, which generators of clients read. `sealane build` puts it into the module.
    #[command(
        after_help = "Examples:\n  sealane idl\n  sealane idl target/sealane/counter.wasm --out counter.json\n  \
                      sealane idl fetch PROGRAM --out counter.json"
    )]
    Idl(idl::IdlCommand),
    /// Make a typed client of a program from its description
    ///
    /// In TypeScript on `@solana/kit`, in Rust on `solana-instruction`: a function for each instruction, with the accounts filled in
    /// that follow from others, and readers of accounts, events and errors. The description may be of a program that was written with
    /// Anchor.
    #[command(after_help = "Examples:\n  sealane client ts --out client/counter.ts\n  \
                      sealane client rust target/sealane/counter.wasm --out src/counter.rs\n  \
                      sealane client ts anchor_idl.json --out client/program.ts")]
    Client(client::ClientCommand),
}

impl Command {
    /// Runs the command. The exit code is not 0 where the command ran and its answer is bad news.
    ///
    /// # Errors
    /// Whatever kept the command from running.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.subcommand {
            Subcommand::Bench(command) => command.run(),
            Subcommand::Run(command) => command.run(),
            Subcommand::Node(command) => command.run(),
            Subcommand::Ledger(command) => command.run(),
            Subcommand::Keygen(command) => command.run(),
            Subcommand::Airdrop(command) => command.run(),
            Subcommand::Balance(command) => command.run(),
            Subcommand::Transfer(command) => command.run(),
            Subcommand::Account(command) => command.run(),
            Subcommand::Confirm(command) => command.run(),
            Subcommand::Logs(command) => command.run(),
            Subcommand::Deploy(command) => command.run(),
            Subcommand::Program(command) => command.run(),
            Subcommand::Explain(command) => command.run(),
            Subcommand::Completions(command) => command.run(),
            Subcommand::Build(command) => command.run(),
            Subcommand::Check(command) => command.run(),
            Subcommand::New(command) => command.run(),
            Subcommand::Test(command) => command.run(),
            Subcommand::Profile(command) => command.run(),
            Subcommand::Idl(command) => command.run(),
            Subcommand::Client(command) => command.run(),
        }
    }
}
