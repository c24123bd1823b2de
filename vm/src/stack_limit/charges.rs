//! Which functions count the stack, and how many slots each takes. A pure function of what the checks learned, and a
//! rule of the ledger: it decides where a program traps.
//!
//! With `own(f)` the slots of f's frame, and only uncounted functions u as callees:
//!
//! ```text
//! chain(f)  = max over u of own(u) + chain(u)                             uncounted frames that can follow f
//! gap(f)    = the same over those u from which a counted function can be reached
//! counted   = f is on a cycle, or own(f) + chain(f) > UNCOUNTED_CHAIN_SLOTS
//! charge(f) = own(f) + gap(f)                                             of a counted f
//! ```
//! So every run of uncounted frames is either paid by the counted frame before it, or is the first or the last of all.

use super::{COMPUTED_VALUES_PER_SLOT, FRAME_SLOTS, UNCOUNTED_CHAIN_SLOTS};
use crate::validate::{FunctionInfo, ModuleInfo};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// For each function that the module defines, the slots it takes when called, or `None` if it does not count.
pub(super) fn charges(info: &ModuleInfo) -> Vec<Option<u32>> {
    let graph = call_graph(info);
    let mut nodes = vec![Node::default(); graph.node_count()];
    for (node, function) in nodes.iter_mut().zip(&info.functions) {
        node.own = own_slots(function);
    }
    // Components come callees first.
    for component in kosaraju_scc(&graph) {
        settle(&graph, &component, info.functions.len(), &mut nodes);
    }
    nodes
        .iter()
        .take(info.functions.len())
        .map(|node| node.counted.then(|| node.own.saturating_add(node.gap)))
        .collect()
}

/// Slots of a function's frame.
pub(super) const fn own_slots(function: &FunctionInfo) -> u32 {
    FRAME_SLOTS
        .saturating_add(function.local_count)
        .saturating_add(function.operand_height)
        .saturating_add(function.computed_count.div_ceil(COMPUTED_VALUES_PER_SLOT))
}

/// What is known of a node of the call graph: a function, or a type, which stands for all indirect calls of it and
/// has no frame.
#[derive(Clone, Copy, Default)]
struct Node {
    own: u32,
    counted: bool,
    chain: u32,
    gap: u32,
    reaches_counted: bool,
}

/// Nodes are the defined functions, then the types. Host calls are left out: they have no frame of the program.
fn call_graph(info: &ModuleInfo) -> DiGraph<(), ()> {
    let imported = info.imports.len();
    let function_count = info.functions.len();
    let mut graph = DiGraph::new();
    for _ in 0..function_count + info.canonical_types.len() {
        graph.add_node(());
    }
    let function_node = |index: u32| {
        (index as usize)
            .checked_sub(imported)
            .filter(|function| *function < function_count)
            .map(NodeIndex::new)
    };
    let type_node = |index: u32| {
        let canonical = info.canonical_types.get(index as usize)?;
        Some(NodeIndex::new(function_count + *canonical as usize))
    };
    for (caller, function) in info.functions.iter().enumerate() {
        let direct = function.calls.iter().filter_map(|callee| function_node(*callee));
        let indirect = function.indirect_calls.iter().filter_map(|callee| type_node(*callee));
        for callee in direct.chain(indirect) {
            graph.add_edge(NodeIndex::new(caller), callee, ());
        }
    }
    let mut reachable: Vec<u32> = info.address_taken.clone();
    reachable.sort_unstable();
    reachable.dedup();
    for callee in reachable.into_iter().filter_map(function_node) {
        let of_type = info.functions.get(callee.index()).and_then(|function| type_node(function.type_index));
        if let Some(of_type) = of_type {
            graph.add_edge(of_type, callee, ());
        }
    }
    graph
}

/// Decides about the nodes of one strongly connected component, those they lead to being decided.
fn settle(graph: &DiGraph<(), ()>, component: &[NodeIndex], function_count: usize, nodes: &mut [Node]) {
    let on_cycle = component.len() > 1 || component.iter().any(|node| graph.contains_edge(*node, *node));
    let is_function = |node: &NodeIndex| node.index() < function_count;
    if on_cycle {
        for function in component.iter().filter(|node| is_function(node)) {
            nodes[function.index()].counted = true;
        }
    }
    // A cycle runs through a function, and types lead to functions only; so once the functions of a cycle are known
    // to count, its types can be settled, and after them its functions.
    let (functions, types): (Vec<NodeIndex>, Vec<NodeIndex>) =
        component.iter().partition(|node| is_function(node));
    for index in types.into_iter().chain(functions) {
        let mut node = nodes[index.index()];
        for callee in graph.neighbors(index).map(|callee| nodes[callee.index()]) {
            if callee.counted {
                node.reaches_counted = true;
                continue;
            }
            node.chain = node.chain.max(callee.own.saturating_add(callee.chain));
            if callee.reaches_counted {
                node.reaches_counted = true;
                node.gap = node.gap.max(callee.own.saturating_add(callee.gap));
            }
        }
        node.counted |= is_function(&index) && node.own.saturating_add(node.chain) > UNCOUNTED_CHAIN_SLOTS;
        nodes[index.index()] = node;
    }
}
