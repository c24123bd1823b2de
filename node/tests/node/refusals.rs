//! What a node says where it cannot start, and that it leaves everything as it was.

use crate::running::{Node, refusal};
use serde_json::json;
use std::fs;
use std::net::TcpListener;

const PORTS: [&str; 4] = ["--rpc-port", "0", "--ws-port", "0"];

#[test]
fn a_taken_port_is_told_and_nothing_is_made() {
    let outer = tempfile::tempdir().unwrap();
    let ledger = outer.path().join("ledger");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let text = refusal(&ledger, &["--rpc-port", &port, "--ws-port", "0"]);
    assert!(text.contains(&format!("127.0.0.1:{port}")) && text.contains("--rpc-port"), "{text}");
    assert!(!ledger.exists(), "no ledger was made");
}

#[test]
fn a_ledger_that_is_open_elsewhere_is_told() {
    let outer = tempfile::tempdir().unwrap();
    let node = Node::start(outer.path(), &[]);
    for flags in [&PORTS[..], &[&PORTS[..], &["--reset"]].concat()] {
        let text = refusal(outer.path(), flags);
        assert!(text.contains("open") || text.contains("lock"), "{text}");
    }
    assert_eq!(node.call("getHealth", &json!([])), json!("ok"), "the other one goes on");
}

#[test]
fn another_genesis_is_told() {
    let outer = tempfile::tempdir().unwrap();
    let ledger = outer.path().join("ledger");
    let (one, other) = (outer.path().join("one.toml"), outer.path().join("other.toml"));
    fs::write(&one, "unix_time = 1_700_000_000\n").unwrap();
    fs::write(&other, "unix_time = 1_600_000_000\n").unwrap();
    let [one, other] = [one.to_str().unwrap(), other.to_str().unwrap()];
    Node::start(&ledger, &["--faucet", "--genesis", one]).stop("TERM");
    // The faucet is part of the beginning, whether it gives today or not.
    Node::start(&ledger, &["--genesis", one]).stop("TERM");
    let text = refusal(&ledger, &[&PORTS[..], &["--genesis", other]].concat());
    assert!(text.contains("did not begin with this genesis"), "{text}");
    Node::start(&ledger, &["--genesis", other, "--reset"]).stop("TERM");
}

#[test]
fn a_faucet_without_lamports_is_told() {
    let outer = tempfile::tempdir().unwrap();
    Node::start(outer.path(), &[]).stop("TERM");
    let text = refusal(outer.path(), &[&PORTS[..], &["--faucet"]].concat());
    assert!(text.contains("no lamports for the faucet") && text.contains("--reset"), "{text}");
    let text = refusal(outer.path(), &[&PORTS[..], &["--faucet=/absent.json"]].concat());
    assert!(text.contains("/absent.json"), "{text}");
}

#[test]
fn a_wrong_file_is_told() {
    let outer = tempfile::tempdir().unwrap();
    let (ledger, file) = (outer.path().join("ledger"), outer.path().join("node.toml"));
    for (text, expected) in
        [("block_ms = 5", "block_ms"), ("workers = 0", "workers"), ("faucet", "node.toml")]
    {
        fs::write(&file, text).unwrap();
        let told = refusal(&ledger, &["--config", file.to_str().unwrap()]);
        assert!(told.contains(expected) && told.contains("node.toml"), "{told}");
    }
    assert!(!ledger.exists());
}
