//! What `sealane_getContention` answers, as far as it is printed.

use serde::Deserialize;

/// A block, as it was executed.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    pub(super) contention: Contention,
    pub(super) transactions: Vec<Observed>,
}

/// What limited the parallelism of a block: the runtime's `BlockContention`.
#[derive(Debug, Deserialize)]
pub(super) struct Contention {
    pub(super) number: u64,
    pub(super) transactions: usize,
    pub(super) units: u64,
    pub(super) execute_ns: u64,
    pub(super) critical_path: CriticalPath,
    pub(super) bound: f64,
    pub(super) accounts: Vec<Heat>,
    pub(super) batch_widths: Vec<u32>,
    pub(super) workers: Vec<Worker>,
    pub(super) declarations: Declarations,
}

/// The most costly chain of dependencies.
#[derive(Debug, Deserialize)]
pub(super) struct CriticalPath {
    pub(super) links: Vec<Link>,
    pub(super) units: u64,
    pub(super) time_ns: u64,
}

/// A transaction of it.
#[derive(Debug, Deserialize)]
pub(super) struct Link {
    pub(super) transaction: u32,
    pub(super) units: u64,
    pub(super) accounts: Vec<String>,
}

/// What an account did to the block.
#[derive(Debug, Deserialize)]
pub(super) struct Heat {
    pub(super) account: String,
    pub(super) writers: u32,
    pub(super) readers: u32,
    pub(super) waiters: u32,
    pub(super) waiting_units: u64,
    pub(super) critical_links: u32,
}

/// What a worker did.
#[derive(Debug, Deserialize)]
pub(super) struct Worker {
    pub(super) worker: u16,
    pub(super) executed: usize,
    pub(super) busy_ns: u64,
    pub(super) idle_share: f64,
}

/// Declarations wider than needed.
#[derive(Debug, Deserialize)]
pub(super) struct Declarations {
    pub(super) writes: u64,
    pub(super) unwritten: u64,
    pub(super) never_written: Vec<Unused>,
    pub(super) never_touched: Vec<Unused>,
}

/// An account that was declared without need.
#[derive(Debug, Deserialize)]
pub(super) struct Unused {
    pub(super) account: String,
    pub(super) transactions: Vec<u32>,
}

/// A transaction, as it was executed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Observed {
    pub(super) signature: String,
    pub(super) index: u32,
    pub(super) batch: Option<u32>,
    pub(super) worker: u16,
    pub(super) start_nanos: u64,
    pub(super) end_nanos: u64,
    pub(super) units_consumed: u64,
    pub(super) waited_for: Vec<WaitedFor>,
}

/// Whom a transaction waited for, and because of which account.
#[derive(Debug, Deserialize)]
pub(super) struct WaitedFor {
    pub(super) account: String,
    pub(super) transaction: u32,
}

/// A transaction, and its place in the report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own<'r> {
    pub(super) position: usize,
    pub(super) observed: &'r Observed,
}

impl Report {
    /// The transaction with this signature.
    pub(super) fn transaction(&self, signature: &str) -> Option<Own<'_>> {
        let is_it = |observed: &Observed| observed.signature == signature;
        let position = self.transactions.iter().position(is_it)?;
        Some(Own { position, observed: self.transactions.get(position)? })
    }

    /// How to name the transaction of that index.
    pub(super) fn name(&self, index: u32) -> String {
        let found = self.transactions.iter().find(|observed| observed.index == index);
        match found {
            Some(observed) => format!("{index} ({})", observed.signature),
            None => index.to_string(),
        }
    }
}

/// A time as people read it.
pub(super) fn time(nanos: u64) -> String {
    match nanos {
        0..=9_999 => format!("{nanos} ns"),
        10_000..=9_999_999 => format!("{} µs", nanos / 1_000),
        _ => format!("{} ms", nanos / 1_000_000),
    }
}
