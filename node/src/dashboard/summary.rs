//! Figures of one block, for the page: a [`BlockEvent`] comes in, a few numbers, spans and addresses go out.

use crate::rpc::BlockEvent;
use sealane_runtime::explain::{AccountHeat, BlockObservation, CriticalPathReport, account_heat};
use sealane_sdk::Address;
use sealane_sdk::instruction::Signature;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Parts into which the time of a block is cut: shorter pauses of a worker are not drawn.
const PART_COUNT: u64 = 400;
/// Transactions of a block that are listed.
const LISTED_COUNT: usize = 40;
/// Lines of a transaction's log that are listed.
const LOG_LINE_COUNT: usize = 40;
/// Waiting transactions that are named for each account.
const WAITING_COUNT: usize = 5;

/// One block.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockSummary {
    pub(super) number: u64,
    hash: String,
    unix_time: i64,
    pub(super) transactions: usize,
    failed: usize,
    rejected: usize,
    units: u64,
    batches: u32,
    critical_path: usize,
    parallelism: f64,
    took_us: u64,
    committed_after_us: u64,
    stages_us: BTreeMap<&'static str, u64>,
    waited_ms: Option<Percentiles>,
    execute_us: f64,
    workers: Vec<WorkerSummary>,
    listed: Vec<TransactionSummary>,
    #[serde(skip)]
    pub(super) heat: Vec<HotAccount>,
}

/// How long transactions waited from admission until they were durable.
#[derive(Debug, Serialize)]
struct Percentiles {
    p50: f64,
    p99: f64,
}

/// What one worker did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkerSummary {
    executed: usize,
    busy_us: f64,
    /// Begin and end of each time at work, in microseconds, and how many transactions it ran.
    spans: Vec<(f64, f64, u32)>,
}

/// One transaction.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TransactionSummary {
    signature: String,
    failure: Option<String>,
    units: u64,
    fee_lamports: u64,
    batch: u32,
    logs: Vec<String>,
}

/// An account that others waited for, in one block or several.
#[derive(Clone, Debug)]
pub(super) struct HotAccount {
    pub(super) heat: AccountHeat,
    /// Signatures of transactions of the critical path that waited for it, the last ones.
    pub(super) waiting: Vec<String>,
}

impl BlockSummary {
    /// The figures of a block.
    pub(super) fn new(event: &BlockEvent) -> Self {
        let receipts = &event.block.receipts;
        let failed = receipts.iter().filter(|receipt| !receipt.body.succeeded()).count();
        let observation = event.observation.as_deref();
        Self {
            number: event.number,
            hash: event.hash.to_string(),
            unix_time: event.block.header.unix_time,
            transactions: receipts.len(),
            failed,
            rejected: event.rejected_count,
            units: receipts.iter().map(|receipt| receipt.body.units_consumed).sum(),
            batches: event.block.batches.iter().max().map_or(0, |last| last + 1),
            critical_path: event.critical_path_count,
            parallelism: receipts.len() as f64 / event.critical_path_count.max(1) as f64,
            took_us: micros(event.took),
            committed_after_us: micros(event.committed_after),
            stages_us: stages(event),
            waited_ms: percentiles(&event.waited),
            execute_us: observation.map_or(0.0, |block| block.execute.as_secs_f64() * 1e6),
            workers: observation.map_or_else(Vec::new, workers),
            listed: listed(event),
            heat: observation.map_or_else(Vec::new, |block| hot_accounts(event, block)),
        }
    }
}

impl HotAccount {
    /// Adds what the same account did to a later block.
    pub(super) fn add(&mut self, later: &Self) {
        self.heat.add(&later.heat);
        self.waiting.extend_from_slice(&later.waiting);
        let surplus = self.waiting.len().saturating_sub(WAITING_COUNT);
        self.waiting.drain(..surplus);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn stages(event: &BlockEvent) -> BTreeMap<&'static str, u64> {
    let times = &event.stages;
    [
        ("sanitize", times.sanitize),
        ("verify", times.verify),
        ("schedule", times.schedule),
        ("load", times.load),
        ("execute", times.execute),
        ("commit", times.commit),
        ("root", times.root),
    ]
    .map(|(stage, time)| (stage, micros(time)))
    .into()
}

fn percentiles(waited: &[Duration]) -> Option<Percentiles> {
    let mut sorted = waited.to_vec();
    sorted.sort_unstable();
    let at = |percent: usize| {
        let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(index).map(|time| time.as_secs_f64() * 1e3)
    };
    Some(Percentiles { p50: at(50)?, p99: at(99)? })
}

fn workers(block: &BlockObservation) -> Vec<WorkerSummary> {
    let pause_ns = u64::try_from(block.execute.as_nanos()).unwrap_or(u64::MAX) / PART_COUNT;
    let worker = |number: usize| {
        let own = block.transactions.iter().filter(|transaction| usize::from(transaction.worker) == number);
        let mut times: Vec<(u64, u64)> =
            own.map(|transaction| (transaction.start_ns, transaction.end_ns)).collect();
        times.sort_unstable();
        let mut spans: Vec<(u64, u64, u32)> = Vec::new();
        for (start, end) in &times {
            match spans.last_mut() {
                Some(last) if *start <= last.1.saturating_add(pause_ns) => {
                    *last = (last.0, last.1.max(*end), last.2 + 1);
                }
                _ => spans.push((*start, *end, 1)),
            }
        }
        let busy_ns: u64 = times.iter().map(|(start, end)| end.saturating_sub(*start)).sum();
        let us = |ns: u64| ns as f64 / 1e3;
        let spans = spans.into_iter().map(|(start, end, count)| (us(start), us(end), count)).collect();
        WorkerSummary { executed: times.len(), busy_us: us(busy_ns), spans }
    };
    (0..block.worker_count).map(worker).collect()
}

/// The last transactions of the block, newest first.
fn listed(event: &BlockEvent) -> Vec<TransactionSummary> {
    let block = &event.block;
    let all = event.signatures.iter().zip(&block.receipts).zip(&block.batches).rev();
    all.take(LISTED_COUNT)
        .map(|((signature, receipt), batch)| {
            let mut logs = receipt.logs.lines();
            if logs.len() > LOG_LINE_COUNT {
                let left_out = logs.len() - LOG_LINE_COUNT;
                logs.truncate(LOG_LINE_COUNT);
                logs.push(format!("… {left_out} more lines"));
            }
            TransactionSummary {
                signature: text(signature),
                failure: receipt.body.failure.as_ref().map(ToString::to_string),
                units: receipt.body.units_consumed,
                fee_lamports: receipt.body.fee_lamports,
                batch: *batch,
                logs,
            }
        })
        .collect()
}

fn text(signature: &[u8; 64]) -> String {
    Signature::from(*signature).to_string()
}

/// The accounts that somebody waited for.
fn hot_accounts(event: &BlockEvent, block: &BlockObservation) -> Vec<HotAccount> {
    let heat = account_heat(block, &block.units());
    let mut waiting = waiting(event, block);
    let hot = heat.into_iter().filter(|account| account.waiters > 0);
    hot.map(|heat| HotAccount { waiting: waiting.remove(&heat.account).unwrap_or_default(), heat }).collect()
}

/// For each account that chains the critical path, which transactions of it waited for that account.
fn waiting(event: &BlockEvent, block: &BlockObservation) -> BTreeMap<Address, Vec<String>> {
    // Links tell indices in what the block was made of; rejected transactions are not in the block. Whoever is has paid.
    let executed = block.transactions.iter().filter(|transaction| transaction.touched != 0);
    let places: BTreeMap<u32, &[u8; 64]> =
        executed.map(|transaction| transaction.index).zip(&event.signatures).collect();
    let mut waiting: BTreeMap<Address, Vec<String>> = BTreeMap::new();
    for link in CriticalPathReport::new(block, &block.schedule()).links.iter().rev() {
        let Some(signature) = places.get(&link.transaction) else { continue };
        for account in &link.accounts {
            let named = waiting.entry(*account).or_default();
            if named.len() < WAITING_COUNT {
                named.insert(0, text(signature));
            }
        }
    }
    waiting
}
