//! `sealane ledger block`: a block with its transactions.

use super::{print, print_json, print_rows};
use crate::cli::open;
use crate::cli::records::{HeaderRecord, TransactionRecord};
use anyhow::{Context, bail};
use clap::Args;
use sealane_runtime::Ledger;
use sealane_runtime::ledger::Block;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// A block with its transactions
#[derive(Args, Debug)]
pub(super) struct BlockCommand {
    /// Directory of the ledger
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The block's number
    number: u64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct BlockRecord {
    #[serde(flatten)]
    header: HeaderRecord,
    transactions: Vec<TransactionRecord>,
}

impl BlockCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let ledger = open::existing(&self.directory, None)?;
        let block = find(&ledger, self.number)?;
        let record = BlockRecord {
            header: HeaderRecord::new(&block.header, block.header.hash()),
            transactions: TransactionRecord::all(&block).collect(),
        };
        if self.json {
            print_json(&record)?;
            return Ok(ExitCode::SUCCESS);
        }
        print_rows(&record.header.rows())?;
        for transaction in &record.transactions {
            let TransactionRecord { signature, index, batch, units, .. } = transaction;
            print(format_args!(
                "{index}  batch {batch}  {signature}  {units} units  {}",
                transaction.outcome()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A block that the ledger keeps.
///
/// # Errors
/// If there is none of that number; says which there are.
pub(super) fn find(ledger: &Ledger, number: u64) -> anyhow::Result<Arc<Block>> {
    let reader = ledger.reader();
    match reader.block(number).with_context(|| format!("cannot read block {number}"))? {
        Some(block) => Ok(block),
        None => bail!(
            "there is no block {number} here: the ledger keeps blocks {} to {}",
            reader.first_available_block(),
            reader.last().header.number
        ),
    }
}
