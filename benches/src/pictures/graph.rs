//! The dependency graph of a block as Graphviz DOT: transactions with their names, the accounts they wait for on the
//! edges, the critical path marked. Through petgraph.
//!
//! Graphviz does not draw thousands of transactions in reasonable time: of a larger block the file shows the critical path
//! and what is tied to it, and says so. Chains of hundreds take `dot` minutes all the same, and `sfdp` seconds.

use super::BlockView;
use super::text::{MAX_NAME_COUNT, counted, shorten, shown, thousands};
use petgraph::dot::{Config, Dot};
use petgraph::graph::{DiGraph, EdgeReference, NodeIndex};
use petgraph::visit::EdgeRef;
use sealane_runtime::schedule::Schedule;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Transactions that a graph shows at most.
pub const MAX_GRAPH_TRANSACTIONS: usize = 500;
/// Accounts that an edge names at most.
const MAX_EDGE_NAMES: usize = 3;

/// A node is the position of a transaction among the admitted ones.
type Graph = DiGraph<usize, ()>;

/// Writes the graph.
#[must_use]
pub fn graph(block: &BlockView<'_>) -> String {
    let schedule = block.observation.schedule();
    let path = block.critical_positions();
    let shown = chosen(&schedule, &path);
    let graph = part(&schedule, &shown);
    let on_path: BTreeSet<usize> = path.iter().copied().collect();
    let path_edges: BTreeSet<(usize, usize)> = path.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let node = |_: &Graph, (_, position): (NodeIndex, &usize)| {
        let mark = if on_path.contains(position) { CRITICAL_NODE } else { "" };
        format!("label=\"{}\"{mark}", node_label(block, *position))
    };
    let edge = |graph: &Graph, edge: EdgeReference<'_, ()>| {
        let ends = (graph[edge.source()], graph[edge.target()]);
        let mark = if path_edges.contains(&ends) { CRITICAL_EDGE } else { "" };
        format!("label=\"{}\"{mark}", edge_label(block, ends))
    };
    let config = [Config::NodeNoLabel, Config::EdgeNoLabel, Config::GraphContentOnly];
    let content = Dot::with_attr_getters(&graph, &config, &edge, &node);
    let said = said(block, &schedule, &shown);
    let comment: String = said.iter().map(|line| format!("// {line}\n")).collect();
    format!(
        "{comment}digraph block_{number} {{\n    label=\"{label}\"; labelloc=t; fontname=\"sans-serif\";\n    \
         node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"sans-serif\", fontsize=11];\n    \
         edge [color=\"#57606a\", fontname=\"sans-serif\", fontsize=9];\n{content:?}}}\n",
        number = block.contention.number,
        label = said.join("\\n"),
    )
}

const CRITICAL_NODE: &str = ", color=\"#d55e00\", fillcolor=\"#fde3d2\", penwidth=2";
const CRITICAL_EDGE: &str = ", color=\"#d55e00\", penwidth=2.5";

/// What the file says of itself, line by line. No word of it comes from elsewhere.
fn said(block: &BlockView<'_>, schedule: &Schedule, shown: &[usize]) -> Vec<String> {
    let all = schedule.len();
    let tied = (0..all).filter(|position| is_tied(schedule, *position)).count();
    let tied_shown = shown.iter().filter(|position| is_tied(schedule, **position)).count();
    // A critical path of a single transaction is shown, whether or not anything is tied to it.
    let loose = all - tied - (shown.len() - tied_shown);
    let mut said = vec![
        format!(
            "Block {}: {}, {}, critical path of {}",
            block.contention.number,
            counted(all as u64, "transaction"),
            if schedule.dependency_count() == 1 {
                "1 dependency".to_owned()
            } else {
                format!("{} dependencies", thousands(schedule.dependency_count() as u64))
            },
            thousands(block.contention.critical_path.links.len() as u64)
        ),
        "An arrow leads to the transaction that waits, and names the accounts it waits for; the critical path is marked"
            .to_owned(),
    ];
    if loose > 0 {
        said.push(format!("{} that nothing is tied to left out", counted(loose as u64, "transaction")));
    }
    if tied > tied_shown {
        said.push(format!(
            "Shown are {} of the {} that wait or are waited for, at most {MAX_GRAPH_TRANSACTIONS}: the critical path and what is nearest to it",
            thousands(tied_shown as u64),
            thousands(tied as u64)
        ));
    }
    said
}

/// Whether a transaction waits for another one or lets one wait.
fn is_tied(schedule: &Schedule, position: usize) -> bool {
    !schedule.predecessors(position).is_empty() || !schedule.successors(position).is_empty()
}

/// Which transactions to show, in block order: the critical path, then what is tied to it, the nearest first, then what
/// is tied to something else.
fn chosen(schedule: &Schedule, path: &[usize]) -> Vec<usize> {
    let mut chosen: BTreeSet<usize> = path.iter().copied().take(MAX_GRAPH_TRANSACTIONS).collect();
    let mut queue: VecDeque<usize> = chosen.iter().copied().collect();
    let mut others = (0..schedule.len()).filter(|position| is_tied(schedule, *position));
    while chosen.len() < MAX_GRAPH_TRANSACTIONS {
        let Some(position) = queue.pop_front() else {
            let Some(next) = others.next() else { break };
            if chosen.insert(next) {
                queue.push_back(next);
            }
            continue;
        };
        for next in schedule.predecessors(position).iter().chain(schedule.successors(position)) {
            let next = *next as usize;
            if chosen.len() < MAX_GRAPH_TRANSACTIONS && chosen.insert(next) {
                queue.push_back(next);
            }
        }
    }
    chosen.into_iter().collect()
}

/// The graph of the transactions at these positions, which are ascending, with the dependencies among them.
fn part(schedule: &Schedule, positions: &[usize]) -> Graph {
    let mut graph = Graph::with_capacity(positions.len(), positions.len());
    let nodes: BTreeMap<usize, NodeIndex> =
        positions.iter().map(|position| (*position, graph.add_node(*position))).collect();
    for (position, node) in &nodes {
        for predecessor in schedule.predecessors(*position) {
            if let Some(predecessor) = nodes.get(&(*predecessor as usize)) {
                graph.add_edge(*predecessor, *node, ());
            }
        }
    }
    graph
}

fn node_label(block: &BlockView<'_>, position: usize) -> String {
    let transaction = &block.observation.transactions[position];
    let name = shorten(&block.transaction(transaction.index), MAX_NAME_COUNT);
    format!("{}\\n{}", escape(&name), counted(transaction.units, "unit"))
}

/// The accounts on which two transactions conflict.
fn edge_label(block: &BlockView<'_>, (first, second): (usize, usize)) -> String {
    let observation = block.observation;
    let before = observation.access_sets.get(first);
    let slots: BTreeSet<u32> = observation
        .access_sets
        .get(second)
        .iter()
        .filter(|lock| before.iter().any(|other| lock.conflicts_with(*other)))
        .map(|lock| lock.account())
        .collect();
    let name =
        |slot: &u32| escape(&shorten(&block.account(&observation.addresses[*slot as usize]), MAX_NAME_COUNT));
    let mut names: Vec<String> = slots.iter().take(MAX_EDGE_NAMES).map(name).collect();
    if slots.len() > MAX_EDGE_NAMES {
        names.push(format!("and {} more", slots.len() - MAX_EDGE_NAMES));
    }
    names.join("\\n")
}

/// Text as it may stand in a quoted DOT string that is shown: Graphviz reads entities in it as HTML does.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars().map(shown) {
        match sign {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '&' => escaped.push_str("&amp;"),
            _ => escaped.push(sign),
        }
    }
    escaped
}
