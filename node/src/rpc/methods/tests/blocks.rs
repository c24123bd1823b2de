//! Methods about blocks, blockhashes and fees.

use crate::rpc::ground::{Ground, raw, user};
use sealane_tests::programs::{unit_limit, unit_price};
use sealane_tests::user::MessageVersion;
use serde_json::{Value, json};
use solana_system_interface::instruction::transfer;

fn pay(ground: &Ground, version: MessageVersion) -> Vec<u8> {
    ground.sign_version(&[transfer(&user(0).address, &user(1).address, 5)], &[&user(0)], version)
}

#[test]
fn blocks_by_number() {
    let ground = Ground::with_token();
    ground.check("getSlot", json!([]), json!(2));
    ground.check("getBlockHeight", json!([]), json!(2));
    ground.check("getFirstAvailableBlock", json!([]), json!(0));
    ground.check("minimumLedgerSlot", json!([]), json!(0));
    ground.check("getBlocks", json!([1]), json!([1, 2]));
    ground.check("getBlocks", json!([0, 1]), json!([0, 1]));
    ground.check("getBlocks", json!([1, { "commitment": "confirmed" }]), json!([1, 2]));
    ground.check("getBlocks", json!([7, 9]), json!([]));
    ground.check_error("getBlocks", json!([0, "x"]), -32602, "");
    ground.check("getBlocksWithLimit", json!([1, 1]), json!([1]));
    ground.check("getBlocksWithLimit", json!([1, 9]), json!([1, 2]));
    ground.check("getBlocksWithLimit", json!([1, 0]), json!([]));
    ground.check("getTransactionCount", json!([]), json!(2));
    ground.check("getBlockCommitment", json!([1]), json!({ "commitment": null, "totalStake": 0 }));
    ground.check("getBlockTime", json!([2]), json!(ground.last_event().block.header.unix_time));
    ground.check_error("getBlockTime", json!([3]), -32004, "slot 3");
    let identity = ground.chain.identity().to_string();
    ground.check_value(
        "getBlockProduction",
        json!([]),
        json!({ "byIdentity": { identity: [3, 3] }, "range": { "firstSlot": 0, "lastSlot": 2 } }),
    );
    ground.check_error("getBlockProduction", json!([{ "range": { "firstSlot": 9 } }]), -32602, "not within");
}

#[test]
fn a_block_with_its_transactions() {
    let ground = Ground::with_token();
    let legacy = pay(&ground, MessageVersion::Legacy);
    let event = ground.block(std::slice::from_ref(&legacy));
    let header = event.block.header;
    let view = |rest: Value| {
        let mut view = json!({
            "blockHeight": 3, "blockTime": header.unix_time, "blockhash": event.hash.to_string(), "parentSlot": 2,
            "previousBlockhash": header.parent.to_string(),
        });
        view.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        view
    };
    let signature = sealane_runtime::ingest::sanitize(&legacy).unwrap();
    let signature = crate::rpc::params::signature_text(signature.signature());
    let check = |options: Value, rest: Value| ground.check("getBlock", json!([3, options]), view(rest));
    check(json!({ "transactionDetails": "none", "rewards": false }), json!({}));
    check(json!({ "transactionDetails": "signatures" }), json!({ "rewards": [], "signatures": [signature] }));
    let key = |number: u64, signer: bool| json!({ "pubkey": user(number).address.to_string(), "signer": signer, "source": "transaction", "writable": true });
    let before: Vec<u64> = event.block.receipts[0].balances.unpack().unwrap().lamports_before;
    let after = [before[0] - 5_005, before[1] + 5, before[2]];
    check(
        json!({ "transactionDetails": "accounts", "rewards": false }),
        json!({
            "transactions": [{
                "meta": {
                    "err": null, "fee": 5_000, "postBalances": after, "postTokenBalances": [], "preBalances": before,
                    "preTokenBalances": [], "status": { "Ok": null },
                },
                "transaction": {
                    "accountKeys": [
                        key(0, true),
                        key(1, false),
                        { "pubkey": "11111111111111111111111111111111", "signer": false, "source": "transaction", "writable": false },
                    ],
                    "signatures": [signature],
                },
            }],
        }),
    );
    let full = ground.call("getBlock", json!([3, { "encoding": "base64" }])).unwrap();
    let base64 = crate::rpc::encode::binary::base64(&legacy);
    assert_eq!(full["transactions"][0]["transaction"], json!([base64, "base64"]));
    assert_eq!(full["transactions"][0].get("version"), None, "only who knows versions is told");
    assert_eq!(ground.call("getBlock", json!([3, "base64"])).unwrap(), full, "the encoding alone");
    ground.check_error("getBlock", json!([4]), -32004, "slot 4");
    ground.block(&[pay(&ground, MessageVersion::V0)]);
    ground.check_error("getBlock", json!([4]), -32015, "version (0) is not supported");
    let full = ground.call("getBlock", json!([4, { "maxSupportedTransactionVersion": 0 }])).unwrap();
    assert_eq!(full["transactions"][0]["version"], json!(0));
    assert_eq!(full["transactions"][0]["transaction"]["message"]["addressTableLookups"], json!([]));
}

#[test]
fn blockhashes_are_good_for_so_many_blocks() {
    let ground = Ground::new();
    let first = ground.blockhash().to_string();
    ground.check_value(
        "getLatestBlockhash",
        json!([]),
        json!({ "blockhash": first, "lastValidBlockHeight": 150 }),
    );
    ground.check_error("getLatestBlockhash", json!([{ "minContextSlot": 1 }]), -32016, "");
    let is_valid = |hash: &str| ground.call("isBlockhashValid", json!([hash])).unwrap()["value"].clone();
    assert_eq!(is_valid(&first), json!(true));
    assert_eq!(is_valid("11111111111111111111111111111111"), json!(false));
    let transaction = pay(&ground, MessageVersion::Legacy);
    for _ in 0..149 {
        ground.block(&[]);
    }
    assert_eq!(is_valid(&first), json!(true), "good in block 150");
    ground.block(&[transaction]);
    ground.block(&[]);
    assert_eq!(is_valid(&first), json!(false), "not in block 151 and later");
    assert_eq!(is_valid(&ground.blockhash().to_string()), json!(true));
}

#[test]
fn what_a_message_costs() {
    let ground = Ground::new();
    let plain = pay(&ground, MessageVersion::Legacy);
    let message = |bytes: &[u8]| json!([crate::rpc::encode::binary::base64(bytes)]);
    ground.check_value("getFeeForMessage", message(&plain[65..]), json!(5_000));
    let version_0 = pay(&ground, MessageVersion::V0);
    ground.check_value("getFeeForMessage", message(&version_0[65..]), json!(5_000));
    let instructions =
        [unit_limit(10_000), unit_price(1_000_000), transfer(&user(0).address, &user(1).address, 5)];
    let priced = ground.sign(&instructions, &[&user(0)]);
    ground.check_value("getFeeForMessage", message(&priced[65..]), json!(15_000));
    ground.check_error("getFeeForMessage", message(&plain), -32602, "deserialize");
    ground.check_error("getFeeForMessage", json!(["AA=="]), -32602, "deserialize");
    ground.check_error("getFeeForMessage", json!([""]), -32602, "empty");
    for _ in 0..151 {
        ground.block(&[]);
    }
    ground.check_value("getFeeForMessage", message(&plain[65..]), json!(null));
}

#[test]
fn what_was_paid_for_priority() {
    let ground = Ground::new();
    let priced = |price: u64, to: u64| {
        let instructions =
            [unit_limit(10_000), unit_price(price), transfer(&user(0).address, &user(to).address, 5)];
        ground.sign(&instructions, &[&user(0)])
    };
    ground.block(&[priced(1_000_000, 1), priced(3_000_000, 2)]);
    ground.block(&[priced(2_000_000, 1), pay(&ground, MessageVersion::Legacy)]);
    let fees = |addresses: Value| {
        let answer = ground.call("getRecentPrioritizationFees", addresses).unwrap();
        let fees = answer.as_array().unwrap().iter();
        fees.map(|fee| (fee["slot"].as_u64().unwrap(), fee["prioritizationFee"].as_u64().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(fees(json!([])), [(1, 1_000_000), (2, 0)]);
    assert_eq!(fees(json!([[user(2).address.to_string()]])), [(1, 3_000_000), (2, 0)]);
    assert_eq!(fees(json!([[user(1).address.to_string()]])), [(1, 1_000_000), (2, 0)]);
    let too_many = json!([vec![user(1).address.to_string(); 129]]);
    ground.check_error("getRecentPrioritizationFees", too_many, -32602, "max 128");
}

#[test]
fn performance_is_sampled_by_the_minute() {
    let ground = Ground::new();
    ground.check("getRecentPerformanceSamples", json!([]), json!([]));
    for _ in 0..130 {
        ground.block(&[pay(&ground, MessageVersion::Legacy)]);
    }
    // A second a block: two minutes, and what is left.
    let sample = |slot: u64| {
        json!({
            "numNonVoteTransactions": 60, "numSlots": 60, "numTransactions": 60, "samplePeriodSecs": 60, "slot": slot,
        })
    };
    ground.check("getRecentPerformanceSamples", json!([9]), json!([sample(130), sample(70)]));
    ground.check("getRecentPerformanceSamples", json!([1]), json!([sample(130)]));
    ground.check_error("getRecentPerformanceSamples", json!([721]), -32602, "max 720");
    let short = raw(&json!([1]));
    assert!(ground.rpc.call("getRecentPerformanceSamples", Some(&*short)).is_ok());
}
