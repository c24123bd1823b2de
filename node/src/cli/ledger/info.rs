//! `sealane ledger info`: what a ledger is and how much it holds.

use super::{print_json, print_rows};
use crate::cli::open;
use crate::cli::progress::{Audience, Unit, bar};
use crate::cli::records::HeaderRecord;
use clap::Args;
use sealane_runtime::ledger::store::directory::engine_of;
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

/// What the ledger is: its engine, its last block, the blocks it keeps, how much it holds, its rules
#[derive(Args, Debug)]
pub(super) struct InfoCommand {
    /// Directory of the ledger
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Info {
    engine: &'static str,
    last: HeaderRecord,
    /// The oldest block that is kept.
    first_block: u64,
    accounts: u64,
    /// Bytes of data of all accounts.
    data_bytes: u64,
    /// Lamports of all accounts.
    lamports: u128,
    /// Bytes on disk.
    size_bytes: u64,
    rules: Rules,
}

#[derive(Serialize)]
struct Rules {
    /// Who gets the fees; `null` if nobody does.
    fee_collector: Option<String>,
    blockhash_age_blocks: usize,
}

impl InfoCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let engine = engine_of(&self.directory)?.name();
        let ledger = open::existing(&self.directory, None)?;
        let info = self.read(&ledger.reader(), engine)?;
        if self.json {
            print_json(&info)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut rows = vec![("engine", info.engine.to_owned())];
        rows.extend(info.last.rows());
        rows.extend([
            ("blocks kept", format!("{} to {}", info.first_block, info.last.block)),
            ("accounts", info.accounts.to_string()),
            ("bytes of data", info.data_bytes.to_string()),
            ("lamports", info.lamports.to_string()),
            ("bytes on disk", info.size_bytes.to_string()),
            ("fee collector", info.rules.fee_collector.unwrap_or_else(|| "none: fees are burned".to_owned())),
            ("blockhashes are good for", format!("{} blocks", info.rules.blockhash_age_blocks)),
        ]);
        print_rows(&rows)?;
        Ok(ExitCode::SUCCESS)
    }

    fn read(&self, reader: &sealane_runtime::LedgerReader, engine: &'static str) -> anyhow::Result<Info> {
        let snapshot = reader.snapshot()?;
        let progress = bar(None, "counting", Unit::Accounts, Audience::of_json(self.json));
        let (mut accounts, mut data_bytes, mut lamports) = (0_u64, 0_u64, 0_u128);
        snapshot.for_each_account(None, &mut |_, account| {
            accounts += 1;
            data_bytes += account.data.len() as u64;
            lamports += u128::from(account.lamports);
            progress.inc(1);
            ControlFlow::Continue(())
        })?;
        progress.finish_and_clear();
        let rules = snapshot.rules();
        Ok(Info {
            engine,
            last: HeaderRecord::new(snapshot.header(), snapshot.hash()),
            first_block: reader.first_available_block(),
            accounts,
            data_bytes,
            lamports,
            size_bytes: reader.size_bytes(),
            rules: Rules {
                fee_collector: rules.fee_collector.map(|address| address.to_string()),
                blockhash_age_blocks: rules.blockhash_age_blocks,
            },
        })
    }
}
