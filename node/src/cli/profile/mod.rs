//! `sealane profile`: compute units by function, as a flamegraph and a table.
//!
//! In: a test of a program, whose transactions are profiled as they are sent; or a transaction in a file, with the ledger, or the
//! accounts, that it shall run on. Out: an SVG, and the most expensive functions. The sum is what the plain run consumes.

mod report;
mod transaction;

use super::print::print_json;
use super::test::{Scratch, Tests, ensure_any};
use anyhow::{Context, bail, ensure};
use sealane_runtime::Profile;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use transaction::Ground;

/// Find out where a program's compute units go.
#[derive(Debug, clap::Args)]
pub(crate) struct ProfileCommand {
    /// Profile what the tests send whose names contain this
    #[arg(long, value_name = "NAME", conflicts_with = "transaction")]
    test: Option<String>,
    /// Folder of the program's crate, for --test
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    path: PathBuf,
    /// Profile the transaction in this file: its bytes, or their base64
    #[arg(long, value_name = "FILE")]
    transaction: Option<PathBuf>,
    /// The ledger that the transaction would run on
    #[arg(long, value_name = "FOLDER", requires = "transaction")]
    ledger: Option<PathBuf>,
    /// Accounts that it runs on: files of `solana account --output json`, or folders of them
    #[arg(long, value_name = "FILE", requires = "transaction", conflicts_with = "ledger")]
    account: Vec<PathBuf>,
    /// What the ledger of these accounts begins with, besides
    #[arg(long, value_name = "FILE", requires = "transaction", conflicts_with = "ledger")]
    genesis: Option<PathBuf>,
    /// Where to write the flamegraph
    #[arg(long, value_name = "FILE", default_value = "profile.svg")]
    svg: PathBuf,
    /// How many functions the table shows
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    top: usize,
    /// Also write the stacks, a line each, as other flamegraph tools read them
    #[arg(long, value_name = "FILE")]
    folded: Option<PathBuf>,
    /// Print one JSON object on stdout, with every function; what cargo prints goes to stderr
    #[arg(long)]
    json: bool,
    /// What cargo test is told besides
    #[arg(last = true, value_name = "CARGO ARGUMENTS")]
    cargo_arguments: Vec<OsString>,
}

/// A transaction that a test sent.
#[derive(Debug, Deserialize, Serialize)]
struct Sent {
    test: String,
    instructions: Vec<String>,
    units: u64,
    #[serde(skip_serializing)]
    profile: Profile,
}

/// What was profiled, and what came of it.
#[derive(Debug)]
struct Profiled {
    /// What it is called.
    title: String,
    profile: Profile,
    /// What tests sent.
    transactions: Vec<Sent>,
    /// Why a transaction in a file fails, if it does.
    failure: Option<String>,
}

impl ProfileCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let profiled = match (&self.test, &self.transaction) {
            (Some(name), _) => self.of_tests(name)?,
            (None, Some(file)) => {
                let ground = match &self.ledger {
                    Some(folder) => Ground::open(folder)?,
                    None => Ground::of_accounts(self.genesis.as_deref(), &self.account)?,
                };
                ground.profile(file)?
            }
            (None, None) => bail!("say what to profile: --test NAME or --transaction FILE"),
        };
        report::write_svg(&self.svg, &profiled.title, &profiled.profile)?;
        if let Some(path) = &self.folded {
            let text = report::folded(&profiled.profile).join("\n") + "\n";
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        if self.json {
            print_json(&report::Report::new(&profiled, &self.svg))?;
        } else {
            self.print(&profiled);
        }
        Ok(ExitCode::SUCCESS)
    }

    /// For people.
    fn print(&self, profiled: &Profiled) {
        for Sent { test, instructions, units, .. } in &profiled.transactions {
            println!("{test}: {}, {units} units", instructions.join(", "));
        }
        if let Some(failure) = &profiled.failure {
            println!("the transaction fails: {failure}");
        }
        println!("{}", report::table(&profiled.profile, self.top));
        println!("{} units; flamegraph: {}", profiled.profile.total_units(), self.svg.display());
    }

    /// All that the tests of this name sent.
    fn of_tests(&self, name: &str) -> anyhow::Result<Profiled> {
        let file = Scratch::new("profiles")?;
        let tests = Tests {
            folder: &self.path,
            filter: Some(name),
            arguments: &self.cargo_arguments,
            is_stdout_ours: self.json,
        };
        ensure!(tests.run(&[("SEALANE_PROFILE_FILE", &file.0)])?, "the tests fail");
        let transactions: Vec<Sent> = file.read()?;
        ensure_any(&transactions, name)?;
        let mut profile = Profile::default();
        transactions.iter().for_each(|transaction| profile.add(&transaction.profile));
        let title = format!("{name}: {} transactions", transactions.len());
        Ok(Profiled { title, profile, transactions, failure: None })
    }
}
