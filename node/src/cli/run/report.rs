//! What `sealane run` says of each block: a line for people, JSON Lines for machines, written as soon as the block is durable.

use super::input::InputBlock;
use crate::cli::records::{HeaderRecord, TransactionRecord, signature};
use sealane_runtime::{ExecutedBlock, Rejection};
use sealane_sdk::instruction::TransactionError;
use serde::Serialize;
use std::io::{self, Write};

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Lines for people.
    Text,
    /// An object a line.
    Json,
}

/// Which results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Blocks.
    Blocks,
    /// And behind each the transactions that were executed.
    Receipts,
}

/// How far the run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Totals {
    /// Blocks that are durable.
    pub(super) blocks: u64,
    /// Transactions that succeeded.
    pub(super) succeeded: u64,
    /// Transactions that were executed and failed.
    pub(super) failed: u64,
    /// Transactions that were rejected.
    pub(super) rejected: u64,
}

/// A block that is durable.
#[derive(Serialize)]
struct BlockReport<'r> {
    #[serde(flatten)]
    header: HeaderRecord,
    executed: u64,
    succeeded: u64,
    failed: u64,
    rejected: &'r [RejectedReport],
}

/// A transaction that was left out.
#[derive(Serialize)]
struct RejectedReport {
    /// Its index in the input's block.
    index: usize,
    place: String,
    signature: Option<String>,
    err: TransactionError,
    reason: String,
}

/// Writes results.
pub(super) struct Reporter<W> {
    pub(super) out: W,
    pub(super) style: Style,
    pub(super) detail: Detail,
    /// What the input is called.
    pub(super) file: String,
    pub(super) totals: Totals,
}

impl<W: Write> Reporter<W> {
    /// Writes down what became of a block of the input, which is durable now.
    pub(super) fn block(&mut self, input: &InputBlock, executed: &ExecutedBlock) -> io::Result<()> {
        let block = &executed.block;
        let succeeded = block.receipts.iter().filter(|receipt| receipt.body.succeeded()).count() as u64;
        let count = block.receipts.len() as u64;
        let rejected: Vec<_> = executed
            .rejected
            .iter()
            .map(|(index, rejection)| self.rejected(input, *index, rejection))
            .collect();
        let report = BlockReport {
            header: HeaderRecord::new(&block.header, executed.hash),
            executed: count,
            succeeded,
            failed: count - succeeded,
            rejected: &rejected,
        };
        self.totals.blocks += 1;
        self.totals.succeeded += succeeded;
        self.totals.failed += report.failed;
        self.totals.rejected += rejected.len() as u64;
        match self.style {
            Style::Json => self.json(&report)?,
            Style::Text => self.text(&report)?,
        }
        if self.detail == Detail::Receipts {
            for transaction in TransactionRecord::all(block) {
                match self.style {
                    Style::Json => self.json(&transaction)?,
                    Style::Text => self.transaction(&transaction)?,
                }
            }
        }
        self.out.flush()
    }

    /// Writes an object on a line of its own.
    pub(super) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }

    fn rejected(&self, input: &InputBlock, index: usize, rejection: &Rejection) -> RejectedReport {
        let bytes = input.transactions.get(index).map_or(&[][..], Vec::as_slice);
        let place = input.places.get(index).copied().unwrap_or(input.place);
        RejectedReport {
            index,
            place: place.of(&self.file),
            signature: signature(bytes),
            err: rejection.transaction_error(),
            reason: rejection.to_string(),
        }
    }

    fn text(&mut self, report: &BlockReport<'_>) -> io::Result<()> {
        let BlockReport { header, executed, failed, rejected, .. } = report;
        let root = header.state_root.as_deref().unwrap_or("none");
        writeln!(
            self.out,
            "block {}  {}  state root {root}  {executed} executed, {failed} of them failed, {} rejected",
            header.block,
            header.hash,
            rejected.len()
        )?;
        for RejectedReport { index, place, reason, .. } in *rejected {
            writeln!(self.out, "  rejected: transaction {index} of its block, {place}: {reason}")?;
        }
        Ok(())
    }

    fn transaction(&mut self, transaction: &TransactionRecord) -> io::Result<()> {
        let TransactionRecord { signature, index, units, fee, logs, .. } = transaction;
        let outcome = transaction.outcome();
        writeln!(self.out, "  {index}  {signature}  {units} units, {fee} lamports  {outcome}")?;
        logs.iter().try_for_each(|line| writeln!(self.out, "      {line}"))
    }
}
