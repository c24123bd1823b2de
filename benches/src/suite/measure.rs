//! Runs one workload of the suite: at every contention it is made once, and then run again and again: serially and
//! observed, for the model; serially, and on each number of workers, to be measured.
//!
//! The runs take turns, so that whatever disturbs the machine for a while does not fall on one number of workers alone.
//! Of the observed runs, the one that was disturbed least makes the model, since it would take every disturbance for work
//! that no worker can share.

use super::cell::{Cell, Expected, Side, Stages};
use super::options::SuiteOptions;
use super::workloads::SuiteWorkload;
use crate::contention::Contention;
use crate::explain::WorkloadContention;
use crate::measure::{self as runs, Measurement, runtime_config};
use crate::pictures::text::counted;
use crate::workload::Workload;
use anyhow::Context;
use sealane_runtime::{Observation, RuntimeConfig};

/// Is told how far a suite is.
pub trait Watcher: Sync {
    /// What is done from now on, in a few words.
    fn began(&self, what: String);
    /// So many transactions are through what was begun.
    fn advanced(&self, transaction_count: usize);
}

/// Measures `workload` in all its cells, ordered by contention and then by workers.
///
/// # Errors
/// If the workload cannot be made, a runtime cannot be made or a block is fatal. Runs that differ are no error: the cell
/// says so.
pub fn measure(
    workload: &SuiteWorkload,
    options: &SuiteOptions,
    watcher: &dyn Watcher,
) -> anyhow::Result<Vec<Cell>> {
    let mut cells = Vec::with_capacity(options.contentions.len() * options.workers.len());
    for contention in &options.contentions {
        let name = format!("{}, {contention}", workload.name);
        let row = Row { options, contention: *contention, name: &name, watcher };
        row.measure(workload, &mut cells).with_context(|| format!("cannot measure {name}"))?;
    }
    Ok(cells)
}

/// The cells of a workload at one contention: they share the transactions and the serial runs.
struct Row<'a> {
    options: &'a SuiteOptions,
    contention: Contention,
    name: &'a str,
    watcher: &'a dyn Watcher,
}

/// The runs of a row.
struct Runs {
    /// The fastest of the observed runs: what each transaction costs and what it depends on.
    observed: Option<Measurement>,
    serial: Vec<Measurement>,
    /// By the index of the number of workers, then by repeat.
    parallel: Vec<Vec<Measurement>>,
}

impl Row<'_> {
    fn measure(&self, workload: &SuiteWorkload, cells: &mut Vec<Cell>) -> anyhow::Result<()> {
        self.begin("signing");
        let options = self.options.workload(self.contention);
        let made = (workload.generator)(&options, &self.config(1), &|| self.watcher.advanced(1))?;
        let runs = self.runs(&made)?;
        let model = runs.model(&made)?;
        for (workers, parallel) in self.options.workers.iter().zip(&runs.parallel) {
            cells.push(self.cell(made.name, *workers, &runs.serial, parallel, &model));
        }
        Ok(())
    }

    fn begin(&self, what: &str) {
        self.watcher.began(format!("{}: {what}", self.name));
    }

    fn config(&self, workers: usize) -> RuntimeConfig {
        runtime_config(workers, self.options.checks())
    }

    fn runs(&self, workload: &Workload) -> anyhow::Result<Runs> {
        let advanced = |count| self.watcher.advanced(count);
        let worker_counts = &self.options.workers;
        let most_workers = worker_counts.iter().copied().max().unwrap_or(1);
        runs::warm_up(workload, &self.config(most_workers))?;
        let mut all =
            Runs { observed: None, serial: Vec::new(), parallel: vec![Vec::new(); worker_counts.len()] };
        for _ in 0..self.options.repeats {
            self.begin("model");
            let config = RuntimeConfig { observation: Observation::On, ..self.config(1) };
            all.observe(runs::run(workload, &config, runs::Side::Serial, advanced)?);
            self.begin("serial");
            all.serial.push(runs::run(workload, &self.config(1), runs::Side::Serial, advanced)?);
            for (workers, parallel) in worker_counts.iter().zip(&mut all.parallel) {
                self.begin(&counted(*workers as u64, "worker"));
                parallel.push(runs::run(workload, &self.config(*workers), runs::Side::Parallel, advanced)?);
            }
        }
        Ok(all)
    }

    fn cell(
        &self,
        workload: &'static str,
        workers: usize,
        serial: &[Measurement],
        parallel: &[Measurement],
        model: &WorkloadContention,
    ) -> Cell {
        let transactions = self.options.transactions;
        let (one, many) = (Side::new(serial, transactions), Side::new(parallel, transactions));
        let count = |figure: fn(&Measurement) -> usize| parallel.first().map_or(0, figure);
        Cell {
            workload,
            contention: self.contention,
            workers,
            repeats: parallel.len(),
            serial: one,
            parallel: many,
            speedup: one.seconds / many.seconds,
            identical: serial.iter().zip(parallel).all(|(serial, parallel)| serial.agrees_with(parallel)),
            succeeded: count(|run| run.succeeded),
            failed: count(|run| run.failed),
            rejected: count(|run| run.rejected),
            stages: Stages::new(parallel, transactions),
            bound: model.bound,
            expected: Expected::all(&model.what_if, &one),
        }
    }
}

impl Runs {
    fn observe(&mut self, run: Measurement) {
        if self.observed.as_ref().is_none_or(|fastest| run.seconds < fastest.seconds) {
            self.observed = Some(run);
        }
    }

    fn model(&self, workload: &Workload) -> anyhow::Result<WorkloadContention> {
        let observed = self.observed.as_ref().context("no run was observed: there are no repeats")?;
        WorkloadContention::of_runs(observed, observed, &workload.labels)
    }
}
