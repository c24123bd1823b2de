//! `sealane ledger account`: an account, as the last block left it.

use super::{print, print_rows};
use crate::cli::open;
use anyhow::bail;
use clap::Args;
use sealane_runtime::ledger::{AccountDump, JsonStyle};
use sealane_sdk::{Account, Address};
use std::path::PathBuf;
use std::process::ExitCode;

/// An account, as the last block left it
#[derive(Args, Debug)]
pub(super) struct AccountCommand {
    /// Directory of the ledger
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The account's address, in base58
    address: Address,
    /// Print the JSON object that `solana account --output json` prints: a genesis file can load it
    #[arg(long)]
    json: bool,
}

impl AccountCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let ledger = open::existing(&self.directory, None)?;
        let Some(account) = ledger.account(&self.address)? else {
            let number = ledger.last_header().number;
            bail!("there is no account {} after block {number}", self.address);
        };
        if self.json {
            let dump = AccountDump { address: self.address, account: Account::clone(&account) };
            print(dump.to_json(JsonStyle::Pretty))?;
            return Ok(ExitCode::SUCCESS);
        }
        print_rows(&[
            ("address", self.address.to_string()),
            ("lamports", account.lamports.to_string()),
            ("owner", account.owner.to_string()),
            ("executable", account.executable.to_string()),
            ("bytes of data", account.data.len().to_string()),
        ])?;
        Ok(ExitCode::SUCCESS)
    }
}
