//! Methods about the cluster.

use crate::rpc::ground::{Ground, user};
use serde_json::json;

#[test]
fn one_node_without_stake() {
    let ground = Ground::with_token();
    let identity = ground.chain.identity().to_string();
    let check = |method, params, expected| ground.check(method, params, expected);
    check("getHealth", json!([]), json!("ok"));
    check(
        "getVersion",
        json!([]),
        json!({ "feature-set": 0, "sealane-core": env!("CARGO_PKG_VERSION"), "solana-core": "3.0.0" }),
    );
    check("getIdentity", json!([]), json!({ "identity": identity }));
    check("getGenesisHash", json!([]), json!(ground.chain.genesis_hash().to_string()));
    check("getSlotLeader", json!([]), json!(identity));
    check("getSlotLeaders", json!([5, 2]), json!([identity, identity]));
    check("getVoteAccounts", json!([]), json!({ "current": [], "delinquent": [] }));
    check(
        "getEpochInfo",
        json!([]),
        json!({
            "absoluteSlot": 2, "blockHeight": 2, "epoch": 0, "slotIndex": 2, "slotsInEpoch": 4_503_599_627_370_496_u64,
            "transactionCount": 2,
        }),
    );
    check(
        "getEpochSchedule",
        json!([]),
        json!({
            "firstNormalEpoch": 0, "firstNormalSlot": 0, "leaderScheduleSlotOffset": 4_503_599_627_370_496_u64,
            "slotsPerEpoch": 4_503_599_627_370_496_u64, "warmup": false,
        }),
    );
    check(
        "getInflationGovernor",
        json!([]),
        json!({ "foundation": 0.0, "foundationTerm": 0.0, "initial": 0.0, "taper": 0.0, "terminal": 0.0 }),
    );
    check(
        "getInflationRate",
        json!([]),
        json!({ "epoch": 0, "foundation": 0.0, "total": 0.0, "validator": 0.0 }),
    );
    check("getInflationReward", json!([[user(0).address.to_string()]]), json!([null]));
    let nodes = ground.call("getClusterNodes", json!([])).unwrap();
    assert_eq!(nodes[0]["pubkey"], identity);
    assert_eq!(nodes.as_array().unwrap().len(), 1);
    ground.check_error("getHighestSnapshotSlot", json!([]), -32008, "No snapshot");
    ground.check_error("getLeaderSchedule", json!([]), -32601, "getSlotLeader");
    ground.check_error("getStakeMinimumDelegation", json!([]), -32601, "no stake");
}
