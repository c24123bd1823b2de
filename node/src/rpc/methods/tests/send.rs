//! Sending transactions.

use crate::rpc::encode::binary::{base58, base64};
use crate::rpc::ground::{Ground, MINTED, token_account, user};
use crate::rpc::params::signature_text;
use sealane_runtime::ingest::sanitize;
use sealane_token::builders;
use serde_json::json;
use solana_system_interface::instruction::transfer;

fn pay(ground: &Ground, lamports: u64) -> Vec<u8> {
    ground.sign(&[transfer(&user(0).address, &user(1).address, lamports)], &[&user(0)])
}

fn signature(bytes: &[u8]) -> String {
    signature_text(sanitize(bytes).unwrap().signature())
}

#[test]
fn a_transaction_is_taken_in_both_encodings() {
    let ground = Ground::new();
    let bytes = pay(&ground, 5);
    ground.check("sendTransaction", json!([base58(&bytes)]), json!(signature(&bytes)));
    let bytes = pay(&ground, 6);
    ground.check(
        "sendTransaction",
        json!([base64(&bytes), { "encoding": "base64" }]),
        json!(signature(&bytes)),
    );
    assert_eq!(ground.chain.reader().account(&user(1).address).unwrap().unwrap().lamports % 100, 11);
    // Sent again, it was processed already; who asks for no preflight sends until it hears of it.
    let again = json!([base64(&bytes), { "encoding": "base64" }]);
    let error = ground.check_error("sendTransaction", again, -32002, "already been processed");
    assert_eq!(error.data.unwrap()["err"], "AlreadyProcessed");
    let again = json!([base64(&bytes), { "encoding": "base64", "skipPreflight": true }]);
    ground.check("sendTransaction", again, json!(signature(&bytes)));
}

#[test]
fn what_preflight_refuses_is_not_sent() {
    let ground = Ground::with_token();
    let too_much =
        builders::transfer(&token_account(0), &token_account(1), &user(0).address, &[], MINTED + 1);
    let bytes = ground.sign(&[too_much], &[&user(0)]);
    let params = json!([base64(&bytes), { "encoding": "base64", "preflightCommitment": "processed", "maxRetries": 3 }]);
    let error = ground.check_error(
        "sendTransaction",
        params,
        -32002,
        "Transaction simulation failed: Error processing Instruction 0: custom program error: 0x1",
    );
    let data = error.data.unwrap();
    assert_eq!(data["err"], json!({ "InstructionError": [0, { "Custom": 1 }] }));
    let logs = data["logs"].as_array().unwrap();
    assert_eq!(logs.first().unwrap(), "Program TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA invoke [1]");
    assert_eq!(
        logs.last().unwrap(),
        "Program TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA failed: custom program error: 0x1"
    );
    assert!(data["unitsConsumed"].as_u64().unwrap() > 0);
    for key in ["accounts", "innerInstructions", "returnData", "replacementBlockhash"] {
        assert_eq!(data[key], json!(null), "{key}");
    }
    ground.check("getTransaction", json!([signature(&bytes)]), json!(null));
    // Without preflight it is sent, and fails in its block.
    ground.check(
        "sendTransaction",
        json!([base64(&bytes), { "encoding": "base64", "skipPreflight": true }]),
        json!(signature(&bytes)),
    );
    let found = ground.call("getTransaction", json!([signature(&bytes)])).unwrap();
    assert_eq!(found["meta"]["err"], data["err"]);
}

#[test]
fn what_is_no_good_transaction_says_why() {
    let ground = Ground::new();
    let good = pay(&ground, 5);
    let mut forged = good.clone();
    forged[1] ^= 1;
    let send = |bytes: &[u8]| json!([base64(bytes), { "encoding": "base64" }]);
    ground.check_error("sendTransaction", send(&forged), -32003, "signature verification failure");
    ground.check_error("sendTransaction", send(&good[..100]), -32602, "failed to deserialize");
    ground.check_error("sendTransaction", send(&vec![0; 5_000]), -32602, "too large");
    ground.check_error("sendTransaction", json!(["???"]), -32602, "invalid base58 encoding");
    ground.check_error("sendTransaction", json!(["AA", { "encoding": "json" }]), -32602, "json");
    let stale = good;
    for _ in 0..151 {
        ground.block(&[]);
    }
    let error = ground.check_error("sendTransaction", send(&stale), -32002, "Blockhash not found");
    assert_eq!(error.data.unwrap()["err"], "BlockhashNotFound");
    let skip = json!([base64(&stale), { "encoding": "base64", "skipPreflight": true }]);
    let error = ground.check_error("sendTransaction", skip, -32002, "Blockhash not found");
    assert_eq!(
        error.data.unwrap(),
        json!({
            "accounts": null, "err": "BlockhashNotFound", "innerInstructions": null, "logs": [], "returnData": null,
            "unitsConsumed": 0,
        })
    );
}
