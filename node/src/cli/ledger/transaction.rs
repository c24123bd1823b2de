//! `sealane ledger transaction`: a transaction by its signature.

use super::{print, print_json, print_rows};
use crate::cli::open;
use crate::cli::records::TransactionRecord;
use anyhow::bail;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use sealane_sdk::instruction::Signature;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// A transaction: where it stands, and what became of it
#[derive(Args, Debug)]
pub(super) struct TransactionCommand {
    /// Directory of the ledger
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The transaction's first signature, in base58
    signature: Signature,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Found {
    #[serde(flatten)]
    record: TransactionRecord,
    unix_time: i64,
    /// Its bytes, in base64.
    transaction: String,
}

impl TransactionCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let ledger = open::existing(&self.directory, None)?;
        let reader = ledger.reader();
        let Some(found) = reader.transaction(self.signature.as_array())? else {
            bail!(
                "there is no transaction {} here: it was never executed, or in a block before {}, the first one kept",
                self.signature,
                reader.first_available_block()
            );
        };
        let (number, index) = (found.place.block_number, found.place.index as usize);
        let found = Found {
            record: TransactionRecord::new(number, index, found.batch, &found.bytes, &found.receipt),
            unix_time: found.unix_time,
            transaction: STANDARD.encode(&found.bytes),
        };
        if self.json {
            print_json(&found)?;
            return Ok(ExitCode::SUCCESS);
        }
        let Found { record, unix_time, .. } = &found;
        print_rows(&[
            ("signature", record.signature.clone()),
            ("block", record.block.to_string()),
            ("index", record.index.to_string()),
            ("batch", record.batch.to_string()),
            ("unix time", unix_time.to_string()),
            ("outcome", record.outcome()),
            ("units", record.units.to_string()),
            ("fee, lamports", record.fee.to_string()),
        ])?;
        for line in &record.logs {
            print(line)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
