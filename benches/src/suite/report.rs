//! Everything a suite found, as one JSON object.

use super::cell::Cell;
use super::machine::Machine;
use super::options::SuiteOptions;
use crate::contention::Contention;
use serde::Serialize;

/// A suite, complete or as far as it came.
#[derive(Clone, Debug)]
pub struct SuiteReport {
    /// Version of Sealane.
    pub version: String,
    /// When it began, in UTC, in the form of RFC 3339.
    pub date: String,
    /// What it ran on.
    pub machine: Machine,
    /// What was asked for.
    pub options: SuiteOptions,
    /// The cells, ordered by workload, contention and workers.
    pub cells: Vec<Cell>,
}

impl SuiteReport {
    /// Whether every cell was measured.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.cells.len() >= self.options.cell_count()
    }

    /// The cells in which a parallel run differs from the serial one.
    pub fn differing(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| !cell.identical)
    }

    /// The cells of the most workers: one for each workload and contention.
    pub(super) fn widest(&self) -> impl Iterator<Item = &Cell> {
        let most = self.most_workers();
        self.cells.iter().filter(move |cell| cell.workers == most)
    }

    pub(super) fn most_workers(&self) -> usize {
        self.options.workers.iter().copied().max().unwrap_or(1)
    }

    /// The cells of a workload at one contention, by workers.
    pub(super) fn row(&self, workload: &str, contention: Contention) -> Vec<&Cell> {
        let cells = self.cells.iter();
        cells.filter(|cell| cell.workload == workload && cell.contention == contention).collect()
    }

    /// The workloads that have cells, in the order of the cells.
    pub(super) fn measured_workloads(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.cells.iter().map(|cell| cell.workload).collect();
        names.dedup();
        names
    }

    /// The object as text, on several lines.
    ///
    /// # Errors
    /// Never, as long as every key is text.
    pub fn to_json(&self) -> anyhow::Result<String> {
        let Self { version, date, machine, options, cells } = self;
        let document = Document { version, date, machine, options, complete: self.is_complete(), cells };
        Ok(serde_json::to_string_pretty(&document)?)
    }
}

/// The JSON object. The keys and their order are relied upon from outside.
#[derive(Serialize)]
struct Document<'a> {
    version: &'a str,
    date: &'a str,
    machine: &'a Machine,
    options: &'a SuiteOptions,
    complete: bool,
    cells: &'a [Cell],
}
