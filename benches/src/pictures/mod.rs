//! Pictures of contention: what the workers of a block did, its batches, its hottest accounts, its dependency graph, and
//! the speed-up of a whole workload. And the plain plots beneath them, for any figures: lines, bars, stacks.
//!
//! Input is a comparison whose runs were observed, and what [`WorkloadContention`] made of it; output is text for files:
//! SVG that stands by itself (its own style, light and dark, no fonts or files from elsewhere), and Graphviz DOT. Whatever
//! the size of a block, a picture stays small: what is narrower than a pixel is drawn together, and says so.

mod accounts;
mod axis;
mod bars;
mod batches;
mod graph;
mod head;
mod lines;
mod speedup;
mod stacks;
pub(crate) mod svg;
pub(crate) mod text;
mod workers;

#[cfg(test)]
mod tests;

pub use accounts::accounts;
pub use bars::{Bar, BarGroup, Bars, bars};
pub use batches::batches;
pub use graph::{MAX_GRAPH_TRANSACTIONS, graph};
pub use lines::{Line, LineStyle, Lines, Scale, lines};
pub use speedup::speedup;
pub use stacks::{Stack, Stacks, stacks};
pub use workers::workers;

use crate::explain::WorkloadContention;
use crate::measure::Comparison;
use crate::workload::Labels;
use sealane_runtime::explain::{BlockContention, BlockObservation};
use sealane_sdk::Address;

/// A picture as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The file's name, which says what it shows.
    pub file_name: String,
    /// What stands in the file.
    pub text: String,
}

/// A block with everything that its pictures tell.
#[derive(Clone, Copy, Debug)]
pub struct BlockView<'a> {
    /// What the workers noted.
    pub observation: &'a BlockObservation,
    /// What was made of it.
    pub contention: &'a BlockContention,
    /// Its place among the blocks of the workload, from 0, by which `labels` knows it.
    pub block_index: usize,
    /// What accounts and transactions are called.
    pub labels: &'a Labels,
}

impl BlockView<'_> {
    /// What an account is called; the address, shortened to its two ends, if it has no name or an empty one.
    pub(crate) fn account(&self, address: &Address) -> String {
        let name = self.labels.accounts.get(address).filter(|name| !name.trim().is_empty());
        name.cloned().unwrap_or_else(|| text::ends(&address.to_string()))
    }

    /// What the transaction at `index` in the block is called, rejected transactions counted.
    pub(crate) fn transaction(&self, index: u32) -> String {
        let names = self.labels.transactions.get(self.block_index);
        let name = names.and_then(|names| names.get(index as usize)).filter(|name| !name.trim().is_empty());
        name.cloned().unwrap_or_else(|| format!("transaction {index}"))
    }

    /// The positions, among the admitted transactions, of those on the critical path; in block order.
    pub(crate) fn critical_positions(&self) -> Vec<usize> {
        let transactions = &self.observation.transactions;
        let links = self.contention.critical_path.links.iter();
        links
            .filter_map(|link| transactions.binary_search_by_key(&link.transaction, |one| one.index).ok())
            .collect()
    }
}

/// All pictures of a workload: of the block with the most costly critical path, and the speed-up of the whole.
///
/// # Errors
/// If the comparison was not observed, or is not the one that `contention` explains.
pub fn pictures(
    comparison: &Comparison,
    contention: &WorkloadContention,
    labels: &Labels,
) -> anyhow::Result<Vec<Picture>> {
    let observed = &comparison.parallel.observed;
    anyhow::ensure!(
        observed.len() == contention.blocks.len(),
        "{} blocks were observed and {} explained",
        observed.len(),
        contention.blocks.len()
    );
    let longest =
        contention.blocks.iter().enumerate().rev().max_by_key(|(_, block)| block.critical_path.units);
    let mut files = Vec::new();
    if let Some((block_index, block)) = longest {
        let observation = &observed[block_index].observation;
        let view = BlockView { observation, contention: block, block_index, labels };
        let mut add = |what: &str, text: String| {
            files.push(Picture { file_name: format!("block-{}-{what}", block.number), text });
        };
        add("workers.svg", workers(&view));
        add("batches.svg", batches(&view));
        add("accounts.svg", accounts(&view));
        add("graph.dot", graph(&view));
    }
    files.push(Picture { file_name: "speedup.svg".to_owned(), text: speedup(contention) });
    Ok(files)
}
