//! What a measurement says, as one JSON object for machines and as tables for people.

use super::contention;
use super::store::StoreReport;
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use sealane_benches::{Checks, Comparison, Measurement, Workload, WorkloadContention};
use sealane_runtime::stages::StageTimes;
use serde::Serialize;
use std::time::Duration;

/// A measurement. The keys and their order are relied upon from outside.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    workload: &'static str,
    transactions: usize,
    blocks: usize,
    workers: usize,
    contention: ContentionKey,
    seed: u64,
    signatures_checked: bool,
    root_computed: bool,
    succeeded: usize,
    failed: usize,
    rejected: usize,
    serial: Run,
    parallel: Run,
    identical: bool,
    speedup: f64,
    critical_path: CriticalPath,
    stages: Stages,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<StoreReport>,
}

/// The key `contention`: the pattern alone, or with `--explain` an object of the pattern and what it led to.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ContentionKey {
    Pattern(String),
    Explained {
        pattern: String,
        #[serde(flatten)]
        explained: Box<WorkloadContention>,
    },
}

/// What the command line asked for, and a workload does not say itself.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) contention: String,
    pub(super) seed: u64,
    pub(super) workers: usize,
    pub(super) checks: Checks,
    pub(super) store: Option<StoreReport>,
}

#[derive(Debug, Serialize)]
struct Run {
    seconds: f64,
    transactions_per_second: f64,
    state_root: String,
}

#[derive(Debug, Serialize)]
struct CriticalPath {
    /// On the longest chains of dependencies, summed over the blocks.
    transactions: usize,
    /// Transactions over the critical path: the speed-up that endless workers would give.
    bound: f64,
}

/// CPU microseconds a transaction, of the parallel run.
#[derive(Debug, Serialize)]
struct Stages {
    sanitize: f64,
    verify: f64,
    schedule: f64,
    load: f64,
    execute: f64,
    commit: f64,
    root: f64,
}

impl Report {
    pub(super) fn new(
        workload: &Workload,
        asked: Asked,
        comparison: &Comparison,
        explained: Option<WorkloadContention>,
    ) -> Self {
        let Asked { contention, seed, workers, checks, store } = asked;
        let Comparison { serial, parallel, identical } = comparison;
        let transactions = workload.transaction_count();
        // Rejected transactions are on no chain.
        let executed = parallel.succeeded + parallel.failed;
        Self {
            workload: workload.name,
            transactions,
            blocks: workload.blocks.len(),
            workers,
            contention: match explained {
                None => ContentionKey::Pattern(contention),
                Some(explained) => {
                    ContentionKey::Explained { pattern: contention, explained: Box::new(explained) }
                }
            },
            seed,
            signatures_checked: checks.signatures,
            root_computed: checks.roots,
            succeeded: parallel.succeeded,
            failed: parallel.failed,
            rejected: parallel.rejected,
            serial: Run::new(serial, transactions),
            parallel: Run::new(parallel, transactions),
            identical: *identical,
            speedup: serial.seconds / parallel.seconds,
            critical_path: CriticalPath {
                transactions: parallel.critical_path_count,
                bound: executed as f64 / parallel.critical_path_count.max(1) as f64,
            },
            stages: Stages::new(&parallel.stages, transactions),
            store,
        }
    }

    /// Exactly one object on stdout.
    pub(super) fn print_json(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string_pretty(self)?);
        Ok(())
    }

    pub(super) fn print_table(&self) {
        println!(
            "\n{}: {} transactions in {} blocks, {} contention, seed {}",
            self.workload,
            thousands(self.transactions as f64),
            self.blocks,
            self.contention.pattern(),
            self.seed
        );
        println!("{} succeeded, {} failed, {} rejected", self.succeeded, self.failed, self.rejected);
        println!("\n{}", self.runs());
        println!("\nCPU time a transaction, parallel run, in microseconds\n{}", self.stage_table());
        println!(
            "\nThe longest chains of dependencies hold {} transactions: endless workers would be {:.1} times as fast.",
            thousands(self.critical_path.transactions as f64),
            self.critical_path.bound
        );
        if let Some(StoreReport { kind, path: Some(path), bytes }) = &self.store {
            let bytes = thousands(*bytes as f64);
            println!("Durable in {path}, kept by {kind}: the parallel run's ledger has {bytes} bytes.");
        }
        let skipped = self.skipped();
        if !skipped.is_empty() {
            println!("Skipped, and so not in these figures: {}.", skipped.join(", "));
        }
        if self.identical {
            println!("Receipts, batches and state root are identical: {}", self.parallel.state_root);
        } else {
            println!(
                "THE TWO RUNS DIFFER: this is a bug. Please report it with the command line and the seed."
            );
        }
        if let ContentionKey::Explained { explained, .. } = &self.contention {
            contention::print(explained);
        }
    }

    fn runs(&self) -> Table {
        let mut table = table(&["", "seconds", "transactions/s", "speed-up"]);
        let serial = format!("{:.3}", self.serial.seconds);
        let parallel = format!("{:.3}", self.parallel.seconds);
        let label = format!("parallel, {} workers", self.workers);
        add(
            &mut table,
            "serial",
            &[serial, thousands(self.serial.transactions_per_second), "1.00".to_owned()],
        );
        let speedup = format!("{:.2}", self.speedup);
        add(&mut table, &label, &[parallel, thousands(self.parallel.transactions_per_second), speedup]);
        table
    }

    fn stage_table(&self) -> Table {
        let Stages { sanitize, verify, schedule, load, execute, commit, root } = self.stages;
        let mut table =
            table(&["", "sanitize", "verify", "schedule", "load", "execute", "commit", "root", "sum"]);
        let figures = [sanitize, verify, schedule, load, execute, commit, root];
        let mut cells: Vec<String> = figures.iter().map(|figure| format!("{figure:.3}")).collect();
        cells.push(format!("{:.3}", figures.iter().sum::<f64>()));
        add(&mut table, "µs", &cells);
        table
    }

    fn skipped(&self) -> Vec<&'static str> {
        let signatures = (!self.signatures_checked).then_some("signatures");
        let root = (!self.root_computed).then_some("roots");
        signatures.into_iter().chain(root).collect()
    }
}

impl ContentionKey {
    fn pattern(&self) -> &str {
        match self {
            Self::Pattern(pattern) | Self::Explained { pattern, .. } => pattern,
        }
    }
}

impl Run {
    fn new(measurement: &Measurement, transactions: usize) -> Self {
        Self {
            seconds: measurement.seconds,
            transactions_per_second: transactions as f64 / measurement.seconds,
            state_root: measurement.state_root.to_string(),
        }
    }
}

impl Stages {
    fn new(times: &StageTimes, transactions: usize) -> Self {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / transactions as f64;
        Self {
            sanitize: each(times.sanitize),
            verify: each(times.verify),
            schedule: each(times.schedule),
            load: each(times.load),
            execute: each(times.execute),
            commit: each(times.commit),
            root: each(times.root),
        }
    }
}

pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header(header);
    table
}

pub(super) fn add(table: &mut Table, label: &str, cells: &[String]) {
    let figures = cells.iter().map(|cell| Cell::new(cell).set_alignment(CellAlignment::Right));
    table.add_row(std::iter::once(Cell::new(label)).chain(figures));
}

/// A whole number with commas between the thousands.
pub(super) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}
