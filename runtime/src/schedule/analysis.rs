//! What limits parallelism in a block: pictures, bounds and what-if figures. Nothing here is on the hot path.
//!
//! Input is a built [`Schedule`]; output is a petgraph graph for analyses of one's own, Graphviz text, and figures.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::dot::{Config, Dot};
use petgraph::graph::{DiGraph, NodeIndex};

use super::graph::Schedule;
use super::ready::Ready;

/// An edge of the petgraph view: the later transaction waits for the earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dependency;

impl Schedule {
    /// The dependency graph as petgraph knows graphs. Node `i` is transaction `i` of the block and weighs its
    /// batch; edges lead from a transaction to those that wait for it.
    pub fn to_petgraph(&self) -> DiGraph<u32, Dependency> {
        let mut graph = DiGraph::with_capacity(self.len(), self.dependency_count());
        for batch in self.batches() {
            graph.add_node(*batch);
        }
        for index in 0..self.len() {
            for predecessor in self.predecessors(index) {
                graph.add_edge(NodeIndex::new(*predecessor as usize), NodeIndex::new(index), Dependency);
            }
        }
        graph
    }

    /// The dependency graph as Graphviz DOT text, each transaction named by `label`.
    pub fn to_dot(&self, label: impl Fn(usize) -> String) -> String {
        let graph = self.to_petgraph();
        let edge = |_, _| String::new();
        let node = |_, (index, _): (NodeIndex, &u32)| {
            format!("label=\"{}\"", label(index.index()).replace('\\', "\\\\").replace('"', "\\\""))
        };
        let config = [Config::NodeNoLabel, Config::EdgeNoLabel];
        format!("{:?}", Dot::with_attr_getters(&graph, &config, &edge, &node))
    }

    /// The speed-up that endless workers would give if all transactions cost the same: transactions over the
    /// longest chain of dependencies. 1 for an empty block.
    pub fn bound(&self) -> f64 {
        if self.is_empty() { 1.0 } else { self.len() as f64 / self.critical_path_len() as f64 }
    }

    /// The time until the last transaction is done, if `workers` workers each take the ready transaction that comes
    /// first in block order as soon as they are free, and handing over costs nothing. In the unit of `costs`, of
    /// which there is one a transaction; sums saturate.
    ///
    /// # Panics
    /// If there is no worker, or not one cost for each transaction.
    pub fn simulate_makespan(&self, costs: &[u64], workers: usize) -> u64 {
        assert!(workers > 0, "somebody must do the work");
        assert_eq!(costs.len(), self.len(), "there is one cost for each transaction");
        let tracker = Ready::<Cell<u32>>::new(self);
        let all = 0..u32::try_from(self.len()).expect("transactions are counted in 32 bits");
        let mut ready: BinaryHeap<Reverse<u32>> =
            all.filter(|index| tracker.reach(*index)).map(Reverse).collect();
        let mut running: BinaryHeap<Reverse<(u64, u32)>> = BinaryHeap::new();
        let mut freed = Vec::new();
        let mut now = 0;
        loop {
            while running.len() < workers
                && let Some(Reverse(index)) = ready.pop()
            {
                running.push(Reverse((costs[index as usize].saturating_add(now), index)));
            }
            let Some(Reverse((done_at, index))) = running.pop() else { return now };
            now = done_at;
            ready.extend(tracker.complete(index, &mut freed).map(Reverse));
            ready.extend(freed.drain(..).map(Reverse));
        }
    }
}
