//! Every method with its exact JSON, and with parameters that are no parameters.

mod accounts;
mod any_json;
mod blocks;
mod cluster;
mod sealane;
mod send;
mod simulate;
mod tokens;
mod transactions;

use super::METHODS;

#[test]
fn methods_are_found_by_their_names() {
    assert!(METHODS.is_sorted_by_key(|(name, ..)| *name), "the table is searched by halving");
    for (name, cost, method) in METHODS {
        let found = super::find(name).expect("it is there");
        assert_eq!(found.0, *cost);
        assert!(std::ptr::fn_addr_eq(found.1, *method), "{name}");
    }
    assert!(super::find("getAccountinfo").is_none());
}

/// The page says of each method what it gives.
#[test]
fn every_method_stands_in_the_documentation() {
    let page = include_str!("../../../../docs/rpc.md");
    let named = |name: &str| page.contains(&format!("| `{name}` |"));
    for (name, ..) in METHODS {
        assert!(named(name), "{name}");
    }
    for name in ["account", "block", "logs", "program", "root", "signature", "slot", "slotsUpdates", "vote"] {
        assert!(named(&format!("{name}Subscribe")), "{name}");
    }
}
