//! A node's life: it begins with an empty folder, stops by a signal, and goes on where it was.

use crate::running::Node;
use sealane_sdk::Address;
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const SOL: u64 = 1_000_000_000;

fn address(number: u8) -> String {
    Address::new_from_array([number; 32]).to_string()
}

#[test]
fn a_stopped_node_goes_on_where_it_was() {
    let outer = tempfile::tempdir().unwrap();
    let ledger = outer.path().join("ledger");
    let mut before: Option<(String, String, u64)> = None;
    for (round, signal) in (1..).zip(["TERM", "INT", "TERM"]) {
        let node = Node::start(&ledger, &["--faucet"]);
        let text = |name: &str| node.said[name].as_str().unwrap().to_owned();
        let (genesis_hash, faucet) = (text("genesisHash"), text("faucet"));
        assert_eq!(node.call("getGenesisHash", &json!([])), json!(genesis_hash));
        assert_eq!(node.call("getIdentity", &json!([])), json!({ "identity": text("identity") }));
        if let Some((old_genesis_hash, old_faucet, last_block)) = before {
            assert_eq!((&genesis_hash, &faucet), (&old_genesis_hash, &old_faucet));
            assert!(node.said["lastBlock"].as_u64().unwrap() >= last_block, "nothing is lost");
        }
        for earlier in 1..round {
            assert_eq!(node.balance(&address(earlier)), SOL, "round {round}");
        }
        let to = address(round);
        node.call("requestAirdrop", &json!([to, SOL]));
        node.wait_until("the airdrop is there", |node| node.balance(&to) == SOL);
        let last_block = node.call("getSlot", &json!([])).as_u64().unwrap();
        before = Some((genesis_hash, faucet, last_block));
        assert_eq!(node.stop(signal).code(), Some(0), "{signal}");
    }
    let mode = fs::metadata(ledger.join("node/faucet.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "who can read it can spend");

    let node = Node::start(&ledger, &["--faucet", "--reset"]);
    let (_, old_faucet, _) = before.unwrap();
    assert_eq!(node.said["lastBlock"], json!(0), "it begins anew");
    assert_eq!(node.said["faucet"], json!(old_faucet), "the keypairs stay");
    assert_eq!(node.balance(&address(1)), 0);
}

/// Blocks come while somebody looks at time passing, and their time is that of the clock.
#[test]
fn a_node_without_work_makes_blocks_for_those_who_look() {
    let outer = tempfile::tempdir().unwrap();
    let node = Node::start(outer.path(), &[]);
    let slot = |node: &Node| node.call("getSlot", &json!([])).as_u64().unwrap();
    let begin = slot(&node);
    node.wait_until("blocks come", |node| slot(node) > begin + 5);
    let time = node.call("getBlockTime", &json!([begin + 5])).as_i64().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let now = i64::try_from(now).unwrap();
    assert!((now - 120..=now).contains(&time), "{time}, and it is {now}");
    assert!(node.try_call("requestAirdrop", &json!([address(1), SOL])).is_err(), "nobody said --faucet");
}

/// Wallets know a ledger by the hash of its first block, long after that block is gone.
#[test]
fn a_node_knows_its_genesis_when_that_is_pruned() {
    let outer = tempfile::tempdir().unwrap();
    let flags = ["--rpc-port", "0", "--ws-port", "0", "--json", "--history", "1", "--block-ms", "5"];
    let genesis_hash = |node: &Node| node.call("getGenesisHash", &json!([]));
    let first_block = |node: &Node| node.call("getFirstAvailableBlock", &json!([])).as_u64().unwrap();
    let node = Node::start_as(outer.path(), &flags);
    let before = genesis_hash(&node);
    node.wait_until("block 0 is gone", |node| {
        // Blocks without transactions are made for those who look at time passing.
        node.call("getSlot", &json!([]));
        first_block(node) > 0
    });
    assert_eq!(node.stop("TERM").code(), Some(0));
    let node = Node::start_as(outer.path(), &flags);
    assert!(first_block(&node) > 0);
    assert_eq!(genesis_hash(&node), before);
    assert_eq!(node.said["genesisHash"], before);
}

/// A file says what flags do not, and flags win.
#[test]
fn a_file_configures_a_node() {
    let outer = tempfile::tempdir().unwrap();
    let (ledger, file) = (outer.path().join("ledger"), outer.path().join("node.toml"));
    fs::write(
        &file,
        "rpc-port = 0\nws-port = 0\nfaucet = true\nfaucet-limit = 5\njson = true\nblock-ms = 3600000\n",
    )
    .unwrap();
    let node = Node::start_as(
        &ledger,
        &["--config", file.to_str().unwrap(), "--block-ms", "50", "--faucet-limit", "7"],
    );
    let to = address(1);
    let refused = node.try_call("requestAirdrop", &json!([to, 8 * SOL])).expect_err("it is too much");
    assert!(refused.contains("7000000000") || refused.contains('7'), "{refused}");
    node.call("requestAirdrop", &json!([to, 6 * SOL]));
    node.wait_until("the airdrop is there", |node| node.balance(&to) == 6 * SOL);
}

/// Two wait and no more may; blocks are an hour apart.
#[test]
fn a_full_mempool_says_so() {
    let outer = tempfile::tempdir().unwrap();
    let flags =
        ["--faucet", "--mempool-transactions", "2", "--block-ms", "3600000", "--idle-block-ms", "3600000"];
    let all = [&["--rpc-port", "0", "--ws-port", "0", "--json"], &flags[..]].concat();
    let node = Node::start_as(outer.path(), &all);
    let airdrop = |number| node.try_call("requestAirdrop", &json!([address(number), SOL]));
    let answers: Vec<_> = (1..=4).map(airdrop).collect();
    let refused: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(!refused.is_empty() && refused.len() <= 2, "{answers:?}");
    assert!(refused.iter().all(|error| error.contains("wait") || error.contains("full")), "{refused:?}");
    assert_eq!(node.call("getHealth", &json!([])), json!("ok"));
}
