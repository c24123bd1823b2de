//! Pictures and what-if figures, against petgraph's own algorithms and the laws of list scheduling.

use petgraph::Direction;
use petgraph::algo::toposort;
use petgraph::graph::NodeIndex;
use proptest::prelude::*;

use super::{case, cases};
use crate::schedule::Schedule;

proptest! {
    #[test]
    fn petgraph_finds_the_same_longest_chain(case in cases(64)) {
        let schedule = case.schedule();
        let graph = schedule.to_petgraph();
        prop_assert_eq!((graph.node_count(), graph.edge_count()), (schedule.len(), schedule.dependency_count()));
        let order = toposort(&graph, None).expect("a dependency graph has no cycle");
        let mut length = vec![0; schedule.len()];
        for node in order {
            let before = graph.neighbors_directed(node, Direction::Incoming).map(|from| length[from.index()]).max();
            length[node.index()] = before.unwrap_or(0) + 1;
            prop_assert_eq!(graph[node] as usize + 1, length[node.index()]);
        }
        prop_assert_eq!(length.into_iter().max().unwrap_or(0), schedule.critical_path_len());
    }

    #[test]
    fn makespan_keeps_the_laws(
        case in cases(64),
        costs in proptest::collection::vec(0..20u64, 64),
        workers in 1..9usize,
    ) {
        let schedule = case.schedule();
        let costs = &costs[..schedule.len()];
        let sum: u64 = costs.iter().sum();
        let longest = schedule.critical_path(|index| costs[index]).cost;
        prop_assert_eq!(schedule.simulate_makespan(costs, 1), sum);
        prop_assert_eq!(schedule.simulate_makespan(costs, 64), longest);
        let makespan = schedule.simulate_makespan(costs, workers);
        prop_assert!(makespan >= longest.max(sum.div_ceil(workers as u64)));
        // Graham's bound for list scheduling: sum / workers + longest × (workers − 1) / workers.
        prop_assert!(makespan * workers as u64 <= sum + longest * (workers as u64 - 1));
    }
}

#[track_caller]
fn check_makespan(text: &str, costs: &[u64], workers: usize, expected: u64) {
    assert_eq!(
        case(text).schedule().simulate_makespan(costs, workers),
        expected,
        "{text}, {workers} workers"
    );
}

#[test]
fn makespan_of_small_blocks() {
    check_makespan("", &[], 2, 0);
    check_makespan("w0 w0 w0", &[5, 5, 5], 8, 15);
    check_makespan("w0 w1 w2", &[5, 5, 5], 2, 10);
    // The long one comes last in block order, so the workers take it last.
    check_makespan("w0 w1 w2", &[5, 5, 10], 2, 15);
    check_makespan("w0,w1 w0 w1 w0,w1", &[1, 2, 3, 4], 2, 8);
    check_makespan("w0 w0", &[u64::MAX, 1], 1, u64::MAX);
}

#[test]
fn bound_is_transactions_over_longest_chain() {
    for (text, expected) in [("", 1.0), ("w0 w1 w2 w3", 4.0), ("w0 w0 w0", 1.0), ("w0 w0 w1", 1.5)] {
        assert!((case(text).schedule().bound() - expected).abs() < 1e-12, "{text}");
    }
    assert!((Schedule::default().bound() - 1.0).abs() < 1e-12);
}

#[test]
fn dot_draws_what_waits_for_what() {
    let schedule = case("w0 w0 w1").schedule();
    let dot = schedule.to_dot(|index| format!("swap \"{index}\" \\"));
    let expected = r#"digraph {
    0 [ label="swap \"0\" \\"]
    1 [ label="swap \"1\" \\"]
    2 [ label="swap \"2\" \\"]
    0 -> 1 [ ]
}
"#;
    assert_eq!(dot, expected);
    assert!(schedule.to_petgraph().contains_edge(NodeIndex::new(0), NodeIndex::new(1)));
}
