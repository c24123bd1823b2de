//! Whatever JSON is passed as parameters, there is an answer or an error, never a panic.

use crate::rpc::ground::{Ground, mint, token_account, user};
use crate::rpc::methods::METHODS;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sealane_sdk::ids::token;
use serde_json::{Map, Value, json};

/// Names that options have, so that they are met.
const NAMES: [&str; 26] = [
    "accounts",
    "addresses",
    "before",
    "bytes",
    "commitment",
    "dataSize",
    "dataSlice",
    "encoding",
    "filters",
    "innerInstructions",
    "length",
    "limit",
    "maxSupportedTransactionVersion",
    "memcmp",
    "mentions",
    "mentionsAccountOrProgram",
    "minContextSlot",
    "mint",
    "offset",
    "programId",
    "replaceRecentBlockhash",
    "rewards",
    "sigVerify",
    "skipPreflight",
    "transactionDetails",
    "until",
];

fn leaf(known: Vec<String>) -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => (0..4_u64).prop_map(Value::from),
        1 => ".{0,20}".prop_map(Value::from),
        6 => prop::sample::select(known).prop_map(Value::from),
    ]
}

fn value(known: Vec<String>) -> impl Strategy<Value = Value> {
    leaf(known).prop_recursive(4, 24, 4, |inner| {
        let name = prop_oneof![4 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => ".{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Texts that mean something: addresses, a signature, transactions and parts of them, words.
fn known(ground: &Ground) -> Vec<String> {
    let event = ground.last_event();
    let bytes = event.block.transactions.get(0).expect("a transaction");
    let mut known: Vec<String> = [
        "base58",
        "base64",
        "base64+zstd",
        "jsonParsed",
        "json",
        "full",
        "none",
        "accounts",
        "signatures",
        "confirmed",
        "all",
        "allWithVotes",
        "tokenAccountState",
    ]
    .map(str::to_owned)
    .into();
    known.extend(
        [user(0).address, user(9_999).address, mint().address, token_account(0), token::ID]
            .map(|a| a.to_string()),
    );
    known.push(ground.blockhash().to_string());
    known.push(
        sealane_sdk::instruction::Signature::from(
            *sealane_runtime::ingest::sanitize(bytes).unwrap().signature(),
        )
        .to_string(),
    );
    let base64 = crate::rpc::encode::binary::base64;
    known.extend([base64(bytes), base64(&bytes[65..]), base64(&bytes[..80])]);
    known.push(crate::rpc::encode::binary::base58(bytes));
    known
}

#[test]
fn whatever_is_asked_there_is_an_answer_or_an_error() {
    let ground = Ground::with_token();
    let known = known(&ground);
    let subscriptions = [
        "accountSubscribe",
        "blockSubscribe",
        "logsSubscribe",
        "programSubscribe",
        "rootSubscribe",
        "signatureSubscribe",
        "slotSubscribe",
        "slotsUpdatesSubscribe",
        "voteSubscribe",
        "otherSubscribe",
    ];
    let params = prop_oneof![
        8 => prop::collection::vec(value(known.clone()), 0..4).prop_map(Value::from),
        1 => value(known),
    ];
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let result = runner.run(&params, |params| {
        for (name, ..) in METHODS {
            match ground.call(name, params.clone()) {
                Ok(_) => {}
                Err(error) => prop_assert!(error.code < 0 && !error.message.is_empty(), "{name}: {error:?}"),
            }
        }
        for name in subscriptions {
            if let Ok(subscription) = ground.subscribe(name, params.clone()) {
                let places: Vec<u32> = (0..200).collect();
                let _ = (subscription.key(), subscription.at_start(&ground.rpc));
                let _ = subscription.at_block(&ground.rpc, &ground.last_event(), &places);
            }
        }
        Ok(())
    });
    result.expect("no panic");
}

#[test]
fn parameters_are_an_array_or_nothing() {
    let ground = Ground::new();
    assert!(ground.rpc.call("getSlot", None).is_ok());
    ground.check("getSlot", json!(null), json!(0));
    ground.check("getSlot", json!([]), json!(0));
    ground.check("getSlot", json!([null]), json!(0));
    ground.check_error("getSlot", json!({ "commitment": "finalized" }), -32602, "array");
    ground.check_error("getSlot", json!([{ "commitment": "sometimes" }]), -32602, "sometimes");
    ground.check_error("getSlot", json!([{ "minContextSlot": 1 }]), -32016, "Minimum context slot");
    ground.check_error("getslot", json!([]), -32601, "Method not found");
    ground.check_error("getBalance", json!([]), -32602, "missing");
    ground.check_error("getBalance", json!(["0OIl"]), -32602, "Invalid");
    ground.check_error("getBalance", json!(["1111"]), -32602, "WrongSize");
    ground.check_error("getBalance", json!(["1".repeat(1_000_000)]), -32602, "WrongSize");
}
