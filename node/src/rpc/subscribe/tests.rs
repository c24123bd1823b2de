//! What each subscription hears, with its exact JSON.

use super::{Subscription, SubscriptionKey};
use crate::rpc::BlockEvent;
use crate::rpc::ground::{Ground, MINTED, mint, token_account, user};
use crate::rpc::params::signature_text;
use sealane_runtime::ingest::sanitize;
use sealane_sdk::ids::token;
use sealane_token::builders;
use serde_json::{Value, json};
use solana_system_interface::instruction::transfer;

/// Method, result and whether it is the last, of each notice.
fn told(ground: &Ground, subscription: &Subscription, event: &BlockEvent) -> Vec<(String, Value, bool)> {
    let places: Vec<u32> = match subscription.key() {
        SubscriptionKey::Signature(_) | SubscriptionKey::LogsAll | SubscriptionKey::LogsMention(_) => {
            (0..).take(event.block.transactions.len()).collect()
        }
        SubscriptionKey::Account(_) | SubscriptionKey::Program(_) => {
            (0..).take(event.changes.len()).collect()
        }
        _ => Vec::new(),
    };
    let notices = subscription.at_block(&ground.rpc, event, &places);
    let read = |result: &str| serde_json::from_str(result).expect("a result is JSON");
    notices
        .iter()
        .map(|notice| (notice.method.to_owned(), read(notice.result.get()), notice.is_last))
        .collect()
}

fn at(slot: u64, value: &Value) -> Value {
    json!({ "context": { "slot": slot }, "value": value })
}

#[test]
fn a_signature_is_told_of_once_and_afterwards_at_once() {
    let ground = Ground::with_token();
    let too_much =
        builders::transfer(&token_account(0), &token_account(1), &user(0).address, &[], MINTED + 1);
    let bytes = ground.sign(&[too_much], &[&user(0)]);
    let signature = *sanitize(&bytes).unwrap().signature();
    let params = json!([signature_text(&signature), { "commitment": "confirmed", "enableReceivedNotification": true }]);
    let subscription = ground.subscribe("signatureSubscribe", params.clone()).unwrap();
    assert_eq!(subscription, ground.subscribe("signatureSubscribe", params).unwrap());
    assert_eq!(subscription.key(), SubscriptionKey::Signature(signature));
    assert!(subscription.at_start(&ground.rpc).is_empty(), "not yet");
    let event = ground.block(&[bytes]);
    let value = json!({ "err": { "InstructionError": [0, { "Custom": 1 }] } });
    let expected = vec![("signatureNotification".to_owned(), at(3, &value), true)];
    assert_eq!(told(&ground, &subscription, &event), expected);
    ground.block(&[]);
    let notices = subscription.at_start(&ground.rpc);
    let [notice] = notices.as_slice() else { panic!("one notice: {notices:?}") };
    assert_eq!(serde_json::from_str::<Value>(notice.result.get()).unwrap(), at(3, &value));
    assert!(notice.is_last);
}

#[test]
fn accounts_and_programs_are_told_as_the_block_left_them() {
    let ground = Ground::with_token();
    let options = json!({ "encoding": "base64", "dataSlice": { "offset": 64, "length": 8 } });
    let account =
        ground.subscribe("accountSubscribe", json!([token_account(1).to_string(), options])).unwrap();
    let mut with_filter = options;
    with_filter["filters"] = json!([{ "memcmp": { "offset": 32, "bytes": user(1).address.to_string() } }]);
    let program = ground.subscribe("programSubscribe", json!([token::ID.to_string(), with_filter])).unwrap();
    let pay = builders::transfer(&token_account(0), &token_account(1), &user(0).address, &[], 258);
    let event = ground.block(&[ground.sign(&[pay], &[&user(0)])]);
    let view = json!({
        "data": ["AgEAAAAAAAA=", "base64"], "executable": false, "lamports": 2_039_280, "owner": token::ID.to_string(),
        "rentEpoch": 18_446_744_073_709_551_615_u64, "space": 165,
    });
    assert_eq!(told(&ground, &account, &event), [("accountNotification".to_owned(), at(3, &view), false)]);
    let keyed = json!({ "account": view, "pubkey": token_account(1).to_string() });
    assert_eq!(told(&ground, &program, &event), [("programNotification".to_owned(), at(3, &keyed), false)]);
    // Emptied and closed: the account is shown empty, and is the program's no more.
    let back = builders::transfer(&token_account(1), &token_account(0), &user(1).address, &[], 258);
    let close = builders::close_account(&token_account(1), &user(1).address, &user(1).address, &[]);
    let event = ground.block(&[ground.sign(&[back, close], &[&user(1)])]);
    let gone = json!({
        "data": ["", "base64"], "executable": false, "lamports": 0, "owner": "11111111111111111111111111111111",
        "rentEpoch": 18_446_744_073_709_551_615_u64, "space": 0,
    });
    assert_eq!(told(&ground, &account, &event), [("accountNotification".to_owned(), at(4, &gone), false)]);
    assert!(told(&ground, &program, &event).is_empty());
    // Who asks for nothing gets base58, and base64 of what is too large for it.
    let plain = ground.subscribe("accountSubscribe", json!([mint().address.to_string()])).unwrap();
    let large = ground.subscribe("accountSubscribe", json!([token_account(0).to_string()])).unwrap();
    let mint_more = builders::mint_to(&mint().address, &token_account(0), &user(0).address, &[], 1);
    let event = ground.block(&[ground.sign(&[mint_more], &[&user(0)])]);
    assert!(told(&ground, &plain, &event)[0].1["value"]["data"].is_string());
    assert_eq!(told(&ground, &large, &event)[0].1["value"]["data"][1], "base64");
}

#[test]
fn logs_blocks_and_slots() {
    let ground = Ground::new();
    let subscribe = |method: &str, params: Value| ground.subscribe(method, params).unwrap();
    let all = subscribe("logsSubscribe", json!(["all"]));
    let of = subscribe(
        "logsSubscribe",
        json!([{ "mentions": [user(1).address.to_string()] }, { "commitment": "processed" }]),
    );
    assert_eq!(
        (all.key(), of.key()),
        (SubscriptionKey::LogsAll, SubscriptionKey::LogsMention(user(1).address))
    );
    let bytes = ground.sign(&[transfer(&user(0).address, &user(1).address, 5)], &[&user(0)]);
    let signature = signature_text(sanitize(&bytes).unwrap().signature());
    let event = ground.block(&[bytes]);
    let program = "11111111111111111111111111111111";
    let logs = [format!("Program {program} invoke [1]"), format!("Program {program} success")];
    let value = json!({ "err": null, "logs": logs, "signature": signature });
    for subscription in [&all, &of] {
        assert_eq!(
            told(&ground, subscription, &event),
            [("logsNotification".to_owned(), at(1, &value), false)]
        );
    }
    let one = |method: &str, params: Value| {
        let mut told = told(&ground, &subscribe(method, params), &event);
        assert_eq!(told.len(), 1);
        told.remove(0)
    };
    let slot = json!({ "parent": 0, "root": 1, "slot": 1 });
    assert_eq!(one("slotSubscribe", json!([])), ("slotNotification".to_owned(), slot, false));
    assert_eq!(one("rootSubscribe", json!([])), ("rootNotification".to_owned(), json!(1), false));
    let updates = told(&ground, &subscribe("slotsUpdatesSubscribe", json!([])), &event);
    let kinds: Vec<&str> = updates.iter().map(|(_, update, _)| update["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["frozen", "optimisticConfirmation", "root"]);
    assert_eq!(updates[0].1["stats"]["numSuccessfulTransactions"], 1);
    let signatures = json!({ "transactionDetails": "signatures", "rewards": false });
    let (method, result, _) = one("blockSubscribe", json!(["all", signatures]));
    assert_eq!(method, "blockNotification");
    assert_eq!(result["value"]["block"]["signatures"], json!([signature]));
    let other = json!([{ "mentionsAccountOrProgram": user(5).address.to_string() }, signatures]);
    assert_eq!(one("blockSubscribe", other).1["value"]["block"]["signatures"], json!([]));
}

#[test]
fn what_cannot_be_subscribed_to_says_why() {
    let ground = Ground::new();
    let check = |method: &str, params: Value, code: i64| {
        assert_eq!(ground.subscribe(method, params).unwrap_err().code, code, "{method}");
    };
    check("voteSubscribe", json!([]), -32601);
    check("somethingSubscribe", json!([]), -32601);
    check("accountSubscribe", json!([]), -32602);
    check("signatureSubscribe", json!(["1"]), -32602);
    check("logsSubscribe", json!(["some"]), -32602);
    check("logsSubscribe", json!([{ "mentions": [] }]), -32602);
    check("blockSubscribe", json!([{ "mentions": "1" }]), -32602);
}
